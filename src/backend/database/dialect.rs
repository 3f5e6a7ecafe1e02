//! Which of the two databases is spoken to, and what has to be said otherwise to it.

use std::fmt::Write as _;

/// Rows that go into the database with one statement: with the widest table, 3,300 values, of which both
/// databases take ten times as many.
pub(crate) const ROWS_AT_ONCE: usize = 100;

/// A database that takes our statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A file of the folder.
    Sqlite,
    /// A server.
    PostgreSql,
}

impl Dialect {
    /// The places of so many rows of so many values: `($1, $2), ($3, $4)`.
    ///
    /// Both databases take `$1`, but `SQLite` takes it for a name and looks through all of them for each value: a
    /// statement of many is slow there. So it gets `?`, in the order of the values.
    pub(crate) fn places(self, rows: usize, columns: usize) -> String {
        let mut text = String::with_capacity(rows * columns * 7);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 1..=columns {
                text.push_str(if column == 1 { "" } else { ", " });
                match self {
                    // Writing to a text cannot fail.
                    Self::PostgreSql => drop(write!(text, "${}", row * columns + column)),
                    Self::Sqlite => text.push('?'),
                }
            }
            text.push(')');
        }
        text
    }
}
