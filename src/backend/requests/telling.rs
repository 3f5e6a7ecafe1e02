//! Who is told when something has become of a request: the tablets of its loan, whichever server of the same database the step
//! was taken on.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::queries::answers::ChangedLoan;
use crate::{
    content::answers::AnswerNews,
    database::{Database, DatabaseError},
};

/// How often it is looked what another server has done.
const PACE: Duration = Duration::from_secs(1);

/// Tells tablets what has changed for their loans, until `stop` is cancelled.
pub async fn tell_changes(store: Database, news: Arc<AnswerNews>, stop: CancellationToken) {
    let mut changes = news.changes();
    // Whoever begins to listen is told what has been before.
    let mut since = store.request_revision().await.unwrap_or_default();
    let pause = async |changes: &mut tokio::sync::watch::Receiver<u64>| {
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(PACE) => {}
        }
    };
    while stop
        .run_until_cancelled(pause(&mut changes))
        .await
        .is_some()
    {
        match look(&store, &news, since).await {
            Ok(known) => since = known,
            Err(error) => {
                tracing::error!(%error, "nobody knows what has become of requests; it is looked again");
            }
        }
    }
}

async fn look(store: &Database, news: &AnswerNews, since: u64) -> Result<u64, DatabaseError> {
    let (known, changed) = store.loans_changed_since(since).await?;
    for (loan, revision) in changed {
        let name = match loan {
            ChangedLoan::Name(name) => name,
            ChangedLoan::Participation(participation) => match participation.parse() {
                Ok(participation) => store.name_of_loan(participation)?,
                Err(_) => continue,
            },
        };
        news.tell(&name, revision);
    }
    Ok(known)
}
