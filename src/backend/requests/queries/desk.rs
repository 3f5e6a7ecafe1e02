//! What somebody at the desk sees: their own requests, and nothing of anybody else's.

use jiff::Timestamp;
use kairan_contract::{ProviderId, RequestId, RequestStatus};

use super::stored::{Row, StoredKind, StoredRequest};
use crate::{
    audit::queries::{Act, Deed},
    database::{Database, DatabaseError, unsigned},
};

/// Requests on one page.
pub const PAGE: u32 = 50;

/// Whose requests somebody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desk {
    /// The town's own.
    Town,
    /// One provider's.
    Provider(ProviderId),
}

impl Desk {
    /// Whether a request is one of theirs.
    pub fn answers(&self, request: &StoredRequest) -> bool {
        let StoredKind::Form { provider, .. } = &request.kind else {
            return false;
        };
        match self {
            Self::Town => request.is_town,
            Self::Provider(own) => provider.as_ref() == Some(own),
        }
    }

    /// As the statements take it: whether it is the town's, and whose otherwise.
    fn as_values(&self) -> (i64, String) {
        match self {
            Self::Town => (1, String::new()),
            Self::Provider(own) => (0, own.to_string()),
        }
    }
}

/// Which requests are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Those that stand so; whatever is not over where it is absent.
    pub status: Option<RequestStatus>,
    /// Those of one tile; of all where it is empty.
    pub service: String,
    /// The page, counted from 0.
    pub page: u32,
}

/// One page of requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The longest ago first.
    pub requests: Vec<StoredRequest>,
    /// How many there are on all pages.
    pub count: u64,
}

impl Database {
    /// The requests of a desk that are looked for.
    pub async fn requests_of(
        &self,
        desk: &Desk,
        question: &Question,
    ) -> Result<Found, DatabaseError> {
        let (is_town, provider) = desk.as_values();
        let status = question.status.map_or("", <&str>::from);
        let is_over = question.status.is_some_and(RequestStatus::is_over);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM requests
             WHERE is_over = $1 AND kind = 'form' AND (($2 = 1 AND is_town = 1) OR provider = $3)
                 AND ($4 = '' OR status = $4) AND ($5 = '' OR service = $5)
             ORDER BY asked_at, id LIMIT $6 OFFSET $7",
        )
        .bind(i64::from(is_over))
        .bind(is_town)
        .bind(provider.clone())
        .bind(status)
        .bind(question.service.clone())
        .bind(i64::from(PAGE))
        .bind(i64::from(question.page) * i64::from(PAGE))
        .fetch_all(&self.readers)
        .await?;
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM requests
             WHERE is_over = $1 AND kind = 'form' AND (($2 = 1 AND is_town = 1) OR provider = $3)
                 AND ($4 = '' OR status = $4) AND ($5 = '' OR service = $5)",
        )
        .bind(i64::from(is_over))
        .bind(is_town)
        .bind(provider)
        .bind(status)
        .bind(question.service.clone())
        .fetch_one(&self.readers)
        .await?;
        Ok(Found {
            requests: rows
                .into_iter()
                .map(StoredRequest::try_from)
                .collect::<Result<_, _>>()?,
            count: unsigned(count),
        })
    }

    /// The tiles of which a desk has requests, each with the title under which it was asked.
    pub async fn services_of(&self, desk: &Desk) -> Result<Vec<(String, String)>, DatabaseError> {
        let (is_town, provider) = desk.as_values();
        let rows = sqlx::query_as(
            "SELECT service, MAX(title) FROM requests
             WHERE kind = 'form' AND (($1 = 1 AND is_town = 1) OR provider = $2) AND service IS NOT NULL
             GROUP BY service ORDER BY service LIMIT 200",
        )
        .bind(is_town)
        .bind(provider)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows)
    }

    /// Whatever nobody has answered and somebody should before `until`, whoever that is: the soonest first.
    pub async fn requests_due(
        &self,
        until: Timestamp,
    ) -> Result<Vec<StoredRequest>, DatabaseError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM requests WHERE status = 'requested' AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        )
        .bind(until.as_millisecond())
        .bind(i64::from(PAGE))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(StoredRequest::try_from).collect()
    }

    /// Writes down that somebody has looked at what a resident tells.
    pub async fn note_look(
        &self,
        request: RequestId,
        who: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let deed = Deed {
            who: who.to_owned(),
            deed: Act::RequestSeen,
            subject: request.to_string(),
            was: String::new(),
            is_now: String::new(),
        };
        self.write_down(&deed, now).await
    }
}
