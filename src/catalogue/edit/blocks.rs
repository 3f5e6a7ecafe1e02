//! Where each of a part stands in the text, with its comments: how one goes, and how two change places.

use std::ops::Range;

use toml_edit::{ArrayOfTables, Document, Item, Table};

use super::{
    not_edited::{NotEdited, unreadable},
    part::Part,
};

/// The way a tile is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

pub(super) fn place_of(listed: &ArrayOfTables, id: &str) -> Option<usize> {
    let is_it = |table: &Table| table.get("id").and_then(Item::as_str) == Some(id);
    listed.iter().position(is_it)
}

/// The text without one of a part.
pub fn remove(text: &str, part: Part, id: &str) -> Result<String, NotEdited> {
    let (blocks, place) = blocks_and_place(text, part, id)?;
    let block = &blocks[place];
    Ok(format!("{}{}", &text[..block.start], &text[block.end..]))
}

/// The text with one of a part before or behind its neighbour. At the end of the list nothing moves.
pub fn moved(text: &str, part: Part, id: &str, way: Way) -> Result<String, NotEdited> {
    let (blocks, place) = blocks_and_place(text, part, id)?;
    let first = match way {
        Way::Up => place.checked_sub(1),
        Way::Down => Some(place).filter(|place| place + 1 < blocks.len()),
    };
    let Some(first) = first else {
        return Ok(text.to_owned());
    };
    let (one, other) = (blocks[first].clone(), blocks[first + 1].clone());
    // The tiles change places; the empty lines between them stay.
    let parted = |block: Range<usize>| {
        let body = text[block.clone()].trim_end();
        (body, &text[block.start + body.len()..block.end])
    };
    let (start, end) = (one.start, other.end);
    // What stands between them, of another part, stays between them.
    let between = &text[one.end..other.start];
    let ((one, behind_one), (other, behind_other)) = (parted(one), parted(other));
    Ok(format!(
        "{}{other}{behind_one}{between}{one}{behind_other}{}",
        &text[..start],
        &text[end..]
    ))
}

/// Where each of a part stands in the text, with the comment right above it; and which of them has this id.
fn blocks_and_place(
    text: &str,
    part: Part,
    id: &str,
) -> Result<(Vec<Range<usize>>, usize), NotEdited> {
    let document = Document::parse(text).map_err(|error| unreadable(&error))?;
    let listed = document.get(part.key()).and_then(Item::as_array_of_tables);
    let listed = listed.ok_or(NotEdited::Gone)?;
    let place = place_of(listed, id).ok_or(NotEdited::Gone)?;
    let mut heads = Vec::new();
    for (_, item) in document.iter() {
        match item {
            Item::Table(table) => heads.extend(table.span()),
            Item::ArrayOfTables(tables) => heads.extend(tables.iter().filter_map(Table::span)),
            Item::None | Item::Value(_) => {}
        }
    }
    let mut starts: Vec<usize> = heads
        .iter()
        .map(|span| with_comment(text, span.start))
        .collect();
    starts.push(text.len());
    starts.sort_unstable();
    let blocks = listed.iter().map(|table| {
        let start = with_comment(text, table.span().map_or(0, |span| span.start));
        let end = starts.iter().find(|next| **next > start);
        start..end.copied().unwrap_or(text.len())
    });
    Ok((blocks.collect(), place))
}

/// The beginning of the comment lines that stand right above a line, without an empty line between.
fn with_comment(text: &str, head: usize) -> usize {
    let mut start = text[..head].rfind('\n').map_or(0, |at| at + 1);
    while start > 0 {
        let before = text[..start - 1].rfind('\n').map_or(0, |at| at + 1);
        if !text[before..start].trim_start().starts_with('#') {
            break;
        }
        start = before;
    }
    start
}
