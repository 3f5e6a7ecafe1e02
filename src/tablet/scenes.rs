//! Every screen of the tablet with the demonstration's content, at its fullest and in its trouble: what
//! is drawn, looked at and tested.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _, civil::Time};
use kairan_contract::{
    Content, Emergency, EmergencyId, EmergencySeen, EmergencyStage, Hazard, Neighbourhood, Request,
    RequestId, RequestKind, ScreenName, ServiceId,
};
use uuid::Uuid;

use crate::{
    demonstration::{held, make_real, now},
    machine::Machine,
    profile::Profile,
    screens::{
        list::{self, Counting},
        words::in_japan,
    },
    session::{
        Command, Connection, EnrolmentRefused, KeptRequest, RequestState, Session,
        neighbourhood::ORIGIN_ROW,
        reminders::{Call, Days, Done, Reminder, ReminderId, ReminderKind},
        stops::STOPS_ROW,
    },
    way::Origin,
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

/// Every screen.
///
/// # Panics
/// If the content that is built in lacks a tile, which a test rules out.
pub fn scenes() -> Vec<Scene> {
    let online = Connection::Online;
    let row = |id: &str, index: usize| [tile(id), nth(id, index)];
    let scenes = vec![
        ("home", at(online, &[])),
        ("home-offline", offline()),
        ("home-full", at(Connection::NotKept, &[])),
        ("alert", alarmed()),
        ("alert-of-two", alarmed_twice()),
        (
            "emergency",
            told_of_an_emergency(EmergencyStage::Released, false),
        ),
        (
            "emergency-drill",
            told_of_an_emergency(EmergencyStage::Released, true),
        ),
        (
            "emergency-over",
            told_of_an_emergency(EmergencyStage::Over, false),
        ),
        ("list", at(online, &[tile("city-news")])),
        ("article", at(online, &row("city-news", 0))),
        ("article-list", at(online, &row("city-news", 1))),
        ("page", at(online, &[tile("garbage")])),
        ("warnings", at(online, &[tile("warnings")])),
        ("departures", at(online, &[tile("bus")])),
        ("departure", at(online, &row("bus", 0))),
        ("events", at(online, &[tile("gatherings")])),
        ("event", at(online, &row("gatherings", 0))),
        ("places", at(online, &[tile("clinics")])),
        ("place", at(online, &row("clinics", 0))),
        ("weather", at(online, &[tile("weather")])),
        ("help", at(online, &[Command::Help])),
        (
            "help-not-let-in",
            at(Connection::Unauthorized, &[Command::Help]),
        ),
        ("enrolment-again", not_let_in()),
        ("text-size", at(online, &[Command::TextSizes])),
        ("enrolment", enrolling()),
        ("enrolment-refused", refused()),
        ("enrolment-six", six_digits()),
        ("waiting", waiting()),
        ("programme", at(online, &[tile("exercise")])),
        (
            "programme-runs",
            at(online, &[tile("exercise"), Command::ProgrammeRun]),
        ),
    ];
    scenes
        .into_iter()
        .chain(own_scenes())
        .map(|(name, session)| Scene {
            name,
            session,
            now: match name {
                "night" => night(),
                "reminder" => in_the_morning(8, 5),
                "check-in" => in_the_morning(9, 30),
                _ => now(),
            },
            machine: Machine {
                battery_percent: Some(83),
                pixels: (1280, 800),
                tenths_of_inches: 101,
                silence: None,
            },
        })
        .collect()
}

/// The screens that are the tablet's own: questions, reminders, first use, rest and help.
fn own_scenes() -> Vec<(&'static str, Session)> {
    let online = Connection::Online;
    vec![
        ("call-back", at(online, &[Command::Help, Command::CallBack])),
        ("call-back-waits", called_back(RequestState::Waiting)),
        (
            "call-back-not-written",
            called_back(RequestState::NotWritten),
        ),
        ("call-back-arrived", called_back(RequestState::Received)),
        ("reminders", reminding(&[Command::Reminders])),
        ("reminders-none", at(online, &[Command::Reminders])),
        (
            "errand",
            at(online, &[Command::Reminders, Command::NewReminder]),
        ),
        ("time", at(online, &making_a_reminder(1))),
        ("days", at(online, &making_a_reminder(2))),
        ("weekday", at(online, &making_a_reminder(3))),
        (
            "reminder-remove",
            reminding(&[
                Command::Reminders,
                Command::OpenReminder(1),
                Command::Choose(2),
            ]),
        ),
        ("reminder", due(8, 5)),
        ("check-in", due(9, 30)),
        ("first-language", first_use(&[])),
        ("first-text-size", first_use(&[Command::Choose(0)])),
        ("first-loudness", first_use(&first_steps(2))),
        ("practice-tap", first_use(&first_steps(3))),
        ("practice-on", first_use(&first_steps(4))),
        ("practice-back", first_use(&first_steps(5))),
        ("practice-home", first_use(&first_steps(6))),
        ("first-consent", first_use(&first_steps(7))),
        (
            "alert-practice",
            at(online, &[Command::Help, Command::PractiseWarning]),
        ),
        ("idle", resting(now())),
        ("night", resting(night())),
        ("pin", at(online, &[Command::Help, Command::HelperPage])),
        ("tablet", helper_page()),
        (
            "touch-test",
            helper_page_with(&[Command::Choose(2), Command::Choose(0)]),
        ),
        ("message-due", message_due()),
        ("message", at(online, &[Command::Messages])),
        ("questionnaire", at(online, &[tile("survey")])),
        (
            "questionnaire-thanks",
            at(
                online,
                &[
                    tile("survey"),
                    Command::Choose(0),
                    Command::Choose(1),
                    Command::Choose(4),
                ],
            ),
        ),
        (
            "stops",
            at(
                online,
                &[tile("bus"), Command::OpenRow(STOPS_ROW.to_owned())],
            ),
        ),
        ("places-own", counted_from_home(&[])),
        ("place-own", counted_from_home(&[nth("clinics", 0)])),
        ("neighbourhood", at(online, &looking_for_home(0))),
        ("neighbourhood-names", at(online, &looking_for_home(1))),
        ("neighbourhood-many", in_a_large_city()),
        ("alert-own", alarmed_at_home()),
        ("locked", locked()),
        ("silent", silent()),
        ("could-not-start", could_not_start()),
    ]
}

/// The touches that look for one's own part of the town, so far.
fn looking_for_home(steps: usize) -> Vec<Command> {
    let all = [Command::Choose(2), Command::Choose(1)];
    [tile("clinics"), Command::OpenRow(ORIGIN_ROW.to_owned())]
        .into_iter()
        .chain(all.into_iter().take(steps))
        .collect()
}

/// The list of somebody who has chosen where they live.
fn counted_from_home(actions: &[Command]) -> Session {
    acted(at(Connection::Online, &looking_for_home(2)), actions)
}

fn in_a_large_city() -> Session {
    let mut held = held();
    let one = held.neighbourhoods[0].clone();
    held.neighbourhoods = (0..400)
        .map(|number| Neighbourhood {
            name: format!("上新田北町{number}丁目"),
            reading: Some(["かみ", "きた", "くろ", "けや", "こじ"][number % 5].to_owned()),
            ..one.clone()
        })
        .collect();
    let session = Session::new(Some(Arc::new(held)), Profile::practised(), true);
    let touches = [
        tile("clinics"),
        Command::OpenRow(ORIGIN_ROW.to_owned()),
        Command::Choose(0),
    ];
    acted(session, &touches)
}

fn alarmed_at_home() -> Session {
    let mut session = alarmed();
    session.profile.neighbourhood = held().neighbourhoods.last().cloned();
    session
}

/// Half past nine in the evening.
fn night() -> Timestamp {
    now() + 6.hours()
}

/// A moment of the day of the demonstration.
fn in_the_morning(hour: i8, minute: i8) -> Timestamp {
    let here = in_japan(now());
    let wanted = here.date().to_datetime(Time::constant(hour, minute, 0, 0));
    now() + wanted.duration_since(here)
}

fn called_back(state: RequestState) -> Session {
    let mut session = at(
        Connection::Online,
        &[Command::Help, Command::CallBack, Command::Choose(0)],
    );
    session.requests = vec![KeptRequest {
        request: Request {
            id: RequestId(Uuid::nil()),
            made_at: now().as_millisecond(),
            what: RequestKind::CallBack {
                screen: ScreenName::Home,
            },
        },
        state,
    }];
    session
}

/// The choices of somebody with three reminders.
fn with_reminders() -> Profile {
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

fn reminding(actions: &[Command]) -> Session {
    acted(
        Session::new(Some(Arc::new(held())), with_reminders(), true),
        actions,
    )
}

/// The touches that make a reminder, so far.
fn making_a_reminder(steps: usize) -> Vec<Command> {
    let all = [Command::Choose(0), Command::TimeChosen, Command::Choose(2)];
    [Command::Reminders, Command::NewReminder]
        .into_iter()
        .chain(all.into_iter().take(steps))
        .collect()
}

/// A reminder, or the daily question, whose time has come.
fn due(hour: i8, minute: i8) -> Session {
    let mut choices = with_reminders();
    choices.done.clear();
    if hour == 9 {
        choices.reminders.clear();
    }
    let mut session = Session::new(Some(Arc::new(held())), choices, true);
    session.tick(in_the_morning(hour, minute), 0);
    session
}

fn first_use(actions: &[Command]) -> Session {
    let session = Session::new(Some(Arc::new(held())), Profile::default(), true);
    acted(session, actions)
}

/// The touches that lead through first use.
fn first_steps(steps: usize) -> Vec<Command> {
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
fn resting(now: Timestamp) -> Session {
    let mut session = at(Connection::Online, &[tile("city-news")]);
    session.tick(now, 3 * 60 * 1000);
    if now == night() {
        session.tick(now, 4 * 60 * 1000);
    }
    session
}

fn helper_page() -> Session {
    let mut session = at(Connection::Online, &[Command::Help, Command::HelperPage]);
    session.profile.last_contact = Some(now() - 2.minutes());
    let held = session.content.clone();
    let number = held.map(|held| held.manifest.council.helper_telephone.as_str().to_owned());
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

fn helper_page_with(actions: &[Command]) -> Session {
    acted(helper_page(), actions)
}

fn message_due() -> Session {
    let mut session = at(Connection::Online, &[]);
    session.tick(now(), 60_000);
    session
}

fn locked() -> Session {
    let mut session = at(Connection::Online, &[tile("city-news")]);
    let mut held = held();
    held.manifest.locked = true;
    session.set_content(Arc::new(held), 60_000);
    session
}

fn could_not_start() -> Session {
    let mut session = at(Connection::Unknown, &[]);
    session.could_not_start = true;
    session
}

fn silent() -> Session {
    let mut session = at(Connection::Online, &[tile("weather")]);
    session.speech_error = Some(crate::speech::SpeechError::NoSpeaker);
    session
}

fn acted(mut session: Session, actions: &[Command]) -> Session {
    session.connection = Connection::Online;
    for action in actions {
        session.update(action.clone(), now(), 0);
    }
    session
}

/// A tablet of the demonstration after some touches.
fn at(connection: Connection, actions: &[Command]) -> Session {
    let held = Some(Arc::new(held()));
    let mut session = acted(Session::new(held, Profile::practised(), true), actions);
    session.connection = connection;
    session
}

fn id(text: &str) -> ServiceId {
    text.parse().expect("an id of the demonstration")
}

fn tile(service: &str) -> Command {
    Command::OpenTile(id(service))
}

/// A row of a tile's list.
fn nth(service: &str, index: usize) -> Command {
    let held = held();
    let content = held.contents.get(&id(service)).expect("a tile");
    let counting = Counting {
        origin: Origin::Town(None),
        may_choose: false,
    };
    let rows = list::rows(content, &Profile::default(), counting, now());
    Command::OpenRow(rows[index].id.to_string())
}

fn not_let_in() -> Session {
    let mut session = at(Connection::Unauthorized, &[]);
    session.update(Command::Help, now(), 0);
    session.update(Command::EnrolAgain, now(), 0);
    session
}

fn offline() -> Session {
    let mut session = at(Connection::Offline(0), &[]);
    session.profile.last_contact = Some(Timestamp::constant(1_795_317_300, 0));
    session
}

fn alarmed() -> Session {
    let mut held = held();
    make_real(&mut held, &[("49", 4)]);
    if let Some(Content::Places { places }) = held.contents.get_mut(&id("clinics")) {
        "ひだまり小学校".clone_into(&mut places[1].name);
        places[1].safe_from = vec![Hazard::Landslide, Hazard::Earthquake];
    }
    let mut session = Session::new(Some(Arc::new(held)), Profile::practised(), true);
    session.tick(now(), 0);
    session
}

/// A second danger of the same rank has come before the first was answered.
fn alarmed_twice() -> Session {
    let mut session = alarmed();
    let mut held = session.content.as_deref().cloned().unwrap_or_else(held);
    make_real(&mut held, &[("49", 4), ("48", 4)]);
    session.set_content(Arc::new(held), 0);
    session.tick(now(), 0);
    session
}

fn told_of_an_emergency(stage: EmergencyStage, drill: bool) -> Session {
    let mut held = held();
    let mut choices = Profile::practised();
    let mut told = emergency(EmergencyStage::Released, drill);
    held.manifest.emergencies = vec![told.clone()];
    if stage != EmergencyStage::Released {
        choices.emergencies = vec![EmergencySeen {
            id: told.id,
            edition: told.edition,
            answered: true,
        }];
        told = emergency(stage, drill);
        held.manifest.emergencies = vec![told];
    }
    let mut session = Session::new(Some(Arc::new(held)), choices, true);
    session.tick(now(), 0);
    session
}

/// An emergency of the demonstration's council.
pub fn emergency(stage: EmergencyStage, drill: bool) -> Emergency {
    let (title, text) = match stage {
        EmergencyStage::Over => (
            "避難指示は 終わりました",
            "ひだまり川の 水は さがりました。\n家に もどって だいじょうぶです。",
        ),
        EmergencyStage::Released | EmergencyStage::Corrected => (
            "ひだまり川が あふれます",
            "川の近くの 人は、すぐに 2階か 高いところへ。\nひとりで 動けないときは「助けが ほしい」を 押してください。",
        ),
    };
    Emergency {
        id: EmergencyId(Uuid::from_u128(7)),
        edition: if stage == EmergencyStage::Released {
            1
        } else {
            2
        },
        stage,
        title: title.to_owned(),
        text: text.to_owned(),
        drill,
        released_at: now() - 4.minutes(),
        until: now() + 6.hours(),
    }
}

fn enrolling() -> Session {
    let mut session = Session::new(None, Profile::default(), false);
    "472".clone_into(&mut session.enrolment.digits);
    session
}

fn six_digits() -> Session {
    let mut session = enrolling();
    "472913".clone_into(&mut session.enrolment.digits);
    session
}

fn refused() -> Session {
    let mut session = Session::new(None, Profile::default(), false);
    session.enrolment_refused(EnrolmentRefused::NotValid);
    session
}

fn waiting() -> Session {
    let mut session = Session::new(None, Profile::practised(), true);
    session.connection = Connection::Offline(0);
    session
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_has_a_scene() {
        let shown: Vec<ScreenName> = scenes()
            .iter()
            .map(|scene| scene.session.screen())
            .collect();
        for screen in ScreenName::ALL {
            assert!(shown.contains(screen), "{screen:?}");
        }
    }
}
