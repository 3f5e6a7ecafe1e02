//! The places that a resident can be at, and what is to be done outside.

use jiff::civil::Time;
use kairan_contract::{
    EmergencySeen, EndCause, EnrolmentCode, Event, RequestId, RequestKind, ScreenName, ServiceId,
    Sha256,
};

use super::{
    form::TypedFor,
    question::{Draft, Question},
    requests_made::ShownRequest,
    search::Search,
};
use crate::{form_draft::FormPlace, speech::Tone};

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
    Reminder(Draft),
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

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write a usage record.
    Record(Option<ServiceId>, Event),
    /// The visit is over, though nobody left.
    EndVisit(EndCause),
    /// Keep what the resident chose.
    SaveProfile,
    /// Keep what is told of the resident, and what they are filling in.
    SavePersonal,
    /// Ask the backend to let this tablet in.
    Enrol(EnrolmentCode),
    /// Write a request down, and send it.
    Ask(RequestKind),
    /// Send the council what this tablet says of itself.
    Report,
    /// Tell the council that this emergency was shown here, or answered.
    TellSeen(EmergencySeen),
    /// Read what is on the screen now, after a tone if one is named.
    ReadScreen {
        /// First, at full volume.
        first: Option<Tone>,
        /// The resident asked for it.
        is_asked_for: bool,
    },
    /// Speak a sentence that is not on the screen, so that its loudness can be judged.
    Say(&'static str),
    /// Be silent at once.
    Hush,
    /// Light the panel: something has taken over, or is due.
    Light,
    /// Sound a tone.
    Sound(Tone),
    /// Play a step of a programme: its sound, or its words where it has none.
    PlayStep {
        /// The sound.
        sound: Option<Sha256>,
        /// The words.
        words: String,
    },
    /// Hold the step still, or go on with it.
    HoldStep(bool),
}

/// How it stands with the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It answers.
    Online,
    /// It cannot be reached, since this uptime in milliseconds.
    Offline(u64),
    /// It answers, and what it sent cannot be kept on this tablet: the disk is full or failing.
    NotKept,
    /// It answers, and does not know this tablet.
    Unauthorized,
}

/// What the backend answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Something that is kept now, or that there is nothing new.
    Kept,
    /// Something that cannot be kept here.
    NotKept,
    /// That it does not know this tablet.
    NotLetIn,
}
