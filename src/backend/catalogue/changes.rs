//! What two catalogues differ in, tile by tile and part by part, in words that a clerk and a resident's helper understand. Pure.

use std::collections::BTreeMap;

use super::edit::{NotEdited, Part, Typed, entries};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One that was not there; its name.
    Added(Part, String),
    /// One that is there no more; its name.
    Removed(Part, String),
    /// One that says something else: its name, the field, what was, what is now.
    Changed {
        /// Of what.
        part: Part,
        /// Its name.
        name: String,
        /// The field.
        field: &'static str,
        /// What was.
        was: String,
        /// What is now.
        is_now: String,
    },
    /// The order is another.
    Reordered(Part),
    /// Something besides: a setting without a form, or a comment.
    Besides,
}

/// The differences from one text to another.
pub fn changes(before: &str, after: &str) -> Result<Vec<Change>, NotEdited> {
    let mut found = Vec::new();
    for part in Part::ALL {
        let (old, new) = (entries(before, part)?, entries(after, part)?);
        found.extend(changes_of(part, &old, &new));
    }
    if found.is_empty() && before != after {
        found.push(Change::Besides);
    }
    Ok(found)
}

fn changes_of(part: Part, old: &[Typed], new: &[Typed]) -> Vec<Change> {
    let (by_id, now) = (by_id(old), by_id(new));
    let name = |entry: &Typed| entry.get(part.name_field()).cloned().unwrap_or_default();
    let mut found = Vec::new();
    for entry in new {
        let Some(was) = by_id.get(id(entry)) else {
            found.push(Change::Added(part, name(entry)));
            continue;
        };
        for field in part.fields() {
            let text = |entry: &Typed| entry.get(*field).cloned().unwrap_or_default();
            if text(was) != text(entry) {
                found.push(Change::Changed {
                    part,
                    name: name(entry),
                    field,
                    was: text(was),
                    is_now: text(entry),
                });
            }
        }
    }
    let gone = old.iter().filter(|entry| !now.contains_key(id(entry)));
    found.extend(gone.map(|entry| Change::Removed(part, name(entry))));
    let order = |entries: &[Typed], others: &BTreeMap<&str, &Typed>| -> Vec<String> {
        let kept = entries.iter().map(id).filter(|id| others.contains_key(id));
        kept.map(str::to_owned).collect()
    };
    if order(old, &now) != order(new, &by_id) {
        found.push(Change::Reordered(part));
    }
    found
}

fn by_id(entries: &[Typed]) -> BTreeMap<&str, &Typed> {
    entries.iter().map(|entry| (id(entry), entry)).collect()
}

fn id(entry: &Typed) -> &str {
    entry.get("id").map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_told() {
        let before = "[[service]]\nid = \"a\"\ntitle = \"あ\"\n[[service]]\nid = \"b\"\ntitle = \"い\"\n[[service]]\nid = \"c\"\ntitle = \"う\"\n";
        let after = "[[service]]\nid = \"b\"\ntitle = \"いい\"\n[[service]]\nid = \"a\"\ntitle = \"あ\"\n[[service]]\nid = \"d\"\ntitle = \"え\"\n";
        assert_eq!(
            changes(before, after).expect("reads"),
            [
                Change::Changed {
                    part: Part::Tile,
                    name: "いい".to_owned(),
                    field: "title",
                    was: "い".to_owned(),
                    is_now: "いい".to_owned(),
                },
                Change::Added(Part::Tile, "え".to_owned()),
                Change::Removed(Part::Tile, "う".to_owned()),
                Change::Reordered(Part::Tile),
            ]
        );
        assert_eq!(changes(before, before).expect("reads"), []);
        let noted = format!("# a note\n{before}");
        assert_eq!(changes(before, &noted).expect("reads"), [Change::Besides]);
    }
}
