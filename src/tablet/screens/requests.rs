//! お願いしたこと: everything that was asked for, with a sentence for each.

use jiff::Timestamp;
use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{AppointmentView, RequestRowView, RequestsFace, TabletWindow, TileView};
use slint::{Color, ComponentHandle as _};

use super::{
    form_scenes::{request_scene, requests_of},
    form_words::span,
    icons::icon,
    model::refilled,
    request_words::{mark, provider, state, title},
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{day_before, in_japan},
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("requests");

/// The id of the tablet's own tile, which no tile of a catalogue can have.
pub const REQUESTS_TILE: &str = "@requests";

const COLOUR: Color = Color::from_rgb_u8(0x0b, 0x4f, 0x4a);
const NOTICE: Color = Color::from_rgb_u8(0x8a, 0x5a, 0x00);

/// Everything that was asked for.
pub struct Requests;

impl Screen for Requests {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Requests))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let face = window.global::<RequestsFace>();
        face.set_rows(refilled(&face.get_rows(), rows(context)));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let language = context.language();
        let mut said = spoken([tr(language, "お願いしたこと")]);
        let rows = rows(context);
        if rows.is_empty() {
            said.extend(spoken([tr(
                language,
                "まだ ありません。買い物や 相談を たのむと、ここに 書いておきます。お返事も ここに 届きます。",
            )]));
        }
        let rows = rows.into_iter();
        said.extend(spoken(
            rows.flat_map(|row| [row.title, row.state, row.note]),
        ));
        said
    }

    fn own_commands(&self) -> &'static [&'static str] {
        &["requests", "open-request", "open-appointment"]
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        let Command::Own(name, index) = command else {
            return None;
        };
        match name.as_str() {
            "requests" => Some(session.open_requests()),
            "open-appointment" => Some(session.show_request(index.parse().ok()?)),
            "open-request" => Some(session.open_request(index.parse().ok()?)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "たのんだことが、どうなったかが わかります。押すと、くわしく 出ます。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("requests", requests_of(true)),
            Scene::of("requests-none", requests_of(false)),
            Scene::of("requests-every-status", request_scene("every-status")),
        ]
    }
}

fn rows(context: &ScreenContext) -> Vec<RequestRowView> {
    let (session, language) = (context.session, context.language());
    let today = in_japan(context.now).date();
    let asked = session.asked();
    let rows = asked.iter().map(|it| {
        let (name, is_notice) = mark(it);
        let day = day_before(language, in_japan(it.asked_at()).date(), today);
        let provider = provider(session, it);
        RequestRowView {
            title: title(session, it).into(),
            state: state(session, it, context.now).into(),
            note: tr!(language, "{day} {provider}", day, provider).into(),
            icon: icon(name),
            colour: if is_notice { NOTICE } else { COLOUR },
            is_new: it.answer.is_some_and(|answer| session.has_news(answer)),
        }
    });
    rows.collect()
}

/// What is confirmed and takes place in the next days, for the board of reminders.
pub fn appointments(session: &Session, now: Timestamp) -> Vec<AppointmentView> {
    let language = session.profile.language;
    let today = in_japan(now).date();
    let near = session.appointments(now).into_iter();
    let near = near.filter_map(|it| {
        let when = it.appointment?;
        Some(AppointmentView {
            id: it.request.to_string().into(),
            title: it.title.as_str().into(),
            when: span(language, when.begins_at, when.ends_at, today).into(),
        })
    });
    near.collect()
}

/// The tablet's own tile: it stands always, and is empty at first.
pub fn tile(session: &Session, now: Timestamp) -> TileView {
    let language = session.profile.language;
    let asked = session.asked();
    let news = asked
        .iter()
        .filter(|it| it.answer.is_some_and(|answer| session.has_news(answer)))
        .count();
    let line = match (news, asked.first()) {
        (0, None) => tr(language, "まだ ありません").to_owned(),
        (0, Some(last)) => state(session, last, now),
        (news, _) => tr!(language, "お返事が {news}件 あります", news),
    };
    TileView {
        id: REQUESTS_TILE.into(),
        command: "requests".into(),
        title: tr(language, "お願いしたこと").into(),
        line: line.into(),
        icon: icon("clipboard-text"),
        colour: COLOUR,
        is_new: news > 0,
        sample: false,
    }
}
