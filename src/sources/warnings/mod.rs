//! The JMA's warnings (`warning/data/r8/{office}.json`): several bulletins at once, merged into what
//! is in force for one municipality.
//!
//! For one kind of bulletin (`dataTypeCode`) the newest that names the municipality decides and is
//! complete; different kinds add up. A 200 proves nothing: the age of the newest bulletin does.

mod bulletin;
mod in_force;
mod meaning;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Warning, Warnings};

use crate::{
    draft::{DraftContent, Gleaned},
    error::SourceError,
    japan::JAPAN,
};
use bulletin::{newest_first, read, some_areas};
use in_force::{headline, in_force};

/// What was made longer ago than this is not shown as current.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// The JMA's clock and ours may differ by so much.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Reads what is in force for the municipality with the code `area`. `all` passes over the age.
pub fn parse(bytes: &[u8], area: &str, now: Timestamp, all: bool) -> Result<Gleaned, SourceError> {
    let documents = read(bytes)?;
    let mut skipped = Vec::new();
    let bulletins = newest_first(&documents, area, &mut skipped)?;
    let Some(newest) = bulletins.first() else {
        return Err(SourceError::NotUnderstood(
            "there is no bulletin in it that can be read".to_owned(),
        ));
    };
    if !all {
        check_age(newest.reported_at, now)?;
    }
    if bulletins.iter().all(|bulletin| bulletin.kinds.is_none()) {
        return Err(SourceError::NotUnderstood(format!(
            "no bulletin names the municipality {area}; it names, for example, {}",
            some_areas(&documents)
        )));
    }
    let told = in_force(&bulletins);
    let headline = headline(&told);
    let mut in_force: Vec<Warning> = told.into_values().map(|told| told.warning).collect();
    in_force.sort_by(|one, other| {
        other
            .level
            .cmp(&one.level)
            .then_with(|| one.code.cmp(&other.code))
    });
    Ok(Gleaned {
        draft: DraftContent::Warnings(Warnings {
            area: area.to_owned(),
            publishing_office: newest.publishing_office.clone(),
            reported_at: newest.reported_at,
            headline,
            in_force,
        }),
        skipped,
    })
}

fn check_age(newest: Timestamp, now: Timestamp) -> Result<(), SourceError> {
    let age = now.duration_since(newest);
    let at = newest.to_zoned(jiff::tz::TimeZone::fixed(JAPAN));
    let at = at.strftime("%Y-%m-%d %H:%M");
    if age > OLDEST {
        return Err(SourceError::NotUnderstood(format!(
            "the newest bulletin is of {at}, more than 24 hours ago: it is not current"
        )));
    }
    if age < -FURTHEST_AHEAD {
        return Err(SourceError::NotUnderstood(format!(
            "the newest bulletin is of {at}, which has not come yet: it is not current"
        )));
    }
    Ok(())
}
