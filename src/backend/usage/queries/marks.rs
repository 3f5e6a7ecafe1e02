//! Statements with many values.

use crate::database::Database;

/// Rows that go into the database with one statement: with the widest table, 3,300 values, of which both
/// databases take ten times as many.
pub(crate) const ROWS_AT_ONCE: usize = 100;

/// How a database marks the place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// `$1`, `$2` … Both databases take these, but `SQLite` takes them for names and looks through all
    /// of them for each value: a statement of many is slow there.
    Numbered,
    /// `?`, in the order of the values.
    Plain,
}

impl Database {
    /// The marks of a statement with many values.
    pub(crate) fn marks(&self) -> Marks {
        if self.is_sqlite {
            Marks::Plain
        } else {
            Marks::Numbered
        }
    }
}

impl Marks {
    /// `($1, $2), ($3, $4)` for so many rows of so many columns.
    pub(crate) fn places(self, rows: usize, columns: usize) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(rows * columns * 7);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 1..=columns {
                text.push_str(if column == 1 { "" } else { ", " });
                match self {
                    // Writing to a text cannot fail.
                    Self::Numbered => drop(write!(text, "${}", row * columns + column)),
                    Self::Plain => text.push('?'),
                }
            }
            text.push(')');
        }
        text
    }
}
