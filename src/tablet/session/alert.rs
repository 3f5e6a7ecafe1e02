//! What takes over the screen: an emergency of the council's at any hour; a new warning of level 4 or 5 at any
//! hour, of level 3 by day. Pure.

use jiff::Timestamp;
use kairan_contract::{
    Content, Emergency, EmergencySeen, EmergencyStage, Freshness, Language, ServiceId, Warning,
    WarningLevel, Warnings,
};
use kairan_text::tr;

use crate::{dates::in_japan, items::has_aged, library::ContentSnapshot, profile::AnsweredWarning};

/// A level 3 wakes nobody: it takes over from seven in the morning until nine in the evening.
const DAY: std::ops::Range<i8> = 7..21;

/// What has taken over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Of what it tells.
    pub danger: AlertSubject,
    /// When it came on the screen for the first time, by the program's own clock in milliseconds.
    pub shown_ms: u64,
    /// When it last made itself heard, by the same clock.
    pub sounded_ms: u64,
    /// How many others wait behind it for their turn.
    pub others: usize,
}

/// Of what somebody must be told, whatever they are doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertSubject {
    /// A warning of the national weather service.
    Warning {
        /// The tile on which it stands.
        service: ServiceId,
        /// The municipality.
        area: String,
        /// The warning.
        warning: Warning,
    },
    /// No warning, but one to practise with.
    Practice(Warning),
    /// What the council tells everybody.
    Emergency {
        /// What it says.
        emergency: Emergency,
        /// Something else was said here before.
        was_said: bool,
    },
}

/// One to practise with ends by itself when nobody answers it, in milliseconds.
const PRACTICE_MS: u64 = 3 * 60 * 1000;

impl Alert {
    /// Takes over now.
    pub fn of(danger: AlertSubject, now_ms: u64) -> Self {
        Self {
            danger,
            shown_ms: now_ms,
            sounded_ms: now_ms,
            others: 0,
        }
    }

    /// Whether it tells of this danger, as it is said now.
    pub(super) fn tells(&self, danger: &AlertSubject) -> bool {
        self.danger.is_of(danger) && self.danger.edition() == danger.edition()
    }

    /// Whether one to practise with has been on the screen for long enough.
    pub fn is_over(&self, now_ms: u64) -> bool {
        matches!(self.danger, AlertSubject::Practice(_))
            && now_ms.saturating_sub(self.shown_ms) >= PRACTICE_MS
    }
}

impl AlertSubject {
    /// What goes first: what the council itself says of this place, then warnings by their level, then that
    /// something is over, then exercises.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Emergency { emergency, .. } => match (emergency.drill, emergency.stage) {
                (true, _) => 1,
                (false, EmergencyStage::Over) => 2,
                (false, EmergencyStage::Released | EmergencyStage::Corrected) => 9,
            },
            Self::Warning { warning, .. } => 2 + u8::from(warning.level),
            Self::Practice(_) => 0,
        }
    }

    /// Whether it is no exercise, and not merely that something is over.
    pub(super) fn is_grave(&self) -> bool {
        self.rank() > 2
    }

    /// Whether both tell of one danger, whatever its level or what is said of it by now.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Warning { area, warning, .. },
                Self::Warning {
                    area: other_area,
                    warning: other_warning,
                    ..
                },
            ) => area == other_area && family(&warning.code) == family(&other_warning.code),
            (
                Self::Emergency { emergency, .. },
                Self::Emergency {
                    emergency: other, ..
                },
            ) => emergency.id == other.id,
            (Self::Practice(_), Self::Practice(_)) => true,
            _ => false,
        }
    }

    /// Which edition of its danger it tells: a level, or what the council counts.
    pub(super) fn edition(&self) -> u32 {
        match self {
            Self::Warning { warning, .. } | Self::Practice(warning) => {
                u32::from(u8::from(warning.level))
            }
            Self::Emergency { emergency, .. } => emergency.edition,
        }
    }

    /// Since when it is so, by whoever says it.
    pub(super) fn since(&self) -> Timestamp {
        match self {
            Self::Warning { warning, .. } | Self::Practice(warning) => warning.since,
            Self::Emergency { emergency, .. } => emergency.released_at,
        }
    }

    /// Whether it makes itself heard at this hour, and again while nobody answers.
    pub fn sounds(&self, now: Timestamp) -> bool {
        match self {
            Self::Warning { warning, .. } => takes_over(warning.level, now),
            Self::Practice(_) => true,
            Self::Emergency { emergency, .. } => emergency.stage != EmergencyStage::Over,
        }
    }

    /// The warning, if it is one.
    pub fn warning(&self) -> Option<&Warning> {
        match self {
            Self::Warning { warning, .. } | Self::Practice(warning) => Some(warning),
            Self::Emergency { .. } => None,
        }
    }
}

/// The JMA's codes of one danger at its levels, by the code of its warning.
fn family(code: &str) -> &str {
    match code {
        "10" | "43" | "33" => "03",
        "29" | "49" | "39" => "09",
        "19" | "48" | "38" => "08",
        "32" => "02",
        "35" => "05",
        "36" => "06",
        "37" => "07",
        other => other,
    }
}

/// What is remembered of a warning once it is answered.
pub fn answered(area: String, warning: &Warning) -> AnsweredWarning {
    AnsweredWarning {
        area,
        family: family(&warning.code).to_owned(),
        level: warning.level,
    }
}

/// Everything that takes over now and has not been answered: of each danger the gravest that is said of it.
pub fn due(
    held: &ContentSnapshot,
    answered: &[AnsweredWarning],
    seen: &[EmergencySeen],
    now: Timestamp,
) -> Vec<AlertSubject> {
    let emergencies = emergencies(held, now).filter_map(|emergency| wanting(emergency, seen));
    let all = warnings(held, answered, now).chain(emergencies);
    all.fold(Vec::new(), |mut dangers, danger| {
        match dangers
            .iter_mut()
            .find(|known: &&mut AlertSubject| known.is_of(&danger))
        {
            Some(known) if danger.edition() > known.edition() => *known = danger,
            Some(_) => {}
            None => dangers.push(danger),
        }
        dangers
    })
}

/// The warnings that take over now and have not been answered.
fn warnings<'h>(
    held: &'h ContentSnapshot,
    answered: &'h [AnsweredWarning],
    now: Timestamp,
) -> impl Iterator<Item = AlertSubject> + 'h {
    let is_answered = |area: &str, warning: &Warning| {
        answered.iter().any(|known| {
            let same = known.area == area && known.family == family(&warning.code);
            same && warning.level <= known.level
        })
    };
    current(held, now).flat_map(move |(service, warnings)| {
        let in_force = warnings.in_force.iter();
        in_force
            .filter(move |warning| takes_over(warning.level, now))
            .filter(move |warning| !is_answered(&warnings.area, warning))
            .map(|warning| AlertSubject::Warning {
                service: service.clone(),
                area: warnings.area.clone(),
                warning: warning.clone(),
            })
    })
}

/// The council's emergencies that are to be said now.
pub fn emergencies(held: &ContentSnapshot, now: Timestamp) -> impl Iterator<Item = &Emergency> {
    let all = held.manifest.emergencies.iter().rev();
    all.take(Emergency::AT_ONCE)
        .filter(move |emergency| emergency.holds_at(now))
}

/// An emergency, if it is news here. That something is over is none for who never heard of it.
fn wanting(emergency: &Emergency, seen: &[EmergencySeen]) -> Option<AlertSubject> {
    let before = seen.iter().find(|seen| seen.id == emergency.id);
    let was_said = before.is_some_and(|seen| seen.edition < emergency.edition);
    let is_wanting = match (before, emergency.stage) {
        (None, EmergencyStage::Over) => false,
        (None, _) => true,
        (Some(seen), _) => was_said || !seen.answered,
    };
    is_wanting.then(|| AlertSubject::Emergency {
        emergency: emergency.clone(),
        was_said: was_said || emergency.stage == EmergencyStage::Over,
    })
}

/// Remembers what became of an emergency; the last it did stands last.
pub fn note(seen: &mut Vec<EmergencySeen>, emergency: &Emergency, answered: bool) -> EmergencySeen {
    let noted = EmergencySeen {
        id: emergency.id,
        edition: emergency.edition,
        answered,
    };
    seen.retain(|known| known.id != emergency.id);
    seen.push(noted);
    noted
}

/// A warning to practise with. It is of no place, and nothing is written down of it.
pub fn practice(language: Language, now: Timestamp) -> AlertSubject {
    AlertSubject::Practice(Warning {
        code: "43".to_owned(),
        name: tr(language, "大雨危険警報").to_owned(),
        level: WarningLevel::EverybodyLeaves,
        what_to_do: tr(
            language,
            "危険な場所から 全員避難。すぐに 安全な場所へ 移ってください。",
        )
        .to_owned(),
        additions: Vec::new(),
        since: now,
    })
}

/// Whether it is still so.
pub fn is_in_force(held: &ContentSnapshot, danger: &AlertSubject, now: Timestamp) -> bool {
    match danger {
        AlertSubject::Practice(_) => true,
        AlertSubject::Emergency { emergency, .. } => {
            emergencies(held, now).any(|it| it == emergency)
        }
        AlertSubject::Warning {
            service, warning, ..
        } => current(held, now).any(|(id, warnings)| {
            let same = |it: &Warning| it.code == warning.code;
            id == service && warnings.in_force.iter().any(same)
        }),
    }
}

/// Forgets emergencies that nobody speaks of any more.
pub fn forget_emergencies(seen: &mut Vec<EmergencySeen>, held: &ContentSnapshot) {
    let said = &held.manifest.emergencies;
    seen.retain(|known| said.iter().any(|it| it.id == known.id));
}

/// Forgets the answers to warnings that are over: when one comes again it is a new one. What
/// nobody can read now says nothing of what is over.
pub fn forget(answered: &mut Vec<AnsweredWarning>, held: &ContentSnapshot) {
    let contents = held.contents.values();
    let warnings: Vec<&Warnings> = contents
        .filter_map(|content| match content {
            Content::Warnings(warnings) => Some(warnings),
            _ => None,
        })
        .collect();
    answered.retain(|known| {
        let of_the_area = warnings.iter().filter(|it| it.area == known.area);
        let mut of_the_area = of_the_area.peekable();
        of_the_area.peek().is_none()
            || of_the_area.any(|it| it.in_force.iter().any(|w| family(&w.code) == known.family))
    });
}

/// Whether a sound may be made for what is less than grave.
pub fn is_day(now: Timestamp) -> bool {
    DAY.contains(&in_japan(now).hour())
}

/// Whether a warning of this level takes over at this hour.
pub fn takes_over(level: WarningLevel, now: Timestamp) -> bool {
    match level {
        WarningLevel::LivesInDanger | WarningLevel::EverybodyLeaves => true,
        WarningLevel::ElderlyLeave => is_day(now),
        WarningLevel::Advisory => false,
    }
}

/// The tiles whose warnings are real and not old. Sample content never alarms anybody.
fn current(
    held: &ContentSnapshot,
    now: Timestamp,
) -> impl Iterator<Item = (&ServiceId, &Warnings)> {
    let today = in_japan(now).date();
    held.manifest.services.iter().filter_map(move |entry| {
        let id = &entry.service.id;
        let content = held.contents.get(id)?;
        let Content::Warnings(warnings) = content else {
            return None;
        };
        let freshness = entry.content.as_ref()?.freshness;
        let is_real = freshness != Freshness::Sample && entry.service.is_shown_on(today);
        (is_real && !has_aged(content, now)).then_some((id, warnings))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demonstration;

    const DAYTIME: &str = "2026-11-22T06:24:00Z";
    const NIGHT: &str = "2026-11-22T12:30:00Z";

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    /// The demonstration with warnings of these codes and levels, as if they were real.
    fn held(codes: &[(&str, u8)]) -> ContentSnapshot {
        let mut held = demonstration::held();
        demonstration::make_real(&mut held, codes);
        held
    }

    fn codes(held: &ContentSnapshot, answered: &[AnsweredWarning], now: &str) -> Option<String> {
        let dangers = due(held, answered, &[], at(now));
        let gravest = dangers.into_iter().max_by_key(AlertSubject::rank)?;
        gravest.warning().map(|warning| warning.code.clone())
    }

    #[test]
    fn level_four_and_five_take_over_always_level_three_by_day() {
        for (level, by_day, by_night) in [
            (2, false, false),
            (3, true, false),
            (4, true, true),
            (5, true, true),
        ] {
            let held = held(&[("x", level)]);
            assert_eq!(codes(&held, &[], DAYTIME).is_some(), by_day, "{level}");
            assert_eq!(codes(&held, &[], NIGHT).is_some(), by_night, "{level}");
        }
        let both = held(&[("49", 4), ("33", 5)]);
        assert_eq!(codes(&both, &[], NIGHT).as_deref(), Some("33"));
    }

    #[test]
    fn what_is_answered_is_shown_again_only_after_it_was_over() {
        let mut answered = vec![AnsweredWarning {
            area: "9920100".to_owned(),
            family: "09".to_owned(),
            level: WarningLevel::EverybodyLeaves,
        }];
        let lesser = held(&[("09", 3)]);
        assert_eq!(
            codes(&lesser, &answered, DAYTIME),
            None,
            "it has become less"
        );
        let again = held(&[("49", 4)]);
        forget(&mut answered, &again);
        assert_eq!(codes(&again, &answered, NIGHT), None);
        let graver = held(&[("49", 4), ("39", 5)]);
        assert_eq!(codes(&graver, &answered, NIGHT).as_deref(), Some("39"));
        forget(&mut answered, &held(&[]));
        assert_eq!(codes(&again, &answered, NIGHT).as_deref(), Some("49"));
    }

    #[test]
    fn samples_and_what_is_old_alarm_nobody() {
        let mut sample = demonstration::held();
        assert_eq!(due(&sample, &[], &[], at(DAYTIME)), []);
        demonstration::make_real(&mut sample, &[("49", 4)]);
        assert_eq!(codes(&sample, &[], "2026-11-24T06:24:00Z"), None);
    }
}
