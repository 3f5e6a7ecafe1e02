//! A usage record as one flat row: what summaries are folded from and what Parquet files hold. The
//! columns are named once, here; the names are a promise to everybody who reads the files.

use kairan_contract::WireRecord;
use serde_json::Value;

/// The greatest time in milliseconds, either side of 1970, that a row holds: three thousand years, far
/// beyond any clock, and small enough that the sum of two is a day that a calendar knows.
pub const FARTHEST_MS: i64 = 100_000_000_000_000;

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'r> {
    /// A text, if there is one.
    Text(Option<&'r str>),
    /// A whole number, if there is one.
    Number(Option<i64>),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Texts.
    Text,
    /// Signed whole numbers of 64 bits; yes and no as 1 and 0.
    Number,
}

/// Declares the row, its columns, and the way between them.
macro_rules! row {
    ($($(#[$doc:meta])* $name:ident : $kind:ident),+ $(,)?) => {
        /// One usage record. What its kind does not say is absent.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct Row { $($(#[$doc])* pub $name: row!(@type $kind)),+ }

        impl Row {
            /// Its columns in order, by name and kind.
            pub const COLUMNS: &'static [(&'static str, ColumnKind)] =
                &[$((stringify!($name), ColumnKind::$kind)),+];

            /// Its values in the order of the columns.
            pub fn cells(&self) -> Vec<Cell<'_>> {
                vec![$(row!(@cell $kind self.$name)),+]
            }

            /// The row of these values; none where one is of the wrong kind or there are too few.
            pub fn from_cells<'c>(cells: impl IntoIterator<Item = Cell<'c>>) -> Option<Self> {
                let mut cells = cells.into_iter();
                Some(Self { $($name: row!(@value $kind cells.next()?)),+ })
            }
        }
    };
    (@type Text) => { Option<String> };
    (@type Number) => { Option<i64> };
    (@cell Text $value:expr) => { Cell::Text($value.as_deref()) };
    (@cell Number $value:expr) => { Cell::Number($value) };
    (@value Text $cell:expr) => { match $cell { Cell::Text(text) => text.map(str::to_owned), Cell::Number(_) => return None } };
    (@value Number $cell:expr) => { match $cell { Cell::Number(number) => number, Cell::Text(_) => return None } };
}

row! {
    /// The installation.
    tablet: Text,
    /// 1, 2, 3 … without gaps per tablet.
    sequence: Number,
    /// The pseudonym of the loan.
    participation: Text,
    /// Which start of the program.
    boot: Text,
    /// Milliseconds since that start.
    uptime_ms: Number,
    /// The tablet's clock, milliseconds since 1970 UTC.
    happened_at: Number,
    /// Backend time minus tablet time in milliseconds.
    clock_offset_ms: Number,
    /// The number of the visit within the boot.
    visit: Number,
    /// The catalogue's revision.
    catalogue: Number,
    /// What happened.
    kind: Text,
    /// The tile.
    service: Text,
    /// When it arrived, milliseconds since 1970 UTC.
    received_at: Number,
    /// `cause` of a start or an end.
    cause: Text,
    /// `how` of a visit or of leaving a tile.
    how: Text,
    /// `from` of opening a tile.
    opened_from: Text,
    /// `dwell_ms`.
    dwell_ms: Number,
    /// `item`.
    item: Text,
    /// `to_end`, 0 or 1.
    to_end: Number,
    /// `heard_ms`.
    heard_ms: Number,
    /// `stopped`, 0 or 1.
    stopped: Number,
    /// `to` of a setting, or of being handed over.
    chosen: Text,
    /// `screen`.
    screen: Text,
    /// `form`.
    form: Text,
    /// `step`.
    step: Number,
    /// `level`.
    level: Number,
    /// `after_ms`.
    after_ms: Number,
    /// `mood`.
    mood: Number,
    /// `survey`.
    survey: Text,
    /// `question`.
    question: Number,
    /// `choice`.
    choice: Number,
    /// `why`.
    why: Text,
    /// `lasted_ms`.
    lasted_ms: Number,
    /// Everything that the kind says, as JSON: also what this version does not know.
    detail: Text,
}

impl Row {
    /// The row of a record that arrived at `received_at`, milliseconds since 1970 UTC.
    pub fn of(record: &WireRecord, received_at: i64) -> Self {
        let text = |name: &str| record.detail.get(name)?.as_str().map(str::to_owned);
        let number = |name: &str| match record.detail.get(name)? {
            Value::Bool(yes) => Some(i64::from(*yes)),
            // A length of time beyond all measure is as long as can be told.
            Value::Number(number) => {
                Some(number.as_i64().unwrap_or(i64::MAX - 1).min(i64::MAX - 1))
            }
            _ => None,
        };
        let signed = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
        let time = |milliseconds: i64| milliseconds.clamp(-FARTHEST_MS, FARTHEST_MS);
        Self {
            tablet: Some(record.tablet.to_string()),
            sequence: signed(record.sequence),
            participation: Some(record.participation.to_string()),
            boot: Some(record.boot.to_string()),
            uptime_ms: signed(record.uptime_ms),
            happened_at: Some(time(record.happened_at)),
            clock_offset_ms: record.clock_offset_ms.map(time),
            visit: Some(i64::from(record.visit)),
            catalogue: signed(record.catalogue),
            kind: Some(record.kind.clone()),
            service: record.service.as_ref().map(ToString::to_string),
            received_at: Some(received_at),
            cause: text("cause"),
            how: text("how"),
            opened_from: text("from"),
            dwell_ms: number("dwell_ms"),
            item: text("item"),
            to_end: number("to_end"),
            heard_ms: number("heard_ms"),
            stopped: number("stopped"),
            chosen: text("to"),
            screen: text("screen"),
            form: text("form"),
            step: number("step"),
            level: number("level"),
            after_ms: number("after_ms"),
            mood: number("mood"),
            survey: text("survey"),
            question: number("question"),
            choice: number("choice"),
            why: text("why"),
            lasted_ms: number("lasted_ms"),
            detail: Some(Value::Object(record.detail.clone()).to_string()),
        }
    }

    /// What makes the record one of its own.
    pub fn key(&self) -> (&str, i64) {
        let tablet = self.tablet.as_deref().unwrap_or_default();
        (tablet, self.sequence.unwrap_or(0))
    }

    /// Its day in Japan, days since 1970-01-01, by the true time.
    pub fn day(&self) -> i64 {
        day_at(self.happened_at.unwrap_or(0), self.clock_offset_ms)
    }
}

/// Nine hours: Japan has had no other time in this century.
pub const JAPAN_MS: i64 = 9 * 60 * 60 * 1000;
/// A day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The day in Japan, days since 1970-01-01, of a moment in milliseconds since 1970 UTC.
pub fn day_of(at_ms: i64) -> i64 {
    (at_ms + JAPAN_MS).div_euclid(DAY_MS)
}

/// The day in Japan of a moment on a tablet's clock, by the true time where it is known.
pub fn day_at(happened_at: i64, clock_offset_ms: Option<i64>) -> i64 {
    day_of(happened_at + clock_offset_ms.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use kairan_contract::Event;
    use serde_json::json;

    use super::*;

    fn record(kind: &str, detail: &Value) -> WireRecord {
        let id = "6d9f3b0a-0000-4000-8000-000000000001";
        serde_json::from_value(json!({
            "tablet": id, "participation": id, "sequence": 7, "boot": id, "uptime_ms": 5,
            "happened_at": 1_700_000_000_000_i64, "clock_offset_ms": -60_000, "visit": 3,
            "catalogue": 2, "kind": kind, "service": "bus", "detail": detail,
        }))
        .expect("a record")
    }

    #[test]
    fn nothing_that_a_kind_says_is_lost_on_the_way_to_a_row() {
        for event in Event::examples() {
            let (kind, detail) = event.to_parts();
            let row = Row::of(&record(&kind, &Value::Object(detail.clone())), 1);
            let kept = row
                .cells()
                .iter()
                .skip(12)
                .filter(|cell| !matches!(cell, Cell::Text(None) | Cell::Number(None)))
                .count();
            assert_eq!(kept, detail.len() + 1, "{kind}: {detail:?}");
            assert_eq!(Row::from_cells(row.cells()), Some(row.clone()));
        }
    }

    #[test]
    fn a_clock_beyond_all_measure_is_held_within_what_engines_can_add() {
        let mut absurd = record("offline_began", &json!({}));
        absurd.happened_at = i64::MIN;
        absurd.clock_offset_ms = Some(i64::MAX);
        let row = Row::of(&absurd, 1);
        assert_eq!(row.day(), 0);
        let long = record(
            "service_left",
            &json!({"dwell_ms": u64::MAX, "how": "home"}),
        );
        assert_eq!(Row::of(&long, 1).dwell_ms, Some(i64::MAX - 1));
    }

    #[test]
    fn days_are_those_of_japan() {
        // 1970-01-01 00:00 and 1969-12-31 23:59:59.999 there.
        assert_eq!((day_of(-JAPAN_MS), day_of(-JAPAN_MS - 1)), (0, -1));
    }
}
