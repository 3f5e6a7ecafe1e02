//! What a clerk sees of a page, and waits for.

use fantoccini::Locator;
use serde_json::{Value, json};

use super::browser::Clerk;

impl Clerk {
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

    /// Asks for light or dark colours, as a browser does in the evening.
    pub(super) async fn like(&self, scheme: &str) {
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
}

/// Whether an element was on the page that has just gone. The driver says so in two ways.
pub(super) fn is_of_another_page(error: &fantoccini::error::CmdError) -> bool {
    error.is_stale_element_reference()
        || error
            .to_string()
            .contains("does not belong to the document")
}
