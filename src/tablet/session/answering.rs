//! What an answer to a question changes of what the resident chose, and where it leads. Pure.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::{Event, Language, Mood, ScreenName, TextSize};

use super::{
    effect::Effect,
    prompts::Prompts,
    question::{Choice, Question, ReminderDraft},
    route::{Route, TimeOf},
};
use crate::{
    dates::in_japan,
    profile::Profile,
    reminders::{self, Call, Days, Done, Reminder, ReminderId, next_id},
    speech::Tone,
};

/// What is spoken so that loudness and pace can be judged.
const TRIED: &str = "これくらいの 声で お話しします。";
/// When to ask how one is, unless another time is chosen.
pub(super) const CHECK_IN: Time = Time::constant(9, 0, 0, 0);

/// Where an answer leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// The question stays.
    Stay,
    /// To the next step of first use, or back to where the question was asked.
    GoOn,
    /// Back to where the question was asked.
    Back,
    /// The daily question is over, wherever it was asked.
    CheckedIn,
    /// What is due comes again later.
    PutOff,
    /// One step further.
    Open(Route),
    /// To another step in place of this one.
    Replace(Route),
    /// To the board of reminders.
    Reminders,
    /// First use is over.
    FirstUseDone,
    /// A helper is asked to ring, from this screen.
    CallBack(ScreenName),
}

/// When an answer is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerTime {
    pub(super) now: Timestamp,
    /// The backend has told the time since this start of the program, or nobody is sure of the day.
    pub(super) is_day_known: bool,
}

impl AnswerTime {
    fn today(self) -> Date {
        in_japan(self.now).date()
    }
}

/// Takes an answer to a question.
pub(super) fn answer(
    (question, choice): (Question, Choice),
    profile: &mut Profile,
    prompts: &mut Prompts,
    at: AnswerTime,
) -> (Next, Vec<Effect>) {
    match (question, choice) {
        (_, Choice::Language(language)) => (Next::GoOn, set_language(profile, language)),
        (_, Choice::TextSize(size)) => (Next::Stay, set_text_size(profile, size)),
        (_, Choice::Loudness(loudness)) => {
            profile.loudness = loudness;
            (Next::Stay, vec![Effect::SaveProfile, Effect::Say(TRIED)])
        }
        (_, Choice::Pace(pace)) => {
            profile.pace = pace;
            (Next::Stay, vec![Effect::SaveProfile, Effect::Say(TRIED)])
        }
        (_, Choice::GoOn) => (Next::GoOn, Vec::new()),
        (_, Choice::Consent(consent)) => {
            profile.consent = Some(consent);
            profile.first_use_done = true;
            (Next::FirstUseDone, saved())
        }
        (Question::CheckIn(day), Choice::Mood(mood)) => {
            profile.checked_in = Some(day);
            (Next::CheckedIn, checked_in(mood))
        }
        (Question::TouchTest(touched), Choice::Field(field)) => {
            let question = Question::TouchTest(touched.with(field));
            (Next::Replace(Route::Question(question)), Vec::new())
        }
        (_, Choice::Later) => (Next::PutOff, Vec::new()),
        (Question::CheckInAgain, Choice::NoMore) => {
            profile.check_in_at = None;
            (Next::Back, vec![Effect::SaveProfile])
        }
        (Question::CheckInAgain, _) => {
            let time = profile.check_in_at.unwrap_or(CHECK_IN);
            let route = Route::Time(TimeOf::CheckIn, time);
            (Next::Replace(route), Vec::new())
        }
        (Question::Reminder(id), choice) => answer_of_reminder(id, choice, profile, at),
        (Question::RemoveReminder(id), Choice::Yes) => {
            profile.reminders.retain(|it| it.id != id);
            prompts.forget(id);
            profile.done.retain(|it| it.reminder != id);
            (Next::Back, vec![Effect::SaveProfile])
        }
        (Question::CallBack(screen), Choice::Yes) => (Next::CallBack(screen), Vec::new()),
        (Question::Call(draft), Choice::Call(call)) => {
            set_reminder(profile, prompts, draft, call, at.today());
            (Next::Reminders, saved())
        }
        (question, choice) => match next_of_draft(question, choice) {
            Some(route) => (Next::Open(route), Vec::new()),
            None => (Next::Back, Vec::new()),
        },
    }
}

/// The next question about a reminder that is being made.
fn next_of_draft(question: Question, choice: Choice) -> Option<Route> {
    match (question, choice) {
        (_, Choice::Errand(errand)) => {
            let draft = ReminderDraft::new(errand);
            Some(Route::Time(TimeOf::Reminder(draft), draft.time()))
        }
        (Question::Days(draft) | Question::Weekday(draft), Choice::Days(days)) => {
            let draft = ReminderDraft {
                days: Some(days.into()),
                ..draft
            };
            Some(Route::Question(Question::Call(draft)))
        }
        (Question::Days(draft), Choice::OneDay) => Some(Route::Question(Question::Weekday(draft))),
        _ => None,
    }
}

/// What is done with a reminder of the board.
fn answer_of_reminder(
    id: ReminderId,
    choice: Choice,
    profile: &mut Profile,
    at: AnswerTime,
) -> (Next, Vec<Effect>) {
    match choice {
        Choice::Done => {
            let today = at.today();
            (Next::Back, note_done(profile, id, today, at))
        }
        Choice::ChangeTime => {
            let known = profile.reminders.iter().find(|it| it.id == id);
            let next = known.map_or(Next::Stay, |reminder| {
                let draft = ReminderDraft {
                    id: Some(id),
                    days: Some(reminder.days.into()),
                    ..ReminderDraft::new(reminder.errand).at(reminder.at)
                };
                Next::Replace(Route::Time(TimeOf::Reminder(draft), reminder.at))
            });
            (next, Vec::new())
        }
        _ => {
            let question = Question::RemoveReminder(id);
            (Next::Replace(Route::Question(question)), Vec::new())
        }
    }
}

/// Somebody chose a language.
pub(super) fn set_language(profile: &mut Profile, language: Language) -> Vec<Effect> {
    if profile.language == language {
        return Vec::new();
    }
    profile.language = language;
    let set = Event::LanguageSet { to: language };
    vec![Effect::SaveProfile, Effect::Record(None, set)]
}

/// Somebody chose a size of the letters.
pub(super) fn set_text_size(profile: &mut Profile, size: TextSize) -> Vec<Effect> {
    if profile.text_size == size {
        return Vec::new();
    }
    profile.text_size = size;
    let set = Event::TextSizeSet { to: size };
    vec![Effect::SaveProfile, Effect::Record(None, set)]
}

/// Writes down that a reminder was answered for `day`.
pub(super) fn note_done(
    profile: &mut Profile,
    id: ReminderId,
    day: Date,
    at: AnswerTime,
) -> Vec<Effect> {
    if profile.agenda().is_done(id, day) {
        return Vec::new();
    }
    profile.done.push(Done {
        reminder: id,
        day,
        at: at.now,
    });
    let today = at.is_day_known.then(|| at.today());
    reminders::forget(&mut profile.done, today);
    vec![
        Effect::SaveProfile,
        Effect::Record(None, Event::ReminderAnswered {}),
        Effect::Sound(Tone::Sent),
    ]
}

fn set_reminder(
    profile: &mut Profile,
    prompts: &mut Prompts,
    draft: ReminderDraft,
    call: Call,
    today: Date,
) {
    let reminders = &mut profile.reminders;
    let days = draft.days.map_or(Days::Every, Days::from);
    let known = draft
        .id
        .and_then(|id| reminders.iter_mut().find(|it| it.id == id));
    if let Some(known) = known {
        prompts.forget(known.id);
        known.at = draft.time();
        known.days = days;
        known.call = call;
    } else {
        reminders.push(Reminder {
            id: next_id(reminders),
            errand: draft.errand,
            at: draft.time(),
            days,
            call,
            since: today,
        });
    }
    reminders.sort_by_key(|it| it.at);
}

/// What was chosen is kept, and that is heard.
pub(super) fn saved() -> Vec<Effect> {
    vec![Effect::SaveProfile, Effect::Sound(Tone::Sent)]
}

fn checked_in(mood: Mood) -> Vec<Effect> {
    vec![
        Effect::SaveProfile,
        Effect::Record(None, Event::CheckIn { mood }),
        Effect::Sound(Tone::Sent),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::{demonstration, reminders::ReminderKind};

    const AT: AnswerTime = AnswerTime {
        now: Timestamp::UNIX_EPOCH,
        is_day_known: false,
    };

    /// Of somebody who is reminded of the medicine in the morning, and of water.
    fn reminded() -> Profile {
        let reminder = |number, errand: ReminderKind| Reminder {
            id: ReminderId(number),
            errand,
            at: errand.usual_time(),
            days: Days::Every,
            call: Call::ToneAndVoice,
            since: date(2026, 11, 20),
        };
        Profile {
            reminders: vec![
                reminder(1, ReminderKind::MorningMedicine),
                reminder(2, ReminderKind::Water),
            ],
            ..Profile::practised()
        }
    }

    fn given(question: Question, choice: Choice, profile: &mut Profile) -> (Next, Vec<Effect>) {
        answer((question, choice), profile, &mut Prompts::default(), AT)
    }

    #[test]
    fn one_question_after_another_makes_a_reminder() {
        let mut profile = Profile::practised();
        let water = Choice::Errand(ReminderKind::Water);
        let (next, _) = given(Question::Errand, water, &mut profile);
        let Next::Open(Route::Time(TimeOf::Reminder(draft), at)) = next else {
            panic!("no time is asked but {next:?}")
        };
        assert_eq!(at, time(10, 0, 0, 0), "when most people do it");
        let draft = draft.at(time(9, 30, 0, 0));
        let (next, _) = given(Question::Days(draft), Choice::OneDay, &mut profile);
        assert_eq!(next, Next::Open(Route::Question(Question::Weekday(draft))));
        let weekday = Choice::Days(Days::Weekly(3));
        let (next, _) = given(Question::Weekday(draft), weekday, &mut profile);
        let Next::Open(Route::Question(Question::Call(draft))) = next else {
            panic!("it is not asked how but {next:?}")
        };
        assert_eq!(profile.reminders, [], "it is not whole yet");
        let call = Choice::Call(Call::Silent);
        let (next, effects) = given(Question::Call(draft), call, &mut profile);
        assert_eq!((next, effects), (Next::Reminders, saved()));
        let expected = Reminder {
            id: ReminderId(1),
            errand: ReminderKind::Water,
            at: time(9, 30, 0, 0),
            days: Days::Weekly(3),
            call: Call::Silent,
            since: date(1970, 1, 1),
        };
        assert_eq!(profile.reminders, [expected]);
    }

    #[test]
    fn a_reminder_that_is_changed_stays_the_same_reminder() {
        let mut profile = reminded();
        let id = profile.reminders[0].id;
        let question = Question::Reminder(id);
        let (next, _) = given(question, Choice::ChangeTime, &mut profile);
        let Next::Replace(Route::Time(TimeOf::Reminder(draft), _)) = next else {
            panic!("no time is asked but {next:?}")
        };
        let count = profile.reminders.len();
        let draft = draft.at(time(23, 0, 0, 0));
        given(
            Question::Call(draft),
            Choice::Call(Call::Tone),
            &mut profile,
        );
        assert_eq!(profile.reminders.len(), count);
        let last = profile.reminders.last().expect("the latest of the day");
        assert_eq!((last.id, last.at), (id, time(23, 0, 0, 0)));
    }

    #[test]
    fn what_is_chosen_again_is_neither_kept_nor_recorded() {
        let mut profile = Profile::practised();
        let size = Choice::TextSize(TextSize::Largest);
        let (_, effects) = given(Question::TextSize, size, &mut profile);
        assert_eq!(effects.len(), 2, "{effects:?}");
        let (next, effects) = given(Question::TextSize, size, &mut profile);
        assert_eq!((next, effects), (Next::Stay, Vec::new()));
    }

    #[test]
    fn a_reminder_is_done_once_a_day() {
        let mut profile = reminded();
        let question = Question::Reminder(profile.reminders[0].id);
        let at = AnswerTime {
            now: demonstration::now(),
            is_day_known: true,
        };
        for expected in [3, 0] {
            let asked = (question, Choice::Done);
            let (next, effects) = answer(asked, &mut profile, &mut Prompts::default(), at);
            assert_eq!((next, effects.len()), (Next::Back, expected));
        }
        assert_eq!(profile.done.len(), 1);
    }
}
