//! What a clerk does with a page: writes, picks, presses.

use fantoccini::Locator;
use serde_json::json;

use super::{browser::Clerk, eyes::is_of_another_page};

impl Clerk {
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
}
