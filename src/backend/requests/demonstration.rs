//! A made-up shop for the demonstration: it accepts what is asked of private providers after half a minute, so that whoever
//! tries it sees the whole circle. Nothing of it runs in a council's server.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kairan_contract::RequestStatus;
use tokio_util::sync::CancellationToken;

use super::{
    queries::steps::StepTaken,
    rules::machine::{Actor, Step},
};
use crate::{
    content::answers::AnswerNews,
    database::{Database, DatabaseError},
};

/// How often it looks.
const PACE: Duration = Duration::from_secs(2);
/// How long it thinks.
const THINKS_FOR: SignedDuration = SignedDuration::from_secs(30);
/// As whom its answers stand in the history.
const NAME: &str = "demonstration";

/// Answers until `stop` is cancelled.
pub async fn answer_as_a_shop(store: Database, news: Arc<AnswerNews>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(PACE))
        .await
        .is_some()
    {
        match answer(&store, Timestamp::now()).await {
            Ok(0) => {}
            Ok(_) => news.look(),
            Err(error) => {
                tracing::error!(%error, "the shop of the demonstration could not answer; it tries again");
            }
        }
    }
}

/// Accepts what has waited for long enough; gives how many there were.
async fn answer(store: &Database, now: Timestamp) -> Result<u64, DatabaseError> {
    let mut count = 0;
    // Whatever is due within the longest time for an answer is all that waits.
    let all = store.requests_due(now + SignedDuration::from_hours(24 * 100));
    for request in all.await? {
        let is_asked = request.status == RequestStatus::Requested && !request.is_town;
        if !is_asked || now.duration_since(request.since) < THINKS_FOR {
            continue;
        }
        let taken = StepTaken {
            who: NAME,
            ..StepTaken::default()
        };
        let seen = (request.id, request.revision);
        let step = (Step::Accept, Actor::Provider);
        let done = store.answer_request(seen, step, &taken, now).await?;
        count += u64::from(done.is_ok());
    }
    Ok(count)
}
