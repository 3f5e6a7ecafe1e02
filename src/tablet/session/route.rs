//! The places that a resident can be at.

use jiff::civil::Time;
use kairan_contract::{RequestId, ScreenName, ServiceId};

use super::{
    form::TypedFor,
    question::{Question, ReminderDraft},
    requests_made::ShownRequest,
    search::Search,
};
use crate::form_draft::FormPlace;

/// A place that a resident can be at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The tiles.
    Home,
    /// What a tile shows: a list, the forecast, a page or a programme.
    Service(ServiceId),
    /// One article of a feed, by its own id: the list may change while it is read.
    Article(ServiceId, String),
    /// Help, asked for from another screen.
    Help(ScreenName),
    /// The sizes of the letters.
    TextSize,
    /// The number pad: alone at first use, or above everything else when the backend does not know
    /// this tablet any more.
    Enrolment,
    /// One question with large answers.
    Question(Question),
    /// What became of the request to be called back.
    CallBack,
    /// Reminders, and whether they were answered.
    Reminders,
    /// A time to be chosen.
    Time(TimeOf, Time),
    /// First use: a touch to practise.
    Practice(Practice),
    /// The number pad before the helper's page, with the digits so far.
    Pin {
        /// What was pressed.
        digits: String,
        /// The last four were not the number.
        was_wrong: bool,
    },
    /// The page of this tablet, for helpers.
    Tablet,
    /// What the council says to everybody.
    Messages,
    /// A question of a questionnaire, by its number from 0; after the last one the thanks.
    Survey(ServiceId, usize),
    /// The stops of a timetable, from which one's own is chosen.
    Stops(ServiceId),
    /// The parts of the town, from which one's own is chosen.
    Neighbourhood(Search),
    /// A form that is being filled in.
    Form(ServiceId, FormPlace),
    /// Whom to ring in place of filling in the form of this tile.
    FormTelephone(ServiceId),
    /// Something that is typed on the board.
    Typing(TypedFor),
    /// わたしのこと.
    AboutMe,
    /// The parts of the town, from which the one of the resident's address is chosen.
    HomeTown(Search),
    /// お願いしたこと.
    Requests,
    /// One of them.
    Request(ShownRequest),
    /// Whether it is to be withdrawn or cancelled.
    EndRequest(RequestId),
    /// A screen that keeps nothing of its own, by its name.
    Own(ScreenName),
}

/// Of what a time is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeOf {
    /// A reminder.
    Reminder(ReminderDraft),
    /// The daily question how one is.
    CheckIn,
}

/// A touch to practise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Practice {
    /// Touch a large field.
    Tap,
    /// Go on with つぎ.
    GoOn,
    /// Go back with もどる.
    GoBack,
    /// Go home with はじめ.
    GoHome,
}
