//! A notice as a webhook: JSON that Slack, Mattermost and their kin show as it is, and other machines can read.

use std::collections::HashMap;

use reqwest::Client;
use serde_json::json;
use url::Url;

use super::{
    not_sent::NotSent,
    queries::{Delivery, kept_for},
    settings::StaffSettings,
};
use kairan_sources::fetch::{AllowedHosts, check_address, client_that_follows_nobody};

/// Who asks webhooks.
pub struct Webhooks {
    client: Client,
    allowed: AllowedHosts,
    /// The addresses of the settings, by what is kept of them.
    known: HashMap<String, Url>,
}

impl Webhooks {
    /// As the settings say.
    pub fn new(staff: &StaffSettings) -> Result<Self, reqwest::Error> {
        let allowed = AllowedHosts::default();
        allowed.set(staff.allowed_hosts.clone());
        let hooks = staff.webhooks.iter();
        Ok(Self {
            client: client_that_follows_nobody(&allowed)?,
            allowed,
            known: hooks
                .map(|it| (kept_for(it.as_str()), it.clone()))
                .collect(),
        })
    }

    /// Sends it. What is answered is not read.
    pub async fn send(&self, delivery: &Delivery, link: &str) -> Result<(), NotSent> {
        let known = self.known.get(&delivery.address).cloned();
        let url = known.or_else(|| delivery.address.parse().ok().filter(Url::has_host));
        let url = url.ok_or(NotSent::Address)?;
        if let Err(why) = check_address(&url, &self.allowed) {
            tracing::warn!(
                host = url.host_str(),
                why,
                "a webhook is not asked; an administrator can name its host under allowed_hosts in [staff]"
            );
            return Err(NotSent::Forbidden);
        }
        let notice = &delivery.notice;
        let body = json!({
            "text": format!("{}\n{}\n{link}", notice.ja, notice.en),
            "kind": notice.kind, "id": notice.about, "ja": notice.ja, "en": notice.en, "link": link,
        });
        let answer = self.client.post(url.clone()).json(&body).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => {
                tracing::warn!(host = url.host_str(), status = %answer.status(), "a webhook did not take a notice");
                Err(NotSent::Refused)
            }
            Err(error) => {
                // Its address may hold a secret.
                let error = error.without_url();
                tracing::warn!(host = url.host_str(), %error, "a webhook cannot be reached");
                Err(NotSent::Unreachable)
            }
        }
    }
}
