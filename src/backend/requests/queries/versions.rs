//! The versions of forms that tablets can have been shown: each is kept, so that an answer is read as it was meant.

use jiff::Timestamp;
use kairan_contract::{Content, Form, Sha256};
use sqlx::AnyConnection;

use crate::database::{Database, DatabaseError};

impl Database {
    /// Keeps a version before any tablet can fetch it.
    pub async fn keep_form_version(
        &self,
        sha256: Sha256,
        content: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "INSERT INTO form_versions (sha256, content, delivered_at) VALUES ($1, $2, $3)
             ON CONFLICT (sha256) DO NOTHING",
        )
        .bind(sha256.to_string())
        .bind(content.to_owned())
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A version; none that was never shown.
    pub async fn form_version(&self, sha256: Sha256) -> Result<Option<Form>, DatabaseError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT content FROM form_versions WHERE sha256 = $1")
                .bind(sha256.to_string())
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.and_then(|(content,)| form(&content)))
    }
}

/// A version as this transaction sees it.
pub(super) async fn form_version(
    connection: &mut AnyConnection,
    sha256: Sha256,
) -> Result<Option<Form>, DatabaseError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT content FROM form_versions WHERE sha256 = $1")
            .bind(sha256.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    Ok(row.and_then(|(content,)| form(&content)))
}

fn form(content: &str) -> Option<Form> {
    match serde_json::from_str(content).ok()? {
        Content::Form(form) => Some(form),
        _ => None,
    }
}
