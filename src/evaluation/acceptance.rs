//! Which records are taken. Each is judged by itself, so that a bad one spoils no other.

use crate::row::FARTHEST_MS;
use kairan_contract::{Event, TabletId, WireRecord};

/// The greatest sequence number: what a signed 64-bit column holds.
pub const GREATEST_SEQUENCE: u64 = i64::MAX as u64;
/// Letters of a kind that this version does not know.
const KIND_LIMIT: usize = 40;
/// Bytes of the detail of such a kind.
const DETAIL_LIMIT: usize = 400;

/// Why a record is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It has not the fields of a record, or others besides.
    #[error("this is not a usage record: {0}")]
    NotARecord(String),
    /// It speaks for another tablet.
    #[error("the record belongs to another tablet")]
    Foreign,
    /// A number that no tablet counts.
    #[error("`{0}` is out of range")]
    OutOfRange(&'static str),
    /// A known kind with fields that it does not have.
    #[error("{0}")]
    WrongDetail(String),
    /// An unknown kind that is too long to be one.
    #[error("the unknown kind is larger than any kind may be")]
    TooLarge,
}

impl NotTaken {
    /// What is kept and logged of it: never a word of the record itself.
    pub fn kept(&self) -> &'static str {
        match self {
            Self::NotARecord(_) => "not a usage record",
            Self::Foreign => "belongs to another tablet",
            Self::OutOfRange(_) => "a number is out of range",
            Self::WrongDetail(_) => "a known kind with other fields",
            Self::TooLarge => "an unknown kind that is too large",
        }
    }
}

/// The record that `json` is, if `tablet` may send it. Kinds of newer tablets are kept as they are,
/// within bounds in which no letter can be written.
///
/// A tablet that is lent again may still hold records of the loan before, so a record's own
/// participation stands.
pub fn judge(json: &str, tablet: TabletId) -> Result<WireRecord, NotTaken> {
    let record: WireRecord =
        serde_json::from_str(json).map_err(|error| NotTaken::NotARecord(error.to_string()))?;
    if record.tablet != tablet {
        return Err(NotTaken::Foreign);
    }
    let in_range = |number: u64| (0..=GREATEST_SEQUENCE).contains(&number);
    if record.sequence == 0 || !in_range(record.sequence) {
        return Err(NotTaken::OutOfRange("sequence"));
    }
    if record.happened_at.abs_diff(0) > FARTHEST_MS.unsigned_abs()
        || record
            .clock_offset_ms
            .is_some_and(|offset| offset.abs_diff(0) > FARTHEST_MS.unsigned_abs())
    {
        return Err(NotTaken::OutOfRange("happened_at or clock_offset_ms"));
    }
    if !in_range(record.uptime_ms) || !in_range(record.catalogue) {
        return Err(NotTaken::OutOfRange("uptime_ms or catalogue"));
    }
    match Event::from_parts(&record.kind, &record.detail) {
        Ok(Some(_)) => Ok(record),
        Err(error) => Err(NotTaken::WrongDetail(error.to_string())),
        Ok(None) => {
            let is_word = record
                .kind
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'_');
            let detail = serde_json::to_string(&record.detail).unwrap_or_default();
            // PostgreSQL keeps no text with a NUL in it.
            let has_nul = detail.contains("\\u0000");
            if !is_word
                || has_nul
                || record.kind.is_empty()
                || record.kind.len() > KIND_LIMIT
                || detail.len() > DETAIL_LIMIT
            {
                return Err(NotTaken::TooLarge);
            }
            Ok(record)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TABLET: &str = "6d9f3b0a-0000-4000-8000-000000000001";
    const LOAN: &str = "6d9f3b0a-0000-4000-8000-000000000002";

    fn record() -> Value {
        json!({
            "tablet": TABLET, "participation": LOAN, "sequence": 1, "boot": LOAN, "uptime_ms": 5,
            "happened_at": 1_790_000_000_000_i64, "clock_offset_ms": null, "visit": 1, "catalogue": 3,
            "kind": "service_opened", "service": "city-news", "detail": { "from": "home" }
        })
    }

    fn judged(change: impl Fn(&mut Value)) -> Result<WireRecord, NotTaken> {
        let mut value = record();
        change(&mut value);
        judge(&value.to_string(), TABLET.parse().expect("a uuid"))
    }

    #[test]
    fn a_record_and_an_unknown_kind_are_taken() {
        assert!(judged(|_| ()).is_ok());
        let newer = judged(|r| {
            r["kind"] = json!("medicine_taken");
            r["detail"] = json!({ "late_ms": 4 });
        });
        assert_eq!(newer.map(|r| r.kind).as_deref(), Ok("medicine_taken"));
    }

    #[test]
    fn what_is_not_a_record_is_refused_with_the_reason() {
        type Change = fn(&mut Value);
        let cases: [(&str, Change); 8] = [
            ("an extra field", |r| r["name"] = json!("やまだ")),
            ("a name in the detail", |r| {
                r["detail"]["name"] = json!("やまだ");
            }),
            ("a missing field", |r| {
                drop(r.as_object_mut().and_then(|r| r.remove("boot")));
            }),
            ("number nought", |r| r["sequence"] = json!(0)),
            ("a negative number", |r| r["sequence"] = json!(-1)),
            ("another tablet", |r| r["tablet"] = json!(LOAN)),
            ("a service that is a sentence", |r| {
                r["service"] = json!("やまだ さん");
            }),
            ("an unknown kind that is a letter", |r| {
                r["kind"] = json!("letter");
                r["detail"] = json!({ "text": "あ".repeat(400) });
            }),
        ];
        for (what, change) in cases {
            assert!(judged(change).is_err(), "{what}");
        }
    }
}
