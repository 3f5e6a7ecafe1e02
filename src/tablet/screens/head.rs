//! The head of a screen that shows content.

use jiff::Timestamp;
use kairan_contract::{Content, Freshness, Language, ServiceEntry};
use kairan_text::tr;
use kairan_ui::HeadView;

use super::{
    forecast,
    screen::{ScreenContext, spoken},
};
use crate::{
    dates::{in_japan, moment},
    items::{age_in_words, is_confirmed},
    library::ContentSnapshot,
    screens::icons::{colour_of, icon},
    session::{Route, Session},
    speech::Passage,
};

/// The tile that is open, and what it shows.
pub struct OpenService<'s> {
    /// The tile.
    pub entry: &'s ServiceEntry,
    /// What the tablet holds.
    pub snapshot: &'s ContentSnapshot,
    /// What the tile shows; none while it has not come.
    pub content: Option<&'s Content>,
}

/// The tile that is open, if one is.
pub fn open_service(session: &Session) -> Option<OpenService<'_>> {
    let (Route::Service(id) | Route::Article(id, _)) = session.route() else {
        return None;
    };
    let snapshot = session.content.as_deref()?;
    let (entry, content) = snapshot.service(id)?;
    Some(OpenService {
        entry,
        snapshot,
        content,
    })
}

impl OpenService<'_> {
    /// The head of its screen.
    pub fn head(&self, context: &ScreenContext) -> HeadView {
        let heard = context.session.heard_lately();
        view(
            self.entry,
            self.snapshot,
            heard,
            context.now,
            context.language(),
        )
    }

    /// What is read of it.
    pub fn passages(&self, context: &ScreenContext) -> Vec<Passage> {
        let service = &self.entry.service;
        let mut words = vec![Passage::with_reading(&service.title, &service.reading)];
        words.extend(spoken([self.head(context).age]));
        words
    }
}

/// Icon, name and provider as on the tile, and a mark when content is not what its source says now.
pub fn view(
    entry: &ServiceEntry,
    snapshot: &ContentSnapshot,
    heard: bool,
    now: Timestamp,
    language: Language,
) -> HeadView {
    let service = &entry.service;
    let provider = snapshot
        .manifest
        .providers
        .iter()
        .find(|provider| provider.id == service.provider);
    let freshness = entry.content.as_ref().map(|content| content.freshness);
    let provider = match freshness {
        // Nobody may take what is made up for the words of a real city.
        Some(Freshness::Sample) => tr(language, "ためしに作った内容です").to_owned(),
        _ => provider
            .map(|provider| provider.name.clone())
            .unwrap_or_default(),
    };
    HeadView {
        title: service.title.as_str().into(),
        icon: icon(&service.icon.0),
        colour: colour_of(service, snapshot),
        provider: provider.into(),
        age: age(
            entry,
            snapshot.contents.get(&service.id),
            heard,
            now,
            language,
        )
        .into(),
    }
}

fn age(
    entry: &ServiceEntry,
    content: Option<&Content>,
    heard: bool,
    now: Timestamp,
    language: Language,
) -> String {
    let freshness = entry.content.as_ref().map(|content| content.freshness);
    let age = match content {
        Some(Content::Weather(forecast)) => forecast::age_in_words(forecast, now, language),
        Some(content) => age_in_words(content, now, language),
        None => None,
    };
    let is_warning = matches!(content, Some(Content::Warnings(_)));
    let is_sample = freshness == Some(Freshness::Sample);
    if is_warning && !is_sample && !is_confirmed(entry, content, heard, now) {
        return age.unwrap_or_else(|| tr(language, "今は たしかめられません").to_owned());
    }
    match freshness {
        Some(Freshness::StaleSince { at }) => {
            let at = moment(language, at, in_japan(now).date());
            age.unwrap_or_else(|| tr!(language, "{at}の 内容です", at))
        }
        Some(Freshness::Current | Freshness::Sample) | None => age.unwrap_or_default(),
    }
}
