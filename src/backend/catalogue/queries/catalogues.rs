//! Which catalogue was in force, and from when.

use jiff::Timestamp;
use kairan_contract::Sha256;

use kairan_catalogue::Catalogue;

use crate::database::{Database, DatabaseError, unsigned};

impl Database {
    /// The catalogue that was last in force, and its revision.
    pub async fn last_catalogue(&self) -> Result<Option<(u64, String)>, DatabaseError> {
        let last: Option<(i64, String)> = sqlx::query_as(
            "SELECT revision, text FROM catalogue_revisions ORDER BY revision DESC LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(last.map(|(revision, text)| (unsigned(revision), text)))
    }

    /// The newest revisions in which a word stands.
    pub async fn revisions_with(&self, word: &str) -> Result<Vec<String>, DatabaseError> {
        /// Of so many revisions that a start takes no longer for it.
        const NEWEST: i64 = 100;
        let texts: Vec<(String,)> = sqlx::query_as(
            "SELECT text FROM catalogue_revisions WHERE text LIKE '%' || $1 || '%' ORDER BY revision DESC LIMIT $2",
        )
        .bind(word.to_owned())
        .bind(NEWEST)
        .fetch_all(&self.readers)
        .await?;
        Ok(texts.into_iter().map(|(text,)| text).collect())
    }

    /// The revision of the catalogue `text`: the last one if it is the same text, else a new one.
    pub async fn catalogue_revision(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<u64, DatabaseError> {
        let hash = Sha256::of(text.as_bytes()).to_string();
        // Who publishes and who watches the file may both be first: whoever is second looks again.
        loop {
            let last: Option<(i64, String)> = sqlx::query_as(
                "SELECT revision, sha256 FROM catalogue_revisions ORDER BY revision DESC LIMIT 1",
            )
            .fetch_optional(&self.pool)
            .await?;
            let revision = match last {
                Some((revision, known)) if known == hash => return Ok(unsigned(revision)),
                Some((revision, _)) => revision + 1,
                None => 1,
            };
            let done = sqlx::query(
                "INSERT INTO catalogue_revisions (revision, sha256, text, published_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (revision) DO NOTHING",
            )
            .bind(revision)
            .bind(hash.clone())
            .bind(text.to_owned())
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
            if done.rows_affected() == 1 {
                return Ok(unsigned(revision));
            }
        }
    }
}

/// The catalogue that tablets are shown, or were shown last: what the council has decided stands in it.
pub async fn last_in_force(store: &Database) -> Result<Option<Catalogue>, DatabaseError> {
    let last = store.last_catalogue().await?;
    Ok(last.and_then(|(_, text)| Catalogue::once_good(&text, None)))
}
