//! Commands of Chromium's own driver, beyond WebDriver.

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::Value;

/// A command of Chromium's own driver, beyond WebDriver.
#[derive(Debug)]
pub(super) struct Chromium {
    pub(super) path: &'static str,
    pub(super) body: Value,
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
