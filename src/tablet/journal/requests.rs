//! What residents ask for, until it stands at the backend, and for a while after, so that they can
//! see that it does.

use kairan_contract::{Request, RequestBatch, RequestId};
use sqlx::Row as _;

use super::{Journal, JournalError};
use crate::kept_request::{KeptRequest, RequestState};

/// Requests that are shown; older ones that were received are forgotten.
const SHOWN: i64 = 20;
/// Requests that are looked at for the next batch.
const LOOKED_AT: i64 = 1_000;

impl Journal {
    /// Writes a request down by itself: whatever becomes of records, it is on the disk when this returns.
    /// The same again is one.
    pub async fn keep_request(&mut self, request: &Request) -> Result<(), JournalError> {
        let mut connection = self.pool.acquire().await?;
        let text = serde_json::to_string(request)?;
        let written = sqlx::query(
            "INSERT INTO requests (id, request) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(request.id.to_string())
        .bind(text)
        .execute(&mut *connection)
        .await;
        if written.is_err() {
            // As with records: what a full disk left open must not swallow what comes after it.
            connection.close_on_drop();
        }
        written?;
        Ok(())
    }

    /// The first requests that the backend does not have, but for those of which `is_put_off` says that
    /// it is not their turn. One that cannot be read takes no place of another.
    pub async fn requests_to_send(
        &self,
        is_put_off: impl Fn(RequestId) -> bool,
    ) -> Result<Vec<Request>, JournalError> {
        let mut connection = self.pool.acquire().await?;
        let rows =
            sqlx::query("SELECT request FROM requests WHERE received = 0 ORDER BY number LIMIT $1")
                .bind(LOOKED_AT)
                .fetch_all(&mut *connection)
                .await?;
        Ok(parsed(&rows)?
            .into_iter()
            .map(|(request, _)| request)
            .filter(|request| !is_put_off(request.id))
            .take(RequestBatch::LIMIT)
            .collect())
    }

    /// Notes that the backend has these.
    pub async fn requests_received(&self, ids: &[RequestId]) -> Result<(), JournalError> {
        let mut connection = self.pool.acquire().await?;
        for id in ids {
            sqlx::query("UPDATE requests SET received = 1 WHERE id = $1")
                .bind(id.to_string())
                .execute(&mut *connection)
                .await?;
        }
        sqlx::query(
            "DELETE FROM requests WHERE received = 1
                AND number <= (SELECT MAX(number) FROM requests) - $1",
        )
        .bind(SHOWN)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Forgets every request: the tablet is lent to somebody else.
    pub async fn forget_requests(&self) -> Result<(), JournalError> {
        let mut connection = self.pool.acquire().await?;
        sqlx::query("DELETE FROM requests")
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// The latest requests and how far they have come.
    pub async fn requests(&self) -> Result<Vec<KeptRequest>, JournalError> {
        let mut connection = self.pool.acquire().await?;
        let mut rows =
            sqlx::query("SELECT request, received FROM requests ORDER BY number DESC LIMIT $1")
                .bind(SHOWN)
                .fetch_all(&mut *connection)
                .await?;
        rows.reverse();
        let kept = |(request, received)| KeptRequest {
            request,
            state: if received {
                RequestState::Received
            } else {
                RequestState::Waiting
            },
        };
        Ok(parsed(&rows)?.into_iter().map(kept).collect())
    }
}

/// Requests as they were written. One that cannot be read any more is left where it lies.
fn parsed(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<(Request, bool)>, JournalError> {
    let mut requests = Vec::with_capacity(rows.len());
    for row in rows {
        let received = row.len() > 1 && row.try_get::<i64, _>(1)? != 0;
        // Bytes that are no text are as unreadable as text that is no request.
        let read = row
            .try_get::<String, _>(0)
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        match read {
            Ok(request) => requests.push((request, received)),
            Err(why) => tracing::error!(why, "a request in the journal cannot be read"),
        }
    }
    Ok(requests)
}

#[cfg(test)]
mod tests {
    use kairan_contract::{RequestKind, ScreenName};
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_request_waits_on_the_disk_until_the_backend_has_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        let request = Request {
            id: RequestId(Uuid::from_u128(7)),
            made_at: 1,
            what: RequestKind::CallBack {
                screen: ScreenName::named("help"),
            },
        };
        let asked = std::slice::from_ref(&request);
        journal.keep_request(&request).await.expect("writes");
        journal
            .keep_request(&request)
            .await
            .expect("the same again is one");
        journal.close().await;
        let journal = Journal::open(folder.path()).await.expect("opens");
        assert_eq!(
            journal.requests_to_send(|_| false).await.expect("reads"),
            asked
        );
        let states = async |journal: &Journal| {
            let kept = journal.requests().await.expect("reads");
            kept.iter().map(|it| it.state).collect::<Vec<_>>()
        };
        assert_eq!(states(&journal).await, [RequestState::Waiting]);
        journal
            .requests_received(&[request.id])
            .await
            .expect("writes");
        assert_eq!(
            journal.requests_to_send(|_| false).await.expect("reads"),
            []
        );
        assert_eq!(states(&journal).await, [RequestState::Received]);
    }

    #[tokio::test]
    async fn requests_that_cannot_be_read_hold_up_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        for number in 0..60 {
            sqlx::query("INSERT INTO requests (id, request) VALUES ($1, x'ff00')")
                .bind(number.to_string())
                .execute(&journal.pool)
                .await
                .expect("spoils");
        }
        let request = Request {
            id: RequestId(Uuid::from_u128(7)),
            made_at: 1,
            what: RequestKind::CallBack {
                screen: ScreenName::named("help"),
            },
        };
        journal.keep_request(&request).await.expect("writes");
        assert_eq!(
            journal.requests_to_send(|_| false).await.expect("reads"),
            [request]
        );
    }
}
