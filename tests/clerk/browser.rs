//! A browser without a window, and where it looks.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};

use super::chromium::Chromium;
use crate::until;

/// A browser, and where it looks.
pub struct Clerk {
    pub(super) browser: Client,
    pub(super) driver: Child,
    pub(super) address: String,
    pub(super) pictures: PathBuf,
    pub(super) _profile: tempfile::TempDir,
}

impl Clerk {
    /// Opens a browser that looks at `address`; none where there is no Chromium, unless the set-up should
    /// have brought one. Pictures are kept in a folder of this name.
    ///
    /// # Panics
    /// If the browser does not start.
    pub async fn sit_down(address: &str, pictures: &str) -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(driver) = driver else {
            println!("chromedriver is not installed here; `make test` installs it");
            assert!(
                std::env::var_os("KAIRAN_SET_UP").is_none(),
                "the set-up should have installed chromedriver"
            );
            return None;
        };
        until("chromedriver", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        let profile = tempfile::tempdir().expect("a folder");
        let switches = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--lang=ja".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({
            "goog:chromeOptions": { "args": switches, "prefs": { "intl.accept_languages": "ja" } },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(wanted) = wanted else {
            unreachable!()
        };
        let browser = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser");
        let pictures = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../target/tmp")
            .join(pictures);
        std::fs::create_dir_all(&pictures).expect("a folder");
        Some(Self {
            browser,
            driver,
            address: address.to_owned(),
            pictures,
            _profile: profile,
        })
    }

    /// Opens a page by its path.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.address);
        self.browser.goto(&address).await.expect("opens");
    }

    /// The cookies of the page, as a request would bear them.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn cookies(&self) -> String {
        let cookies = self.browser.get_all_cookies().await.expect("cookies");
        let pairs = cookies
            .iter()
            .map(|it| format!("{}={}", it.name(), it.value()));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Goes on in the window that was opened last.
    ///
    /// # Panics
    /// If there is none.
    pub async fn turn_to_the_new_window(&self) {
        let windows = self.browser.windows().await.expect("windows");
        let newest = windows.last().expect("a window").clone();
        self.browser.switch_to_window(newest).await.expect("turns");
    }

    /// Closes this window, and goes on in the first.
    ///
    /// # Panics
    /// If it is the only one.
    pub async fn turn_back(&self) {
        self.browser.close_window().await.expect("closes");
        let windows = self.browser.windows().await.expect("windows");
        let first = windows.first().expect("a window").clone();
        self.browser.switch_to_window(first).await.expect("turns");
    }

    pub(super) async fn chromium(&self, path: &'static str, body: Value) -> Value {
        let command = Chromium { path, body };
        self.browser
            .issue_cmd(command)
            .await
            .expect("Chromium answers")
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        // The driver takes its browser along when it is asked to end.
        crate::programs::terminate(&self.driver);
        let _ = self.driver.wait();
    }
}
