//! はじめ: the tiles with their live second line.

use jiff::{Timestamp, civil::Date};
use kairan_contract::{Article, Content, Freshness, ServiceEntry};
use kairan_text::tr;
use kairan_ui::TileView;
use slint::Color;

use super::{
    colour_of, icon, message, questionnaire, reminders,
    words::{clock, in_japan},
};
use crate::{
    items::{is_confirmed, is_over, upcoming},
    library::ContentSnapshot,
    profile::Profile,
};

/// The id of the tablet's own tile, which no tile of a catalogue can have.
pub const REMINDERS_TILE: &str = "@reminders";

/// Days for which an article that has not been opened is called new.
const NEW_DAYS: i32 = 7;

/// The tiles of today, in the operator's order. `heard`: the backend was heard of lately.
pub fn tiles(
    held: &ContentSnapshot,
    choices: &Profile,
    heard: bool,
    now: Timestamp,
) -> Vec<TileView> {
    let today = in_japan(now).date();
    let tiles = held
        .manifest
        .services
        .iter()
        .filter(|entry| {
            entry.service.is_shown_on(today) && entry.service.audience.includes(None, None)
        })
        .filter(|entry| is_for(choices, held.contents.get(&entry.service.id)))
        .map(|entry| tile(entry, held, choices, heard, now));
    // A tile that comes and goes stands behind the others: theirs is a place that hands know.
    tiles
        .chain([own_tile(choices, now)])
        .chain(message::tile(held, choices, now))
        .collect()
}

/// The answers to a questionnaire are usage records: without consent nobody would hear of them, so
/// nobody is asked.
fn is_for(choices: &Profile, content: Option<&Content>) -> bool {
    !matches!(content, Some(Content::Questionnaire(_))) || choices.consent == Some(true)
}

/// The tablet's own tile. What stands behind it never leaves the tablet, so it is in no catalogue.
fn own_tile(choices: &Profile, now: Timestamp) -> TileView {
    let language = choices.language;
    let open = reminders::open_today(choices, now);
    let line = match open {
        0 if choices.reminders.is_empty() => tr(language, "時間を お知らせします"),
        0 => tr(language, "きょうは すみました"),
        _ => "",
    };
    TileView {
        id: REMINDERS_TILE.into(),
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
    held: &ContentSnapshot,
    choices: &Profile,
    heard: bool,
    now: Timestamp,
) -> TileView {
    let service = &entry.service;
    let content = held.contents.get(&service.id);
    let (line, is_new) = match live_line(
        content,
        choices,
        now,
        is_confirmed(entry, content, heard, now),
    ) {
        Some((line, is_new)) => (line, is_new),
        None => (service.summary.clone(), false),
    };
    TileView {
        id: service.id.as_str().into(),
        title: service.title.as_str().into(),
        line: line.into(),
        icon: icon(&service.icon.0),
        colour: colour_of(service, held),
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
    choices: &Profile,
    now: Timestamp,
    is_confirmed: bool,
) -> Option<(String, bool)> {
    let today = in_japan(now).date();
    let language = choices.language;
    match content? {
        Content::Feed { articles } => {
            let new = articles
                .iter()
                .filter(|article| is_new(article, choices, today))
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
            choices.answered(&shown.id),
            language,
        )),
        Content::Places { .. }
        | Content::Measurements { .. }
        | Content::Audio(_)
        | Content::Page { .. } => None,
    }
}

/// Whether an article is of this week and has not been opened.
pub fn is_new(article: &Article, choices: &Profile, today: Date) -> bool {
    let published = article.published.map(|at| in_japan(at).date());
    let is_recent = published
        .and_then(|day| today.since(day).ok())
        .is_some_and(|age| age.get_days() < NEW_DAYS);
    is_recent && !choices.read.contains(&article.hash())
}
