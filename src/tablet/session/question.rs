//! Questions with large answers, one on a screen. Pure.

use jiff::civil::{Date, Time};
use kairan_contract::{Language, Mood, ScreenName, TextSize};
use kairan_text::languages;

use crate::{
    profile::{Loudness, Pace},
    reminders::{Call, Days, ReminderId, ReminderKind},
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// 日本語, English or another.
    Language,
    /// How large the letters are to be.
    TextSize,
    /// How loud the tablet is to speak.
    Loudness,
    /// How fast it is to speak.
    Pace,
    /// Whether usage records may be written.
    Consent,
    /// How somebody is, on this day.
    CheckIn(Date),
    /// Whether to be asked that, or when.
    CheckInAgain,
    /// Of what to be reminded.
    Errand,
    /// On which days.
    Days(ReminderDraft),
    /// On which day of the week.
    Weekday(ReminderDraft),
    /// How a reminder makes itself heard.
    Call(ReminderDraft),
    /// What to do with a reminder.
    Reminder(ReminderId),
    /// Whether it is to go.
    RemoveReminder(ReminderId),
    /// Whether a helper is to ring, asked from this screen.
    CallBack(ScreenName),
    /// Whether the screen feels every finger: fields from edge to edge, and which were touched.
    TouchTest(Touched),
}

/// Which fields of the touch test were touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Touched(u8);

impl Touched {
    /// The fields of the test, from edge to edge.
    pub const FIELDS: u8 = 6;

    /// Whether a field was touched.
    pub fn has(self, field: u8) -> bool {
        self.0 & (1 << field) != 0
    }

    /// Whether all of them were.
    pub fn is_whole(self) -> bool {
        (0..Self::FIELDS).all(|field| self.has(field))
    }

    /// The same with one field more.
    #[must_use]
    pub fn with(self, field: u8) -> Self {
        Self(self.0 | (1 << field))
    }
}

/// A reminder that is being made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReminderDraft {
    /// The one that is changed; none for a new one.
    pub id: Option<ReminderId>,
    /// Of what.
    pub errand: ReminderKind,
    /// At what time, in minutes since midnight.
    pub minute: i16,
    /// On which days, once that is answered.
    pub days: Option<WhichDays>,
}

/// [`Days`] as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WhichDays(i8);

impl From<Days> for WhichDays {
    fn from(days: Days) -> Self {
        Self(match days {
            Days::Every => 0,
            Days::Workdays => -1,
            Days::Weekly(day) => day,
        })
    }
}

impl From<WhichDays> for Days {
    fn from(which: WhichDays) -> Self {
        match which.0 {
            0 => Self::Every,
            -1 => Self::Workdays,
            day => Self::Weekly(day),
        }
    }
}

impl ReminderDraft {
    /// A new reminder of `errand`, at the time at which most people do it.
    pub fn new(errand: ReminderKind) -> Self {
        Self {
            id: None,
            errand,
            minute: minute_of(errand.usual_time()),
            days: None,
        }
    }

    /// Its time.
    pub fn time(&self) -> Time {
        time_of(self.minute)
    }

    /// The same at another time.
    #[must_use]
    pub fn at(self, time: Time) -> Self {
        Self {
            minute: minute_of(time),
            ..self
        }
    }
}

/// The minute of the day.
fn minute_of(time: Time) -> i16 {
    i16::from(time.hour()) * 60 + i16::from(time.minute())
}

/// The time at a minute of the day.
fn time_of(minute: i16) -> Time {
    let hour = i8::try_from(minute / 60).unwrap_or(0);
    let minute = i8::try_from(minute % 60).unwrap_or(0);
    Time::new(hour, minute, 0, 0).unwrap_or(Time::MIN)
}

/// `time` moved by minutes, around midnight if need be.
pub fn moved(time: Time, minutes: i32) -> Time {
    let moved = (i32::from(minute_of(time)) + minutes).rem_euclid(24 * 60);
    time_of(i16::try_from(moved).unwrap_or(0))
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// A language.
    Language(Language),
    /// A size of the letters.
    TextSize(TextSize),
    /// A loudness.
    Loudness(Loudness),
    /// A pace of speech.
    Pace(Pace),
    /// This is good; go on.
    GoOn,
    /// Usage records may, or may not, be written.
    Consent(bool),
    /// How somebody is.
    Mood(Mood),
    /// Not now.
    Later,
    /// Change the time.
    ChangeTime,
    /// Do not ask any more.
    NoMore,
    /// An errand.
    Errand(ReminderKind),
    /// Days.
    Days(Days),
    /// One day of the week, which is asked next.
    OneDay,
    /// How a reminder makes itself heard.
    Call(Call),
    /// It was done today.
    Done,
    /// Remove it.
    Remove,
    /// A field of the touch test.
    Field(u8),
    /// Yes, do it.
    Yes,
    /// No, leave it as it is.
    No,
}

impl Question {
    /// The answers, in the order in which they stand.
    pub fn choices(self) -> Vec<Choice> {
        match self {
            Self::Language => languages().map(Choice::Language).collect(),
            Self::TextSize => vec![
                Choice::TextSize(TextSize::Standard),
                Choice::TextSize(TextSize::Large),
                Choice::TextSize(TextSize::Largest),
                Choice::GoOn,
            ],
            Self::Loudness => vec![
                Choice::Loudness(Loudness::Soft),
                Choice::Loudness(Loudness::Normal),
                Choice::Loudness(Loudness::Loud),
                Choice::GoOn,
            ],
            Self::Pace => vec![
                Choice::Pace(Pace::Slow),
                Choice::Pace(Pace::Normal),
                Choice::Pace(Pace::Fast),
                Choice::GoOn,
            ],
            Self::Consent => vec![Choice::Consent(true), Choice::Consent(false)],
            Self::CheckIn(_) => vec![
                Choice::Mood(Mood::Well),
                Choice::Mood(Mood::SoSo),
                Choice::Mood(Mood::Unwell),
                Choice::Later,
            ],
            Self::CheckInAgain => vec![Choice::ChangeTime, Choice::NoMore],
            Self::Errand => ReminderKind::ALL.map(Choice::Errand).to_vec(),
            Self::Days(_) => vec![
                Choice::Days(Days::Every),
                Choice::Days(Days::Workdays),
                Choice::OneDay,
            ],
            Self::Weekday(_) => (1..=7).map(|day| Choice::Days(Days::Weekly(day))).collect(),
            Self::Call(_) => vec![
                Choice::Call(Call::ToneAndVoice),
                Choice::Call(Call::Tone),
                Choice::Call(Call::Silent),
            ],
            Self::Reminder(_) => vec![Choice::Done, Choice::ChangeTime, Choice::Remove],
            Self::TouchTest(_) => (0..Touched::FIELDS).map(Choice::Field).collect(),
            Self::RemoveReminder(_) | Self::CallBack(_) => vec![Choice::Yes, Choice::No],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_goes_around_the_clock() {
        let at = |hour, minute| Time::constant(hour, minute, 0, 0);
        assert_eq!(moved(at(8, 0), 10), at(8, 10));
        assert_eq!(moved(at(23, 30), 60), at(0, 30));
        assert_eq!(moved(at(0, 5), -10), at(23, 55));
    }

    #[test]
    fn every_question_has_two_answers_or_more() {
        let draft = ReminderDraft::new(ReminderKind::Water);
        for question in [
            Question::Language,
            Question::CheckInAgain,
            Question::Errand,
            Question::Weekday(draft),
            Question::CallBack(ScreenName::named("home")),
        ] {
            assert!(question.choices().len() >= 2, "{question:?}");
        }
    }
}
