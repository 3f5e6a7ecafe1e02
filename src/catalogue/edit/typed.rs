//! Values as a person types them, and the same as they stand in TOML.

use std::collections::BTreeMap;

use toml_edit::{Datetime, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{not_edited::NotEdited, part::Part};

/// Fields that are written as a list, and those that are written as a date.
const LISTS: [&str; 3] = ["areas", "age_bands", "cohorts"];
const DATES: [&str; 2] = ["from", "until"];
/// The field that says yes or no.
const FLAG: &str = "off";

/// One of a part as it is typed: the text of each field, or nothing.
pub type Typed = BTreeMap<String, String>;

pub(super) fn typed(part: Part, table: &Table) -> Typed {
    let fields = part.fields().iter().filter_map(|name| {
        let item = table.get(name)?;
        let text = match *name {
            "content" => item.as_table_like().map_or_else(String::new, settings),
            _ => written(item),
        };
        Some(((*name).to_owned(), text))
    });
    fields.collect()
}

/// A value as a person types it.
fn written(item: &Item) -> String {
    match item.as_value() {
        Some(Value::String(text)) => text.value().clone(),
        Some(Value::Datetime(date)) => date.value().to_string(),
        Some(Value::Array(list)) => {
            let parts = list.iter().map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string().trim().to_owned(), str::to_owned)
            });
            parts.collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string().trim().to_owned(),
        None => String::new(),
    }
}

/// The settings of a content, one a line.
fn settings(content: &dyn TableLike) -> String {
    let lines = content.iter().map(|(key, item)| {
        let value = item.as_value().cloned().map(|mut value| {
            value.decor_mut().clear();
            value.to_string()
        });
        // A table within the table is written in one line.
        let value = value.or_else(|| {
            let inner = item.clone().into_value().ok()?;
            Some(inner.to_string().trim().to_owned())
        });
        format!("{key} = {}", value.unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a field says what it said: of a content, whatever the order of its settings.
pub(super) fn is_the_same(name: &str, was: &str, wanted: &str) -> bool {
    let sorted = |lines| {
        let mut settings = settings_of(lines).ok()?;
        settings.sort();
        Some(settings)
    };
    was == wanted || name == "content" && !wanted.is_empty() && sorted(was) == sorted(wanted)
}

pub(super) fn value_of(name: &str, wanted: &str) -> Result<Value, NotEdited> {
    if name == "content" {
        return content(wanted);
    }
    if LISTS.contains(&name) {
        let parts = wanted
            .split([',', '、'])
            .map(str::trim)
            .filter(|part| !part.is_empty());
        return Ok(Value::Array(parts.collect()));
    }
    if name == FLAG
        && let Ok(is_so) = wanted.parse::<bool>()
    {
        return Ok(is_so.into());
    }
    if DATES.contains(&name)
        && let Ok(date) = wanted.parse::<Datetime>()
    {
        return Ok(date.into());
    }
    Ok(wanted.into())
}

fn content(lines: &str) -> Result<Value, NotEdited> {
    let document: DocumentMut = lines
        .replace('\r', "")
        .parse()
        .map_err(|_| NotEdited::Content)?;
    let mut table = InlineTable::new();
    for (key, item) in document.iter() {
        let mut value = item.clone().into_value().map_err(|_| NotEdited::Content)?;
        value.decor_mut().clear();
        table.insert(key, value);
    }
    Ok(Value::InlineTable(table))
}

/// The settings of a content one by one, each value as it stands in TOML.
pub fn settings_of(lines: &str) -> Result<Vec<(String, String)>, NotEdited> {
    let content = content(lines)?;
    let table = content
        .as_inline_table()
        .into_iter()
        .flat_map(InlineTable::iter);
    Ok(table
        .map(|(key, value)| {
            let mut value = value.clone();
            value.decor_mut().clear();
            (key.to_owned(), value.to_string())
        })
        .collect())
}
