//! The bulletins of one answer: those that count, in their order, and what each says of one
//! municipality.

use jiff::{Timestamp, civil::DateTime};
use serde_json::Value;

use crate::{draft::Skipped, error::SourceError, html::tidy, japan::JAPAN};

/// One bulletin, as far as it speaks of one municipality.
pub(super) struct Bulletin {
    pub(super) publishing_office: String,
    pub(super) reported_at: Timestamp,
    pub(super) controlled_at: Timestamp,
    /// `dataTypeCode`: what kind of bulletin it is.
    pub(super) data_type: Option<String>,
    /// It takes another back.
    pub(super) is_cancelling: bool,
    pub(super) headline: String,
    /// What it says of the municipality; nothing where it does not name it.
    pub(super) kinds: Option<Vec<Kind>>,
}

impl Bulletin {
    pub(super) fn moment(&self) -> (Timestamp, Timestamp) {
        (self.reported_at, self.controlled_at)
    }
}

#[derive(Clone)]
pub(super) struct Kind {
    pub(super) code: Option<String>,
    pub(super) status: String,
    pub(super) additions: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Value>, SourceError> {
    let not_understood = |why: String| SourceError::NotUnderstood(why);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|error| not_understood(format!("these are no JMA warnings ({error})")))?;
    match document {
        Value::Array(bulletins) => Ok(bulletins),
        Value::Object(object) if object.contains_key("areaTypes") => Err(not_understood(
            "this is the old form of the JMA's warnings, which has been frozen since 2026-05-28; use …/warning/data/r8/"
                .to_owned(),
        )),
        _ => Err(not_understood("these are no JMA warnings".to_owned())),
    }
}

/// The bulletins in their order of time, without drills and without what was taken back.
///
/// One that cannot be read and speaks of the municipality spoils the whole: without it an older one
/// would decide, and a resident would be told something that is over.
pub(super) fn newest_first(
    documents: &[Value],
    area: &str,
    skipped: &mut Vec<Skipped>,
) -> Result<Vec<Bulletin>, SourceError> {
    let mut bulletins = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let place = format!("bulletin {}", index + 1);
        let status = text(document, "status");
        if !status.is_empty() && status != "通常" {
            // A drill is never shown as real.
            skipped.push(Skipped::told(format!("{place}: it is marked {status}")));
            continue;
        }
        match bulletin(document, area) {
            Ok(bulletin) => bulletins.push(bulletin),
            Err(why) if document.to_string().contains(area) => {
                return Err(SourceError::NotUnderstood(format!("{place}: {why}")));
            }
            Err(why) => skipped.push(Skipped::told(format!("{place}: {why}"))),
        }
    }
    bulletins.sort_by_key(|bulletin| std::cmp::Reverse(bulletin.moment()));
    let (cancelling, mut standing): (Vec<Bulletin>, Vec<Bulletin>) = bulletins
        .into_iter()
        .partition(|bulletin| bulletin.is_cancelling);
    for cancel in cancelling {
        // It takes back the newest of its kind that stood before it.
        let taken_back = standing.iter().position(|bulletin| {
            bulletin.data_type == cancel.data_type && bulletin.moment() <= cancel.moment()
        });
        if let Some(index) = taken_back {
            standing.remove(index);
        }
    }
    Ok(standing)
}

/// One bulletin, whatever else stands in it.
fn bulletin(document: &Value, area: &str) -> Result<Bulletin, String> {
    let reported = text(document, "reportDatetime");
    let reported_at =
        timestamp(&reported).ok_or_else(|| format!("`{reported}` is no reportDatetime"))?;
    let data_type = text(document, "dataTypeCode");
    let items = document.pointer("/warning/class20Items");
    let of_the_area: Vec<&Value> = items
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|item| text(item, "areaCode") == area)
        .collect();
    let kinds = of_the_area
        .iter()
        .filter_map(|item| item.get("kinds")?.as_array())
        .flatten()
        .filter(|kind| kind.is_object());
    Ok(Bulletin {
        publishing_office: text(document, "publishingOffice"),
        reported_at,
        controlled_at: timestamp(&text(document, "controlDatetime")).unwrap_or(reported_at),
        data_type: (!data_type.is_empty()).then_some(data_type),
        is_cancelling: text(document, "infoType") == "取消",
        headline: tidy(&text(document, "headlineText")),
        kinds: (!of_the_area.is_empty()).then(|| kinds.map(kind).collect()),
    })
}

fn kind(kind: &Value) -> Kind {
    let code = text(kind, "code");
    let additions = kind.get("additions").and_then(Value::as_array);
    Kind {
        code: (!code.is_empty()).then(|| format!("{code:0>2}")),
        status: text(kind, "status"),
        additions: additions
            .into_iter()
            .flatten()
            .map(|addition| match addition {
                Value::String(text) => tidy(text),
                other => tidy(&text(other, "name")),
            })
            .filter(|addition| !addition.is_empty())
            .collect(),
    }
}

/// A text, or a number as a text; empty where there is neither.
fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

pub(super) fn some_areas(documents: &[Value]) -> String {
    let codes: std::collections::BTreeSet<String> = documents
        .iter()
        .filter_map(|document| document.pointer("/warning/class20Items")?.as_array())
        .flatten()
        .map(|item| text(item, "areaCode"))
        .collect();
    let some: Vec<String> = codes.into_iter().take(5).collect();
    some.join(", ")
}

/// With an offset, with Z, or, without either, Japan's time.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        JAPAN.to_timestamp(local).ok()
    })
}
