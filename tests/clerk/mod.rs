//! Somebody at a desk with a real browser: Chromium without a window, driven through WebDriver.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder, Locator, wd::WebDriverCompatibleCommand};
use serde_json::{Value, json};

use crate::until;

/// What axe-core calls a finding that keeps people out.
const SERIOUS: [&str; 2] = ["serious", "critical"];
const AXE: &str = include_str!("../fixtures/axe.min.js");

/// A browser, and where it looks.
pub struct Clerk {
    browser: Client,
    driver: Child,
    address: String,
    pictures: PathBuf,
    _profile: tempfile::TempDir,
}

/// A command of Chromium's own driver, beyond WebDriver.
#[derive(Debug)]
struct Chromium {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Chromium {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
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

    /// The path where it is.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn path(&self) -> String {
        self.browser
            .current_url()
            .await
            .expect("a page")
            .path()
            .to_owned()
    }

    /// Writes into the field with this label.
    ///
    /// # Panics
    /// If there is none.
    pub async fn write(&self, label: &str, text: &str) {
        loop {
            let field = self.field(label).await;
            let cleared = field.clear().await;
            let written = match cleared {
                Ok(()) => field.send_keys(text).await,
                Err(error) => Err(error),
            };
            match written {
                Err(error) if is_of_another_page(&error) => {}
                written => return written.expect("writes"),
            }
        }
    }

    /// Chooses a file of this machine in the field with this label.
    ///
    /// # Panics
    /// If there is none.
    pub async fn write_path(&self, label: &str, file: &std::path::Path) {
        let path = file.to_str().expect("a path in letters");
        self.field(label)
            .await
            .send_keys(path)
            .await
            .expect("chooses");
    }

    /// Writes a day and an hour, as `2027-04-01T09:00`, into the field with this label. How it is typed depends on
    /// the browser's language.
    ///
    /// # Panics
    /// If there is none.
    pub async fn write_moment(&self, label: &str, moment: &str) {
        let field = self.field(label).await;
        let id = field.attr("id").await.expect("looks").expect("an id");
        self.ask(&format!(
            "document.getElementById('{id}').value = '{moment}'"
        ))
        .await;
    }

    /// Picks what bears this name among things that are seen at once.
    ///
    /// # Panics
    /// If there is none.
    pub async fn pick(&self, name: &str) {
        let path = format!("//label[.//input[@type='radio'] and normalize-space()='{name}']");
        self.click(name, &path).await;
    }

    /// Opens what stands under this summary.
    ///
    /// # Panics
    /// If there is none.
    pub async fn open_details(&self, summary: &str) {
        let path = format!("//summary[normalize-space()='{summary}']");
        self.click(summary, &path).await;
    }

    /// Chooses in the field with this label what bears this word.
    ///
    /// # Panics
    /// If there is none.
    pub async fn choose(&self, label: &str, word: &str) {
        loop {
            let chosen = self.field(label).await.select_by_label(word).await;
            match chosen {
                Err(error) if is_of_another_page(&error) => {}
                chosen => return chosen.expect("chooses"),
            }
        }
    }

    async fn field(&self, label: &str) -> fantoccini::elements::Element {
        let path = format!("//*[@id=//label[normalize-space()='{label}']/@for]");
        let found = self.browser.wait().for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|error| panic!("the field {label}: {error}"))
    }

    /// Presses the button or link with this name.
    ///
    /// # Panics
    /// If there is none.
    pub async fn press(&self, name: &str) {
        let named = format!("normalize-space()='{name}' or @aria-label='{name}'");
        self.click(name, &format!("(//button[{named}] | //a[{named}])[1]"))
            .await;
    }

    /// Clicks what stands at this path. What was on the page before this one, which came in between, was not clicked.
    async fn click(&self, name: &str, path: &str) {
        loop {
            let found = self.browser.wait().for_element(Locator::XPath(path)).await;
            let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
            match found.click().await {
                Err(error) if is_of_another_page(&error) => {}
                clicked => return clicked.expect("clicks"),
            }
        }
    }

    /// Signs in for the first time as somebody who needs a second factor; `code` is what an authenticator
    /// makes of the letters of its secret.
    ///
    /// # Panics
    /// If they are not let in.
    pub async fn sign_in_with_a_second_factor(
        &self,
        name: &str,
        password: &str,
        code: fn(&str) -> String,
    ) {
        self.open("/console").await;
        self.write("名前", name).await;
        self.write("パスワード", password).await;
        self.press("サインインする").await;
        self.wait_for("認証アプリに登録します").await;
        let letters = self
            .ask("return document.querySelector('.letters').textContent")
            .await;
        let shown = code(letters.as_str().expect("letters"));
        self.write("6けたの番号", &shown).await;
        self.press("つづける").await;
        self.wait_for("こんにちは").await;
    }

    /// Waits until the picture at this place has come.
    ///
    /// # Panics
    /// If it does not.
    pub async fn wait_for_picture(&self, place: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1], at = document.querySelector('{place}');\
             const seen = new Image(); seen.onload = () => done(seen.naturalWidth); seen.onerror = () => done(0);\
             seen.src = at.src;"
        );
        let width = self
            .browser
            .execute_async(&script, Vec::new())
            .await
            .expect("looks");
        assert!(width.as_u64() > Some(0), "no picture at {place}");
    }

    /// Waits until the address of the page holds this.
    ///
    /// # Panics
    /// If it never does.
    pub async fn wait_for_address(&self, part: &str) {
        for _ in 0..200 {
            let address = self.browser.current_url().await.expect("a page");
            if address.as_str().contains(part) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("never at {part}: {:?}", self.browser.current_url().await);
    }

    /// Touches a picture so far from its left and upper edge.
    ///
    /// # Panics
    /// If it is not there.
    pub async fn touch(&self, place: &str, across: i32, down: i32) {
        let script = format!(
            "const at = document.querySelector('{place}').getBoundingClientRect();\
             return [Math.round(at.left + {across}), Math.round(at.top + {down})];"
        );
        self.ask(&format!(
            "document.querySelector('{place}').scrollIntoView()"
        ))
        .await;
        let at = self.ask(&script).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let body = json!({ "cmd": "Input.dispatchMouseEvent", "params":
                { "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 } });
            self.chromium("goog/cdp/execute", body).await;
        }
    }

    /// Ticks the first box whose name begins so.
    ///
    /// # Panics
    /// If there is none.
    pub async fn press_box(&self, name: &str) {
        let path = format!(
            "(//input[@type='checkbox' and (starts-with(@aria-label, '{name}') or ../self::label[normalize-space()='{name}'])])[1]"
        );
        self.click(name, &path).await;
    }

    /// What stands in the page, as it can be read.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn text(&self) -> String {
        let body = self
            .browser
            .find(Locator::Css("body"))
            .await
            .expect("a page");
        body.text().await.expect("text")
    }

    /// Waits until this can be read.
    ///
    /// # Panics
    /// If it never can.
    pub async fn wait_for(&self, words: &str) {
        let path = format!("//body//*[contains(normalize-space(), '{words}')]");
        let found = self.browser.wait().for_element(Locator::XPath(&path)).await;
        let Err(error) = found else {
            return;
        };
        panic!(
            "waited in vain for {words} ({error}): {}",
            self.text().await
        );
    }

    /// Opens a page again and again until it reads so: what a tablet confirms takes a moment.
    ///
    /// # Panics
    /// If it never does.
    pub async fn wait_until_it_reads(&self, path: &str, words: &str) {
        let began = std::time::Instant::now();
        loop {
            self.open(path).await;
            let text = self.text().await;
            if text.contains(words) {
                return;
            }
            assert!(
                began.elapsed() < std::time::Duration::from_mins(1),
                "{path} never reads {words}: {text}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }

    /// What a script in the page gives.
    ///
    /// # Panics
    /// If it fails.
    pub async fn ask(&self, script: &str) -> Value {
        self.browser
            .execute(script, Vec::new())
            .await
            .expect("runs")
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

    /// Makes the window as wide as this.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn be_wide(&self, width: u32) {
        let body = json!({ "cmd": "Emulation.setDeviceMetricsOverride",
            "params": { "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 } });
        self.chromium("goog/cdp/execute", body).await;
    }

    /// Looks at the page as a telephone and a desk show it: nothing scrolls sideways, the console is silent,
    /// and nothing keeps people out. Keeps a picture of each.
    ///
    /// # Panics
    /// If something is wrong.
    pub async fn inspect(&self, name: &str) {
        for width in [375, 1440] {
            self.be_wide(width).await;
            let found = self
                .ask("return document.documentElement.scrollWidth")
                .await;
            assert!(
                found.as_u64() <= Some(u64::from(width)),
                "{name} at {width}: {found}"
            );
            self.picture(&format!("{name}-{width}")).await;
        }
        self.nothing_was_said(name).await;
        for scheme in ["dark", "light"] {
            self.like(scheme).await;
            if scheme == "dark" {
                self.picture(&format!("{name}-dark")).await;
            }
            let findings = self.findings().await;
            assert!(findings.is_empty(), "{name}, {scheme}: {findings:#?}");
        }
    }

    /// Asks for light or dark colours, as a browser does in the evening.
    async fn like(&self, scheme: &str) {
        let body = json!({ "cmd": "Emulation.setEmulatedMedia", "params":
            { "features": [{ "name": "prefers-color-scheme", "value": scheme }] } });
        self.chromium("goog/cdp/execute", body).await;
    }

    /// The console of the browser is silent.
    ///
    /// # Panics
    /// If it is not.
    pub async fn nothing_was_said(&self, name: &str) {
        let said = self.chromium("se/log", json!({ "type": "browser" })).await;
        assert_eq!(said, json!([]), "{name}: the console has something to say");
    }

    /// The browser's console tells, as it does of every page with a fault, that the last form was refused: that, and
    /// nothing else. It may tell so a moment after the page is there.
    ///
    /// # Panics
    /// If it says nothing, or something else.
    pub async fn a_refusal_was_said(&self) {
        for _ in 0..200 {
            let said = self.chromium("se/log", json!({ "type": "browser" })).await;
            let said = said.as_array().cloned().unwrap_or_default();
            for entry in &said {
                let message = entry["message"].as_str().unwrap_or_default();
                assert!(
                    message.contains("the server responded with a status of 4"),
                    "{message}"
                );
            }
            if !said.is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("nothing was refused");
    }

    async fn findings(&self) -> Vec<Value> {
        let script = format!("{AXE}; return window.axe ? 1 : 0;");
        self.browser
            .execute(&script, Vec::new())
            .await
            .expect("axe-core");
        let run = "const done = arguments[arguments.length - 1]; axe.run().then(found => done(found.violations.map(\
             it => ({ id: it.id, impact: it.impact, help: it.help, at: it.nodes.slice(0, 3).map(node => node.html) }))));";
        let found = self
            .browser
            .execute_async(run, Vec::new())
            .await
            .expect("looks");
        let found = found.as_array().cloned().unwrap_or_default();
        found
            .into_iter()
            .filter(|it| {
                it["impact"]
                    .as_str()
                    .is_some_and(|impact| SERIOUS.contains(&impact))
            })
            .collect()
    }

    /// Keeps a picture of the whole page.
    ///
    /// # Panics
    /// If it cannot be written.
    pub async fn picture(&self, name: &str) {
        let body =
            json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true } });
        let taken = self.chromium("goog/cdp/execute", body).await;
        let data = taken["data"].as_str().expect("a picture");
        let file = self.pictures.join(format!("{name}.png"));
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data);
        std::fs::write(file, bytes.expect("a picture")).expect("writes");
    }

    async fn chromium(&self, path: &'static str, body: Value) -> Value {
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

/// Whether an element was on the page that has just gone. The driver says so in two ways.
fn is_of_another_page(error: &fantoccini::error::CmdError) -> bool {
    error.is_stale_element_reference()
        || error
            .to_string()
            .contains("does not belong to the document")
}
