//! What must reach the backend exactly once: written to disk before it counts, numbered without
//! gaps, deleted only when acknowledged.
//!
//! `SQLite` with `synchronous=FULL`: under `NORMAL` a power cut loses what was committed.

mod requests;
mod schema;
mod sequence;

use std::{path::Path, time::Duration};

use kairan_contract::Record;
use serde_json::{Map, Value};
use sqlx::{
    Connection as _, Row as _, SqliteConnection,
    error::DatabaseError,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};

use crate::atomic_file::quarantine;
use sequence::SequenceReservation;

/// Why the journal could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// `SQLite` failed: the disk is full, read-only or failing.
    #[error("the journal cannot write: {0}")]
    Database(#[from] sqlx::Error),
    /// The file beside the database that keeps numbers from being used twice.
    #[error("the journal cannot write: {0}")]
    Reservation(#[from] std::io::Error),
    /// One of its tables is gone, and something else stands in its place.
    #[error("the journal lacks a table, which cannot be made anew")]
    LacksTable,
    /// It has been waited for long enough: a disk that hangs, or one that is busy.
    #[error("the journal does not answer: the disk hangs")]
    Hangs,
    /// A record that is no JSON, which the types rule out.
    #[error("a record cannot be written: {0}")]
    Record(#[from] serde_json::Error),
}

/// Records on the disk that the backend has not acknowledged.
pub struct Journal {
    pool: SqlitePool,
    reservation: SequenceReservation,
    /// The last number that stood here when the program started.
    last_before: u64,
}

/// Records to be sent, and where the journal begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The lowest number the journal holds, or the next to come if it holds none.
    pub held_from: u64,
    /// The first records, in the order of their numbers. One that cannot be read any more travels
    /// as its bare number: the backend refuses it, and those after it are not held up.
    pub records: Vec<Value>,
}

impl Journal {
    /// Opens the journal in `folder`. A damaged one is set aside; its numbers are never used again.
    pub async fn open(folder: &Path) -> Result<Self, JournalError> {
        match Self::open_as_it_is(folder).await {
            Ok(journal) => Ok(journal),
            Err(error) if is_damage(&error) => {
                tracing::error!(%error, "the journal is damaged and is set aside");
                for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
                    let path = folder.join(name);
                    if path.exists() {
                        quarantine(&path)?;
                    }
                }
                Self::open_as_it_is(folder).await
            }
            Err(error) => Err(error),
        }
    }

    async fn open_as_it_is(folder: &Path) -> Result<Self, JournalError> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("journal.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        // One connection: the journal has one writer, and order is its whole point.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        let mut connection = pool.acquire().await?;
        if let Err(error) = schema::migrate(&mut connection).await {
            // What a full disk left open must not swallow what comes after it.
            connection.close_on_drop();
            drop(connection);
            connection = pool.acquire().await?;
            if is_corrupt(&error) {
                return Err(error.into());
            }
            tracing::error!(%error, "the journal's tables are used as they are");
        }
        if !schema::is_complete(&mut connection).await? {
            // What stands in the other table is still to be sent, a call for help perhaps: it stays where it is.
            tracing::error!("the journal lacks a table, which is made anew");
            let restored = schema::restore(&mut connection).await;
            if restored.is_err() {
                connection.close_on_drop();
            }
            restored?;
            if !schema::is_complete(&mut connection).await? {
                return Err(JournalError::LacksTable);
            }
        }
        let reservation = SequenceReservation::read(folder);
        let last = last_number(&mut connection).await?;
        let forgot = last == 0 || last + sequence::STEP < reservation.reserved();
        if last < reservation.reserved() && forgot {
            // The database is new, or older than the file beside it: begin above all numbers that
            // may have been used.
            begin_above(&mut connection, reservation.reserved()).await?;
        }
        // A page that is damaged in the middle is found now, and not when it is needed.
        let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await?;
        if sound != "ok" {
            return Err(sqlx::Error::Protocol(sound).into());
        }
        let last_before = last_number(&mut connection).await?;
        drop(connection);
        Ok(Self {
            pool,
            reservation,
            last_before,
        })
    }

    /// Writes records down, all or none, and says the number of the last. When this returns they are
    /// on the disk.
    pub async fn append(&mut self, records: &[Record]) -> Result<u64, JournalError> {
        let mut connection = self.pool.acquire().await?;
        let written = write(&mut connection, &mut self.reservation, records).await;
        if written.is_err() {
            // When a commit fails because the disk is full, sqlx goes on counting the transaction
            // as open, and what is "committed" inside it would be gone at the next power cut.
            connection.close_on_drop();
        }
        written
    }

    /// The first `limit` records.
    pub async fn outgoing(&self, limit: usize) -> Result<Outgoing, JournalError> {
        let mut connection = self.pool.acquire().await?;
        let rows = sqlx::query(
            "SELECT sequence, CAST(record AS BLOB) FROM records ORDER BY sequence LIMIT $1",
        )
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await?;
        let mut records = Vec::with_capacity(rows.len());
        let mut held_from = None;
        for row in rows {
            let sequence = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0);
            held_from.get_or_insert(sequence);
            let text: Option<Vec<u8>> = row.try_get(1)?;
            let mut record: Map<String, Value> = serde_json::from_slice(&text.unwrap_or_default())
                .unwrap_or_else(|error| {
                    tracing::error!(sequence, %error, "a record in the journal cannot be read");
                    Map::new()
                });
            // The number is given on writing, so it stands in the key and not in the text.
            record.insert("sequence".to_owned(), sequence.into());
            records.push(Value::Object(record));
        }
        let held_from = match held_from {
            Some(first) => first,
            None => last_number(&mut connection).await? + 1,
        };
        Ok(Outgoing { held_from, records })
    }

    /// How many records wait to be sent.
    pub async fn unsent(&self) -> Result<u64, JournalError> {
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM records")
            .fetch_one(&self.pool)
            .await?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }

    /// Deletes what the backend has acknowledged.
    ///
    /// A backend that has more than was ever written here took records that this disk has
    /// forgotten: what was written since then bears numbers that were used before, and gets new ones.
    pub async fn acknowledge(&mut self, acknowledged: u64) -> Result<(), JournalError> {
        let mut connection = self.pool.acquire().await?;
        let last = last_number(&mut connection).await?;
        let deleted = if acknowledged > last {
            tracing::error!(
                acknowledged,
                last,
                "the journal had forgotten numbers that were used"
            );
            self.reservation
                .reserve(acknowledged + (last - self.last_before))?;
            let renumbered = renumber(&mut connection, self.last_before, acknowledged).await;
            if renumbered.is_err() {
                connection.close_on_drop();
            }
            renumbered?;
            self.last_before
        } else {
            acknowledged
        };
        sqlx::query("DELETE FROM records WHERE sequence <= $1")
            .bind(signed(deleted))
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Waits until everything is written and closes.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

async fn write(
    connection: &mut SqliteConnection,
    reservation: &mut SequenceReservation,
    records: &[Record],
) -> Result<u64, JournalError> {
    let mut transaction = connection.begin().await?;
    let mut last = last_number(&mut transaction).await?;
    reservation.reserve(last + records.len() as u64)?;
    for record in records {
        let text = serde_json::to_string(&record.to_wire())?;
        let done = sqlx::query("INSERT INTO records (record) VALUES ($1)")
            .bind(text)
            .execute(&mut *transaction)
            .await?;
        last = u64::try_from(done.last_insert_rowid()).unwrap_or(last);
    }
    transaction.commit().await?;
    Ok(last)
}

/// The next number is above `last`.
async fn begin_above(connection: &mut SqliteConnection, last: u64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sqlite_sequence WHERE name = 'records'")
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO sqlite_sequence (name, seq) VALUES ('records', $1)")
        .bind(signed(last))
        .execute(connection)
        .await?;
    Ok(())
}

/// Gives the records above `before` the numbers that follow `used`, in the order they have.
async fn renumber(
    connection: &mut SqliteConnection,
    before: u64,
    used: u64,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let last = last_number(&mut transaction).await?;
    let up = signed(used.saturating_sub(before));
    // Two steps by way of the negative numbers, so that none meets another on its way.
    sqlx::query("UPDATE records SET sequence = -sequence - $1 WHERE sequence > $2")
        .bind(up)
        .bind(signed(before))
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE records SET sequence = -sequence WHERE sequence < 0")
        .execute(&mut *transaction)
        .await?;
    begin_above(&mut transaction, used + last.saturating_sub(before)).await?;
    transaction.commit().await
}

/// `SQLite` counts in signed numbers.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

async fn last_number(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let last: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'records'")
            .fetch_optional(connection)
            .await?;
    Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or(0))
}

/// Whether the file is no database any more, as against a disk that is full for the moment.
fn is_damage(error: &JournalError) -> bool {
    match error {
        JournalError::Database(error) => {
            is_corrupt(error)
                || has_foreign_table(error)
                || matches!(error, sqlx::Error::Protocol(_))
        }
        JournalError::LacksTable => true,
        _ => false,
    }
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB`, with their extended codes.
fn is_corrupt(error: &sqlx::Error) -> bool {
    let Some(code) = error.as_database_error().and_then(DatabaseError::code) else {
        return false;
    };
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 11 | 26))
}

/// A table that is not ours.
fn has_foreign_table(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.message().starts_with("no such column"))
}

#[cfg(test)]
mod tests {
    use kairan_contract::{BootId, Event, Participation, StartCause, TabletId};
    use uuid::Uuid;

    use super::*;

    pub(super) fn record(uptime_ms: u64) -> Record {
        Record {
            tablet: TabletId(Uuid::nil()),
            participation: Participation(Uuid::nil()),
            sequence: 0,
            boot: BootId(Uuid::nil()),
            uptime_ms,
            happened_at: 0,
            clock_offset_ms: None,
            visit: 0,
            catalogue: 0,
            service: None,
            event: Event::Started {
                cause: StartCause::Power,
            },
        }
    }

    fn numbers(outgoing: &Outgoing) -> Vec<u64> {
        outgoing
            .records
            .iter()
            .filter_map(|record| record["sequence"].as_u64())
            .collect()
    }

    #[tokio::test]
    async fn numbers_have_no_gaps_and_are_never_used_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        assert_eq!(journal.outgoing(10).await.expect("reads").held_from, 1);
        journal
            .append(&[record(1), record(2), record(3)])
            .await
            .expect("writes");
        assert_eq!(numbers(&journal.outgoing(2).await.expect("reads")), [1, 2]);
        journal.acknowledge(3).await.expect("deletes");
        journal.close().await;
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        assert_eq!(
            journal.outgoing(10).await.expect("reads"),
            Outgoing {
                held_from: 4,
                records: vec![]
            }
        );
        assert_eq!(journal.append(&[record(4)]).await.expect("writes"), 4);
    }

    #[tokio::test]
    async fn after_a_damaged_journal_the_numbers_begin_above_all_that_were_used() {
        for damage in [
            b"this is no database at all, but long enough to be one".repeat(40),
            vec![0; 8192],
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut journal = Journal::open(folder.path()).await.expect("opens");
            let last = journal
                .append(&[record(1), record(2)])
                .await
                .expect("writes");
            journal.close().await;
            std::fs::write(folder.path().join("journal.sqlite"), &damage).expect("writes");
            let mut journal = Journal::open(folder.path())
                .await
                .expect("opens all the same");
            let next = journal.append(&[record(3)]).await.expect("writes");
            assert!(next > last, "{next} after {last}");
            assert_eq!(numbers(&journal.outgoing(10).await.expect("reads")), [next]);
        }
    }

    #[tokio::test]
    async fn a_record_that_cannot_be_read_does_not_hold_up_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        journal
            .append(&[record(1), record(2), record(3), record(4)])
            .await
            .expect("writes");
        for (sequence, spoilt) in [(1, "'{'"), (2, "x'ff00'"), (3, "7")] {
            let spoil = format!("UPDATE records SET record = {spoilt} WHERE sequence = {sequence}");
            sqlx::query(sqlx::AssertSqlSafe(spoil))
                .execute(&journal.pool)
                .await
                .expect("spoils");
        }
        let outgoing = journal.outgoing(10).await.expect("reads");
        assert_eq!(numbers(&outgoing), [1, 2, 3, 4]);
        assert_eq!(outgoing.records[0], serde_json::json!({ "sequence": 1 }));
        assert_eq!(outgoing.records[3]["uptime_ms"], 4);
    }

    #[tokio::test]
    async fn a_journal_that_went_back_in_time_uses_no_number_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        journal
            .append(&[record(1), record(2)])
            .await
            .expect("writes");
        journal.close().await;
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        journal
            .append(&[record(3), record(4)])
            .await
            .expect("writes");
        // The backend took 1 to 50 before the disk went back to 2.
        journal.acknowledge(50).await.expect("renumbers");
        let outgoing = journal.outgoing(10).await.expect("reads");
        assert_eq!(numbers(&outgoing), [51, 52]);
        assert_eq!(outgoing.records[0]["uptime_ms"], 3);
        assert_eq!(journal.append(&[record(5)]).await.expect("writes"), 53);
        journal.acknowledge(52).await.expect("deletes");
        assert_eq!(numbers(&journal.outgoing(10).await.expect("reads")), [53]);
    }
}
