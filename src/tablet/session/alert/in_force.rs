//! What takes over the screen: an emergency of the council's at any hour; a new warning of level 4 or 5 at any
//! hour, of level 3 by day. What was answered is remembered until it is over. Pure.

use jiff::Timestamp;
use kairan_contract::{
    Content, Emergency, EmergencySeen, EmergencyStage, Freshness, ServiceId, Warning, Warnings,
};

use super::subject::{AlertSubject, family, takes_over};
use crate::{
    dates::in_japan,
    items::has_aged,
    library::ContentSnapshot,
    profile::{AnsweredWarning, Profile},
};

/// What is remembered of a warning once it is answered.
pub(super) fn answered(area: String, warning: &Warning) -> AnsweredWarning {
    AnsweredWarning {
        area,
        family: family(&warning.code).to_owned(),
        level: warning.level,
    }
}

/// Forgets of the resident's answers what nobody speaks of any more. Says whether there was anything.
pub(super) fn forget_what_is_over(profile: &mut Profile, content: &ContentSnapshot) -> bool {
    let known = |profile: &Profile| (profile.answered.len(), profile.emergencies.len());
    let before = known(profile);
    forget(&mut profile.answered, content);
    forget_emergencies(&mut profile.emergencies, content);
    known(profile) != before
}

/// Everything that takes over now and has not been answered: of each danger the gravest that is said of it.
pub(super) fn due(
    snapshot: &ContentSnapshot,
    answered: &[AnsweredWarning],
    seen: &[EmergencySeen],
    now: Timestamp,
) -> Vec<AlertSubject> {
    let emergencies = emergencies(snapshot, now).filter_map(|emergency| wanting(emergency, seen));
    let all = warnings(snapshot, answered, now).chain(emergencies);
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
    snapshot: &'h ContentSnapshot,
    answered: &'h [AnsweredWarning],
    now: Timestamp,
) -> impl Iterator<Item = AlertSubject> + 'h {
    let is_answered = |area: &str, warning: &Warning| {
        answered.iter().any(|known| {
            let same = known.area == area && known.family == family(&warning.code);
            same && warning.level <= known.level
        })
    };
    current(snapshot, now).flat_map(move |(service, warnings)| {
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
pub fn emergencies(snapshot: &ContentSnapshot, now: Timestamp) -> impl Iterator<Item = &Emergency> {
    let all = snapshot.manifest.emergencies.iter().rev();
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
pub(super) fn note(
    seen: &mut Vec<EmergencySeen>,
    emergency: &Emergency,
    answered: bool,
) -> EmergencySeen {
    let noted = EmergencySeen {
        id: emergency.id,
        edition: emergency.edition,
        answered,
    };
    seen.retain(|known| known.id != emergency.id);
    seen.push(noted);
    noted
}

/// Whether it is still so.
pub(super) fn is_in_force(
    snapshot: &ContentSnapshot,
    danger: &AlertSubject,
    now: Timestamp,
) -> bool {
    match danger {
        AlertSubject::Practice(_) => true,
        AlertSubject::Emergency { emergency, .. } => {
            emergencies(snapshot, now).any(|it| it == emergency)
        }
        AlertSubject::Warning {
            service, warning, ..
        } => current(snapshot, now).any(|(id, warnings)| {
            let same = |it: &Warning| it.code == warning.code;
            id == service && warnings.in_force.iter().any(same)
        }),
    }
}

/// Forgets emergencies that nobody speaks of any more.
fn forget_emergencies(seen: &mut Vec<EmergencySeen>, snapshot: &ContentSnapshot) {
    let said = &snapshot.manifest.emergencies;
    seen.retain(|known| said.iter().any(|it| it.id == known.id));
}

/// Forgets the answers to warnings that are over: when one comes again it is a new one. What
/// nobody can read now says nothing of what is over.
fn forget(answered: &mut Vec<AnsweredWarning>, snapshot: &ContentSnapshot) {
    let contents = snapshot.contents.values();
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

/// The tiles whose warnings are real and not old. Sample content never alarms anybody.
fn current(
    snapshot: &ContentSnapshot,
    now: Timestamp,
) -> impl Iterator<Item = (&ServiceId, &Warnings)> {
    let today = in_japan(now).date();
    snapshot.manifest.services.iter().filter_map(move |entry| {
        let id = &entry.service.id;
        let content = snapshot.contents.get(id)?;
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
    use kairan_contract::WarningLevel;

    use super::*;
    use crate::demonstration;

    const DAYTIME: &str = "2026-11-22T06:24:00Z";
    const NIGHT: &str = "2026-11-22T12:30:00Z";

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    /// The demonstration with warnings of these codes and levels, as if they were real.
    fn snapshot(codes: &[(&str, u8)]) -> ContentSnapshot {
        let mut snapshot = demonstration::snapshot();
        demonstration::make_real(&mut snapshot, codes);
        snapshot
    }

    fn codes(
        snapshot: &ContentSnapshot,
        answered: &[AnsweredWarning],
        now: &str,
    ) -> Option<String> {
        let dangers = due(snapshot, answered, &[], at(now));
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
            let snapshot = snapshot(&[("x", level)]);
            assert_eq!(codes(&snapshot, &[], DAYTIME).is_some(), by_day, "{level}");
            assert_eq!(codes(&snapshot, &[], NIGHT).is_some(), by_night, "{level}");
        }
        let both = snapshot(&[("49", 4), ("33", 5)]);
        assert_eq!(codes(&both, &[], NIGHT).as_deref(), Some("33"));
    }

    #[test]
    fn what_is_answered_is_shown_again_only_after_it_was_over() {
        let mut answered = vec![AnsweredWarning {
            area: "9920100".to_owned(),
            family: "09".to_owned(),
            level: WarningLevel::EverybodyLeaves,
        }];
        let lesser = snapshot(&[("09", 3)]);
        assert_eq!(
            codes(&lesser, &answered, DAYTIME),
            None,
            "it has become less"
        );
        let again = snapshot(&[("49", 4)]);
        forget(&mut answered, &again);
        assert_eq!(codes(&again, &answered, NIGHT), None);
        let graver = snapshot(&[("49", 4), ("39", 5)]);
        assert_eq!(codes(&graver, &answered, NIGHT).as_deref(), Some("39"));
        forget(&mut answered, &snapshot(&[]));
        assert_eq!(codes(&again, &answered, NIGHT).as_deref(), Some("49"));
    }

    #[test]
    fn samples_and_what_is_old_alarm_nobody() {
        let mut sample = demonstration::snapshot();
        assert_eq!(due(&sample, &[], &[], at(DAYTIME)), []);
        demonstration::make_real(&mut sample, &[("49", 4)]);
        assert_eq!(codes(&sample, &[], "2026-11-24T06:24:00Z"), None);
    }
}
