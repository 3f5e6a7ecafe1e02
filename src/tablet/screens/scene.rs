//! A screen of the tablet with the demonstration's content, at its fullest or in its trouble: what is drawn,
//! looked at and tested. The screens make their own from what stands here.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _, civil::Time};
use kairan_contract::ServiceId;

use crate::{
    dates::in_japan,
    demonstration::{now, snapshot},
    machine::Machine,
    profile::Profile,
    reminders::{Call, Days, Done, Reminder, ReminderId, ReminderKind},
    session::{Command, Connection, Session, neighbourhood::ORIGIN_ROW},
};

/// One screen with something on it.
#[derive(Clone)]
pub struct Scene {
    /// The name of its picture.
    pub name: &'static str,
    /// What it shows.
    pub session: Session,
    /// When.
    pub now: Timestamp,
    /// What the machine says of itself.
    pub machine: Machine,
}

impl Scene {
    /// A scene of the demonstration's afternoon.
    pub fn of(name: &'static str, session: Session) -> Self {
        Self {
            name,
            session,
            now: now(),
            machine: Machine {
                battery_percent: Some(83),
                pixels: (1280, 800),
                tenths_of_inches: 101,
                silence: None,
            },
        }
    }

    /// The same at another time.
    #[must_use]
    pub fn when(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }
}

/// The touches that look for one's own part of the town, so far.
pub fn looking_for_home(steps: usize) -> Vec<Command> {
    let all = [Command::Choose(2), Command::Choose(1)];
    [tile("clinics"), Command::OpenRow(ORIGIN_ROW.to_owned())]
        .into_iter()
        .chain(all.into_iter().take(steps))
        .collect()
}

/// The list of somebody who has chosen where they live.
pub fn counted_from_home(actions: &[Command]) -> Session {
    acted(at(Connection::Online, &looking_for_home(2)), actions)
}

/// Half past nine in the evening.
pub fn night() -> Timestamp {
    now() + 6.hours()
}

/// A moment of the day of the demonstration.
pub fn in_the_morning(hour: i8, minute: i8) -> Timestamp {
    let here = in_japan(now());
    let wanted = here.date().to_datetime(Time::constant(hour, minute, 0, 0));
    now() + wanted.duration_since(here)
}

/// The choices of somebody with three reminders.
pub fn with_reminders() -> Profile {
    let today = in_japan(now()).date();
    let since = today.saturating_sub(9.days());
    let reminder = |number, errand: ReminderKind, days| Reminder {
        id: ReminderId(number),
        errand,
        at: errand.usual_time(),
        days,
        call: Call::ToneAndVoice,
        since,
    };
    let done = |number, back: i32| Done {
        reminder: ReminderId(number),
        day: today.saturating_sub(back.days()),
        at: in_the_morning(8, 12),
    };
    Profile {
        reminders: vec![
            reminder(1, ReminderKind::Rubbish, Days::Weekly(3)),
            reminder(2, ReminderKind::MorningMedicine, Days::Every),
            reminder(3, ReminderKind::EveningMedicine, Days::Every),
        ],
        done: vec![
            done(2, 0),
            done(2, 1),
            done(2, 2),
            done(2, 4),
            done(2, 5),
            done(3, 1),
            done(3, 3),
            done(1, 4),
        ],
        check_in_at: Some(Time::constant(9, 0, 0, 0)),
        ..Profile::practised()
    }
}

/// Somebody with three reminders, after some touches.
pub fn reminding(actions: &[Command]) -> Session {
    acted(
        Session::new(Some(Arc::new(snapshot())), with_reminders(), true),
        actions,
    )
}

/// The touches that make a reminder, so far.
pub fn making_a_reminder(steps: usize) -> Vec<Command> {
    let all = [Command::Choose(0), Command::TimeChosen, Command::Choose(2)];
    [Command::Reminders, Command::NewReminder]
        .into_iter()
        .chain(all.into_iter().take(steps))
        .collect()
}

/// A reminder, or the daily question, whose time has come.
pub fn when_due(hour: i8, minute: i8) -> Session {
    let mut profile = with_reminders();
    profile.done.clear();
    if hour == 9 {
        profile.reminders.clear();
    }
    let mut session = Session::new(Some(Arc::new(snapshot())), profile, true);
    session.tick(in_the_morning(hour, minute), 0);
    session
}

/// Somebody at first use, after some touches.
pub fn at_first_use(actions: &[Command]) -> Session {
    let session = Session::new(Some(Arc::new(snapshot())), Profile::default(), true);
    acted(session, actions)
}

/// The touches that lead through first use.
pub fn first_steps(steps: usize) -> Vec<Command> {
    let all = [
        Command::Choose(0),
        Command::Choose(3),
        Command::Choose(3),
        Command::PractiseTap,
        Command::Turned,
        Command::Back,
        Command::Home,
    ];
    all.into_iter().take(steps).collect()
}

/// Somebody read an article and went away.
pub fn resting(now: Timestamp) -> Session {
    let mut session = at(Connection::Online, &[tile("city-news")]);
    session.tick(now, 3 * 60 * 1000);
    if now == night() {
        session.tick(now, 4 * 60 * 1000);
    }
    session
}

/// The page of this tablet, behind its number.
pub fn helper_page() -> Session {
    let mut session = at(Connection::Online, &[Command::Help, Command::HelperPage]);
    session.profile.last_contact = Some(now() - 2.minutes());
    let snapshot = session.content.clone();
    let number = snapshot.map(|snapshot| {
        snapshot
            .manifest
            .council
            .helper_telephone
            .as_str()
            .to_owned()
    });
    let digits: Vec<char> = number
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    for (second, digit) in (1..).zip(&digits[digits.len().saturating_sub(4)..]) {
        session.update(Command::Digit(*digit), now(), second * 1000);
    }
    session
}

/// A session after some touches, with a connection.
pub fn acted(mut session: Session, actions: &[Command]) -> Session {
    session.connection = Connection::Online;
    for action in actions {
        session.update(action.clone(), now(), 0);
    }
    session
}

/// A tablet of the demonstration after some touches.
pub fn at(connection: Connection, actions: &[Command]) -> Session {
    let snapshot = Some(Arc::new(snapshot()));
    let mut session = acted(Session::new(snapshot, Profile::practised(), true), actions);
    session.connection = connection;
    session
}

/// The id of a tile of the demonstration.
///
/// # Panics
/// If the demonstration lacks it, which a test rules out.
pub fn id(text: &str) -> ServiceId {
    text.parse().expect("an id of the demonstration")
}

/// A touch on a tile.
pub fn tile(service: &str) -> Command {
    Command::OpenTile(id(service))
}
