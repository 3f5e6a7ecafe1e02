//! A time to be chosen.

use jiff::civil::Time;
use kairan_contract::{Language, ScreenName};
use kairan_ui::{TabletWindow, TimeFace, TimeView};
use slint::ComponentHandle as _;

use super::{
    reminders::errand_in_words,
    scene::{Scene, at, making_a_reminder},
    screen::{Given, Pictures, Screen, Seen, spoken},
};
use crate::{
    language::pick,
    say,
    session::{Command, Connection, Effect, Route, Session, TimeOf},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("time");

/// A time to be chosen.
pub struct TimeScreen;

impl Screen for TimeScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Time(..)))
    }

    fn show(&self, window: &TabletWindow, seen: &Seen, _: Pictures) {
        if let Route::Time(of, at) = seen.session.route() {
            let view = time_view(of, *at, seen.language());
            window.global::<TimeFace>().set_view(view);
        }
    }

    fn describe(&self, seen: &Seen) -> Vec<Passage> {
        let Route::Time(of, at) = seen.session.route() else {
            return Vec::new();
        };
        let view = time_view(of, *at, seen.language());
        let time = format!("{}{}時{}分", view.half, view.hour, view.minute);
        spoken([view.title.as_str(), &time])
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        match command {
            Command::MoveTime(minutes) => {
                session.move_time(*minutes);
                Some(Vec::new())
            }
            Command::TimeChosen => Some(session.choose_time()),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        let (japanese, english) = (
            "あてはまる 答えを 1回 押してください。まちがえたら「もどる」を 押してください。",
            "Press the answer that is right, once. If it was the wrong one, press Back.",
        );
        pick(language, japanese, english)
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of(
            "time",
            at(Connection::Online, &making_a_reminder(1)),
        )]
    }
}

/// A time to be chosen.
fn time_view(of: &TimeOf, at: Time, language: Language) -> TimeView {
    let title = match of {
        TimeOf::CheckIn => pick(
            language,
            "きょうの ちょうしを 聞く時刻",
            "When shall we ask?",
        )
        .to_owned(),
        TimeOf::Reminder(draft) => {
            let errand = errand_in_words(language, draft.errand);
            say!(language, "{errand} 何時ですか", "{errand}: when?")
        }
    };
    let (hour, half) = match (at.hour(), language) {
        (hour @ 0..12, Language::Japanese) => (hour, "午前"),
        (hour, Language::Japanese) => (hour - 12, "午後"),
        (hour @ 0..12, Language::English) => (if hour == 0 { 12 } else { hour }, "am"),
        (hour, Language::English) => (if hour == 12 { 12 } else { hour - 12 }, "pm"),
    };
    TimeView {
        title: title.into(),
        half: half.into(),
        hour: hour.to_string().into(),
        minute: format!("{:02}", at.minute()).into(),
    }
}
