//! What two catalogues differ in, tile by tile and part by part, in words that a clerk and a resident's helper understand. Pure.

use std::collections::{BTreeMap, BTreeSet};

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
    /// A setting without a form, such as `network.allowed_hosts`, says something else.
    Setting {
        /// Its table and its key.
        name: String,
        /// What was.
        was: String,
        /// What is now.
        is_now: String,
    },
    /// Nothing but a comment, or how it is written.
    Besides,
}

/// The differences from one text to another.
pub fn changes(before: &str, after: &str) -> Result<Vec<Change>, NotEdited> {
    let mut found = Vec::new();
    for part in Part::ALL {
        let (old, new) = (entries(before, part)?, entries(after, part)?);
        found.extend(changes_of(part, &old, &new));
    }
    found.extend(other_settings(before, after));
    if found.is_empty() && before != after {
        found.push(Change::Besides);
    }
    Ok(found)
}

/// The differences among tiles of which somebody may know.
pub fn changes_of_tiles(before: &[Typed], after: &[Typed]) -> Vec<Change> {
    changes_of(Part::Tile, before, after)
}

/// What changes in the tables that have no form.
fn other_settings(before: &str, after: &str) -> Vec<Change> {
    let (old, new) = (settings(before), settings(after));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name));
    changed
        .map(|name| Change::Setting {
            name: name.clone(),
            was: old.get(name).cloned().unwrap_or_default(),
            is_now: new.get(name).cloned().unwrap_or_default(),
        })
        .collect()
}

/// Each setting outside of the parts, under its table and its key.
fn settings(text: &str) -> BTreeMap<String, String> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let others = table
        .into_iter()
        .filter(|(key, _)| Part::ALL.iter().all(|part| part.key() != key));
    let mut found = BTreeMap::new();
    for (key, value) in others {
        match value {
            toml::Value::Table(inner) => {
                let named = inner
                    .into_iter()
                    .map(|(name, value)| (format!("{key}.{name}"), value.to_string()));
                found.extend(named);
            }
            value => {
                found.insert(key, value.to_string());
            }
        }
    }
    found
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

    #[test]
    fn a_setting_without_a_form_is_told_beside_everything_else() {
        let before = "[evaluation]\nwithhold_below = 10\n[network]\nallowed_hosts = []\n[council]\nname = \"a\"\n";
        let after = "[evaluation]\nwithhold_below = 3\n[network]\nallowed_hosts = [\"intra\"]\n[council]\nname = \"b\"\n";
        let found = changes(before, after).expect("reads");
        assert_eq!(found.len(), 3, "{found:?}");
        let setting = |name: &str, was: &str, is_now: &str| Change::Setting {
            name: name.to_owned(),
            was: was.to_owned(),
            is_now: is_now.to_owned(),
        };
        assert!(found.contains(&setting("evaluation.withhold_below", "10", "3")));
        assert!(found.contains(&setting("network.allowed_hosts", "[]", "[\"intra\"]")));
    }
}
