//! Who asks to be rung, and what tablets say of themselves: the fastest path of all, which nothing limits.

use jiff::Timestamp;
use kairan_contract::{Participation, Request, RequestId, RequestKind, RequestStatus, ScreenName};
use sqlx::AnyConnection;

use super::{
    counter::{begin_change, count_up, next_number},
    steps::{StepTaken, note},
    stored::{StoredKind, damaged, stored},
};
use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError},
    requests::{
        offered::Offers,
        rules::machine::{Actor, Step},
    },
    tablets::queries::EnrolledTablet,
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
    /// Who asks to be rung and which tablets ask to be looked after: the oldest that nobody has dealt with.
    pub async fn open_requests(&self) -> Result<Vec<OpenRequest>, DatabaseError> {
        type Row = (String, String, String, String, Option<String>, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, participation, kind, screen, detail, made_at, received_at FROM
                 (SELECT id, participation, kind, screen, detail, made_at, received_at FROM tablet_reports
                  WHERE settled_at IS NULL
                  UNION ALL
                  SELECT id, participation, kind, screen, NULL AS detail, made_at, asked_at AS received_at FROM requests
                  WHERE kind = 'call_back' AND is_over = 0) AS open
             ORDER BY received_at, id LIMIT 200",
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

    /// Notes that a helper has dealt with a call back or a report; `false` if there is none open with this id.
    pub async fn settle_request(
        &self,
        id: RequestId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            let found = stored(connection, id).await?;
            let call_back = found.filter(|it| matches!(it.kind, StoredKind::CallBack { .. }));
            let is_settled = match call_back {
                Some(mut request) => {
                    let taken = StepTaken {
                        who: by,
                        ..StepTaken::default()
                    };
                    let step = (Step::RingBack, Actor::Helper);
                    self.take_step(connection, &mut request, step, &taken, now)
                        .await?
                        .is_ok()
                }
                None => settle_report(connection, id, now).await?,
            };
            if !is_settled {
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

async fn settle_report(
    connection: &mut AnyConnection,
    id: RequestId,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "UPDATE tablet_reports SET settled_at = $1 WHERE id = $2 AND settled_at IS NULL",
    )
    .bind(now.as_millisecond())
    .bind(id.to_string())
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps that somebody asks to be rung, once.
pub(super) async fn keep_call_back(
    connection: &mut AnyConnection,
    (loan, request, screen): (Participation, &Request, &ScreenName),
    offers: &Offers,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    if stored(connection, request.id).await?.is_some() {
        return Ok(());
    }
    let (council, telephone) = &offers.council;
    let change = count_up(connection).await?;
    let number = next_number(connection).await?.without_check_digit();
    sqlx::query(
        "INSERT INTO requests (id, number, kind, participation, screen, title, provider_name, telephone, is_town,
             made_at, asked_at, status, is_over, since, revision, change, holds, keep_days)
         VALUES ($1, $2, 'call_back', $3, $4, '', $5, $6, 1, $7, $8, 'requested', 0, $8, 1, $9, 0, 0)",
    )
    .bind(request.id.to_string())
    .bind(i64::from(number))
    .bind(loan.to_string())
    .bind(screen.as_str().to_owned())
    .bind(council.clone())
    .bind(telephone.as_ref().map(|it| it.as_str().to_owned()))
    .bind(request.made_at)
    .bind(now.as_millisecond())
    .bind(change)
    .execute(&mut *connection)
    .await?;
    let kept = stored(connection, request.id).await?.ok_or_else(damaged)?;
    let first = ("ask", Actor::Resident);
    note(connection, &kept, RequestStatus::Requested, first, "").await
}

/// Keeps what a tablet says of itself, once.
pub(super) async fn keep_report(
    connection: &mut AnyConnection,
    tablet: EnrolledTablet,
    request: &Request,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO tablet_reports (id, tablet, participation, kind, screen, detail, made_at, received_at)
         VALUES ($1, $2, $3, 'report', 'tablet', $4, $5, $6) ON CONFLICT (id) DO NOTHING",
    )
    .bind(request.id.to_string())
    .bind(tablet.tablet.to_string())
    .bind(tablet.participation.to_string())
    .bind(detail(&request.what))
    .bind(request.made_at)
    .bind(now.as_millisecond())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// What a report says.
fn detail(what: &RequestKind) -> Option<String> {
    let RequestKind::Report {
        version,
        battery_percent,
        speaks,
    } = what
    else {
        return None;
    };
    let version: String = version.chars().take(20).collect();
    let detail = serde_json::json!({
        "version": version,
        "battery_percent": battery_percent,
        "speaks": speaks,
    });
    Some(detail.to_string())
}
