//! What residents ask the council for, each exactly once.

use jiff::Timestamp;
use kairan_contract::{Request, RequestId, RequestKind};

use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError},
    tablets::queries::EnrolledTablet,
    tablets::queries::erased::{erased, hash_of},
};

/// A request that no helper has dealt with yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// Its id.
    pub id: String,
    /// The pseudonym of the loan; whom to ring, the council's loan book says.
    pub participation: String,
    /// What is asked for.
    pub kind: String,
    /// The screen from which it was asked.
    pub screen: String,
    /// What else it says, as JSON; empty where its kind says everything.
    pub detail: String,
    /// When it was made, by the tablet's clock.
    pub made_at: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
}

impl Database {
    /// Keeps requests in one transaction. What is already there is passed over.
    pub async fn keep_requests(
        &self,
        tablet: EnrolledTablet,
        requests: &[Request],
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            // A write comes first: a transaction that has only read is refused at once when another writes.
            sqlx::query("UPDATE tablets SET tablet = tablet WHERE tablet = $1")
                .bind(tablet.tablet.to_string())
                .execute(&mut *connection)
                .await?;
            // Who has left asks for nothing any more.
            if erased(connection).await?.contains(&hash_of(tablet.participation)) {
                return Ok(());
            }
            for request in requests {
                let (kind, screen) = match &request.what {
                    RequestKind::CallBack { screen } => ("call_back", screen.as_str()),
                    RequestKind::Report { .. } => ("report", "tablet"),
                    _ => continue,
                };
                sqlx::query(
                    "INSERT INTO requests (id, tablet, participation, kind, screen, detail, made_at, received_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
                )
                .bind(request.id.to_string())
                .bind(tablet.tablet.to_string())
                .bind(tablet.participation.to_string())
                .bind(kind)
                .bind(screen.to_owned())
                .bind(detail(&request.what))
                .bind(request.made_at)
                .bind(now.as_millisecond())
                .execute(&mut *connection)
                .await?;
            }
            Ok(())
        })
        .await
    }

    /// The oldest requests that nobody has dealt with.
    pub async fn open_requests(&self) -> Result<Vec<OpenRequest>, DatabaseError> {
        type Row = (String, String, String, String, Option<String>, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, participation, kind, screen, detail, made_at, received_at FROM requests
             WHERE settled_at IS NULL ORDER BY received_at, id LIMIT 200",
        )
        .fetch_all(&self.readers)
        .await?;
        // A tablet's clock may say anything; what is no time is shown as the beginning of all.
        let time = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap_or_default();
        let open =
            |(id, participation, kind, screen, detail, made_at, received_at): Row| OpenRequest {
                id,
                participation,
                kind,
                screen,
                detail: detail.unwrap_or_default(),
                made_at: time(made_at),
                received_at: time(received_at),
            };
        Ok(rows.into_iter().map(open).collect())
    }

    /// Notes that a helper has dealt with a request; `false` if there is none open with this id.
    pub async fn settle_request(
        &self,
        id: RequestId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query(
                "UPDATE requests SET settled_at = $1 WHERE id = $2 AND settled_at IS NULL",
            )
            .bind(now.as_millisecond())
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() != 1 {
                return Ok(false);
            }
            let deed = Deed {
                who: by.to_owned(),
                deed: Act::RequestSettled,
                subject: id.to_string(),
                was: String::new(),
                is_now: String::new(),
            };
            write_down(connection, &deed, now).await?;
            Ok(true)
        })
        .await
    }
}

/// What a request says besides its kind and screen.
fn detail(what: &RequestKind) -> Option<String> {
    match what {
        RequestKind::CallBack { .. }
        | RequestKind::Form(_)
        | RequestKind::Withdraw { .. }
        | RequestKind::Cancel { .. }
        | RequestKind::Proposal { .. } => None,
        RequestKind::Report {
            version,
            battery_percent,
            speaks,
        } => Some(
            serde_json::json!({
                "version": version.chars().take(20).collect::<String>(),
                "battery_percent": battery_percent,
                "speaks": speaks,
            })
            .to_string(),
        ),
    }
}
