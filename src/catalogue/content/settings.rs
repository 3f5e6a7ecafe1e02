//! What each kind of content says of itself besides its address.

use std::collections::BTreeMap;

use kairan_contract::Position;
use toml::de::DeValue;

use super::word::Word;
use crate::{
    fault::{Expected, FaultKind},
    table::{Faults, Placed, Table, nearest},
};
use kairan_sources::{
    entities::Becomes,
    open_data::{events, places},
    source::SourceKind,
    timetable,
};

/// Letters in the name of a point: it stands before each way.
const NEAR_NAME_LIMIT: usize = 10;

pub(super) fn kind(word: Word, table: &Table, faults: &mut Faults) -> Option<SourceKind> {
    let texts = |key, faults: &mut Faults| -> Vec<String> {
        let found = table.texts(key, faults).into_iter();
        found.map(|text| text.value.to_owned()).collect()
    };
    Some(match word {
        Word::Feed => SourceKind::Feed {
            include: texts("include", faults),
            exclude: texts("exclude", faults),
        },
        Word::Weather => {
            let area = table.need_text("area", faults);
            let station = table.text("station", faults);
            SourceKind::Weather {
                area: area?.value.to_owned(),
                station: station.map(|text| text.value.to_owned()),
            }
        }
        Word::Warnings => {
            let area = table.need_text("area", faults)?;
            if !are_digits(area.value, 7) {
                let known = "a municipality of seven digits such as 2710000 (class20 of area.json)";
                faults.add(not_a_code("area", &area, known), &area.span);
                return None;
            }
            SourceKind::Warnings {
                area: area.value.to_owned(),
            }
        }
        Word::Places => SourceKind::Places {
            columns: named("columns", table, places::COLUMNS, faults),
            near: near(table, faults),
        },
        Word::Events => SourceKind::Events {
            columns: named("columns", table, events::COLUMNS, faults),
        },
        Word::Timetable => {
            let (stops, to) = (stops(table, faults), table.text("to", faults));
            SourceKind::Timetable {
                stops: stops?,
                to: to.map(|text| text.value.to_owned()),
            }
        }
        Word::Entities => {
            let becomes = table.need_one_of("gives", &Becomes::ALL, faults)?;
            let fields: Vec<&'static str> =
                becomes.fields().iter().map(|(field, _)| *field).collect();
            SourceKind::Entities {
                becomes,
                mapping: named("map", table, &fields, faults),
                near: near(table, faults),
            }
        }
        Word::Page => SourceKind::Page,
        Word::Audio => SourceKind::Audio,
        Word::Questionnaire => SourceKind::Questionnaire,
        Word::Form => SourceKind::Form,
    })
}

/// `stop = "市役所前"`, or several of which a resident chooses.
fn stops(table: &Table, faults: &mut Faults) -> Option<Vec<String>> {
    let value = table.need("stop", faults)?;
    if matches!(value.get_ref(), DeValue::String(_)) {
        let only = table.need_text("stop", faults)?;
        return Some(vec![only.value.to_owned()]);
    }
    let stops = table.texts("stop", faults).into_iter();
    let stops: Vec<String> = stops.map(|text| text.value.to_owned()).collect();
    if stops.is_empty() || stops.len() > timetable::STOP_LIMIT {
        let kind = FaultKind::WrongType {
            key: "stop".to_owned(),
            expected: Expected::Stops,
        };
        faults.add(kind, &value.span());
        return None;
    }
    Some(stops)
}

pub(super) fn are_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn not_a_code(key: &str, text: &Placed<&str>, known: &'static str) -> FaultKind {
    FaultKind::NotOneOf {
        key: key.to_owned(),
        value: text.value.to_owned(),
        known: vec![known],
    }
}

/// A table of names: our word for something, and the city's or the broker's.
fn named(
    key: &'static str,
    table: &Table,
    known: &[&'static str],
    faults: &mut Faults,
) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let Some(value) = table.get(key) else {
        return names;
    };
    let wrong = |key: &str, expected| FaultKind::WrongType {
        key: key.to_owned(),
        expected,
    };
    let DeValue::Table(table) = value.get_ref() else {
        faults.add(wrong(key, Expected::Table), &value.span());
        return names;
    };
    for (word, name) in table {
        let written: &str = word.get_ref().as_ref();
        if !known.contains(&written) {
            faults.add(
                FaultKind::UnknownKey {
                    key: written.to_owned(),
                    nearest: nearest(written, known),
                    known: known.to_vec(),
                },
                &word.span(),
            );
            continue;
        }
        match name.get_ref() {
            DeValue::String(name) if !name.trim().is_empty() => {
                names.insert(written.to_owned(), name.trim().to_owned());
            }
            _ => faults.add(wrong(written, Expected::Text), &name.span()),
        }
    }
    names
}

/// `near = [34.69, 135.50]`: degrees north and east.
fn near(table: &Table, faults: &mut Faults) -> Option<Position> {
    let value = table.get("near")?;
    let numbers: Vec<f64> = match value.get_ref() {
        DeValue::Array(numbers) => numbers
            .iter()
            .filter_map(|number| match number.get_ref() {
                DeValue::Float(number) => number.as_str().parse().ok(),
                DeValue::Integer(number) => number.as_str().parse().ok(),
                _ => None,
            })
            .collect(),
        DeValue::String(text) => text
            .split(',')
            .filter_map(|number| number.trim().parse().ok())
            .collect(),
        _ => Vec::new(),
    };
    let position = match numbers[..] {
        [latitude, longitude] => Position::new(latitude, longitude).ok(),
        _ => None,
    };
    if position.is_none() {
        faults.add(FaultKind::BadPosition, &value.span());
    }
    position
}

/// `near_name = "駅前"`: what residents call the point. Without it they are told of the middle of the town, so
/// whoever measures from somewhere is asked for it.
pub(super) fn near_name(table: &Table, faults: &mut Faults) -> Option<String> {
    let (near, name) = (table.get("near"), table.text("near_name", faults));
    match (near, &name) {
        (Some(near), None) if table.get("near_name").is_none() => {
            faults.hint(FaultKind::NoNearName, &near.span());
        }
        (None, Some(name)) => faults.hint(FaultKind::NameOfNoPoint, &name.span),
        _ => {}
    }
    let name = name?;
    if name.value.chars().count() > NEAR_NAME_LIMIT {
        let kind = FaultKind::TextTooLong {
            key: "near_name".to_owned(),
            limit: NEAR_NAME_LIMIT,
        };
        faults.add(kind, &name.span);
        return None;
    }
    Some(name.value.trim().to_owned())
}
