//! Fifteen thousand tablets that listen to one backend: what each costs in memory, how long until all are told of a new
//! revision and of an emergency, and how long a person waits for a page meanwhile. The tablets live in a process of their
//! own, because one process may not hold so many files for both ends.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use kairan_backend::database::Database;
use kairan_tests::{emergency::send_an_emergency, programs::Backend};
use reqwest::redirect::Policy;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
};

use crate::{
    console::{Lent, sign_in},
    publishing::{post, tile},
};

const TABLETS: u32 = 15_000;
const ROUNDS: usize = 3;
/// How many connect in a second at first.
const CONNECTED_A_SECOND: u32 = 1_500;
/// How long all may take; more is a failure.
const PATIENCE: Duration = Duration::from_mins(3);
/// Tablets wait up to so long before they ask what is new.
const SPREAD: Duration = Duration::from_millis(1_500);
/// So many ask something at a time.
const ASKING_AT_ONCE: usize = 4_000;
/// A page is asked for so often while tablets are told.
const PAGE_PACE: Duration = Duration::from_millis(250);

/// Measures it.
pub fn measure() -> anyhow::Result<()> {
    let lent = Lent::to(TABLETS)?;
    let (backend, data, runtime) = (&lent.backend, &lent.data, &lent.runtime);
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()?;
    let cookie = runtime.block_on(sign_in(&client, backend, data))?;
    let pages = Pages {
        client: client.clone(),
        address: format!("{}/console", backend.address),
        cookie: cookie.clone(),
    };
    // What everybody needs is in memory before it is counted.
    runtime.block_on(pages.ask())?;
    let before = backend.memory();
    let mut crowd = Crowd::gather(backend)?;
    crowd.wait_for(|it| it.listening == TABLETS && it.told >= TABLETS)?;
    std::thread::sleep(Duration::from_secs(20));
    let each = u32::try_from((backend.memory() - before) / u64::from(TABLETS))?;
    let each = f64::from(each);
    println!(
        "a crowd: {TABLETS} tablets listen, each costs the backend {:.1} kB; 20000 would cost {:.0} MB",
        each / 1e3,
        each * 20_000.0 / 1e6
    );
    for round in 0..ROUNDS {
        crowd.wait_for_news(2 + round, 0)?;
        let told = runtime.block_on(async {
            let text = kairan_tests::office::encoded(&tile(round));
            post(&client, backend, &cookie, "/console/tiles/edit", text).await?;
            let began = Instant::now();
            let note = "note=".to_owned();
            post(&client, backend, &cookie, "/console/tiles/publish", note).await?;
            anyhow::Ok(began)
        })?;
        crowd.tell("a new revision", told, &pages, runtime)?;
    }
    for round in 1..=ROUNDS {
        crowd.wait_for_news(1 + ROUNDS, round)?;
        let told = runtime.block_on(async {
            let store = Database::open(data, None).await?;
            let began = Instant::now();
            send_an_emergency(&store).await?;
            store.close().await;
            anyhow::Ok(began)
        })?;
        crowd.tell("an emergency", told, &pages, runtime)?;
    }
    println!(
        "a crowd: the most memory that the backend had: {} MB",
        backend.most_memory() / 1_000_000
    );
    drop(crowd);
    lent.backend.stop();
    Ok(())
}

/// A person who opens a page again and again.
struct Pages {
    client: reqwest::Client,
    address: String,
    cookie: String,
}

impl Pages {
    async fn ask(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        let request = self
            .client
            .get(&self.address)
            .header("cookie", &self.cookie);
        let answer = request.send().await?.error_for_status()?;
        answer.bytes().await?;
        Ok(began.elapsed())
    }
}

/// How far the tablets are.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// So many listen.
    listening: u32,
    /// So many have read what they were told since they were asked to count anew.
    told: u32,
    /// Connections that failed.
    failed: u64,
}

/// The process of the tablets.
struct Crowd {
    child: Child,
    commands: ChildStdin,
    counts: std::sync::mpsc::Receiver<Count>,
}

impl Crowd {
    fn gather(backend: &Backend) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["crowd-of-tablets", &backend.host_and_port()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let commands = child.stdin.take().context("piped")?;
        let out = child.stdout.take().context("piped")?;
        let (tell, counts) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let numbers: Vec<u64> = line.split(' ').filter_map(|it| it.parse().ok()).collect();
                if let [listening, told, failed] = numbers[..] {
                    let count = Count {
                        listening: u32::try_from(listening).unwrap_or(0),
                        told: u32::try_from(told).unwrap_or(0),
                        failed,
                    };
                    if tell.send(count).is_err() {
                        return;
                    }
                }
            }
        });
        Ok(Self {
            child,
            commands,
            counts,
        })
    }

    /// Whoever knows of this revision and of so many emergencies is counted from now on.
    fn wait_for_news(&mut self, revision: usize, emergencies: usize) -> anyhow::Result<()> {
        writeln!(self.commands, "{revision} {emergencies}")?;
        self.wait_for(|it| it.told == 0)?;
        Ok(())
    }

    fn wait_for(&mut self, is_it: impl Fn(Count) -> bool) -> anyhow::Result<Count> {
        let began = Instant::now();
        let mut last = Count::default();
        while began.elapsed() < PATIENCE {
            last = self.counts.recv_timeout(PATIENCE)?;
            if is_it(last) {
                return Ok(last);
            }
        }
        anyhow::bail!("after {PATIENCE:?}: {last:?}")
    }

    /// How long it takes until half, 99 % and all are told, and a person's page meanwhile.
    fn tell(
        &mut self,
        what: &str,
        began: Instant,
        pages: &Pages,
        runtime: &tokio::runtime::Runtime,
    ) -> anyhow::Result<()> {
        let (mut took, mut waits) = (Vec::new(), Vec::new());
        let mut asked = Instant::now();
        let share = |of: u32| TABLETS * of / 100;
        let mut marks = vec![share(50), share(99), TABLETS];
        while !marks.is_empty() {
            anyhow::ensure!(began.elapsed() < PATIENCE, "not all are told: {took:?}");
            if let Ok(count) = self.counts.recv_timeout(Duration::from_millis(20)) {
                while marks.first().is_some_and(|mark| count.told >= *mark) {
                    marks.remove(0);
                    took.push(began.elapsed().as_secs_f64());
                }
            }
            if asked.elapsed() >= PAGE_PACE {
                waits.push(runtime.block_on(pages.ask())?);
                asked = Instant::now();
            }
        }
        let failed = self.wait_for(|_| true)?.failed;
        waits.sort_unstable();
        let middle = waits.get(waits.len() / 2).copied().unwrap_or_default();
        let longest = waits.last().copied().unwrap_or_default();
        println!(
            "a crowd, {what}: half are told after {:.1} s, 99 % after {:.1} s, all after {:.1} s; a person's page meanwhile \
             {middle:.0?} (the longest of {}: {longest:.0?}); connections that failed so far: {failed}",
            took[0],
            took[1],
            took[2],
            waits.len()
        );
        Ok(())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the crowd: listens, fetches the manifest when there is news, and says what it holds.
pub fn be_the_tablets(address: &str) -> anyhow::Result<()> {
    let address: SocketAddr = address.parse()?;
    let counts = Arc::new(Counts::default());
    let runtime = tokio::runtime::Runtime::new()?;
    let told = Arc::clone(&counts);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let wanted: Vec<u32> = line
                .iter()
                .flat_map(|line| line.split(' '))
                .filter_map(|it| it.parse().ok())
                .collect();
            if let [revision, emergencies] = wanted[..] {
                told.revision.store(revision, Ordering::SeqCst);
                told.emergencies.store(emergencies, Ordering::SeqCst);
                told.told.store(0, Ordering::SeqCst);
            }
        }
    });
    runtime.block_on(async {
        let mut pace = tokio::time::interval(Duration::from_secs(1) / CONNECTED_A_SECOND);
        for number in 0..TABLETS {
            pace.tick().await;
            tokio::spawn(be_a_tablet(address, number, Arc::clone(&counts)));
        }
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let [listening, told] =
                [&counts.listening, &counts.told].map(|it| it.load(Ordering::SeqCst));
            println!(
                "{listening} {told} {}",
                counts.failed.load(Ordering::SeqCst)
            );
        }
    })
}

#[derive(Default)]
struct Counts {
    listening: AtomicU32,
    told: AtomicU32,
    failed: AtomicU64,
    /// What is waited for.
    revision: AtomicU32,
    emergencies: AtomicU32,
}

impl Counts {
    /// Counts a tablet that has read this manifest, once for what is waited for now.
    fn count(&self, manifest: &[u8], counted: &mut Option<(u32, u32)>) {
        let manifest = String::from_utf8_lossy(manifest);
        let revision = manifest.split("\"catalogue\":").nth(1).map_or("", |it| {
            it.split(|letter: char| !letter.is_ascii_digit())
                .next()
                .unwrap_or("")
        });
        let revision: u32 = revision.parse().unwrap_or(0);
        let emergencies = manifest.matches("\"released_at\":").count();
        let wanted = [&self.revision, &self.emergencies].map(|it| it.load(Ordering::SeqCst));
        let is_it = revision >= wanted[0] && emergencies >= wanted[1] as usize;
        let wanted = Some((wanted[0], wanted[1]));
        if is_it && *counted != wanted {
            *counted = wanted;
            self.told.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn be_a_tablet(address: SocketAddr, number: u32, counts: Arc<Counts>) {
    let mut counted = None;
    loop {
        if let Err(error) = listen(address, number, &counts, &mut counted).await
            && counts.failed.fetch_add(1, Ordering::SeqCst) < 5
        {
            eprintln!("tablet {number}: {error:#}");
        }
        tokio::time::sleep(Duration::from_secs(3).mul_f64(0.75 + rand::random::<f64>() / 2.0))
            .await;
    }
}

/// Each dozen of tablets has an address of its own on the loopback: there are not ports enough at one.
async fn connect(address: SocketAddr, number: u32) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let [.., last] = number.to_be_bytes();
    socket.bind(SocketAddr::from(([127, 0, 0, 10 + last % 32], 0)))?;
    Ok(socket.connect(address).await?)
}

async fn listen(
    address: SocketAddr,
    number: u32,
    counts: &Counts,
    counted: &mut Option<(u32, u32)>,
) -> anyhow::Result<()> {
    let mut stream = connect(address, number).await?;
    let question = format!(
        "GET /api/v1/changes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token-{number}\r\n\r\n"
    );
    stream.write_all(question.as_bytes()).await?;
    counts.listening.fetch_add(1, Ordering::SeqCst);
    let heard = hear(&mut stream, address, number, counts, counted).await;
    counts.listening.fetch_sub(1, Ordering::SeqCst);
    heard
}

async fn hear(
    stream: &mut TcpStream,
    address: SocketAddr,
    number: u32,
    counts: &Counts,
    counted: &mut Option<(u32, u32)>,
) -> anyhow::Result<()> {
    let mut bytes = [0; 512];
    loop {
        let length = stream.read(&mut bytes).await?;
        anyhow::ensure!(length > 0, "the stream ended");
        let text = String::from_utf8_lossy(&bytes[..length]);
        anyhow::ensure!(!text.starts_with("HTTP/1.1 5"), "no place");
        if text.contains("data:") {
            tokio::time::sleep(SPREAD.mul_f64(rand::random())).await;
            fetch(address, number, counts, counted).await?;
        }
    }
}

/// Reads the manifest, and says so, over one connection.
async fn fetch(
    address: SocketAddr,
    number: u32,
    counts: &Counts,
    counted: &mut Option<(u32, u32)>,
) -> anyhow::Result<()> {
    let manifest = format!(
        "GET /api/v1/manifest HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token-{number}\r\nconnection: close\r\n\r\n"
    );
    let manifest = ask(address, number, &manifest).await?;
    counts.count(&manifest, counted);
    let body = r#"{"version":"0.1.0","catalogue":1,"locked":false,"unsent":0}"#;
    let status = format!(
        "POST /api/v1/status HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token-{number}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    ask(address, number, &status).await?;
    Ok(())
}

async fn ask(address: SocketAddr, number: u32, question: &str) -> anyhow::Result<Vec<u8>> {
    // This process may not hold more files either.
    static ASKING: Semaphore = Semaphore::const_new(ASKING_AT_ONCE);
    let _asks = ASKING.acquire().await?;
    let mut stream = connect(address, number).await?;
    stream.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    anyhow::ensure!(
        answer.starts_with(b"HTTP/1.1 2"),
        "it answered {}",
        String::from_utf8_lossy(&answer[..answer.len().min(60)])
    );
    Ok(answer)
}
