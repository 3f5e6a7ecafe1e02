//! A time to be chosen.

use jiff::civil::Time;
use kairan_contract::{Language, ScreenName};
use kairan_text::{tr, tr_in};
use kairan_ui::{TabletWindow, TimeFace, TimeView};
use slint::ComponentHandle as _;

use super::{
    choices,
    reminders::errand_in_words,
    scene::{Scene, at, making_a_reminder},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{half, hour_alone},
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

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        if let Route::Time(of, at) = context.session.route() {
            let view = time_view(of, *at, context.language());
            window.global::<TimeFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Route::Time(of, at) = context.session.route() else {
            return Vec::new();
        };
        let view = time_view(of, *at, context.language());
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
        choices::purpose(language)
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
        TimeOf::CheckIn => tr_in(language, "question", "きょうの ちょうしを 聞く時刻").to_owned(),
        TimeOf::Reminder(draft) => {
            let errand = errand_in_words(language, draft.errand);
            tr!(language, "{errand} 何時ですか", errand)
        }
    };
    TimeView {
        title: title.into(),
        half: half(language, at.hour()).into(),
        hour: hour_alone(language, at.hour()).into(),
        minute: format!("{:02}", at.minute()).into(),
    }
}
