//! The summaries of a day: one `.sql` file each, the very same text for `SQLite`, `PostgreSQL`, Spark,
//! `DuckDB` and `ClickHouse`. Each is one SELECT over `records`, a day's rows, and `dwell_buckets`.

use crate::row::ColumnKind;

/// One summary.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// Its name, which is that of its table.
    pub name: &'static str,
    /// The SELECT.
    pub sql: &'static str,
}

macro_rules! summaries {
    ($($name:literal),+) => {
        /// Every summary.
        pub const SUMMARIES: &[Summary] = &[$(Summary {
            name: $name,
            sql: include_str!(concat!("summaries/", $name, ".sql")),
        }),+];
    };
}

summaries!(
    "loan_days",
    "service_days",
    "service_dwell",
    "visit_hours",
    "alert_days",
    "form_steps",
    "choices",
    "answers",
    "quality"
);

/// What the summaries' texts are; every other column is a whole number.
const TEXTS: &[&str] = &[
    "participation",
    "tablet",
    "service",
    "form",
    "setting",
    "chosen",
    "survey",
];

impl Summary {
    /// Its columns in order, as its head says.
    pub fn columns(&self) -> Vec<(&'static str, ColumnKind)> {
        let head = self.sql.lines().take_while(|line| line.starts_with("--"));
        let named = head.filter_map(|line| {
            let (name, meaning) = line.strip_prefix("-- ")?.split_once("  ")?;
            let is_name = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                && !meaning.trim().is_empty();
            is_name.then_some(name)
        });
        named
            .map(|name| {
                let is_text = TEXTS.contains(&name);
                (
                    name,
                    if is_text {
                        ColumnKind::Text
                    } else {
                        ColumnKind::Number
                    },
                )
            })
            .collect()
    }

    /// What one of its rows and each of its columns means.
    pub fn head(&self) -> String {
        let head = self.sql.lines().take_while(|line| line.starts_with("--"));
        let lines: Vec<&str> = head
            .map(|line| line.trim_start_matches('-').strip_prefix(' ').unwrap_or(""))
            .collect();
        lines.join("\n")
    }
}

/// One bucket of the histogram of dwell: from so many milliseconds to below so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Its number.
    pub bucket: i64,
    /// The shortest time in it.
    pub from_ms: i64,
    /// The shortest time that is too long for it.
    pub below_ms: i64,
}

impl Bucket {
    /// The middle of it in milliseconds, by which a time in it is told.
    pub fn middle_ms(&self) -> i64 {
        if self.below_ms == i64::MAX {
            self.from_ms
        } else {
            i64::midpoint(self.from_ms, self.below_ms)
        }
    }
}

/// The buckets: the first up to 100 ms, then each 2 % wide, the last from 24 hours on.
pub fn dwell_buckets() -> Vec<Bucket> {
    let longest = crate::row::DAY_MS;
    let mut buckets = Vec::new();
    let (mut from_ms, mut below_ms) = (0, 100);
    loop {
        let bucket = i64::try_from(buckets.len()).unwrap_or(i64::MAX);
        if from_ms >= longest {
            below_ms = i64::MAX;
        }
        buckets.push(Bucket {
            bucket,
            from_ms,
            below_ms,
        });
        if below_ms == i64::MAX {
            return buckets;
        }
        from_ms = below_ms;
        below_ms = from_ms + from_ms / 50;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_told_in_the_head_of_its_summary() {
        for summary in SUMMARIES {
            let columns = summary.columns();
            assert!(columns.len() >= 4, "{}: {columns:?}", summary.name);
            for (name, _) in columns {
                assert!(summary.sql.matches(name).count() >= 2, "{name}");
            }
        }
    }

    #[test]
    fn the_buckets_leave_no_time_out_and_none_is_wider_than_it_says() {
        let buckets = dwell_buckets();
        assert_eq!(buckets[0].from_ms, 0);
        assert_eq!(buckets.last().map(|it| it.below_ms), Some(i64::MAX));
        for pair in buckets.windows(2) {
            assert_eq!(pair[0].below_ms, pair[1].from_ms);
            assert!(pair[0].bucket + 1 == pair[1].bucket);
        }
        for bucket in &buckets[1..buckets.len() - 1] {
            assert!((bucket.below_ms - bucket.from_ms) * 50 <= bucket.from_ms);
        }
        assert!((690..720).contains(&buckets.len()), "{}", buckets.len());
    }
}
