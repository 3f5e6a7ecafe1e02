//! The console of a council with 2,000 tablets and 200 tiles: each page's time and size, and a preview.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use kairan_backend::database::Database;
use kairan_contract::{EnrolmentCode, Participation, TabletId};
use kairan_evaluation::loans::Loan;
use kairan_tests::{
    council::Council,
    programs::{Backend, program},
};
use reqwest::{Client, redirect::Policy};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

const TABLETS: u32 = 2_000;
const TILES: u32 = 200;
/// Each page is asked for so often; what is told is the median.
const TIMES: usize = 9;
const PAGES: [&str; 9] = [
    "/console/tiles",
    "/console/tiles/edit?id=tile-7",
    "/console/tiles/revisions",
    "/console/tablets",
    "/console/tablets.csv",
    "/console/audit",
    "/console/people",
    "/console/emergencies",
    "/console/tiles/preview.png?profile=tablet-10&size=largest",
];

/// Measures them.
pub fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let council = Council::new();
    let mut tiles = String::new();
    for number in 0..TILES {
        write!(
            tiles,
            "\n[[service]]\nid = \"tile-{number}\"\nprovider = \"city\"\ncategory = \"news\"\ntitle = \"タイル{number}\"\n\
             reading = \"たいる\"\nsummary = \"ためし\"\nicon = \"recycle\"\ncontent = {{ kind = \"page\", file = \"garbage.md\" }}\n"
        )?;
    }
    council.add_tile(&tiles);
    let data = folder.path().join("backend");
    std::fs::create_dir_all(&data)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(lend(&data, TABLETS))?;
    let backend = Backend::start(&council, &data);
    let _ = rustls::crypto::ring::default_provider().install_default();
    runtime.block_on(async {
        let client = Client::builder().redirect(Policy::none()).build()?;
        let cookie = sign_in(&client, &backend, &data).await?;
        for page in PAGES {
            let (mut took, mut size) = (Vec::new(), 0);
            for _ in 0..TIMES {
                let began = Instant::now();
                let address = format!("{}{page}", backend.address);
                let answer = client.get(address).header("cookie", &cookie).send().await?;
                let answer = answer.error_for_status()?;
                size = answer.bytes().await?.len();
                took.push(began.elapsed());
            }
            took.sort_unstable();
            println!(
                "console, {TABLETS} tablets, {TILES} tiles: {page}: {:.0} ms, {} kB",
                took[TIMES / 2].as_secs_f64() * 1_000.0,
                size / 1_000
            );
        }
        anyhow::Ok(())
    })?;
    backend.stop();
    Ok(())
}

/// A backend with so many tablets lent, and what it needs while it runs.
pub struct Lent {
    _folder: TempDir,
    _council: Council,
    /// Where the backend keeps its data.
    pub data: PathBuf,
    /// The backend.
    pub backend: Backend,
    /// For what is asked of it.
    pub runtime: Runtime,
}

impl Lent {
    /// Lends so many, and starts the backend.
    pub fn to(tablets: u32) -> anyhow::Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (folder, council) = (tempfile::tempdir()?, Council::new());
        let data = folder.path().join("backend");
        std::fs::create_dir_all(&data)?;
        let runtime = Runtime::new()?;
        runtime.block_on(lend(&data, tablets))?;
        let backend = Backend::start(&council, &data);
        Ok(Self {
            _folder: folder,
            _council: council,
            data,
            backend,
            runtime,
        })
    }
}

/// So many tablets, lent, with tokens of their number.
pub async fn lend(data: &Path, tablets: u32) -> anyhow::Result<()> {
    let store = Database::open(data, None).await?;
    let now = jiff::Timestamp::now();
    let mut loans = Vec::new();
    for number in 0..tablets {
        let code = EnrolmentCode::from_number(number);
        let (tablet, loan) = (TabletId(Uuid::new_v4()), Participation(Uuid::new_v4()));
        store.add_code(&code, loan, now).await?;
        store
            .enrol(&code, tablet, &format!("token-{number}"), now)
            .await?;
        loans.push(Loan {
            participation: loan,
            area: None,
            age_band: None,
            cohort: "2026".to_owned(),
            began: 0,
            ended: None,
        });
    }
    store.put_loans(&loans).await?;
    store.close().await;
    Ok(())
}

/// Signs an administrator in; gives the cookie.
pub async fn sign_in(client: &Client, backend: &Backend, data: &Path) -> anyhow::Result<String> {
    let added = std::process::Command::new(program("kairan"))
        .args(["people", "add", "hana", "--data"])
        .arg(data)
        .output()?;
    let password = String::from_utf8(added.stdout)?;
    let post = async |path: &str, cookie: &str, form: &[(&str, &str)]| {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let request = client
            .post(format!("{}{path}", backend.address))
            .header("cookie", cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body.finish()).send().await?;
        let set = answer
            .headers()
            .get("set-cookie")
            .and_then(|it| it.to_str().ok());
        let cookie = set.and_then(|it| it.split(';').next()).unwrap_or_default();
        anyhow::Ok(cookie.to_owned())
    };
    let form = [("name", "hana"), ("password", password.trim())];
    let half = post("/console/sign-in", "", &form).await?;
    let address = format!("{}/console/second-factor", backend.address);
    let page = client
        .get(address)
        .header("cookie", &half)
        .send()
        .await?
        .text()
        .await?;
    let letters = page
        .split("class=\"letters\">")
        .nth(1)
        .and_then(|it| it.split('<').next());
    let letters: String = letters.unwrap_or_default().split_whitespace().collect();
    let secret =
        totp_rs::Secret::try_from_base32(letters).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let code = totp
        .map_err(|error| anyhow::anyhow!("{error:?}"))?
        .generate_current()
        .to_string();
    post("/console/second-factor", &half, &[("code", &code)]).await
}
