//! How often somebody tried in vain, and so has to wait.
//!
//! Strangers together can try twice a second ([`crate::web::limits`]), and all is forgotten after a day: the table holds half a
//! million lines of a hundred bytes at the very most, however many addresses there are.

use jiff::{SignedDuration, Timestamp};

use crate::database::{Database, DatabaseError, hash_of, unsigned};

/// After how long attempts are forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// How long somebody has to wait who tried so often in vain, the last time so long ago; none if not at all.
pub type Wait = fn(u64, SignedDuration) -> Option<SignedDuration>;

/// Somebody who has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptWaiting {
    /// For how long.
    pub wait: SignedDuration,
    /// For which of the subjects, by its place among them.
    pub subject: usize,
}

/// Under which name attempts to sign in to an account are counted, and attempts at its second factor.
pub fn account_subject(name: &str) -> String {
    format!("account {name}")
}

/// At another password of one's own.
pub fn own_password_subject(name: &str) -> String {
    format!("own password {name}")
}

/// The second factor's.
pub fn second_factor_subject(name: &str) -> String {
    format!("second factor {name}")
}

impl Database {
    /// Counts an attempt for each of the subjects, if `wait` has none of them wait; else says for how long.
    /// `wait` is told how often it was tried in vain and how long ago the last time was.
    pub async fn attempt(
        &self,
        subjects: &[(String, Wait)],
        now: Timestamp,
    ) -> Result<Option<KeptWaiting>, DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query("DELETE FROM sign_in_attempts WHERE last_at < $1")
                .bind((now - FORGOTTEN).as_millisecond())
                .execute(&mut *connection)
                .await?;
            let mut longest: Option<KeptWaiting> = None;
            for (place, (subject, wait)) in subjects.iter().enumerate() {
                // A write comes first, so that two attempts at once are counted one after the other.
                sqlx::query(
                    "INSERT INTO sign_in_attempts (subject, attempts, last_at) VALUES ($1, 0, $2)
                     ON CONFLICT (subject) DO UPDATE SET attempts = sign_in_attempts.attempts",
                )
                .bind(hash_of(subject))
                .bind(now.as_millisecond())
                .execute(&mut *connection)
                .await?;
                let (attempts, last): (i64, i64) = sqlx::query_as(
                    "SELECT attempts, last_at FROM sign_in_attempts WHERE subject = $1",
                )
                .bind(hash_of(subject))
                .fetch_one(&mut *connection)
                .await?;
                let ago = SignedDuration::from_millis(now.as_millisecond() - last);
                if let Some(wait) = wait(unsigned(attempts), ago)
                    && longest.is_none_or(|known| known.wait < wait)
                {
                    longest = Some(KeptWaiting {
                        wait,
                        subject: place,
                    });
                }
            }
            if longest.is_some() {
                return Ok(longest);
            }
            for (subject, _) in subjects {
                sqlx::query(
                    "UPDATE sign_in_attempts SET attempts = attempts + 1, last_at = $1 WHERE subject = $2",
                )
                .bind(now.as_millisecond())
                .bind(hash_of(subject))
                .execute(&mut *connection)
                .await?;
            }
            Ok(None)
        })
        .await
    }

    /// An attempt has come to something: it was none in vain.
    pub async fn take_back_attempt(&self, subject: &str) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE sign_in_attempts SET attempts = attempts - 1 WHERE subject = $1 AND attempts > 0",
        )
        .bind(hash_of(subject))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Somebody has come in: their attempts are forgotten.
    pub async fn forget_attempts(&self, subject: &str) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM sign_in_attempts WHERE subject = $1")
            .bind(hash_of(subject))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
