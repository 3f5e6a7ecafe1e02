//! What is heard of a reading and of a programme, and what becomes of either when the other comes.

use kairan_contract::{Event, Step};

use super::*;
use crate::demonstration;

fn reading(playback: &mut Playback, is_asked_for: bool) -> u64 {
    playback.begin_reading(vec![Passage::of("天気")], is_asked_for, (None, None))
}

fn clause(turn: u64) -> SpeechEvent {
    SpeechEvent::Clause {
        turn,
        passage: 0,
        words: "天気".to_owned(),
    }
}

#[test]
fn what_is_heard_is_recorded_only_when_it_was_asked_for() {
    for is_asked_for in [true, false] {
        let mut playback = Playback::default();
        let turn = reading(&mut playback, is_asked_for);
        let update = playback.on_speech_event(clause(turn), None, 1_000);
        assert!(update.is_heard, "nobody is away who listens");
        let effects = playback.hush(3_500);
        let read = Event::ReadAloud {
            item: None,
            heard_ms: 2_500,
            stopped: true,
        };
        let expected = is_asked_for.then_some(Effect::Record(None, read));
        let expected: Vec<_> = [Effect::Hush].into_iter().chain(expected).collect();
        assert_eq!(effects, expected);
        assert_eq!(playback.hush(4_000), [], "it is silent already");
    }
}

#[test]
fn silence_is_explained_to_who_asked_for_words_until_the_next_touch() {
    let why = SpeechError::NoSpeaker;
    for (is_asked_for, expected) in [(true, Some(why)), (false, None)] {
        let mut playback = Playback::default();
        let turn = reading(&mut playback, is_asked_for);
        playback.on_speech_event(SpeechEvent::Cannot { turn, why }, None, 1_000);
        assert_eq!(playback.error(), expected);
        playback.forget_error();
        assert_eq!(playback.error(), None);
    }
}

fn tile() -> ServiceId {
    "exercise".parse().expect("an id")
}

/// The demonstration's content with a programme of so many steps.
fn content(steps: usize) -> ContentSnapshot {
    let mut content = demonstration::snapshot();
    let step = Step {
        words: "のばしましょう。".to_owned(),
        seconds: Some(10),
        picture: None,
        sound: None,
    };
    let programme = Programme {
        title: "体操".to_owned(),
        steps: vec![step; steps],
    };
    content.contents.insert(tile(), Content::Audio(programme));
    content
}

/// A programme that is heard, at its first step, and the number of that step's order.
fn playing(content: &ContentSnapshot) -> (Playback, u64) {
    let mut playback = Playback::default();
    playback.open_programme(tile());
    assert!(playback.run_programme(Some(content)).is_heard);
    let turn = playback.begin_step();
    (playback, turn)
}

fn plays(update: &PlaybackUpdate) -> bool {
    matches!(update.effects[..], [Effect::PlayStep { .. }])
}

#[test]
fn a_programme_that_is_held_goes_on_where_it_was() {
    let shown = content(2);
    let content = Some(&shown);
    let (mut playback, turn) = playing(&shown);
    let held = playback.run_programme(content);
    assert_eq!(held, Effect::HoldStep(true).into());
    assert!(!playback.is_busy(), "nobody is there, for all one knows");
    let goes_on = playback.run_programme(content);
    assert_eq!(goes_on, Effect::HoldStep(false).into());
    playback.on_speech_event(SpeechEvent::Ended { turn }, content, 1_000);
    assert!(plays(&playback.step_ran(10_000, content)), "the next step");
}

#[test]
fn a_programme_that_was_held_while_something_else_was_said_plays_its_step_anew() {
    let shown = content(2);
    let content = Some(&shown);
    let others: [fn(&mut Playback) -> u64; 2] =
        [|playback| reading(playback, true), Playback::begin_saying];
    for other in others {
        for ends in [false, true] {
            let (mut playback, step) = playing(&shown);
            playback.step_ran(4_000, content);
            playback.run_programme(content);
            let turn = other(&mut playback);
            let stopped = SpeechEvent::Stopped { turn: step };
            playback.on_speech_event(stopped, content, 1_000);
            if ends {
                playback.on_speech_event(SpeechEvent::Ended { turn }, content, 2_000);
            } else {
                playback.hush(2_000);
            }
            let goes_on = playback.run_programme(content);
            assert!(plays(&goes_on), "{goes_on:?}");
            let turn = playback.begin_step();
            playback.on_speech_event(SpeechEvent::Ended { turn }, content, 3_000);
            let waits = playback.step_ran(9_000, content);
            assert_eq!(waits, PlaybackUpdate::default(), "from its beginning");
            assert!(plays(&playback.step_ran(1_000, content)), "and steps on");
        }
    }
}

#[test]
fn the_end_of_something_else_is_not_the_end_of_a_step() {
    let content = content(2);
    let content = Some(&content);
    let mut playback = Playback::default();
    playback.open_programme(tile());
    let hushed = reading(&mut playback, true);
    playback.hush(500);
    let said = playback.begin_saying();
    playback.hush(600);
    playback.run_programme(content);
    playback.step_ran(20_000, content);
    for turn in [hushed, said] {
        let ended = SpeechEvent::Ended { turn };
        let update = playback.on_speech_event(ended, content, 1_000);
        assert_eq!(update, PlaybackUpdate::default(), "nothing steps on");
    }
    let turn = playback.begin_step();
    let ended = SpeechEvent::Ended { turn };
    assert!(plays(&playback.on_speech_event(ended, content, 2_000)));
}

#[test]
fn a_step_that_was_stopped_elsewhere_lets_the_tablet_rest() {
    let content = content(2);
    let (mut playback, turn) = playing(&content);
    let stopped = SpeechEvent::Stopped { turn };
    playback.on_speech_event(stopped, Some(&content), 1_000);
    assert!(!playback.is_busy());
    assert!(plays(&playback.run_programme(Some(&content))));
}

#[test]
fn a_sound_that_comes_after_the_programme_was_held_is_not_played() {
    let content = content(1);
    let (mut playback, turn) = playing(&content);
    assert!(playback.still_wants_step(turn));
    playback.run_programme(Some(&content));
    assert!(!playback.still_wants_step(turn));
    assert!(plays(&playback.run_programme(Some(&content))), "it is now");
    let turn = playback.begin_step();
    playback.close_programme();
    assert!(!playback.still_wants_step(turn));
}

#[test]
fn a_programme_whose_content_is_gone_or_shorter_comes_to_rest() {
    for left in [None, Some(content(0)), Some(content(1))] {
        let whole = content(2);
        let (mut playback, turn) = playing(&whole);
        playback.step_programme(1, Some(&whole));
        let second = playback.begin_step();
        let hushed = playback.content_changed(left.as_ref());
        assert_eq!(hushed, Some(Effect::Hush));
        assert!(!playback.is_busy(), "there is a way home, and a night");
        assert_eq!(playback.content_changed(left.as_ref()), None, "it rests");
        for turn in [turn, second] {
            let ended = SpeechEvent::Ended { turn };
            let update = playback.on_speech_event(ended, left.as_ref(), 1_000);
            assert_eq!(update, PlaybackUpdate::default());
        }
        let update = playback.run_programme(left.as_ref());
        let has_steps = playback.has_step(left.as_ref());
        assert_eq!((plays(&update), playback.is_busy()), (has_steps, has_steps));
        playback.content_changed(Some(&whole));
        assert_eq!(playback.stop_programme().is_some(), has_steps);
        assert_eq!(playback.stop_programme(), None, "it stands already");
        let again = playback.run_programme(Some(&whole));
        assert!(plays(&again), "it has come back");
    }
}
