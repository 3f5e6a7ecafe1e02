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
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Gathering, placing::place, queries::KeptContent};
use kairan_sources::{
    Gleaned, SourceError,
    beside::{Beside, Role},
    fetch::{Answer, Validators, document_limit, headers_for},
    japan::day_in_japan,
    reading::{Circumstances, read},
    sample,
    source::{ContentSource, Location, SourceKind},
};

/// The first wait after a failure; it doubles up to the source's own pace.
const FIRST_RETRY: Duration = Duration::from_secs(30);
/// After so many failures in a row, tablets say how old the content is.
const FAILURES_TOLD: u32 = 3;
/// That nothing changed is written down no more often than this.
const CONFIRMED_ANEW: SignedDuration = SignedDuration::from_mins(4);
/// What was kept through a stop is called old when nobody has confirmed it for so long, and for two
/// rounds of its source.
const STALE_AFTER: SignedDuration = SignedDuration::from_mins(30);
/// A warning that could not be confirmed for so long is worse than none, so it says since when.
const WARNINGS_STALE_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// A source that asks for so much peace will not answer soon.
const LONG_WAIT: Duration = Duration::from_hours(1);
/// The longest peace that a source of warnings gets.
const WARNINGS_LONGEST_WAIT: Duration = Duration::from_mins(5);
/// Two clocks may differ by so much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// The longest that a file is left alone that cannot be used and does not change.
const LONGEST_PATIENCE: Duration = Duration::from_mins(30);
/// How often a file beside the catalogue is looked at.
const FILE_PACE: Duration = Duration::from_secs(2);

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
        gathering.shelf.put(&service.id, &key, reference);
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
            Ok(outcome) => {
                state.tries = match &outcome {
                    Outcome::New { validators, .. } if *validators == Validators::default() => {
                        state.tries.saturating_add(1)
                    }
                    _ => 0,
                };
                keep(gathering, service, &key, outcome, &mut state).await;
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
                    gathering.shelf.withdraw(&service.id, &key);
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

/// How long a file is left alone that is as it was. One that cannot be used, or names a picture that
/// does not come, is not read, and the picture's server not asked, every two seconds for ever.
fn patience(tries: u32) -> Duration {
    match tries {
        0..=3 => FILE_PACE,
        more => LONGEST_PATIENCE.min(FIRST_RETRY.saturating_mul(1 << (more - 4).min(10))),
    }
}

/// What a round remembers from one question to the next.
struct Round {
    kept: Option<KeptContent>,
    failures: u32,
    /// For how long the source asked to be left alone.
    wait: Duration,
    /// How often in a row a question brought nothing, or not everything.
    tries: u32,
}

impl Round {
    /// What the source is told of what is here. What was read on another day and depends on the day
    /// is read again, whether or not it changed: yesterday's departures are of no use.
    fn validators(&self, source: &ContentSource, now: Timestamp) -> Validators {
        let depends_on_the_day = matches!(
            source.kind,
            SourceKind::Events { .. } | SourceKind::Timetable { .. } | SourceKind::Warnings { .. }
        );
        // That a document of warnings has not changed says nothing of its age, so that is looked at.
        let is_warning = matches!(source.kind, SourceKind::Warnings { .. });
        let half_hour = |at: Timestamp| at.as_second().div_euclid(30 * 60);
        self.kept
            .as_ref()
            .filter(|kept| {
                !depends_on_the_day || day_in_japan(kept.confirmed_at) == day_in_japan(now)
            })
            .filter(|kept| !is_warning || half_hour(kept.confirmed_at) == half_hour(now))
            .map(|kept| kept.validators.clone())
            .unwrap_or_default()
    }
}

/// What a question led to.
enum Outcome {
    /// It is as it was.
    Unchanged,
    /// New content, already on disk.
    New {
        reference: ContentReference,
        validators: Validators,
    },
}

impl Outcome {
    /// Whether this is what was kept before.
    fn is_what(&self, kept: &KeptContent) -> bool {
        match self {
            Self::Unchanged => true,
            Self::New {
                reference,
                validators,
            } => *reference == kept.reference && *validators == kept.validators,
        }
    }
}

/// Asks a source once, for somebody who looks before it counts. Nothing of it is kept but the blobs.
///
/// # Errors
/// Says why it gave nothing.
pub async fn ask_once(
    gathering: &Gathering,
    service: &Service,
    source: &ContentSource,
) -> Result<ContentReference, SourceError> {
    match ask(gathering, service, source, Validators::default()).await? {
        Outcome::New { reference, .. } => Ok(reference),
        Outcome::Unchanged => Err(SourceError::NotUnderstood(
            "it says that it has not changed, though nobody had asked before".to_owned(),
        )),
    }
}

async fn ask(
    gathering: &Gathering,
    service: &Service,
    source: &ContentSource,
    since: Validators,
) -> Result<Outcome, SourceError> {
    let base = address_of(&source.location);
    let limit = document_limit(&source.kind);
    let (bytes, validators) = match &source.location {
        Location::Web(url) => {
            let headers = headers_for(source, url, &gathering.beside).await?;
            match gathering.fetcher.get(url, &since, headers, limit).await? {
                Answer::NotModified => return Ok(Outcome::Unchanged),
                Answer::Body { bytes, validators } => (bytes, validators),
            }
        }
        Location::File(file) => {
            let (beside, role) = (&gathering.beside, Role::of(&source.kind));
            let stamp = Some(beside.stamp(file, role).await?);
            if stamp == since.last_modified {
                return Ok(Outcome::Unchanged);
            }
            let bytes = beside.read(file, role, limit).await?;
            (
                bytes,
                Validators {
                    etag: None,
                    last_modified: stamp,
                },
            )
        }
    };
    let gleaned = understand(source, service, bytes, base.clone()).await?;
    if let Some(first) = gleaned.skipped.first() {
        tracing::info!(service = %service.id, skipped = gleaned.skipped.len(), %first, "parts of a source are left out");
    }
    let placed = place(gathering, gleaned.draft, &base, Freshness::Current).await?;
    Ok(Outcome::New {
        reference: placed.reference,
        // A picture that did not come is asked for again, though the text stays as it is.
        validators: if placed.lacks_pictures {
            Validators::default()
        } else {
            validators
        },
    })
}

/// Parsing takes time, so it does not stand in the way of what waits for the network.
async fn understand(
    source: &ContentSource,
    service: &Service,
    bytes: Vec<u8>,
    base: String,
) -> Result<Gleaned, SourceError> {
    let kind = source.kind.clone();
    let circumstances = Circumstances {
        now: Timestamp::now(),
        all: false,
        address: base,
        id: service.id.to_string(),
        title: service.title.clone(),
    };
    let parsed = tokio::task::spawn_blocking(move || read(&kind, &bytes, &circumstances));
    parsed.await.unwrap_or_else(|panic| {
        Err(SourceError::NotUnderstood(format!(
            "the parser gave up: {panic}"
        )))
    })
}

async fn keep(
    gathering: &Gathering,
    service: &Service,
    key: &str,
    outcome: Outcome,
    state: &mut Round,
) {
    let now = Timestamp::now();
    let was_well = std::mem::take(&mut state.failures) == 0;
    if let (true, Some(kept)) = (was_well, &state.kept)
        && outcome.is_what(kept)
        && (SignedDuration::ZERO..CONFIRMED_ANEW).contains(&now.duration_since(kept.confirmed_at))
    {
        return;
    }
    let kept = match (outcome, state.kept.take()) {
        (Outcome::Unchanged, Some(kept)) => KeptContent {
            confirmed_at: now,
            reference: current(kept.reference),
            ..kept
        },
        (Outcome::Unchanged, None) => return,
        (
            Outcome::New {
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
        .shelf
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
    let (shelf, reference) = (Arc::clone(&gathering.shelf), kept.reference.clone());
    tokio::task::spawn_blocking(move || shelf.holds(&reference))
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
        gathering.shelf.put(&service.id, &source.key(), stale(kept));
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
            .shelf
            .put(&service.id, &source.key(), placed.reference),
        Err(error) => {
            tracing::error!(service = %service.id, %error, "the sample content is broken");
        }
    }
}

/// Whether tablets hear that content could not be refreshed. One question that was not answered is
/// no news; a source that asks for hours of peace will not answer soon.
fn is_told(kind: &SourceKind, state: &Round, age: SignedDuration) -> bool {
    match kind {
        SourceKind::Warnings { .. } => age >= WARNINGS_STALE_AFTER || age < -CLOCKS_DIFFER,
        _ => state.failures >= FAILURES_TOLD || state.wait >= LONG_WAIT,
    }
}

/// For how long a source is left alone that asks for it. Warnings are looked for again soon: while
/// nobody looks, nobody can say that they are old.
fn granted(kind: &SourceKind, asked: Duration) -> Duration {
    match kind {
        SourceKind::Warnings { .. } => asked.min(WARNINGS_LONGEST_WAIT),
        _ => asked,
    }
}

fn address_of(location: &Location) -> String {
    match location {
        Location::Web(url) => url.to_string(),
        Location::File(_) => String::new(),
    }
}

/// For how long content may go unconfirmed before it is called old.
fn stale_after(source: &ContentSource) -> SignedDuration {
    if matches!(source.kind, SourceKind::Warnings { .. }) {
        return WARNINGS_STALE_AFTER;
    }
    let two_rounds = SignedDuration::try_from(pace(source) * 2);
    STALE_AFTER.max(two_rounds.unwrap_or(STALE_AFTER))
}

/// How long a source is left in peace while all is well.
fn pace(source: &ContentSource) -> Duration {
    match source.location {
        Location::Web(_) => Duration::from_secs(u64::from(source.every_minutes) * 60),
        Location::File(_) => FILE_PACE,
    }
}

/// How long to wait before the next question. `chance` spreads the questions of many backends.
fn pause(source: &ContentSource, failures: u32, chance: u32) -> Duration {
    let pace = pace(source);
    let pause = match failures {
        0 => pace,
        n => pace.min(FIRST_RETRY.saturating_mul(1 << (n - 1).min(10))),
    };
    // Between nine and eleven tenths.
    pause.mul_f64(0.9 + 0.2 * f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use kairan_contract::Sha256;
    use url::Url;

    use super::*;
    use kairan_sources::source::Access;

    #[test]
    fn warnings_say_after_fifteen_minutes_how_old_they_are_and_others_after_three_failures() {
        let warnings = SourceKind::Warnings {
            area: "9920100".to_owned(),
        };
        let round = |failures, wait| Round {
            kept: None,
            failures,
            wait: Duration::from_secs(wait),
            tries: 0,
        };
        let minutes = SignedDuration::from_mins;
        for (kind, failures, wait, age, expected) in [
            (&warnings, 20, 0, 14, false),
            (&warnings, 1, 0, 15, true),
            (&SourceKind::Page, 2, 0, 600, false),
            (&SourceKind::Page, 3, 0, 1, true),
            (&SourceKind::Page, 1, 3600, 1, true),
        ] {
            assert_eq!(
                is_told(kind, &round(failures, wait), minutes(age)),
                expected,
                "{kind:?} {failures} {wait} {age}"
            );
        }
        assert_eq!(granted(&warnings, LONG_WAIT).as_secs(), 300);
        assert_eq!(granted(&SourceKind::Page, LONG_WAIT), LONG_WAIT);
    }

    #[test]
    fn what_depends_on_the_day_is_read_anew_on_another_day() {
        let kept = KeptContent {
            reference: serde_json::from_value(serde_json::json!({
                "kind": "page", "freshness": { "state": "current" },
                "blob": { "sha256": Sha256::of(b"").to_string(), "bytes": 0 }
            }))
            .expect("a reference"),
            validators: Validators {
                etag: Some("x".to_owned()),
                last_modified: None,
            },
            confirmed_at: "2026-11-23T14:00:00Z".parse().expect("a time"),
        };
        let round = Round {
            kept: Some(kept),
            failures: 0,
            wait: Duration::ZERO,
            tries: 0,
        };
        let asked = |kind: SourceKind, now: &str| {
            let source = ContentSource {
                location: Location::File("x".into()),
                every_minutes: 30,
                access: Access::default(),
                kind,
                near_name: None,
            };
            let now = now.parse().expect("a time");
            round.validators(&source, now).etag.is_some()
        };
        let events = || SourceKind::Events {
            columns: std::collections::BTreeMap::new(),
        };
        // In Japan the day ends at three in the afternoon of UTC.
        assert!(asked(events(), "2026-11-23T14:59:00Z"));
        assert!(!asked(events(), "2026-11-23T15:00:00Z"));
        assert!(asked(SourceKind::Page, "2026-11-23T15:00:00Z"));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_read_again_ever_more_seldom() {
        let seconds: Vec<u64> = [0, 1, 3, 4, 5, 20, u32::MAX]
            .into_iter()
            .map(|tries| patience(tries).as_secs())
            .collect();
        assert_eq!(seconds, [2, 2, 2, 30, 60, 1800, 1800]);
    }

    #[test]
    fn failures_make_the_pause_longer_up_to_the_pace() {
        let url = Url::parse("https://www.hidamari.example/feed").expect("a URL");
        let source = ContentSource {
            location: Location::Web(url),
            every_minutes: 30,
            access: Access::default(),
            kind: SourceKind::Page,
            near_name: None,
        };
        let seconds = |failures| {
            pause(&source, failures, u32::MAX / 2)
                .as_millis()
                .div_ceil(1000)
        };
        for (failures, expected) in [(0, 1800), (1, 30), (2, 60), (6, 960), (99, 1800)] {
            assert_eq!(seconds(failures), expected);
        }
        assert!(pause(&source, 0, 0) >= Duration::from_secs(1619));
        assert!(pause(&source, 0, u32::MAX) <= Duration::from_secs(1981));
    }
}
