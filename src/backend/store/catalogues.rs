//! Which catalogue was in force, and from when.

use jiff::Timestamp;
use kairan_contract::Sha256;

use super::{Store, StoreError, signed, unsigned};

impl Store {
    /// The catalogue that was last in force, and its revision.
    pub async fn last_catalogue(&self) -> Result<Option<(u64, String)>, StoreError> {
        let last: Option<(i64, String)> = sqlx::query_as(
            "SELECT revision, text FROM catalogue_revisions ORDER BY revision DESC LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(last.map(|(revision, text)| (unsigned(revision), text)))
    }

    /// The revision of the catalogue `text`: the last one if it is the same text, else a new one.
    pub async fn catalogue_revision(&self, text: &str, now: Timestamp) -> Result<u64, StoreError> {
        let hash = Sha256::of(text.as_bytes()).to_string();
        let last: Option<(i64, String)> = sqlx::query_as(
            "SELECT revision, sha256 FROM catalogue_revisions ORDER BY revision DESC LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await?;
        let revision = match last {
            Some((revision, known)) if known == hash => return Ok(unsigned(revision)),
            Some((revision, _)) => unsigned(revision) + 1,
            None => 1,
        };
        sqlx::query("INSERT INTO catalogue_revisions (revision, sha256, text, published_at) VALUES ($1, $2, $3, $4)")
            .bind(signed(revision))
            .bind(hash)
            .bind(text)
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(revision)
    }
}
