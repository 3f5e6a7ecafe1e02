//! The last good content of each service, and what its source wants to hear the next time.

use jiff::Timestamp;
use kairan_contract::{ContentReference, Participation, ServiceId};

use crate::database::{Database, DatabaseError, unsigned};
use kairan_sources::fetch::Validators;

/// Content as it was last fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptContent {
    /// Where it lies.
    pub reference: ContentReference,
    /// What the source wants to hear the next time.
    pub validators: Validators,
    /// When the source last said that this is what it has.
    pub confirmed_at: Timestamp,
}

impl Database {
    /// Up to which revision something has become of what a loan has asked for; 0 where it has asked for nothing.
    pub async fn answered_up_to(&self, loan: Participation) -> Result<u64, DatabaseError> {
        let (revision,): (Option<i64>,) = sqlx::query_as(
            "SELECT MAX(change) FROM requests WHERE loan = $1 OR participation = $2",
        )
        .bind(self.name_of_loan(loan)?)
        .bind(loan.to_string())
        .fetch_one(&self.readers)
        .await?;
        Ok(revision.map_or(0, unsigned))
    }

    /// What is kept of `service`, if it came from `source`.
    pub async fn content(
        &self,
        service: &ServiceId,
        source: &str,
    ) -> Result<Option<KeptContent>, DatabaseError> {
        type Row = (String, Option<String>, Option<String>, i64);
        let row: Option<Row> = sqlx::query_as(
            "SELECT reference, etag, last_modified, confirmed_at FROM contents WHERE service = $1 AND source = $2",
        )
        .bind(service.as_str())
        .bind(source)
        .fetch_optional(&self.readers)
        .await?;
        let Some((reference, etag, last_modified, confirmed_at)) = row else {
            return Ok(None);
        };
        let damaged = |error: &dyn std::fmt::Display| {
            DatabaseError::Damaged(format!("content of {service}: {error}"))
        };
        Ok(Some(KeptContent {
            reference: serde_json::from_str(&reference).map_err(|error| damaged(&error))?,
            validators: Validators {
                etag,
                last_modified,
            },
            confirmed_at: Timestamp::from_millisecond(confirmed_at)
                .map_err(|error| damaged(&error))?,
        }))
    }

    /// Keeps the content of `service` in place of what was kept before.
    pub async fn keep_content(
        &self,
        service: &ServiceId,
        source: &str,
        kept: &KeptContent,
    ) -> Result<(), DatabaseError> {
        let reference = serde_json::to_string(&kept.reference)
            .map_err(|e| DatabaseError::Damaged(e.to_string()))?;
        sqlx::query(
            "INSERT INTO contents (service, source, reference, etag, last_modified, confirmed_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (service) DO UPDATE SET source = excluded.source, reference = excluded.reference,
                 etag = excluded.etag, last_modified = excluded.last_modified, confirmed_at = excluded.confirmed_at",
        )
        .bind(service.as_str())
        .bind(source)
        .bind(reference)
        .bind(kept.validators.etag.clone())
        .bind(kept.validators.last_modified.clone())
        .bind(kept.confirmed_at.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
