//! はじめ: the tiles with their live second line.

use std::ops::Range;

use jiff::{Timestamp, civil::Date};
use kairan_contract::{Content, Freshness, Language, OpenedFrom, ScreenName, ServiceEntry};
use kairan_text::tr;
use kairan_ui::{HomeFace, TabletWindow, TileView};
use slint::{Color, ComponentHandle as _};

use super::{
    message,
    model::refilled,
    news::is_new,
    questionnaire, reminders, requests,
    scene::{Scene, at},
    screen::{Given, Pictures, Screen, ScreenContext},
    top,
};
use crate::{
    dates::{clock, in_japan},
    items::{is_confirmed, is_over, upcoming},
    library::ContentSnapshot,
    profile::Profile,
    screens::icons::{colour_of, icon},
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("home");

/// The tiles.
pub struct Home;

impl Screen for Home {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered_content(), Some(Route::Home))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let session = context.session;
        let Some(snapshot) = &session.content else {
            return;
        };
        let requests = requests::tile(session, context.now);
        let tiles = tiles(
            snapshot,
            &session.profile,
            requests,
            session.heard_lately(),
            context.now,
        );
        let face = window.global::<HomeFace>();
        face.set_tiles(refilled(&face.get_tiles(), tiles));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        passages(context.session, context.tiles.clone(), context.now)
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::OpenTile(id) => Some(session.open_tile(id, OpenedFrom::Home, given.now_ms)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "見たいものの 四角を 1回 押してください。「つぎ」を押すと、ほかの四角も 出ます。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("home", at(Connection::Online, &[])),
            Scene::of("home-offline", offline()),
            Scene::of("home-full", at(Connection::NotKept, &[])),
        ]
    }
}

fn offline() -> Session {
    let mut session = at(Connection::Offline(0), &[]);
    session.profile.last_contact = Some(Timestamp::constant(1_795_317_300, 0));
    session
}

/// What can be read of the page of tiles that is turned to.
fn passages(session: &Session, tiles: Range<usize>, now: Timestamp) -> Vec<Passage> {
    let top = top::view(session, now);
    let mut words: Vec<Passage> = [&top.date, &top.time, &top.weather_words, &top.temperatures]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| Passage::of(text.as_str()))
        .collect();
    let trouble = top::trouble(session, now);
    if !trouble.is_empty() {
        words.push(Passage::of(trouble));
    }
    let Some(snapshot) = &session.content else {
        return words;
    };
    let requests = requests::tile(session, now);
    let views = self::tiles(
        snapshot,
        &session.profile,
        requests,
        session.heard_lately(),
        now,
    );
    let shown = tiles.start.min(views.len())..tiles.end.min(views.len());
    for TileView {
        id, title, line, ..
    } in &views[shown]
    {
        let entries = &snapshot.manifest.services;
        let entry = entries
            .iter()
            .find(|it| it.service.id.as_str() == id.as_str());
        words.push(match entry {
            Some(entry) if !entry.service.reading.is_empty() => {
                Passage::with_reading(title.as_str(), &entry.service.reading)
            }
            _ => Passage::of(title.as_str()),
        });
        words.push(Passage::of(line.as_str()));
    }
    words
}

/// The id of the tablet's own tile, which no tile of a catalogue can have.
pub const REMINDERS_TILE: &str = "@reminders";

/// The tiles of today, in the operator's order, then the tablet's own. `heard`: the backend was heard of lately.
pub fn tiles(
    snapshot: &ContentSnapshot,
    profile: &Profile,
    requests: TileView,
    heard: bool,
    now: Timestamp,
) -> Vec<TileView> {
    let today = in_japan(now).date();
    let tiles = snapshot
        .manifest
        .services
        .iter()
        .filter(|entry| {
            entry.service.is_shown_on(today) && entry.service.audience.includes(None, None)
        })
        .filter(|entry| is_for(profile, snapshot.contents.get(&entry.service.id)))
        .map(|entry| tile(entry, snapshot, profile, heard, now));
    // A tile that comes and goes stands behind the others: theirs is a place that hands know.
    tiles
        .chain([own_tile(profile, now)])
        .chain(message::tile(snapshot, profile, now))
        .chain([requests])
        .collect()
}

/// The answers to a questionnaire are usage records: without consent nobody would hear of them, so
/// nobody is asked.
fn is_for(profile: &Profile, content: Option<&Content>) -> bool {
    !matches!(content, Some(Content::Questionnaire(_))) || profile.consent == Some(true)
}

/// The tablet's own tile. What stands behind it never leaves the tablet, so it is in no catalogue.
fn own_tile(profile: &Profile, now: Timestamp) -> TileView {
    let language = profile.language;
    let open = reminders::open_today(profile, now);
    let line = match open {
        0 if profile.reminders.is_empty() => tr(language, "時間を お知らせします"),
        0 => tr(language, "きょうは すみました"),
        _ => "",
    };
    TileView {
        id: REMINDERS_TILE.into(),
        command: "reminders".into(),
        title: tr(language, "くすりと 予定").into(),
        line: if open > 0 {
            tr!(language, "きょう あと {open}つ", open).into()
        } else {
            line.into()
        },
        icon: icon("pill"),
        colour: Color::from_rgb_u8(0x5b, 0x2a, 0x6e),
        is_new: open > 0,
        sample: false,
    }
}

fn tile(
    entry: &ServiceEntry,
    snapshot: &ContentSnapshot,
    profile: &Profile,
    heard: bool,
    now: Timestamp,
) -> TileView {
    let service = &entry.service;
    let content = snapshot.contents.get(&service.id);
    let (line, is_new) = match live_line(
        content,
        profile,
        now,
        is_confirmed(entry, content, heard, now),
    ) {
        Some((line, is_new)) => (line, is_new),
        None => (service.summary.clone(), false),
    };
    TileView {
        id: service.id.as_str().into(),
        command: "open-tile".into(),
        title: service.title.as_str().into(),
        line: line.into(),
        icon: icon(&service.icon.0),
        colour: colour_of(service, snapshot),
        is_new,
        sample: entry
            .content
            .as_ref()
            .is_some_and(|content| content.freshness == Freshness::Sample),
    }
}

/// What has changed since the resident last looked, and whether it is to be noticed.
fn live_line(
    content: Option<&Content>,
    profile: &Profile,
    now: Timestamp,
    is_confirmed: bool,
) -> Option<(String, bool)> {
    let today = in_japan(now).date();
    let language = profile.language;
    match content? {
        Content::Feed { articles } => {
            let new = articles
                .iter()
                .filter(|article| is_new(article, profile, today))
                .count();
            (new > 0).then(|| (tr!(language, "あたらしい記事 {new}件", new), true))
        }
        Content::Weather(weather) => {
            let day = weather.days.iter().find(|day| day.date == today)?;
            let line = match day.high {
                Some(high) => format!("{} {high}°", day.words),
                None => day.words.clone(),
            };
            Some((line, false))
        }
        Content::Warnings(warnings) => Some(match warnings.in_force.first() {
            Some(gravest) => (gravest.name.clone(), true),
            None if is_confirmed => (tr(language, "今は ありません").to_owned(), false),
            // That nothing is in force must never be said of what nobody has confirmed.
            None => (tr(language, "たしかめられません").to_owned(), true),
        }),
        Content::Events { occurrences } => {
            let on = |day: Date| {
                let to_come = occurrences.iter().filter(|it| !is_over(it, now));
                let days = to_come.map(|it| it.first_day..=it.last_day);
                days.filter(|days| days.contains(&day)).count()
            };
            match (on(today), on(today.tomorrow().ok()?)) {
                (0, 0) => None,
                (0, tomorrow) => Some((tr!(language, "あした {tomorrow}件", tomorrow), false)),
                (today, _) => Some((tr!(language, "きょう {today}件", today), false)),
            }
        }
        Content::Timetable(board) => {
            let next = upcoming(board, now).first()?;
            let at = in_japan(next.at);
            let next = clock(language, at);
            (at.date() == today).then(|| (tr!(language, "つぎは {next}", next), false))
        }
        Content::Questionnaire(shown) => Some(questionnaire::tile_line(
            shown,
            profile.answered(&shown.id),
            language,
        )),
        Content::Places { .. }
        | Content::Measurements { .. }
        | Content::Audio(_)
        | Content::Form(_)
        | Content::Page { .. } => None,
    }
}
