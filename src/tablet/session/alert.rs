//! Warnings that take over the screen: a new level 4 or 5 at any hour, a level 3 by day. Pure.

use jiff::Timestamp;
use kairan_contract::{Content, Freshness, Language, ServiceId, Warning, WarningLevel, Warnings};
use serde::{Deserialize, Serialize};

use crate::{items::has_aged, language::pick, library::Held, screens::words::in_japan};

/// A level 3 wakes nobody: it takes over from seven in the morning until nine in the evening.
const DAY: std::ops::Range<i8> = 7..21;

/// A warning that takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The tile on which it stands; none for one to practise with.
    pub service: Option<ServiceId>,
    /// The municipality.
    pub area: String,
    /// The warning.
    pub warning: Warning,
    /// Since when it is on the screen, by the program's own clock in milliseconds.
    pub shown_ms: u64,
    /// When it last made itself heard, by the same clock.
    pub sounded_ms: u64,
    /// It is no warning, but one to practise with.
    pub is_practice: bool,
}

/// A warning that the resident has answered. It is not shown again until it has been over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The municipality.
    pub area: String,
    /// Of what it warned, whatever its level: the code of the warning of level 3.
    pub family: String,
    /// How grave it was; what is less grave needs no second answer.
    pub level: WarningLevel,
}

/// One to practise with ends by itself when nobody answers it, in milliseconds.
const PRACTICE_MS: u64 = 3 * 60 * 1000;

impl Alert {
    /// Whether one to practise with has been on the screen for long enough.
    pub fn is_over(&self, now_ms: u64) -> bool {
        self.is_practice && now_ms.saturating_sub(self.shown_ms) >= PRACTICE_MS
    }

    /// What is remembered once it is answered.
    pub fn answered(&self) -> Answered {
        Answered {
            area: self.area.clone(),
            family: family(&self.warning.code).to_owned(),
            level: self.warning.level,
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

/// The gravest warning that takes over now and has not been answered.
pub fn due(held: &Held, answered: &[Answered], now: Timestamp, now_ms: u64) -> Option<Alert> {
    let is_answered = |area: &str, warning: &Warning| {
        answered.iter().any(|known| {
            let same = known.area == area && known.family == family(&warning.code);
            same && warning.level <= known.level
        })
    };
    let wanting = current(held, now).flat_map(|(service, warnings)| {
        let in_force = warnings.in_force.iter();
        in_force
            .filter(|warning| takes_over(warning.level, now))
            .filter(|warning| !is_answered(&warnings.area, warning))
            .map(|warning| (service.clone(), warnings.area.clone(), warning))
    });
    let (service, area, warning) = wanting.max_by_key(|(.., warning)| warning.level)?;
    Some(Alert {
        service: Some(service),
        area,
        warning: warning.clone(),
        shown_ms: now_ms,
        sounded_ms: now_ms,
        is_practice: false,
    })
}

/// A warning to practise with. It is of no place, and nothing is written down of it.
pub fn practice(language: Language, now: Timestamp, now_ms: u64) -> Alert {
    let warning = Warning {
        code: "43".to_owned(),
        name: pick(language, "大雨危険警報", "Heavy rain emergency warning").to_owned(),
        level: WarningLevel::EverybodyLeaves,
        what_to_do: pick(
            language,
            "危険な場所から 全員避難。すぐに 安全な場所へ 移ってください。",
            "Everybody leaves dangerous places. Go somewhere safe at once.",
        )
        .to_owned(),
        additions: Vec::new(),
        since: now,
    };
    Alert {
        service: None,
        area: String::new(),
        warning,
        shown_ms: now_ms,
        sounded_ms: now_ms,
        is_practice: true,
    }
}

/// Whether the warning is still in force.
pub fn is_in_force(held: &Held, alert: &Alert, now: Timestamp) -> bool {
    let still = |(service, warnings): (&ServiceId, &Warnings)| {
        let same = |warning: &Warning| warning.code == alert.warning.code;
        Some(service) == alert.service.as_ref() && warnings.in_force.iter().any(same)
    };
    alert.is_practice || current(held, now).any(still)
}

/// Forgets the answers to warnings that are over: when one comes again it is a new one. What
/// nobody can read now says nothing of what is over.
pub fn forget(answered: &mut Vec<Answered>, held: &Held) {
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

/// Whether a warning of this level takes over at this hour.
pub fn takes_over(level: WarningLevel, now: Timestamp) -> bool {
    match level {
        WarningLevel::LivesInDanger | WarningLevel::EverybodyLeaves => true,
        WarningLevel::ElderlyLeave => DAY.contains(&in_japan(now).hour()),
        WarningLevel::Advisory => false,
    }
}

/// The tiles whose warnings are real and not old. Sample content never alarms anybody.
fn current(held: &Held, now: Timestamp) -> impl Iterator<Item = (&ServiceId, &Warnings)> {
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
    fn held(codes: &[(&str, u8)]) -> Held {
        let mut held = demonstration::held();
        demonstration::make_real(&mut held, codes);
        held
    }

    fn codes(held: &Held, answered: &[Answered], now: &str) -> Option<String> {
        due(held, answered, at(now), 0).map(|alert| alert.warning.code)
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
        let mut answered = vec![Answered {
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
        assert_eq!(due(&sample, &[], at(DAYTIME), 0), None);
        demonstration::make_real(&mut sample, &[("49", 4)]);
        assert_eq!(codes(&sample, &[], "2026-11-24T06:24:00Z"), None);
    }
}
