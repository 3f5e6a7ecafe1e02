//! A notice as a webhook: JSON that Slack, Mattermost and their kin show as it is, and other machines can read.

use std::collections::HashMap;

use reqwest::Client;
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    not_sent::NotSent,
    queries::{Delivery, Notice, kept_for},
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
        let answer = self
            .client
            .post(url.clone())
            .json(&body(notice, link))
            .send()
            .await;
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

/// What is sent: what waits in one text for people, and by itself under the tag of each language.
fn body(notice: &Notice, link: &str) -> Value {
    let in_languages = notice.wording.all();
    let mut body: Map<String, Value> = in_languages
        .map(|(language, words)| (language.to_string(), words.into()))
        .collect();
    // These are promised. Indonesian, whose tag is `id`, stands in the text alone.
    body.extend([
        (
            "text".to_owned(),
            json!(format!("{}\n{link}", notice.wording.joined("\n"))),
        ),
        ("kind".to_owned(), json!(notice.kind)),
        ("id".to_owned(), json!(notice.about)),
        ("link".to_owned(), json!(link)),
    ]);
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use kairan_contract::Language;

    use super::*;
    use crate::notices::Wording;

    #[test]
    fn each_language_has_its_key_and_none_takes_the_place_of_another() {
        let said = json!([
            ["ja", "待っています"],
            ["en", "It waits"],
            ["pt-BR", "Espera"],
            ["id", "Menunggu"]
        ]);
        let wording: Wording = serde_json::from_value(said).expect("a wording");
        assert_eq!(wording.in_language(Language::ENGLISH), "It waits");
        let notice = Notice {
            about: "emergency 1".to_owned(),
            kind: "emergency-waits".to_owned(),
            wording,
            path: "/console".to_owned(),
        };
        assert_eq!(
            body(&notice, "https://kairan.example/console"),
            json!({
                "text": "待っています\nIt waits\nEspera\nMenunggu\nhttps://kairan.example/console",
                "kind": "emergency-waits",
                "id": "emergency 1",
                "ja": "待っています",
                "en": "It waits",
                "pt-BR": "Espera",
                "link": "https://kairan.example/console",
            })
        );
    }
}
