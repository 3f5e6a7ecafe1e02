//! Changing one tile, one message, … in the text of `services.toml`: what nobody touched stays as it was written, with its order
//! and its comments. Pure: a text goes in and another comes out.

mod blocks;
mod not_edited;
mod part;
#[cfg(test)]
mod tests;
mod typed;

use toml_edit::{ArrayOfTables, Document, DocumentMut, Item, Table, Value};

use crate::fault::{Fault, FaultKind};
use blocks::place_of;
use not_edited::unreadable;
use typed::{is_the_same, typed, value_of};

pub use blocks::{Way, moved, remove};
pub use not_edited::NotEdited;
pub use part::Part;
pub use typed::{Typed, settings_of};

/// Fields with lines of their own.
const LINES: [&str; 2] = ["content", "text"];
/// A field that forms of before do not have: what they do not name stays as it is.
const LATER_FIELD: &str = "neighbourhoods";

/// Those of a part in their order, as they would be typed.
pub fn entries(text: &str, part: Part) -> Result<Vec<Typed>, NotEdited> {
    let document = Document::parse(text).map_err(|error| unreadable(&error))?;
    let Some(item) = document.get(part.key()) else {
        return Ok(Vec::new());
    };
    Ok(match item {
        Item::ArrayOfTables(tables) => tables.iter().map(|table| typed(part, table)).collect(),
        Item::Table(table) => vec![typed(part, table)],
        Item::None | Item::Value(_) => Vec::new(),
    })
}

/// The text with one of a part as it was typed: the one with this id, or a new one at the end. The council has no
/// id, and is always there.
pub fn put(text: &str, part: Part, id: Option<&str>, wanted: &Typed) -> Result<String, NotEdited> {
    let mut document: DocumentMut = text.parse().map_err(|error| unreadable(&error))?;
    let item = document.entry(part.key()).or_insert_with(|| match part {
        Part::Council => Item::Table(Table::new()),
        _ => Item::ArrayOfTables(ArrayOfTables::new()),
    });
    let table = match item {
        Item::Table(table) if part == Part::Council => table,
        Item::ArrayOfTables(tables) => {
            let place = match id {
                None => {
                    let mut table = Table::new();
                    // An empty line parts it from what stands above.
                    table.decor_mut().set_prefix("\n");
                    tables.push(table);
                    tables.len() - 1
                }
                Some(id) => place_of(tables, id).ok_or(NotEdited::Gone)?,
            };
            tables.get_mut(place).ok_or(NotEdited::Gone)?
        }
        _ => {
            let key = part.key();
            return Err(NotEdited::Unreadable(format!(
                "`{key}` is no list of tables"
            )));
        }
    };
    let before = typed(part, table);
    for name in part.fields() {
        if *name == LATER_FIELD && !wanted.contains_key(*name) {
            continue;
        }
        let wanted = wanted.get(*name).map_or_else(String::new, |text| {
            if LINES.contains(name) {
                text.trim().to_owned()
            } else {
                text.trim().replace(['\r', '\n', '\t'], " ")
            }
        });
        let wanted = wanted.as_str();
        let was = before.get(*name).map(|text| text.trim());
        if is_the_same(name, was.unwrap_or_default(), wanted) {
            continue;
        }
        if wanted.is_empty() {
            table.remove(name);
        } else {
            set(table, name, value_of(name, wanted)?);
        }
    }
    Ok(document.to_string())
}

/// Puts a value in the place of another, whose comment stays behind it.
fn set(table: &mut Table, name: &str, mut value: Value) {
    if let Some(before) = table.get(name).and_then(Item::as_value) {
        *value.decor_mut() = before.decor().clone();
    } else {
        table.remove(name);
    }
    table.insert(name, Item::Value(value));
}

/// The field of one of a part, by its place in the list, in which a fault stands; none where it stands elsewhere.
pub fn field_of(text: &str, part: Part, place: usize, fault: &Fault) -> Option<&'static str> {
    let document = Document::parse(text).ok()?;
    let table = match document.get(part.key())? {
        Item::Table(table) => table,
        Item::ArrayOfTables(listed) => listed.get(place)?,
        Item::None | Item::Value(_) => return None,
    };
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let head = table.span().map(|span| line_of(span.start));
    if let FaultKind::MissingKey { table: of, key } = &fault.kind
        && head == Some(fault.line)
        && *of == part.shown()
    {
        return part.fields().iter().copied().find(|name| name == key);
    }
    part.fields().iter().copied().find(|name| {
        let Some(item) = table.get(name) else {
            return false;
        };
        let key = table.key(name).and_then(toml_edit::Key::span);
        let value = item.span();
        let from = key.iter().chain(&value).map(|span| span.start).min();
        let to = value.iter().chain(&key).map(|span| span.end).max();
        let (Some(from), Some(to)) = (from, to) else {
            return false;
        };
        // What a table holds that has its own heading goes on below it.
        let inner = item.as_table().into_iter().flat_map(Table::iter);
        let to = inner
            .filter_map(|(_, item)| item.span())
            .map(|span| span.end)
            .fold(to, usize::max);
        (line_of(from)..=line_of(to)).contains(&fault.line)
    })
}
