//! One file a screen: from what the session holds to what the face shows, what is said of it, and what a command
//! does to it. Here each has its line: which one stands, and where a command goes.

pub mod about_me;
pub mod alert;
pub mod aloud;
pub mod article;
pub mod call_back;
pub mod choices;
pub mod could_not_start;
pub mod enrolment;
pub mod forecast;
pub mod form_check;
pub mod form_day;
pub mod form_goods;
pub mod form_intro;
pub mod form_number;
pub mod form_question;
pub mod form_scenes;
pub mod form_telephone;
pub mod form_words;
pub mod head;
pub mod help;
pub mod home;
pub mod icons;
pub mod idle;
pub mod list;
pub mod locked;
pub mod message;
pub mod model;
pub mod neighbourhood;
pub mod news;
pub mod night;
pub mod pad;
pub mod pin;
pub mod practice;
pub mod programme;
pub mod question;
pub mod questionnaire;
pub mod reminder;
pub mod reminders;
pub mod request;
pub mod request_words;
pub mod requests;
pub mod scene;
pub mod screen;
pub mod sky;
pub mod stops;
pub mod text_size;
pub mod this_tablet;
pub mod time;
pub mod top;
pub mod typing;
pub mod waiting;
pub mod weather;

use std::ops::Range;

use jiff::Timestamp;
use kairan_contract::ScreenName;

use crate::{
    machine::Machine,
    session::{Command, Effect, Route, Session, Tap},
};
use screen::{Given, Screen, ScreenContext};

/// Every screen. What comes before everything else stands first, what is left stands last.
pub static SCREENS: &[&dyn Screen] = &[
    &could_not_start::CouldNotStart,
    &alert::AlertScreen,
    &reminder::ReminderScreen,
    &question::QuestionScreen,
    &idle::Idle,
    &night::Night,
    &locked::Locked,
    &help::Help,
    &text_size::TextSizes,
    &enrolment::EnrolmentScreen,
    &call_back::CallBack,
    &reminders::Reminders,
    &time::TimeScreen,
    &practice::PracticeScreen,
    &pin::Pin,
    &this_tablet::ThisTablet,
    &message::Messages,
    &questionnaire::SCREEN,
    &stops::SCREEN,
    &form_intro::FormIntro,
    &form_question::FormQuestionScreen,
    &form_day::FormDay,
    &form_number::FormNumber,
    &form_goods::FormGoods,
    &form_check::FormCheck,
    &form_telephone::FormTelephone,
    &typing::Typing,
    &about_me::AboutMe,
    &requests::Requests,
    &request::RequestScreen,
    &home::Home,
    &list::List,
    &weather::WeatherScreen,
    &programme::ProgrammeScreen,
    &article::ArticleScreen,
    &waiting::Waiting,
];

/// The screen that the session shows.
pub fn standing(session: &Session) -> &'static dyn Screen {
    let mut screens = SCREENS.iter().copied();
    screens
        .find(|screen| screen.stands(session))
        .unwrap_or(&waiting::Waiting)
}

/// What a screen may look at. `tiles`: which of them stand on the page of home.
pub fn look<'s>(
    session: &'s Session,
    tiles: Range<usize>,
    machine: &'s Machine,
    now: Timestamp,
) -> ScreenContext<'s> {
    let from = match session.route() {
        Route::Help(from) => SCREENS.iter().find(|screen| screen.name() == *from),
        _ => None,
    };
    // Of a screen that this program does not have nobody can say more than of one that waits.
    let from: &dyn Screen = from.map_or(&waiting::Waiting, |screen| *screen);
    ScreenContext {
        session,
        machine,
        now,
        tiles,
        purpose: from.purpose(session.profile.language),
    }
}

impl Session {
    /// The screen that is shown.
    pub fn screen(&self) -> ScreenName {
        standing(self).name()
    }

    /// A tap asks for something: what it is worth, and what is to be done.
    pub fn tap(&mut self, command: &Command, now: Timestamp, now_ms: u64) -> (Tap, Vec<Effect>) {
        let tap = self.weigh(now_ms);
        let effects = match tap {
            Tap::Counts | Tap::Wakes => self.update(command.clone(), now, now_ms),
            Tap::OnlyWakes | Tap::Ignored(_) => Vec::new(),
        };
        (tap, effects)
    }

    /// Does what a touch asks for.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "whoever asks keeps nothing of it"
    )]
    pub fn update(&mut self, command: Command, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        self.dispatch(&command, now, now_ms, |session| {
            let standing = standing(session);
            let screen = standing.name();
            let given = Given {
                now,
                now_ms,
                screen,
            };
            // First the screen that stands; then whichever the command leads to.
            std::iter::once(standing)
                .chain(SCREENS.iter().copied())
                .find_map(|screen| screen.update(session, &command, given))
                .unwrap_or_else(|| session.take_key(&command, now_ms))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_screen_has_a_name_of_its_own() {
        let names: HashSet<ScreenName> = SCREENS.iter().map(|screen| screen.name()).collect();
        assert_eq!(names.len(), SCREENS.len());
    }
}
