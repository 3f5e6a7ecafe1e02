//! Bytes on the wire, counted by a relay between tablet and backend.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use kairan_contract::TabletId;
use kairan_tablet::{
    library::Library,
    sync::{Client, ManifestAnswer},
    uptime::MachineClocks,
};
use kairan_tests::programs::Backend;
use url::Url;
use uuid::Uuid;

/// Measures the three syncs and gives back the token that was used.
pub fn measure(backend: &Backend, folder: &Path) -> anyhow::Result<String> {
    let relay = Relay::start(&backend.host_and_port())?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let client = Client::new(&Url::parse(&relay.address)?, Arc::new(MachineClocks))?;
        let code = backend.enrolment_code().parse()?;
        let token = client.enrol(&code, TabletId(Uuid::new_v4())).await?.token;
        // Everything that the demonstration shows has been gathered when nothing changes any more.
        let settled = settled_etag(&client, &token).await?;
        let library = Library::open(&folder.join("tablet-library"))?;
        relay.take();
        let etag = sync(&client, &token, &library, None)
            .await?
            .context("there is a manifest")?;
        report("first sync", &relay);
        anyhow::ensure!(etag == settled, "the content changed while it was measured");
        sync(&client, &token, &library, Some(&etag)).await?;
        report("sync with nothing new", &relay);
        let page = folder.join("assets/demonstration/garbage.md");
        let text = std::fs::read_to_string(&page)?;
        std::fs::write(&page, format!("{text}\n- 年末は 12月28日まで\n"))?;
        let changed = changed_etag(&client, &token, &etag).await?;
        relay.take();
        let after = sync(&client, &token, &library, Some(&etag)).await?;
        anyhow::ensure!(after.as_deref() == Some(&*changed), "the changed tile came");
        report("sync after one tile changed", &relay);
        Ok(token)
    })
}

fn report(what: &str, relay: &Relay) {
    let (up, down) = relay.take();
    println!("{what}: {down} bytes down, {up} bytes up");
}

async fn sync(
    client: &Client,
    token: &str,
    library: &Library,
    etag: Option<&str>,
) -> anyhow::Result<Option<String>> {
    match client.manifest(token, etag).await?.answer {
        ManifestAnswer::NotModified => Ok(None),
        ManifestAnswer::Manifest { manifest, etag } => {
            for blob in library.missing(&manifest) {
                library.store_blob(blob.sha256, &client.blob(token, blob.sha256).await?)?;
            }
            library.activate(*manifest, etag.clone(), jiff::Timestamp::now())?;
            Ok(Some(etag))
        }
    }
}

async fn etag_now(client: &Client, token: &str) -> anyhow::Result<String> {
    match client.manifest(token, None).await?.answer {
        ManifestAnswer::Manifest { etag, .. } => Ok(etag),
        ManifestAnswer::NotModified => {
            anyhow::bail!("nothing was named and yet it is not modified")
        }
    }
}

async fn settled_etag(client: &Client, token: &str) -> anyhow::Result<String> {
    let mut last = etag_now(client, token).await?;
    let mut unchanged = 0;
    while unchanged < 15 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = etag_now(client, token).await?;
        unchanged = if now == last { unchanged + 1 } else { 0 };
        last = now;
    }
    Ok(last)
}

async fn changed_etag(client: &Client, token: &str, before: &str) -> anyhow::Result<String> {
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = etag_now(client, token).await?;
        if now != before {
            return Ok(now);
        }
    }
    anyhow::bail!("the changed page never came")
}

/// Passes bytes on and counts them.
struct Relay {
    address: String,
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

impl Relay {
    fn start(target: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let (up, down) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (target, counts) = (target.to_owned(), (Arc::clone(&up), Arc::clone(&down)));
        std::thread::spawn(move || {
            for near in listener.incoming().filter_map(Result::ok) {
                let Ok(far) = TcpStream::connect(&target) else {
                    continue;
                };
                let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else {
                    continue;
                };
                let (up, down) = (Arc::clone(&counts.0), Arc::clone(&counts.1));
                std::thread::spawn(move || pass(near, far, &up));
                std::thread::spawn(move || pass(far_again, near_again, &down));
            }
        });
        Ok(Self { address, up, down })
    }

    /// The bytes up and down since the last time.
    fn take(&self) -> (u64, u64) {
        (
            self.up.swap(0, Ordering::SeqCst),
            self.down.swap(0, Ordering::SeqCst),
        )
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        count.fetch_add(length as u64, Ordering::SeqCst);
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
