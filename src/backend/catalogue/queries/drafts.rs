//! Drafts of the catalogue, one for each person, and what is known of the revisions.

use jiff::Timestamp;
use kairan_contract::Sha256;
use uuid::Uuid;

use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError, signed, unsigned},
    pages::{Role, queries::Person},
};

/// What somebody has changed and not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueDraft {
    /// The hash of the text that it was begun from.
    pub base: Sha256,
    /// The whole text.
    pub text: String,
}

/// A catalogue that was in force, or is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub revision: u64,
    /// Since when.
    pub published_at: Timestamp,
    /// Who published it; absent where the file was changed by hand.
    pub published_by: Option<String>,
    /// What they noted.
    pub note: Option<String>,
}

impl Database {
    /// Somebody's draft.
    pub async fn draft(&self, person: Uuid) -> Result<Option<CatalogueDraft>, DatabaseError> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT base_sha256, text FROM drafts WHERE person = $1")
                .bind(person.to_string())
                .fetch_optional(&self.readers)
                .await?;
        row.map(|(base, text)| {
            let base = base
                .parse()
                .map_err(|_| DatabaseError::Damaged("a draft".to_owned()))?;
            Ok(CatalogueDraft { base, text })
        })
        .transpose()
    }

    /// Keeps somebody's draft in the place of the one before. One that was given back waits again.
    pub async fn keep_draft(
        &self,
        person: Uuid,
        draft: &CatalogueDraft,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "INSERT INTO drafts (person, base_sha256, text, changed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person) DO UPDATE SET base_sha256 = excluded.base_sha256,
                 text = excluded.text, changed_at = excluded.changed_at, sent_back = NULL",
        )
        .bind(person.to_string())
        .bind(draft.base.to_string())
        .bind(draft.text.clone())
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lets somebody's draft go.
    pub async fn drop_draft(&self, person: Uuid) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM drafts WHERE person = $1")
            .bind(person.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Lets a draft go that was published or taken over, unless somebody has gone on with it meanwhile.
    pub async fn drop_this_draft(&self, person: Uuid, text: &str) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM drafts WHERE person = $1 AND text = $2")
            .bind(person.to_string())
            .bind(text.to_owned())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// What people of providers have changed and nobody has taken over or given back, with who they are.
    pub async fn drafts_of_providers(
        &self,
    ) -> Result<Vec<(Person, CatalogueDraft)>, DatabaseError> {
        let mut found = Vec::new();
        for person in self.people().await? {
            if person.role != Role::Provider || person.is_barred {
                continue;
            }
            if self.sent_back(person.id).await?.is_some() {
                continue;
            }
            if let Some(draft) = self.draft(person.id).await? {
                found.push((person, draft));
            }
        }
        Ok(found)
    }

    /// Why somebody's draft was given back to them; nothing while it waits.
    pub async fn sent_back(&self, person: Uuid) -> Result<Option<String>, DatabaseError> {
        let row: Option<(Option<String>,)> =
            sqlx::query_as("SELECT sent_back FROM drafts WHERE person = $1")
                .bind(person.to_string())
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.and_then(|(reason,)| reason))
    }

    /// Gives this draft back to a provider's person, who reads why, and writes it down. `false` if they have gone on
    /// with it, or nothing waits any more.
    pub async fn send_back(
        &self,
        person: &Person,
        text: &str,
        reason: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query(
                "UPDATE drafts SET sent_back = $1
                 WHERE person = $2 AND text = $3 AND sent_back IS NULL",
            )
            .bind(reason.to_owned())
            .bind(person.id.to_string())
            .bind(text.to_owned())
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::DraftSentBack,
                subject: person.name.clone(),
                was: String::new(),
                is_now: reason.to_owned(),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }

    /// Notes who published a revision and why, and writes it down.
    pub async fn note_publication(
        &self,
        revision: u64,
        by: &str,
        note: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query(
                "UPDATE catalogue_revisions SET published_by = $1, note = $2 WHERE revision = $3",
            )
            .bind(by.to_owned())
            .bind(note.to_owned())
            .bind(signed(revision))
            .execute(&mut *connection)
            .await?;
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::CataloguePublished,
                subject: format!("revision {revision}"),
                was: format!("revision {}", revision.saturating_sub(1)),
                is_now: note.to_owned(),
            };
            write_down(connection, &deed, now).await
        })
        .await
    }

    /// The revisions, the newest first; only those before one where that is named.
    pub async fn revisions(
        &self,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Revision>, DatabaseError> {
        type Read = (i64, i64, Option<String>, Option<String>);
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT revision, published_at, published_by, note FROM catalogue_revisions
             WHERE revision < $1 ORDER BY revision DESC LIMIT $2",
        )
        .bind(below.map_or(i64::MAX, signed))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let read = |(revision, at, published_by, note): Read| Revision {
            revision: unsigned(revision),
            published_at: Timestamp::from_millisecond(at).unwrap_or_default(),
            published_by,
            note,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// The text of a revision.
    pub async fn text_of_revision(&self, revision: u64) -> Result<Option<String>, DatabaseError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT text FROM catalogue_revisions WHERE revision = $1")
                .bind(signed(revision))
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(|(text,)| text))
    }

    /// A text that was in force once, by its hash. None where it never was.
    pub async fn text_once_in_force(&self, hash: Sha256) -> Result<Option<String>, DatabaseError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT text FROM catalogue_revisions WHERE sha256 = $1 LIMIT 1")
                .bind(hash.to_string())
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(|(text,)| text))
    }
}
