//! Who lends the tablets, what the voice is taught, and what was decided about usage records.

use std::ops::RangeInclusive;

use kairan_contract::{Council, Reading};

use crate::{
    catalogue::EvaluationSettings,
    fault::FaultKind,
    table::{Faults, Table, tables},
};

/// Letters in the name of a council, a category or a provider.
pub(super) const NAME_LIMIT: usize = 20;
/// Letters in a word that the voice is taught.
const WORD_LIMIT: usize = 30;

/// Kana, the long mark, and what parts words.
pub(super) fn is_spoken(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{309f}' | '\u{30a0}'..='\u{30ff}' | ' ' | '　' | '、')
}

/// What the voice is taught. A word that stands twice has two readings, of which one is wrong.
pub(super) fn readings(root: &Table, faults: &mut Faults) -> Vec<Reading> {
    let mut known: Vec<Reading> = Vec::new();
    for table in tables(root, "reading", &["written", "spoken"], faults) {
        let spoken = table.need_text("spoken", faults);
        let spoken = spoken.filter(|spoken| {
            let is_spoken = !spoken.value.trim().is_empty() && spoken.value.chars().all(is_spoken);
            if !is_spoken {
                faults.add(FaultKind::BadReading(spoken.value.to_owned()), &spoken.span);
            }
            is_spoken
        });
        let place = table.need_text("written", faults).map(|it| it.span);
        let written = table.need_short_text("written", WORD_LIMIT, faults);
        let (Some(written), Some(spoken), Some(place)) = (written, spoken, place) else {
            continue;
        };
        if !written.chars().any(is_distinct) {
            faults.add(FaultKind::NotAWord(written), &place);
        } else if known.iter().any(|it| it.written == written) {
            faults.add(FaultKind::ReadTwice(written), &place);
        } else {
            known.push(Reading {
                written,
                spoken: spoken.value.to_owned(),
            });
        }
    }
    known
}

/// Whether a letter tells a word from others: one in hiragana alone stands within many.
fn is_distinct(letter: char) -> bool {
    letter.is_alphanumeric() && !matches!(letter, '\u{3041}'..='\u{309f}')
}

pub(super) fn council(
    table: &Table,
    readings: Vec<Reading>,
    faults: &mut Faults,
) -> Option<Council> {
    let name = table.need_short_text("name", NAME_LIMIT, faults);
    table.need("areas", faults);
    let areas = table.areas("areas", faults);
    let helper_telephone = table
        .need("helper_telephone", faults)
        .and_then(|_| table.telephone("helper_telephone", faults));
    Some(Council {
        name: name?,
        areas,
        helper_telephone: helper_telephone?,
        readings,
    })
}

pub(super) fn evaluation(table: &Table, faults: &mut Faults) -> EvaluationSettings {
    let mut within =
        |key, range: RangeInclusive<u32>| table.number(key, *range.start(), *range.end(), faults);
    let least = within("withhold_below", EvaluationSettings::WITHHOLD_BELOW);
    EvaluationSettings {
        withhold_below: least.unwrap_or(EvaluationSettings::default().withhold_below),
        keep_records_days: within("keep_records_days", EvaluationSettings::KEEP_RECORDS_DAYS),
    }
}
