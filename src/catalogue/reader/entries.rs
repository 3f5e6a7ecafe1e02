//! One category, provider or message, and whom a tile or a message is for, and when.

use std::ops::Range;

use jiff::civil::Date;
use kairan_contract::{
    AgeBand, Audience, Category, Colour, CouncilMessage, Icon, Provider, ProviderKind,
};
use toml::de::DeValue;

use super::council::NAME_LIMIT;
use crate::{
    fault::FaultKind,
    ids::Ids,
    table::{Faults, Table, nearest, one_of},
};

/// Letters in the headline of a message, and in what it says: nobody reads more on their feet.
const HEADLINE_LIMIT: usize = 40;
const MESSAGE_LIMIT: usize = 1_000;
/// White icons on colour: WCAG 2.2 asks 3:1, and the pale line between two tiles needs more.
const LEAST_CONTRAST: f64 = 4.5;

pub(super) fn category(table: &Table, ids: &mut Ids, faults: &mut Faults) -> Option<Category> {
    let id = ids.take(table, faults);
    let name = table.need_short_text("name", NAME_LIMIT, faults);
    let colour = table.need_text("colour", faults).and_then(|text| {
        let Ok(colour) = Colour::try_from(text.value.to_owned()) else {
            faults.add(FaultKind::BadColour(text.value.to_owned()), &text.span);
            return None;
        };
        if colour.contrast_with_white() < LEAST_CONTRAST {
            faults.add(FaultKind::PaleColour(text.value.to_owned()), &text.span);
            return None;
        }
        Some(colour)
    });
    let icon = icon(table, faults);
    Some(Category {
        id: id?,
        name: name?,
        colour: colour?,
        icon: icon?,
    })
}

pub(super) fn provider(table: &Table, ids: &mut Ids, faults: &mut Faults) -> Option<Provider> {
    const KINDS: [(&str, ProviderKind); 2] = [
        ("government", ProviderKind::Government),
        ("private", ProviderKind::Private),
    ];
    let id = ids.take(table, faults);
    let name = table.need_short_text("name", NAME_LIMIT, faults);
    let kind = table.need_one_of("kind", &KINDS, faults);
    let telephone = table.telephone("telephone", faults);
    Some(Provider {
        id: id?,
        name: name?,
        kind: kind?,
        telephone,
    })
}

pub(super) fn message(table: &Table, ids: &mut Ids, faults: &mut Faults) -> Option<CouncilMessage> {
    let id = ids.take(table, faults);
    let title = table.need_short_text("title", HEADLINE_LIMIT, faults);
    let text = table.need_short_text("text", MESSAGE_LIMIT, faults);
    table.need("until", faults);
    let (from, until) = period(table, faults);
    Some(CouncilMessage {
        id: id?,
        title: title?,
        text: text?,
        from,
        until: until?,
    })
}

pub(super) fn icon(table: &Table, faults: &mut Faults) -> Option<Icon> {
    let text = table.need_text("icon", faults)?;
    let icon = Icon(text.value.to_owned());
    if icon.known() {
        return Some(icon);
    }
    let nearest = nearest(text.value, Icon::NAMES);
    faults.add(
        FaultKind::UnknownIcon {
            icon: icon.0,
            nearest,
        },
        &text.span,
    );
    None
}

pub(super) fn audience(table: &Table, faults: &mut Faults) -> Audience {
    let areas = table.areas("areas", faults);
    let age_bands = table
        .texts("age_bands", faults)
        .iter()
        .filter_map(|text| one_of("age_bands", text, &AgeBand::ALL, faults))
        .collect();
    Audience { areas, age_bands }
}

/// Periods of loans, each named as in the table of loans.
pub(super) fn cohorts(table: &Table, faults: &mut Faults) -> Vec<String> {
    let texts = table.texts("cohorts", faults).into_iter();
    texts.map(|text| text.value.trim().to_owned()).collect()
}

pub(super) fn period(table: &Table, faults: &mut Faults) -> (Option<Date>, Option<Date>) {
    let from = date(table, "from", faults);
    let until = date(table, "until", faults);
    if let (Some((from, _)), Some((until, span))) = (&from, &until)
        && until < from
    {
        faults.add(FaultKind::PeriodEndsBeforeItBegins, span);
    }
    (from.map(|(date, _)| date), until.map(|(date, _)| date))
}

/// A day, written as a TOML date or as a text.
fn date(table: &Table, key: &'static str, faults: &mut Faults) -> Option<(Date, Range<usize>)> {
    let value = table.get(key)?;
    let written = match value.get_ref() {
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::from("?"),
    };
    let parsed = written.parse::<Date>().ok().filter(|_| written.len() == 10);
    if parsed.is_none() {
        faults.add(FaultKind::BadDate(written), &value.span());
    }
    parsed.map(|date| (date, value.span()))
}
