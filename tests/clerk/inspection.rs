//! Whether a page keeps anybody out, and the picture of it.

use serde_json::{Value, json};

use super::browser::Clerk;

/// What axe-core calls a finding that keeps people out.
const SERIOUS: [&str; 2] = ["serious", "critical"];
const AXE: &str = include_str!("../fixtures/axe.min.js");

impl Clerk {
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
}
