//! What two catalogues differ in, tile by tile, in words that a clerk and a resident's helper understand. Pure.

use std::collections::BTreeMap;

use super::edit::{FIELDS, NotEdited, Typed, tiles};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A tile that was not there; its title.
    Added(String),
    /// A tile that is there no more; its title.
    Removed(String),
    /// A tile that says something else: its title, the field, what was, what is now.
    Changed {
        /// The title of the tile.
        title: String,
        /// The field.
        field: &'static str,
        /// What was.
        was: String,
        /// What is now.
        is_now: String,
    },
    /// The order is another.
    Reordered,
    /// Something besides the tiles: the council, categories, providers, messages, or a comment.
    Besides,
}

/// The differences from one text to another.
pub fn changes(before: &str, after: &str) -> Result<Vec<Change>, NotEdited> {
    let (old, new) = (tiles(before)?, tiles(after)?);
    let (by_id, now) = (by_id(&old), by_id(&new));
    let title = |tile: &Typed| tile.get("title").cloned().unwrap_or_default();
    let mut found = Vec::new();
    for tile in &new {
        let Some(was) = by_id.get(id(tile)) else {
            found.push(Change::Added(title(tile)));
            continue;
        };
        for field in FIELDS {
            let text = |tile: &Typed| tile.get(field).cloned().unwrap_or_default();
            if text(was) != text(tile) {
                found.push(Change::Changed {
                    title: title(tile),
                    field,
                    was: text(was),
                    is_now: text(tile),
                });
            }
        }
    }
    let gone = old.iter().filter(|tile| !now.contains_key(id(tile)));
    found.extend(gone.map(|tile| Change::Removed(title(tile))));
    let order = |tiles: &[Typed], others: &BTreeMap<&str, &Typed>| -> Vec<String> {
        let kept = tiles.iter().map(id).filter(|id| others.contains_key(id));
        kept.map(str::to_owned).collect()
    };
    if order(&old, &now) != order(&new, &by_id) {
        found.push(Change::Reordered);
    }
    if found.is_empty() && before != after {
        found.push(Change::Besides);
    }
    Ok(found)
}

fn by_id(tiles: &[Typed]) -> BTreeMap<&str, &Typed> {
    tiles.iter().map(|tile| (id(tile), tile)).collect()
}

fn id(tile: &Typed) -> &str {
    tile.get("id").map_or("", String::as_str)
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
                    title: "いい".to_owned(),
                    field: "title",
                    was: "い".to_owned(),
                    is_now: "いい".to_owned(),
                },
                Change::Added("え".to_owned()),
                Change::Removed("う".to_owned()),
                Change::Reordered,
            ]
        );
        assert_eq!(changes(before, before).expect("reads"), []);
        let noted = format!("# a note\n{before}");
        assert_eq!(changes(before, &noted).expect("reads"), [Change::Besides]);
    }
}
