//! The head of a screen that shows content.

use jiff::Timestamp;
use kairan_contract::{Content, Freshness, ServiceEntry};
use kairan_ui::HeadView;

use super::{
    colour_of, icon, weather,
    words::{in_japan, moment},
};
use crate::{items::age_in_words, library::Held};

/// Icon, name and provider as on the tile, and a mark when content is not what its source says now.
pub fn view(entry: &ServiceEntry, held: &Held, now: Timestamp) -> HeadView {
    let service = &entry.service;
    let provider = held
        .manifest
        .providers
        .iter()
        .find(|provider| provider.id == service.provider);
    let freshness = entry.content.as_ref().map(|content| content.freshness);
    let provider = match freshness {
        // Nobody may take what is made up for the words of a real city.
        Some(Freshness::Sample) => "ためしに作った内容です".to_owned(),
        _ => provider
            .map(|provider| provider.name.clone())
            .unwrap_or_default(),
    };
    HeadView {
        title: service.title.as_str().into(),
        icon: icon(&service.icon.0),
        colour: colour_of(service, held),
        provider: provider.into(),
        age: age(freshness, held.contents.get(&service.id), now).into(),
    }
}

fn age(freshness: Option<Freshness>, content: Option<&Content>, now: Timestamp) -> String {
    let age = match content {
        Some(Content::Weather(forecast)) => weather::age_in_words(forecast, now),
        Some(content) => age_in_words(content, now),
        None => None,
    };
    match freshness {
        Some(Freshness::StaleSince { at }) => {
            age.unwrap_or_else(|| format!("{}の 内容です", moment(at, in_japan(now).date())))
        }
        Some(Freshness::Current | Freshness::Sample) | None => age.unwrap_or_default(),
    }
}
