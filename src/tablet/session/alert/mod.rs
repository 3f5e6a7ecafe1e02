//! What takes over the screen: which danger is told there, which wait behind it, when it makes itself heard again, and
//! what becomes of it. Pure.

mod in_force;
mod subject;
mod unanswered;

use jiff::Timestamp;
use kairan_contract::{Event, Language};

use super::effect::Effect;
use crate::{library::ContentSnapshot, profile::Profile, speech::Tone};
pub use in_force::emergencies;
pub use subject::AlertSubject;
use unanswered::Unanswered;

/// A warning that nobody answers makes itself heard again after so long, in milliseconds.
const ALARM_AGAIN_MS: u64 = 5 * 60 * 1000;
/// One to practise with ends by itself when nobody answers it, in milliseconds.
const PRACTICE_MS: u64 = 3 * 60 * 1000;

/// The tone and the words of what has taken over.
pub(super) const ALARM: Effect = Effect::ReadScreen {
    first: Some(Tone::Warning),
    is_asked_for: false,
};

/// What has taken over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Of what it tells.
    pub danger: AlertSubject,
    /// How many others wait behind it for their turn.
    pub others: usize,
    /// When it came on the screen for the first time, by the program's own clock in milliseconds.
    shown_ms: u64,
    /// When it last made itself heard, by the same clock.
    sounded_ms: u64,
}

impl Alert {
    /// Whether it is one to practise with that is not over by itself yet.
    fn is_practised(&self, now_ms: u64) -> bool {
        matches!(self.danger, AlertSubject::Practice(_))
            && now_ms.saturating_sub(self.shown_ms) < PRACTICE_MS
    }
}

/// What a look at the dangers has changed on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AlertChange {
    /// Nothing.
    Nothing,
    /// What stood there is over, and none takes its place.
    Left,
    /// Another stands there now.
    TookOver,
    /// It makes itself heard once more.
    Repeated,
}

/// A danger that was just answered.
#[derive(Debug)]
pub(super) struct AnsweredAlert {
    pub(super) danger: AlertSubject,
    /// None waits behind it.
    pub(super) is_last: bool,
    pub(super) effects: Vec<Effect>,
}

/// Every danger that is told here.
#[derive(Debug, Clone, Default)]
pub(super) struct Alerts {
    /// The one that has taken over the screen.
    shown: Option<Alert>,
    /// That one, and those that wait behind it.
    unanswered: Unanswered,
}

impl Alerts {
    /// The one that has taken over the screen.
    pub(super) fn shown(&self) -> Option<&Alert> {
        self.shown.as_ref()
    }

    /// Looks which danger belongs on the screen now, and whether it must make itself heard. What was answered and is over
    /// is forgotten first.
    pub(super) fn update(
        &mut self,
        content: &ContentSnapshot,
        profile: &mut Profile,
        now: Timestamp,
        now_ms: u64,
    ) -> (AlertChange, Vec<Effect>) {
        let has_forgotten = in_force::forget_what_is_over(profile, content);
        let saved = has_forgotten.then_some(Effect::SaveProfile);
        let (change, told) = self.look(content, profile, now, now_ms);
        (change, saved.into_iter().chain(told).collect())
    }

    fn look(
        &mut self,
        content: &ContentSnapshot,
        profile: &mut Profile,
        now: Timestamp,
        now_ms: u64,
    ) -> (AlertChange, Vec<Effect>) {
        let due = in_force::due(content, &profile.answered, &profile.emergencies, now);
        let holds = |danger: &AlertSubject| in_force::is_in_force(content, danger, now);
        let news = self.unanswered.take_in(due, holds);
        let shown = self.shown.as_ref().map(|shown| &shown.danger);
        let first = self.unanswered.first(shown).cloned();
        // Unless it is over, or another goes before it.
        let stays = |shown: &Alert| match &first {
            Some(first) => shown.danger.is_same_edition(first),
            None => shown.is_practised(now_ms),
        };
        let before = self.shown.take();
        let was_shown = before.is_some();
        self.shown = before.filter(stays);
        match (first, &mut self.shown) {
            (Some(first), None) => {
                let effects = self.put_before(first, profile, now, now_ms);
                (AlertChange::TookOver, effects)
            }
            (first, Some(shown)) => {
                if let Some(first) = first {
                    shown.others = self.unanswered.others(&first);
                    shown.danger = first;
                }
                let is_again = now_ms.saturating_sub(shown.sounded_ms) >= ALARM_AGAIN_MS;
                // What waits behind a graver one is said to be there.
                let is_told_of_others = news.iter().any(AlertSubject::is_grave);
                if (is_again || is_told_of_others) && shown.danger.sounds(now) {
                    shown.sounded_ms = now_ms;
                    return (AlertChange::Repeated, vec![ALARM, Effect::Light]);
                }
                (AlertChange::Nothing, Vec::new())
            }
            (None, None) if was_shown => (AlertChange::Left, Vec::new()),
            (None, None) => (AlertChange::Nothing, Vec::new()),
        }
    }

    /// One to practise with takes over.
    pub(super) fn practise(
        &mut self,
        language: Language,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        self.raise(subject::practice(language, now), now_ms, 0, now, now_ms)
    }

    /// The one on the screen is answered.
    pub(super) fn answer(&mut self, profile: &mut Profile, now_ms: u64) -> Option<AnsweredAlert> {
        let Alert {
            danger,
            others,
            shown_ms,
            ..
        } = self.shown.take()?;
        self.unanswered.answer(&danger);
        let effects = match &danger {
            AlertSubject::Practice(_) => Vec::new(),
            AlertSubject::Warning {
                service,
                area,
                warning,
            } => {
                let answered = Event::AlertAnswered {
                    level: warning.level,
                    after_ms: now_ms.saturating_sub(shown_ms),
                };
                let record = Effect::Record(Some(service.clone()), answered);
                let answered = in_force::answered(area.clone(), warning);
                profile.answered.push(answered);
                vec![record, Effect::SaveProfile]
            }
            AlertSubject::Emergency { emergency, .. } => {
                let seen = in_force::note(&mut profile.emergencies, emergency, true);
                vec![Effect::SaveProfile, Effect::TellSeen(seen)]
            }
        };
        Some(AnsweredAlert {
            danger,
            is_last: others == 0,
            effects,
        })
    }

    /// Puts a danger before somebody's eyes, and notes that it was.
    fn put_before(
        &mut self,
        danger: AlertSubject,
        profile: &mut Profile,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let (shown_ms, is_first) = self.unanswered.show(&danger, now_ms);
        let mut effects = if is_first {
            note_shown(&danger, profile)
        } else {
            Vec::new()
        };
        let others = self.unanswered.others(&danger);
        effects.extend(self.raise(danger, shown_ms, others, now, now_ms));
        effects
    }

    /// Puts it on the screen, with its tone and its words.
    fn raise(
        &mut self,
        danger: AlertSubject,
        shown_ms: u64,
        others: usize,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let sounds = if danger.sounds(now) {
            Some(ALARM)
        } else {
            // That it is over wakes nobody.
            subject::is_day(now).then_some(Effect::ReadScreen {
                first: Some(Tone::Reminder),
                is_asked_for: false,
            })
        };
        self.shown = Some(Alert {
            danger,
            others,
            shown_ms,
            sounded_ms: now_ms,
        });
        sounds.into_iter().chain([Effect::Light]).collect()
    }
}

/// Notes that it was put before somebody's eyes.
fn note_shown(danger: &AlertSubject, profile: &mut Profile) -> Vec<Effect> {
    match danger {
        AlertSubject::Practice(_) => Vec::new(),
        AlertSubject::Warning {
            service, warning, ..
        } => {
            let level = warning.level;
            let shown = Event::AlertShown { level };
            vec![Effect::Record(Some(service.clone()), shown)]
        }
        AlertSubject::Emergency { emergency, .. } => {
            let seen = in_force::note(&mut profile.emergencies, emergency, false);
            vec![Effect::SaveProfile, Effect::TellSeen(seen)]
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use kairan_contract::EmergencyStage;

    use super::*;
    use crate::demonstration;

    /// The demonstration with warnings of these codes and levels, as if they were real.
    fn warned(codes: &[(&str, u8)]) -> ContentSnapshot {
        let mut content = demonstration::snapshot();
        demonstration::make_real(&mut content, codes);
        content
    }

    fn codes(alerts: &Alerts) -> Option<&str> {
        let warning = alerts.shown()?.danger.warning()?;
        Some(&warning.code)
    }

    #[test]
    fn a_danger_is_heard_every_five_minutes_until_it_is_answered_and_then_no_more() {
        let (mut alerts, mut profile) = (Alerts::default(), Profile::practised());
        let (content, now) = (warned(&[("49", 4)]), demonstration::now());
        let look = |alerts: &mut Alerts, profile: &mut Profile, now_ms| {
            alerts.update(&content, profile, now, now_ms).0
        };
        for (now_ms, expected) in [
            (0, AlertChange::TookOver),
            (299_999, AlertChange::Nothing),
            (300_000, AlertChange::Repeated),
            (599_999, AlertChange::Nothing),
            (600_000, AlertChange::Repeated),
        ] {
            assert_eq!(
                look(&mut alerts, &mut profile, now_ms),
                expected,
                "{now_ms}"
            );
        }
        let answered = alerts.answer(&mut profile, 601_000).expect("it is shown");
        assert!(answered.is_last);
        assert!(alerts.answer(&mut profile, 602_000).is_none(), "only once");
        let after = look(&mut alerts, &mut profile, 900_000);
        assert_eq!(after, AlertChange::Nothing);
    }

    #[test]
    fn what_is_graver_takes_the_place_of_what_is_shown_and_what_waits_is_counted() {
        let (mut alerts, mut profile) = (Alerts::default(), Profile::practised());
        let now = demonstration::now();
        alerts.update(&warned(&[("49", 4)]), &mut profile, now, 0);
        let both = warned(&[("49", 4), ("33", 5)]);
        let (change, effects) = alerts.update(&both, &mut profile, now, 1_000);
        assert_eq!(
            (change, codes(&alerts)),
            (AlertChange::TookOver, Some("33"))
        );
        assert!(effects.contains(&ALARM), "{effects:?}");
        let answered = alerts.answer(&mut profile, 2_000).expect("it is shown");
        assert!(!answered.is_last, "the other one waits");
        alerts.update(&both, &mut profile, now, 3_000);
        assert_eq!(codes(&alerts), Some("49"));
        let (change, _) = alerts.update(&warned(&[]), &mut profile, now, 4_000);
        assert_eq!((change, codes(&alerts)), (AlertChange::Left, None));
    }

    #[test]
    fn what_is_practised_ends_by_itself_and_gives_way_to_what_is_real() {
        let (mut alerts, mut profile) = (Alerts::default(), Profile::practised());
        let now = demonstration::now();
        let quiet = warned(&[]);
        alerts.practise(profile.language, now, 0);
        let mut look = |alerts: &mut Alerts, content: &ContentSnapshot, now_ms| {
            alerts.update(content, &mut profile, now, now_ms).0
        };
        assert_eq!(look(&mut alerts, &quiet, 179_999), AlertChange::Nothing);
        assert_eq!(look(&mut alerts, &quiet, 180_000), AlertChange::Left);
        alerts.practise(kairan_contract::Language::JAPANESE, now, 200_000);
        let change = look(&mut alerts, &warned(&[("49", 4)]), 201_000);
        assert_eq!(
            (change, codes(&alerts)),
            (AlertChange::TookOver, Some("49"))
        );
    }

    #[test]
    fn that_an_emergency_is_over_wakes_nobody() {
        let now = demonstration::now();
        for (hours, expected) in [(0, true), (5, true), (6, false)] {
            let (mut alerts, mut profile) = (Alerts::default(), Profile::practised());
            let mut content = warned(&[]);
            for stage in [EmergencyStage::Released, EmergencyStage::Over] {
                content.manifest.emergencies = vec![demonstration::emergency(stage, false)];
                let until = now + 24.hours();
                content.manifest.emergencies[0].until = until;
                let now = now + hours.hours();
                let (change, effects) = alerts.update(&content, &mut profile, now, 1_000);
                assert_eq!(change, AlertChange::TookOver);
                let speaks = |effect: &&Effect| matches!(effect, Effect::ReadScreen { .. });
                let is_heard = effects.iter().any(|it| speaks(&it));
                let is_over = stage == EmergencyStage::Over;
                assert_eq!(is_heard, expected || !is_over, "{hours} {stage:?}");
            }
        }
    }
}
