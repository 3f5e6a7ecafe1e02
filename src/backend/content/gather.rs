//! The rounds: each source at its own pace, one slow or broken source never holding up another.

use std::{
    panic::AssertUnwindSafe,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use kairan_contract::{ContentReference, Freshness, Service};
use kairan_sources::{
    SourceError,
    beside::{Beside, Role},
    fetch::Validators,
    japan::day_in_japan,
    sample,
    source::{ContentSource, Location},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    asking::{ContentUpdate, ask},
    gathering::Gathering,
    placing::place,
    queries::KeptContent,
    round::{
        CLOCKS_DIFFER, FILE_PACE, FIRST_RETRY, Round, granted, is_told, pace, patience, pause,
        stale_after,
    },
};

/// That nothing changed is written down no more often than this.
const CONFIRMED_ANEW: SignedDuration = SignedDuration::from_mins(4);

/// The rounds of one catalogue. Another catalogue has other rounds.
pub struct Rounds {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Rounds {
    /// Begins a round for every service.
    pub fn begin(gathering: &Arc<Gathering>, services: Vec<(Service, ContentSource)>) -> Self {
        let rounds = Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        for (service, source) in services {
            let (gathering, stop) = (Arc::clone(gathering), rounds.stop.clone());
            rounds.tasks.spawn(async move {
                stop.run_until_cancelled(go_on(&gathering, &service, &source))
                    .await;
            });
        }
        rounds.tasks.close();
        rounds
    }

    /// Ends all rounds and waits for them.
    pub async fn end(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

/// Goes the rounds of one source; one that breaks down is begun again, because nobody would see that
/// its content grows old.
async fn go_on(gathering: &Gathering, service: &Service, source: &ContentSource) {
    loop {
        let round = AssertUnwindSafe(go_round(gathering, service, source));
        if round.catch_unwind().await.is_ok() {
            return;
        }
        tracing::error!(service = %service.id, "the round of a source broke down and is begun again");
        tokio::time::sleep(FIRST_RETRY).await;
    }
}

/// Asks one source again and again.
async fn go_round(gathering: &Gathering, service: &Service, source: &ContentSource) {
    let key = source.key();
    let kept = gathering.store.content(&service.id, &key).await.unwrap_or_else(|error| {
        tracing::warn!(service = %service.id, %error, "what was kept of this service cannot be read");
        None
    });
    let whole = match kept {
        // What may no longer be shown was kept by a version that showed it.
        Some(kept) if may_be_shown(gathering, source).await && is_whole(gathering, &kept).await => {
            Some(kept)
        }
        _ => None,
    };
    let mut rest = Duration::ZERO;
    let mut state = Round {
        kept: whole,
        failures: 0,
        wait: Duration::ZERO,
        tries: 0,
    };
    if let Some(kept) = &state.kept {
        // What was fetched before the last stop is shown at once, with its age if it has one.
        let now = Timestamp::now();
        let age = now.duration_since(kept.confirmed_at);
        // What was confirmed in the future was confirmed by a clock that was wrong.
        let is_old = age > stale_after(source) || age < -CLOCKS_DIFFER;
        // After a restart, or another catalogue, nobody is asked sooner than politeness allows.
        let pace = SignedDuration::try_from(pace(source)).unwrap_or_default();
        if (SignedDuration::ZERO..pace).contains(&age)
            && day_in_japan(now) == day_in_japan(kept.confirmed_at)
            && matches!(source.location, Location::Web(_))
        {
            rest = Duration::try_from(pace - age).unwrap_or_default();
        }
        let reference = if is_old {
            stale(kept)
        } else {
            kept.reference.clone()
        };
        gathering.repository.put(&service.id, &key, reference);
    }
    tokio::time::sleep(rest).await;
    loop {
        match ask(
            gathering,
            service,
            source,
            state.validators(source, Timestamp::now()),
        )
        .await
        {
            Ok(update) => {
                state.tries = match &update {
                    ContentUpdate::New { validators, .. }
                        if *validators == Validators::default() =>
                    {
                        state.tries.saturating_add(1)
                    }
                    _ => 0,
                };
                keep(gathering, service, &key, update, &mut state).await;
            }
            Err(error) => {
                state.failures = state.failures.saturating_add(1);
                state.tries = state.tries.saturating_add(1);
                if let SourceError::Busy { wait, .. } = &error {
                    state.wait = granted(&source.kind, *wait);
                }
                tracing::warn!(service = %service.id, %error, failures = state.failures, "a source gave nothing");
                if matches!(error, SourceError::NoContent { .. }) {
                    state.kept = None;
                    gathering.repository.withdraw(&service.id, &key);
                }
                fall_back(gathering, service, source, &mut state).await;
            }
        }
        let wait = std::mem::take(&mut state.wait);
        let pause = pause(source, state.failures, rand::random()).max(wait);
        match &source.location {
            Location::Web(_) => tokio::time::sleep(pause).await,
            Location::File(file) => {
                let file = (file.as_path(), Role::of(&source.kind));
                changed_or_tired(&gathering.beside, file, patience(state.tries)).await;
            }
        }
    }
}

/// Whether a source may be read at all.
async fn may_be_shown(gathering: &Gathering, source: &ContentSource) -> bool {
    let Location::File(file) = &source.location else {
        return true;
    };
    let looked = gathering.beside.stamp(file, Role::of(&source.kind)).await;
    !matches!(looked, Err(SourceError::NoContent { .. }))
}

/// Waits until a file is another, but no longer than `patience`.
async fn changed_or_tired(beside: &Beside, (file, role): (&Path, Role), patience: Duration) {
    let began = Instant::now();
    let before = beside.stamp(file, role).await.ok();
    loop {
        tokio::time::sleep(FILE_PACE).await;
        if began.elapsed() >= patience || beside.stamp(file, role).await.ok() != before {
            return;
        }
    }
}

async fn keep(
    gathering: &Gathering,
    service: &Service,
    key: &str,
    update: ContentUpdate,
    state: &mut Round,
) {
    let now = Timestamp::now();
    let was_well = std::mem::take(&mut state.failures) == 0;
    if let (true, Some(kept)) = (was_well, &state.kept)
        && update.is_what(kept)
        && (SignedDuration::ZERO..CONFIRMED_ANEW).contains(&now.duration_since(kept.confirmed_at))
    {
        return;
    }
    let kept = match (update, state.kept.take()) {
        (ContentUpdate::Unchanged, Some(kept)) => KeptContent {
            confirmed_at: now,
            reference: current(kept.reference),
            ..kept
        },
        (ContentUpdate::Unchanged, None) => return,
        (
            ContentUpdate::New {
                reference,
                validators,
            },
            _,
        ) => KeptContent {
            reference,
            validators,
            confirmed_at: now,
        },
    };
    if let Err(error) = gathering.store.keep_content(&service.id, key, &kept).await {
        tracing::error!(service = %service.id, %error, "new content could not be kept; it is shown all the same");
    }
    gathering
        .repository
        .put(&service.id, key, kept.reference.clone());
    state.kept = Some(kept);
}

fn stale(kept: &KeptContent) -> ContentReference {
    ContentReference {
        freshness: Freshness::StaleSince {
            at: kept.confirmed_at,
        },
        ..kept.reference.clone()
    }
}

/// Whether all that was kept still lies on the disk as it was.
async fn is_whole(gathering: &Gathering, kept: &KeptContent) -> bool {
    let (repository, reference) = (Arc::clone(&gathering.repository), kept.reference.clone());
    tokio::task::spawn_blocking(move || repository.holds(&reference))
        .await
        .unwrap_or(false)
}

fn current(reference: ContentReference) -> ContentReference {
    ContentReference {
        freshness: Freshness::Current,
        ..reference
    }
}

/// What tablets show while a source gives nothing: what was last good, with its age, or in a
/// demonstration a sample.
async fn fall_back(
    gathering: &Gathering,
    service: &Service,
    source: &ContentSource,
    state: &mut Round,
) {
    if let Some(kept) = &state.kept {
        let age = Timestamp::now().duration_since(kept.confirmed_at);
        if age > SignedDuration::from_hours(24) {
            tracing::error!(service = %service.id, since = %kept.confirmed_at, "a source has given nothing for more than a day; look at its address in the catalogue");
        }
        if !is_told(&source.kind, state, age) {
            return;
        }
        gathering
            .repository
            .put(&service.id, &source.key(), stale(kept));
        return;
    }
    if !gathering.demonstration {
        return;
    }
    let Some(sample) = sample::instead_of(&source.kind, Timestamp::now()) else {
        return;
    };
    let placed = match sample {
        Ok(draft) => place(gathering, draft, "", Freshness::Sample).await,
        Err(error) => Err(error),
    };
    match placed {
        Ok(placed) => gathering
            .repository
            .put(&service.id, &source.key(), placed.reference),
        Err(error) => {
            tracing::error!(service = %service.id, %error, "the sample content is broken");
        }
    }
}
