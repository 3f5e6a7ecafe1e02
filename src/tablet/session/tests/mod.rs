//! What a session does with touches, answers, warnings and time, from outside.

mod alerts;
mod dangers;
mod messages;

use super::*;
use jiff::ToSpan as _;
use kairan_contract::{EmergencyStage, Event, TouchIgnored};

use crate::{
    demonstration,
    speech::{Passage, SpeechEvent},
};

/// The demonstration's content without a message that comes forward.
fn quiet() -> ContentSnapshot {
    let mut snapshot = demonstration::snapshot();
    snapshot.manifest.messages.clear();
    snapshot
}

fn session() -> Session {
    Session::new(Some(Arc::new(quiet())), Profile::practised(), true)
}
fn id(text: &str) -> ServiceId {
    text.parse().expect("an id")
}
fn row(session: &Session, index: usize) -> Command {
    match session.content(&id("city-news")) {
        Some(Content::Feed { articles }) => Command::OpenRow(articles[index].id.clone()),
        other => panic!("{other:?}"),
    }
}
fn kinds(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Record(_, event) => Some(event.to_parts().0),
            _ => None,
        })
        .collect()
}

#[test]
fn from_home_to_an_article_and_back() {
    let mut session = session();
    assert_eq!(
        kinds(&session.update(
            Command::OpenTile(id("city-news")),
            demonstration::now(),
            1_000
        )),
        ["service_opened"]
    );
    assert_eq!(session.screen(), crate::screens::list::NAME);
    session.update(row(&session, 0), demonstration::now(), 3_000);
    assert_eq!(session.screen(), crate::screens::article::NAME);
    session.update(Command::ArticleEndSeen, demonstration::now(), 4_000);
    let effects = session.update(Command::Back, demonstration::now(), 9_000);
    assert!(matches!(
        effects[..],
        [Effect::Record(
            Some(_),
            Event::ItemRead {
                dwell_ms: 6_000,
                to_end: true,
                ..
            }
        )]
    ));
    let effects = session.update(Command::Home, demonstration::now(), 11_000);
    assert!(matches!(
        effects[..],
        [Effect::Record(
            Some(_),
            Event::ServiceLeft {
                dwell_ms: 10_000,
                how: LeaveHow::Home
            }
        )]
    ));
    assert_eq!(session.route(), &Route::Home);
    assert_eq!(
        session.update(Command::Back, demonstration::now(), 12_000),
        []
    );
}

#[test]
fn a_tremor_is_ignored_only_after_a_change() {
    let mut session = session();
    session.update(
        Command::OpenTile(id("weather")),
        demonstration::now(),
        10_000,
    );
    assert_eq!(session.accepts_touch(10_699), Err(TouchIgnored::Repeat));
    assert_eq!(session.accepts_touch(10_700), Ok(()));
    session.update(Command::Turned, demonstration::now(), 15_000);
    assert_eq!(session.accepts_touch(15_100), Err(TouchIgnored::Repeat));
    session.update(Command::Home, demonstration::now(), 20_000);
    session.update(Command::Home, demonstration::now(), 30_000);
    assert_eq!(
        session.accepts_touch(30_001),
        Ok(()),
        "nothing changed at 30 s"
    );
}

#[test]
fn the_same_digit_twice_at_once_is_a_tremor_and_another_digit_is_not() {
    let mut session = Session::new(None, Profile::default(), false);
    let press = |session: &mut Session, digit, at| {
        kinds(&session.update(Command::Digit(digit), demonstration::now(), at))
    };
    press(&mut session, '4', 1_000);
    assert_eq!(press(&mut session, '4', 1_150), ["touch_ignored"]);
    press(&mut session, '7', 1_300);
    press(&mut session, '7', 2_001);
    assert_eq!(session.enrolment.digits, "477");
    // Who presses on and on is heard again after the same time.
    for at in [2_200, 2_400, 2_600] {
        assert_eq!(press(&mut session, '7', at), ["touch_ignored"]);
    }
    press(&mut session, '7', 2_702);
    assert_eq!(session.enrolment.digits, "4777");
}

#[test]
fn a_double_tap_starts_a_reading_once() {
    let mut session = session();
    let effects = session.update(Command::ReadAloud, demonstration::now(), 1_000);
    assert!(matches!(effects[..], [Effect::ReadScreen { .. }]));
    let turn = session.begin_reading(vec![Passage::of("天気")], true);
    assert_eq!(session.accepts_touch(1_150), Err(TouchIgnored::Repeat));
    let words = "天気".to_owned();
    let passage = 0;
    session.on_speech_event(
        SpeechEvent::Clause {
            turn,
            passage,
            words,
        },
        1_300,
    );
    assert_eq!(session.narration().map(Narration::passage), Some("天気"));
    let effects = session.update(Command::Home, demonstration::now(), 5_000);
    assert_eq!(effects, [], "nothing changed");
    let effects = session.update(
        Command::OpenTile(id("weather")),
        demonstration::now(),
        6_000,
    );
    assert_eq!(effects[0], Effect::Hush);
    assert_eq!(kinds(&effects), ["read_aloud", "service_opened"]);
    assert_eq!(session.narration(), None);
}

#[test]
fn whatever_ends_a_reading_nobody_thinks_that_it_goes_on() {
    let why = crate::speech::SpeechError::SpeakerLost;
    let ends: [fn(u64) -> SpeechEvent; 3] = [
        |turn| SpeechEvent::Ended { turn },
        |turn| SpeechEvent::Stopped { turn },
        |turn| SpeechEvent::Cannot {
            turn,
            why: crate::speech::SpeechError::SpeakerLost,
        },
    ];
    for end in ends {
        let mut session = session();
        let turn = session.begin_reading(vec![Passage::of("天気")], false);
        // A warning that is tried again is not over.
        session.on_speech_event(SpeechEvent::Waits { turn, why }, 1_000);
        assert!(session.narration().is_some());
        session.on_speech_event(end(turn - 1), 1_100);
        assert!(session.narration().is_some(), "that was another");
        session.on_speech_event(end(turn), 1_200);
        assert_eq!(session.narration(), None);
    }
}

#[test]
fn who_asks_for_help_in_a_warning_has_answered_it_and_is_told_what_becomes_of_it() {
    let mut session = session();
    let now = demonstration::now();
    let mut snapshot = quiet();
    demonstration::make_real(&mut snapshot, &[("49", 4)]);
    session.set_content(Arc::new(snapshot), 0);
    session.tick(now, 0);
    let again = session.tick(now, 299_999);
    assert_eq!(again, [], "it was heard lately");
    let again = session.tick(now, 300_000);
    assert!(
        matches!(again[..], [Effect::ReadScreen { .. }, Effect::Light]),
        "{again:?}"
    );
    let effects = session.update(Command::AlertHelp, now, 310_000);
    let expected = ["alert_answered", "service_opened", "call_back_asked"];
    assert_eq!(kinds(&effects), expected);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ask(_)))
    );
    assert_eq!(session.screen(), crate::screens::call_back::NAME);
    assert_eq!(session.tick(now, 320_000), []);
}

#[test]
fn a_practised_warning_leaves_nothing_behind() {
    let mut session = session();
    let now = demonstration::now();
    session.update(Command::Help, now, 0);
    session.update(Command::PractiseWarning, now, 1_000);
    assert_eq!(session.screen(), crate::screens::alert::NAME);
    assert_eq!(session.tick(now, 400_000), [], "it does not repeat");
    let effects = session.update(Command::AlertHelp, now, 401_000);
    assert_eq!(kinds(&effects), [""; 0]);
    assert_eq!(session.screen(), crate::screens::help::NAME);
    assert_eq!(session.profile, Profile::practised());
}

#[test]
fn nobody_there_leads_home_and_at_night_to_the_clock() {
    let mut session = session();
    let now = demonstration::now();
    session.update(Command::OpenTile(id("weather")), now, 0);
    assert_eq!(session.tick(now, 179_999), []);
    session.tick(now, 180_000);
    assert_eq!(session.screen(), crate::screens::idle::NAME);
    session.update(Command::Help, now, 181_000);
    assert_eq!(
        session.screen(),
        crate::screens::weather::NAME,
        "it only woke"
    );
    session.tick(now, 361_000);
    assert_eq!(kinds(&session.tick(now, 381_000)), ["service_left"]);
    assert_eq!(session.screen(), crate::screens::home::NAME);
    let night = now + jiff::SignedDuration::from_hours(7);
    let effects = session.tick(night, 400_000);
    assert!(matches!(effects[..], [Effect::EndVisit(_)]), "{effects:?}");
    assert_eq!(session.screen(), crate::screens::night::NAME);
    session.update(Command::OpenTile(id("weather")), night, 500_000);
    assert_eq!(session.screen(), crate::screens::home::NAME, "it only woke");
}

#[test]
fn a_programme_goes_on_by_itself_and_ends() {
    use kairan_contract::{Programme, Step};
    let now = demonstration::now();
    let step = |words: &str, seconds| Step {
        words: words.to_owned(),
        seconds,
        picture: None,
        sound: None,
    };
    let mut snapshot = quiet();
    let steps = vec![
        step("のばしましょう。", Some(2)),
        step("おわります。", None),
    ];
    let title = "体操".to_owned();
    let programme = Content::Audio(Programme { title, steps });
    snapshot.contents.insert(id("exercise"), programme);
    let mut session = Session::new(Some(Arc::new(snapshot)), Profile::practised(), true);
    session.update(Command::OpenTile(id("exercise")), now, 0);
    assert_eq!(session.screen(), crate::screens::programme::NAME);
    let effects = session.update(Command::ProgrammeRun, now, 1_000);
    assert!(matches!(
        &effects[..],
        [Effect::PlayStep { sound: None, .. }]
    ));
    let turn = session.begin_step();
    assert_eq!(
        session.on_speech_event(SpeechEvent::Ended { turn }, 2_000),
        [],
        "its time is not over"
    );
    assert_eq!(session.step_ran(1_000, 2_000), []);
    let effects = session.step_ran(1_000, 3_000);
    assert!(matches!(&effects[..], [Effect::PlayStep { words, .. }] if words == "おわります。"));
    let turn = session.begin_step();
    assert_eq!(
        session.on_speech_event(SpeechEvent::Ended { turn: turn - 1 }, 3_500),
        [],
        "an older one"
    );
    let effects = session.on_speech_event(SpeechEvent::Ended { turn }, 4_000);
    assert!(matches!(&effects[..], [Effect::Sound(_)]));
    assert!(session.open_programme().is_some_and(|(it, _)| it.is_over));
}

#[test]
fn whoever_starts_a_programme_over_a_reading_has_listened_until_then() {
    let now = demonstration::now();
    let mut session = session();
    session.update(Command::OpenTile(id("exercise")), now, 0);
    session.update(Command::ReadAloud, now, 1_000);
    let turn = session.begin_reading(vec![Passage::of("体操")], true);
    let clause = SpeechEvent::Clause {
        turn,
        passage: 0,
        words: "体操".to_owned(),
    };
    session.on_speech_event(clause, 2_000);
    let effects = session.update(Command::ProgrammeRun, now, 5_000);
    assert_eq!(effects[0], Effect::Hush);
    assert_eq!(kinds(&effects), ["read_aloud"]);
    assert!(matches!(effects.last(), Some(Effect::PlayStep { .. })));
}

#[test]
fn a_programme_that_comes_while_its_tile_is_open_begins_then_and_one_that_goes_ends() {
    let now = demonstration::now();
    let mut without = quiet();
    without.contents.remove(&id("exercise"));
    let mut session = Session::new(Some(Arc::new(without.clone())), Profile::practised(), true);
    session.update(Command::OpenTile(id("exercise")), now, 0);
    assert_eq!(session.open_programme(), None);
    session.set_content(Arc::new(quiet()), 1_000);
    assert!(session.open_programme().is_some());
    session.update(Command::ProgrammeRun, now, 2_000);
    session.begin_step();
    assert_eq!(session.set_content(Arc::new(quiet()), 3_000), []);
    let effects = session.set_content(Arc::new(without), 4_000);
    assert_eq!(effects, [Effect::Hush], "nothing is heard any more");
    session.tick(now, 184_000);
    assert_eq!(session.rest(), IdleState::Prompting, "nobody is there");
}

#[test]
fn what_is_read_aloud_falls_silent_when_it_is_gone_from_the_screen() {
    let now = demonstration::now();
    let mut gone = quiet();
    gone.manifest.services.clear();
    let mut locked = quiet();
    locked.manifest.locked = true;
    for (tile, then) in [
        (Some("weather"), &gone),
        (Some("weather"), &locked),
        (None, &locked),
    ] {
        let mut session = session();
        if let Some(tile) = tile {
            session.update(Command::OpenTile(id(tile)), now, 0);
        }
        session.begin_reading(vec![Passage::of("天気")], true);
        let effects = session.set_content(Arc::new(then.clone()), 5_000);
        assert_eq!(effects[0], Effect::Hush);
        assert_eq!(session.narration(), None);
        let tremor = Err(TouchIgnored::Repeat);
        assert_eq!(session.accepts_touch(5_100), tremor, "another screen");
        // What is read of the screen that is locked is on it, whatever content comes.
        session.begin_reading(vec![Passage::of("電話")], true);
        session.set_content(Arc::new(then.clone()), 6_000);
        assert!(session.narration().is_some());
    }
}

#[test]
fn a_lock_withdraws_what_is_due_and_silences_no_danger() {
    let now = demonstration::now();
    let mut session = Session::new(
        Some(Arc::new(demonstration::snapshot())),
        Profile::practised(),
        true,
    );
    session.tick(now, 0);
    assert!(session.due().is_some(), "a message has come");
    session.begin_reading(vec![Passage::of("お知らせ")], false);
    let mut locked = demonstration::snapshot();
    locked.manifest.locked = true;
    let effects = session.set_content(Arc::new(locked.clone()), 1_000);
    assert_eq!((effects, session.due()), (vec![Effect::Hush], None));

    let mut danger = quiet();
    demonstration::make_real(&mut danger, &[("49", 4)]);
    let mut session = self::session();
    session.set_content(Arc::new(danger.clone()), 0);
    session.tick(now, 0);
    session.begin_reading(vec![Passage::of("避難")], false);
    danger.manifest.locked = true;
    assert_eq!(session.set_content(Arc::new(danger), 1_000), []);
    assert!(session.narration().is_some(), "it goes on");
}

#[test]
fn who_reads_something_that_is_gone_is_led_back() {
    let mut session = session();
    session.update(Command::OpenTile(id("city-news")), demonstration::now(), 0);
    session.update(row(&session, 1), demonstration::now(), 1_000);
    let mut snapshot = quiet();
    if let Some(Content::Feed { articles }) = snapshot.contents.get_mut(&id("city-news")) {
        articles.remove(1);
    }
    assert_eq!(
        kinds(&session.set_content(Arc::new(snapshot), 5_000)),
        ["item_read"]
    );
    assert_eq!(session.screen(), crate::screens::list::NAME);
    assert_eq!(session.accepts_touch(5_100), Err(TouchIgnored::Repeat));
    let mut snapshot = quiet();
    snapshot.manifest.services.clear();
    assert_eq!(
        kinds(&session.set_content(Arc::new(snapshot), 6_000)),
        ["service_left"]
    );
    assert_eq!(session.screen(), crate::screens::home::NAME);
}

#[test]
fn who_is_let_in_again_has_left_everything_first() {
    let mut session = session();
    session.update(Command::OpenTile(id("garbage")), demonstration::now(), 0);
    session.update(Command::EnrolAgain, demonstration::now(), 1_000);
    assert_eq!(
        session.screen(),
        crate::screens::article::NAME,
        "nobody asked for a number"
    );
    session.answered(BackendAnswer::Unauthorized, 2_000);
    session.update(Command::EnrolAgain, demonstration::now(), 3_000);
    assert_eq!(session.screen(), crate::screens::enrolment::NAME);
    session.update(Command::Back, demonstration::now(), 4_000);
    assert_eq!(session.screen(), crate::screens::article::NAME);
    session.update(Command::EnrolAgain, demonstration::now(), 5_000);
    assert_eq!(
        kinds(&session.on_enrolled(6_000)),
        ["item_read", "service_left"]
    );
    assert_eq!(session.screen(), crate::screens::home::NAME);
}

#[test]
fn the_number_pad_goes_when_the_backend_knows_the_tablet_again() {
    let mut session = session();
    session.answered(BackendAnswer::Unauthorized, 0);
    session.update(Command::EnrolAgain, demonstration::now(), 1_000);
    session.answered(BackendAnswer::Kept, 2_000);
    assert_eq!(session.screen(), crate::screens::home::NAME);
}

#[test]
fn offline_is_told_once_and_its_length_when_it_ends() {
    let mut session = session();
    assert_eq!(kinds(&session.not_answered(100)), ["offline_began"]);
    assert_eq!(kinds(&session.not_answered(200)), [""; 0]);
    let effects = session.answered(BackendAnswer::Kept, 5_100);
    assert_eq!(
        effects,
        [Effect::Record(
            None,
            Event::OfflineEnded { lasted_ms: 5_000 }
        )]
    );
}
