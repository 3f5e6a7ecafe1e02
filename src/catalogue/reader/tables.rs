//! The tables of a catalogue, found under their keys.

use toml::{Spanned, de::DeValue};

use crate::{
    fault::{Expected, FaultKind},
    table::{Faults, Table},
};

pub(super) fn sub_table<'t>(
    name: &'static str,
    known: &'static [&'static str],
    value: &'t Spanned<DeValue<'t>>,
    faults: &mut Faults,
) -> Option<Table<'t>> {
    Table::under(name, shown_name(name), known, value, faults)
}

/// The tables of the list at `key`.
pub(super) fn tables<'t>(
    root: &Table<'t>,
    key: &'static str,
    known: &'static [&'static str],
    faults: &mut Faults,
) -> Vec<Table<'t>> {
    let Some(value) = root.get(key) else {
        return Vec::new();
    };
    let wrong = || FaultKind::WrongType {
        key: key.to_owned(),
        expected: Expected::Tables,
    };
    let DeValue::Array(list) = value.get_ref() else {
        faults.add(wrong(), &value.span());
        return Vec::new();
    };
    let mut tables = Vec::new();
    for item in list {
        match item.get_ref() {
            DeValue::Table(table) => {
                tables.push(Table::new(
                    shown_name(key),
                    known,
                    table,
                    item.span(),
                    faults,
                ));
            }
            _ => faults.add(wrong(), &item.span()),
        }
    }
    tables
}

fn shown_name(key: &'static str) -> &'static str {
    match key {
        "council" => "[council]",
        "network" => "[network]",
        "evaluation" => "[evaluation]",
        "category" => "[[category]]",
        "provider" => "[[provider]]",
        "service" => "[[service]]",
        "message" => "[[message]]",
        "reading" => "[[reading]]",
        other => other,
    }
}
