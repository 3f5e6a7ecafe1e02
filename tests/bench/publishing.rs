//! Publishing to a thousand connected tablets: how long until they have confirmed the new revision. Each speaks with the
//! tablet's own link, listens on a stream of its own, fetches what it lacks, and says what it shows. The same for an
//! emergency.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use kairan_backend::database::Database;
use kairan_contract::{Sha256, TabletStatus};
use kairan_tablet::{
    sync::{ChangeStream, Client, ManifestAnswer},
    uptime::MachineClocks,
};
use kairan_tests::{emergency::send_an_emergency, programs::Backend};
use reqwest::redirect::Policy;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::console::{Lent, sign_in};

const TABLETS: u32 = 1_000;
const ROUNDS: usize = 5;
/// How long all may take; more is a failure.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a tablet has confirmed, and when.
struct Confirmed {
    tablet: u32,
    catalogue: u64,
    emergencies: usize,
    at: Instant,
}

/// Measures it.
pub fn measure() -> anyhow::Result<()> {
    let lent = Lent::to(TABLETS)?;
    let (backend, data, runtime) = (&lent.backend, &lent.data, &lent.runtime);
    let url: url::Url = backend.address.parse()?;
    runtime.block_on(async {
        let (sender, mut confirmed) = unbounded_channel();
        for number in 0..TABLETS {
            let client = Client::new(&url, Arc::new(MachineClocks))?;
            tokio::spawn(be_a_tablet(client, number, sender.clone()));
        }
        all(&mut confirmed, Instant::now(), |it| it.catalogue >= 1).await?;
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .build()?;
        let cookie = sign_in(&client, backend, data).await?;
        let mut took = Vec::new();
        for round in 0..ROUNDS {
            let text = kairan_tests::office::encoded(&tile(round));
            post(&client, backend, &cookie, "/console/tiles/edit", text).await?;
            let before = Instant::now();
            let note = "note=".to_owned();
            post(&client, backend, &cookie, "/console/tiles/publish", note).await?;
            let revision = 2 + round as u64;
            took.push(all(&mut confirmed, before, |it| it.catalogue >= revision).await?);
        }
        tell("a new revision", &mut took);

        let store = Database::open(data, None).await?;
        let mut took = Vec::new();
        for round in 1..=ROUNDS {
            let before = Instant::now();
            send_an_emergency(&store).await?;
            took.push(all(&mut confirmed, before, |it| it.emergencies >= round).await?);
        }
        store.close().await;
        tell("an emergency", &mut took);
        anyhow::Ok(())
    })?;
    lent.backend.stop();
    Ok(())
}

/// The form of the garbage tile with a second line of this round.
pub fn tile(round: usize) -> Vec<(&'static str, &'static str)> {
    const LINES: [&str; ROUNDS] = ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日"];
    vec![
        ("was", "garbage"),
        ("id", "garbage"),
        ("provider", "city"),
        ("category", "news"),
        ("title", "ごみの出し方"),
        ("reading", "ごみのだしかた"),
        ("summary", LINES[round]),
        ("icon", "recycle"),
        ("content_kind", "page"),
        ("content_source", "garbage.md"),
    ]
}

pub async fn post(
    client: &reqwest::Client,
    backend: &Backend,
    cookie: &str,
    path: &str,
    body: String,
) -> anyhow::Result<()> {
    let request = client
        .post(format!("{}{path}", backend.address))
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(body).send().await?;
    anyhow::ensure!(
        answer.status().is_redirection(),
        "{path}: {}",
        answer.status()
    );
    Ok(())
}

/// Listens, fetches what is new, and says what it holds, as a tablet does.
async fn be_a_tablet(client: Client, number: u32, confirmed: UnboundedSender<Confirmed>) {
    let token = format!("token-{number}");
    let (mut stream, mut held, mut etag) = (ChangeStream::default(), HashSet::new(), None);
    loop {
        let told = fetch(&client, &token, &mut held, &mut etag).await;
        match told {
            Ok(Some((catalogue, emergencies))) => {
                let at = Instant::now();
                let tablet = number;
                let word = Confirmed {
                    tablet,
                    catalogue,
                    emergencies,
                    at,
                };
                if confirmed.send(word).is_err() {
                    return;
                }
            }
            Ok(None) => {}
            Err(error) => eprintln!("tablet {number}: {error:#}"),
        }
        stream.next_change(&client, &token).await;
    }
}

/// The revision and the number of emergencies that the backend now knows this tablet to hold; none if nothing is new.
async fn fetch(
    client: &Client,
    token: &str,
    held: &mut HashSet<Sha256>,
    etag: &mut Option<String>,
) -> anyhow::Result<Option<(u64, usize)>> {
    let answered = client.manifest(token, etag.as_deref()).await?;
    let ManifestAnswer::Manifest {
        manifest,
        etag: new,
    } = answered.answer
    else {
        return Ok(None);
    };
    for blob in manifest.blobs() {
        if held.insert(blob.sha256) {
            client.blob(token, blob.sha256).await?;
        }
    }
    *etag = Some(new);
    let status = TabletStatus {
        version: "0.1.0".to_owned(),
        catalogue: manifest.catalogue,
        locked: false,
        battery_percent: Some(80),
        free_megabytes: Some(10_000),
        unsent: 0,
        emergency: None,
    };
    client.report_status(token, &status).await?;
    Ok(Some((manifest.catalogue, manifest.emergencies.len())))
}

/// How long it took until half, 99 % and all of the tablets had confirmed this.
async fn all(
    confirmed: &mut UnboundedReceiver<Confirmed>,
    since: Instant,
    is_it: impl Fn(&Confirmed) -> bool,
) -> anyhow::Result<[Duration; 3]> {
    let mut who = HashSet::new();
    let mut took = Vec::new();
    while who.len() < TABLETS as usize {
        let waiting = tokio::time::timeout(PATIENCE, confirmed.recv());
        let word = waiting
            .await
            .with_context(|| format!("{} of {TABLETS} have confirmed", who.len()))?
            .context("all tablets are gone")?;
        if is_it(&word) && who.insert(word.tablet) {
            took.push(word.at.duration_since(since));
        }
    }
    took.sort_unstable();
    Ok([took.len() / 2, took.len() * 99 / 100, took.len() - 1].map(|place| took[place]))
}

fn tell(what: &str, took: &mut [[Duration; 3]]) {
    took.sort_by_key(|it| it[1]);
    let [half, most, all] = took[took.len() / 2].map(|it| it.as_secs_f64());
    println!(
        "publishing to {TABLETS} connected tablets, {what}: half have confirmed after {half:.2} s, 99 % after {most:.2} s, all after {all:.2} s \
         (the round in the middle of {ROUNDS})"
    );
}
