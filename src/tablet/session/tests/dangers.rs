//! Several dangers at once, from outside: each that is new is told, none is told twice, none waits for ever.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::ToSpan as _;
use kairan_contract::{Emergency, EmergencyId, EmergencyStage, Event, WarningLevel};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::*;
use crate::session::alert::ALARM;

const AREA: &str = "9920100";
/// Three dangers, each by its code at level 3, 4 and 5.
const CODES: [[&str; 3]; 3] = [["03", "43", "33"], ["09", "49", "39"], ["08", "48", "38"]];

fn at(session: &Session) -> Option<Key> {
    session.alert().map(|alert| key(&alert.danger))
}

/// A danger as it is said now: which, and its level or edition.
type Key = (u128, u32);

fn key(danger: &AlertSubject) -> Key {
    match danger {
        AlertSubject::Warning { warning, .. } => {
            let number = CODES.iter().position(|of| of.contains(&&*warning.code));
            (
                number.expect("a code") as u128,
                u8::from(warning.level).into(),
            )
        }
        AlertSubject::Emergency { emergency, .. } => (emergency.id.0.as_u128(), emergency.edition),
        AlertSubject::Practice(_) => panic!("nobody practises here"),
    }
}

/// What is so in the world.
#[derive(Default)]
struct World {
    /// The level of each danger, and since which step.
    warnings: BTreeMap<usize, (u8, i64)>,
    emergencies: Vec<Emergency>,
}

impl World {
    fn snapshot(&self) -> Arc<ContentSnapshot> {
        static QUIET: LazyLock<ContentSnapshot> = LazyLock::new(|| {
            let mut snapshot = demonstration::snapshot();
            snapshot.manifest.messages.clear();
            snapshot
                .manifest
                .services
                .retain(|it| it.service.id.as_str() == "warnings");
            snapshot.contents.retain(|id, _| id.as_str() == "warnings");
            snapshot
        });
        let mut snapshot = QUIET.clone();
        let codes: Vec<(&str, u8)> = self
            .warnings
            .iter()
            .map(|(number, (level, _))| (CODES[*number][usize::from(*level) - 3], *level))
            .collect();
        demonstration::make_real(&mut snapshot, &codes);
        let tile = "warnings".parse().expect("an id");
        if let Some(Content::Warnings(warnings)) = snapshot.contents.get_mut(&tile) {
            for (warning, (_, since)) in warnings.in_force.iter_mut().zip(self.warnings.values()) {
                warning.since = demonstration::now() + since.seconds();
            }
        }
        snapshot.manifest.emergencies.clone_from(&self.emergencies);
        Arc::new(snapshot)
    }

    fn warn(&mut self, number: usize, level: u8, step: i64) {
        let since = match self.warnings.get(&number) {
            // What becomes less is no news.
            Some((before, since)) if level < *before => *since,
            Some((before, since)) if level == *before => *since,
            _ => step,
        };
        if level < 3 {
            self.warnings.remove(&number);
        } else {
            self.warnings.insert(number, (level, since));
        }
    }

    fn tell(&mut self, number: u128, stage: EmergencyStage, step: i64) {
        let id = EmergencyId(Uuid::from_u128(number));
        let before = self.emergencies.iter().position(|it| it.id == id);
        let before = before.map(|at| self.emergencies.remove(at));
        self.emergencies.push(Emergency {
            id,
            edition: before.map_or(1, |it| it.edition + 1),
            stage,
            title: "ひだまり川が あふれます".to_owned(),
            text: "すぐに 高いところへ。".to_owned(),
            drill: number == DRILL,
            released_at: demonstration::now() + step.seconds(),
            until: demonstration::now() + 6.hours(),
        });
    }
}

/// Which of the emergencies is an exercise.
const DRILL: u128 = 12;

#[derive(Debug, Clone)]
enum Step {
    Warn(usize, u8),
    Tell(u128, EmergencyStage),
    Withdraw(u128),
    Answer,
    Wait(u64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let stage = prop_oneof![
        Just(EmergencyStage::Released),
        Just(EmergencyStage::Corrected),
        Just(EmergencyStage::Over),
    ];
    let step = prop_oneof![
        6 => (0..3_usize, 2..=5_u8).prop_map(|(number, level)| Step::Warn(number, level)),
        4 => (10..13_u128, stage).prop_map(|(number, stage)| Step::Tell(number, stage)),
        1 => (10..13_u128).prop_map(Step::Withdraw),
        4 => Just(Step::Answer),
        2 => (1..20_u64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ];
    vec(step, 1..30)
}

/// What a tablet should tell, as whoever makes the promise would keep the books.
#[derive(Default)]
struct Books {
    /// The level that was answered of each danger that holds.
    answered: BTreeMap<usize, u8>,
    /// The edition of each emergency that was shown last, and whether it was answered.
    seen: BTreeMap<u128, (u32, bool)>,
    /// What was on the screen and waits for its answer.
    shown: Vec<Key>,
    /// What waited at the step before.
    waited: Vec<Key>,
}

impl Books {
    /// What waits for an answer: how grave, since when, which, and whether it must be heard.
    fn waiting(&mut self, world: &World) -> Vec<(u8, i64, Key)> {
        self.answered
            .retain(|number, _| world.warnings.contains_key(number));
        let warnings = world.warnings.iter().filter(|(number, (level, _))| {
            self.answered
                .get(number)
                .is_none_or(|answered| level > answered)
        });
        let mut waiting: Vec<_> = warnings
            .map(|(number, (level, since))| {
                (2 + level, *since, (*number as u128, u32::from(*level)))
            })
            .collect();
        let said = |number: u128| {
            world
                .emergencies
                .iter()
                .any(|it| it.id.0.as_u128() == number)
        };
        self.seen.retain(|number, _| said(*number));
        for it in &world.emergencies {
            let number = it.id.0.as_u128();
            let is_over = it.stage == EmergencyStage::Over;
            let is_wanted = match self.seen.get(&number) {
                None => !is_over,
                Some((edition, answered)) => *edition < it.edition || !answered,
            };
            let rank = if it.drill {
                1
            } else if is_over {
                2
            } else {
                9
            };
            if is_wanted {
                let since = it
                    .released_at
                    .duration_since(demonstration::now())
                    .as_secs();
                waiting.push((rank, since, (number, it.edition)));
            }
        }
        waiting.sort_unstable();
        waiting
    }

    fn show(&mut self, (number, edition): Key) {
        self.shown.push((number, edition));
        if number >= 10 {
            self.seen.insert(number, (edition, false));
        }
    }

    fn answer(&mut self, key: Key) {
        self.shown.retain(|it| *it != key);
        let (number, edition) = key;
        if number >= 10 {
            self.seen.insert(number, (edition, true));
        } else {
            let level = u8::try_from(edition).expect("a level");
            self.answered
                .insert(usize::try_from(number).expect("small"), level);
        }
    }
}

fn announcements(effects: &[Effect]) -> usize {
    let announces = |effect: &&Effect| match effect {
        Effect::Record(_, Event::AlertShown { .. }) => true,
        Effect::TellSeen(seen) => !seen.answered,
        _ => false,
    };
    effects.iter().filter(announces).count()
}

fn answers(effects: &[Effect]) -> usize {
    let answers = |effect: &&Effect| match effect {
        Effect::Record(_, Event::AlertAnswered { .. }) => true,
        Effect::TellSeen(seen) => seen.answered,
        _ => false,
    };
    effects.iter().filter(answers).count()
}

/// Looks at the screen after a step, and keeps the books.
fn check(session: &mut Session, world: &World, books: &mut Books, now_ms: u64) {
    let effects = session.tick(demonstration::now(), now_ms);
    let waiting = books.waiting(world);
    let keys: Vec<Key> = waiting.iter().map(|(.., key)| *key).collect();
    // The newest of the gravest is on the screen, and how many others there are is said.
    assert_eq!(at(session), keys.last().copied(), "{waiting:?}");
    let others = session.alert().map_or(0, |alert| alert.others);
    assert_eq!(others, keys.len().saturating_sub(1));
    // What comes on the screen is announced exactly once before it is answered or over.
    books.shown.retain(|key| keys.contains(key));
    let is_first = keys.last().filter(|key| !books.shown.contains(*key));
    assert_eq!(announcements(&effects), usize::from(is_first.is_some()));
    if let Some(key) = is_first {
        books.show(*key);
    }
    // What is new and grave is heard at once, whatever else is on the screen.
    let is_new = |(rank, _, key): &&(u8, i64, Key)| *rank > 2 && !books.waited.contains(key);
    let is_less = |key: &Key| {
        books
            .waited
            .iter()
            .any(|(number, level)| *number == key.0 && *level > key.1)
    };
    let first_sounds = waiting.last().is_some_and(|(rank, ..)| *rank != 2);
    let news = waiting.iter().filter(is_new).any(|(.., key)| !is_less(key));
    if news && first_sounds {
        assert!(effects.contains(&ALARM), "{effects:?}");
    }
    books.waited = keys;
}

fn go_through(steps: &[Step]) {
    let (mut world, mut books) = (World::default(), Books::default());
    let mut session = Session::new(Some(world.snapshot()), Profile::practised(), true);
    let (mut now_ms, now) = (0, demonstration::now());
    let answer = |session: &mut Session, books: &mut Books, now_ms| {
        let shown = at(session);
        let effects = session.update(Command::AlertUnderstood, now, now_ms);
        assert_eq!(answers(&effects), usize::from(shown.is_some()));
        if let Some(key) = shown {
            books.answer(key);
        }
    };
    for (number, step) in (0_i64..).zip(steps) {
        now_ms += 1_000;
        match step {
            Step::Warn(danger, level) => world.warn(*danger, *level, number),
            Step::Tell(id, stage) => world.tell(*id, *stage, number),
            Step::Withdraw(id) => world.emergencies.retain(|it| it.id.0.as_u128() != *id),
            Step::Answer => answer(&mut session, &mut books, now_ms),
            Step::Wait(minutes) => now_ms += minutes * 60_000,
            Step::Restart => {
                session = Session::new(Some(world.snapshot()), session.profile.clone(), true);
                books.shown.clear();
                books.waited.clear();
            }
        }
        session.set_content(world.snapshot(), now_ms);
        check(&mut session, &world, &mut books, now_ms);
    }
    // Whoever touches わかりました as often as there are dangers has gone through them all.
    for left in (0..books.waited.len()).rev() {
        now_ms += 1_000;
        answer(&mut session, &mut books, now_ms);
        check(&mut session, &world, &mut books, now_ms);
        assert_eq!(books.waited.len(), left);
    }
    assert_eq!(at(&session), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_new_danger_is_told_once_for_each_answer_the_newest_of_the_gravest_first(steps in steps()) {
        go_through(&steps);
    }
}

fn warned(codes: &[(usize, u8)]) -> World {
    let mut world = World::default();
    for (step, (number, level)) in (0_i64..).zip(codes) {
        world.warn(*number, *level, step);
    }
    world
}

#[test]
fn a_second_danger_of_the_same_rank_takes_over_and_the_first_comes_back() {
    let now = demonstration::now();
    let flood = (0, 4);
    let mut session = Session::new(
        Some(warned(&[flood]).snapshot()),
        Profile::practised(),
        true,
    );
    session.tick(now, 0);
    assert_eq!(at(&session), Some((0, 4)));
    session.set_content(warned(&[flood, (2, 4)]).snapshot(), 60_000);
    let effects = session.tick(now, 60_000);
    assert_eq!(
        at(&session),
        Some((2, 4)),
        "the storm surge is on the screen"
    );
    assert_eq!(announcements(&effects), 1);
    assert!(effects.contains(&ALARM), "and is spoken");
    assert_eq!(session.alert().map(|alert| alert.others), Some(1));
    session.update(Command::AlertUnderstood, now, 120_000);
    let effects = session.tick(now, 120_000);
    assert_eq!(
        at(&session),
        Some((0, 4)),
        "the flood has not been answered"
    );
    assert_eq!(announcements(&effects), 0, "it was shown before");
    assert!(effects.contains(&ALARM), "it is spoken again");
    let effects = session.update(Command::AlertUnderstood, now, 180_000);
    let after_ms = effects.iter().find_map(|effect| match effect {
        Effect::Record(_, Event::AlertAnswered { after_ms, .. }) => Some(*after_ms),
        _ => None,
    });
    assert_eq!(after_ms, Some(180_000), "it had been told for so long");
    assert_eq!(session.tick(now, 181_000), []);
    assert_eq!(
        session.route(),
        &Route::Service("warnings".parse().expect("an id"))
    );
}

#[test]
fn what_is_less_grave_waits_and_is_said_to_be_there() {
    let now = demonstration::now();
    let grave = (1, 5);
    let mut session = Session::new(
        Some(warned(&[grave]).snapshot()),
        Profile::practised(),
        true,
    );
    session.tick(now, 0);
    session.set_content(warned(&[grave, (0, 4)]).snapshot(), 60_000);
    let effects = session.tick(now, 60_000);
    assert_eq!(at(&session), Some((1, 5)));
    assert!(effects.contains(&ALARM), "that there is another is spoken");
    let view = session.alert().map(|alert| {
        crate::screens::alert::view(alert, session.content.as_deref(), &session.profile, now)
    });
    assert_eq!(
        view.map(|view| view.more.to_string()),
        Some("お知らせが ほかに 1つ あります".to_owned())
    );
    // It repeats every five minutes, counted from what was heard last.
    assert_eq!(session.tick(now, 359_999), []);
    assert_eq!(session.tick(now, 360_000), [ALARM, Effect::Light]);
    // What waits may be over before its turn has come.
    session.set_content(warned(&[grave]).snapshot(), 400_000);
    session.tick(now, 400_000);
    assert_eq!(session.alert().map(|alert| alert.others), Some(0));
}

#[test]
fn what_becomes_graver_is_new_and_what_was_answered_stays_answered_after_a_restart() {
    let now = demonstration::now();
    let mut session = Session::new(
        Some(warned(&[(0, 4), (1, 4)]).snapshot()),
        Profile::practised(),
        true,
    );
    session.tick(now, 0);
    session.update(Command::AlertUnderstood, now, 1_000);
    session.tick(now, 1_000);
    assert_eq!(at(&session), Some((0, 4)));
    let mut session = Session::new(session.content.clone(), session.profile.clone(), true);
    session.tick(now, 2_000);
    assert_eq!(at(&session), Some((0, 4)));
    assert_eq!(session.alert().map(|alert| alert.others), Some(0));
    session.set_content(warned(&[(0, 4), (1, 5)]).snapshot(), 3_000);
    let effects = session.tick(now, 3_000);
    assert_eq!(at(&session), Some((1, 5)));
    let level = WarningLevel::LivesInDanger;
    let tile = "warnings".parse().expect("an id");
    assert!(effects.contains(&Effect::Record(Some(tile), Event::AlertShown { level })));
    assert!(effects.contains(&ALARM));
}

#[test]
fn two_of_the_day_are_quiet_by_night_and_both_wait_for_the_morning() {
    let now = demonstration::now();
    let both = warned(&[(0, 3), (1, 3)]);
    let mut session = Session::new(Some(both.snapshot()), Profile::practised(), true);
    session.tick(now, 0);
    assert_eq!(at(&session), Some((1, 3)));
    let night = now + 6.hours();
    session.tick(night, 21_600_000);
    assert_eq!(at(&session), Some((1, 3)), "it stays on the screen");
    session.update(Command::AlertUnderstood, night, 21_700_000);
    assert_eq!(session.tick(night, 21_700_000), [], "and wakes nobody");
    assert_eq!(at(&session), None);
    let morning = now + 16.hours();
    let effects = session.tick(morning, 57_600_000);
    assert_eq!(at(&session), Some((0, 3)));
    assert!(effects.contains(&ALARM));
    let area = session.profile.answered.first().map(|it| it.area.clone());
    assert_eq!(area.as_deref(), Some(AREA));
}

#[test]
fn who_asks_for_help_finds_what_becomes_of_it_behind_the_last_danger() {
    let now = demonstration::now();
    let both = warned(&[(0, 4), (1, 4)]);
    let mut session = Session::new(Some(both.snapshot()), Profile::practised(), true);
    session.tick(now, 0);
    let effects = session.update(Command::AlertHelp, now, 1_000);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ask(_)))
    );
    session.tick(now, 1_000);
    assert_eq!(at(&session), Some((0, 4)), "the other one comes first");
    let effects = session.update(Command::AlertUnderstood, now, 2_000);
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Ask(_)))
    );
    session.tick(now, 2_000);
    assert_eq!(session.screen(), crate::screens::call_back::NAME);
}
