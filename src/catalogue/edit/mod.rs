//! Changing one tile, one message, … in the text of `services.toml`: what nobody touched stays as it was written, with its order
//! and its comments. Pure: a text goes in and another comes out.

use std::{collections::BTreeMap, ops::Range};

use toml_edit::{
    ArrayOfTables, Datetime, Document, DocumentMut, InlineTable, Item, Table, TableLike, Value,
};

use super::fault::{Fault, FaultKind};

/// A part of the catalogue that has a form: each is a list of tables, but for the council.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `[[service]]`
    Tile,
    /// `[[message]]`
    Message,
    /// `[[category]]`
    Category,
    /// `[[provider]]`
    Provider,
    /// `[council]`
    Council,
}

impl Part {
    /// All, in the order in which differences are told.
    pub const ALL: [Self; 5] = [
        Self::Tile,
        Self::Message,
        Self::Category,
        Self::Provider,
        Self::Council,
    ];

    /// Its name in the text.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tile => "service",
            Self::Message => "message",
            Self::Category => "category",
            Self::Provider => "provider",
            Self::Council => "council",
        }
    }

    /// The keys of one of them, in the order of its form. Lists are parted by commas; `content` holds one setting a
    /// line.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Tile => &[
                "id",
                "provider",
                "category",
                "title",
                "reading",
                "summary",
                "icon",
                "areas",
                "age_bands",
                "cohorts",
                "from",
                "until",
                "off",
                "content",
            ],
            Self::Message => &[
                "id",
                "title",
                "text",
                "areas",
                "age_bands",
                "cohorts",
                "from",
                "until",
            ],
            Self::Category => &["id", "name", "colour", "icon"],
            Self::Provider => &["id", "name", "kind", "telephone"],
            Self::Council => &["name", "areas", "helper_telephone", "neighbourhoods"],
        }
    }

    /// The key under which residents know it.
    pub fn name_field(self) -> &'static str {
        match self {
            Self::Tile | Self::Message => "title",
            Self::Category | Self::Provider | Self::Council => "name",
        }
    }

    /// The way faults name it.
    fn shown(self) -> &'static str {
        match self {
            Self::Tile => "[[service]]",
            Self::Message => "[[message]]",
            Self::Category => "[[category]]",
            Self::Provider => "[[provider]]",
            Self::Council => "[council]",
        }
    }
}

/// Fields that are written as a list, those that are written as a date, and those with lines of their own.
const LISTS: [&str; 3] = ["areas", "age_bands", "cohorts"];
const DATES: [&str; 2] = ["from", "until"];
/// The field that says yes or no.
const FLAG: &str = "off";
const LINES: [&str; 2] = ["content", "text"];

/// A field that forms of before do not have: what they do not name stays as it is.
const LATER_FIELD: &str = "neighbourhoods";

/// One of a part as it is typed: the text of each field, or nothing.
pub type Typed = BTreeMap<String, String>;

/// Why a text could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum NotEdited {
    /// It is no TOML.
    #[error("the catalogue cannot be read: {0} — mend it in a text editor first")]
    Unreadable(String),
    /// The settings of the content are no TOML.
    #[error(
        "the settings of the content cannot be read — write one on each line, such as kind = \"feed\""
    )]
    Content,
    /// There is none with this id.
    #[error("it is not there any more")]
    Gone,
}

/// The way a tile is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

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

fn unreadable(error: &toml_edit::TomlError) -> NotEdited {
    NotEdited::Unreadable(error.message().replace('\n', " "))
}

fn typed(part: Part, table: &Table) -> Typed {
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

/// Whether a field says what it said: of a content, whatever the order of its settings.
fn is_the_same(name: &str, was: &str, wanted: &str) -> bool {
    let sorted = |lines| {
        let mut settings = settings_of(lines).ok()?;
        settings.sort();
        Some(settings)
    };
    was == wanted || name == "content" && !wanted.is_empty() && sorted(was) == sorted(wanted)
}

fn place_of(listed: &ArrayOfTables, id: &str) -> Option<usize> {
    let is_it = |table: &Table| table.get("id").and_then(Item::as_str) == Some(id);
    listed.iter().position(is_it)
}

fn value_of(name: &str, wanted: &str) -> Result<Value, NotEdited> {
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

/// Puts a value in the place of another, whose comment stays behind it.
fn set(table: &mut Table, name: &str, mut value: Value) {
    if let Some(before) = table.get(name).and_then(Item::as_value) {
        *value.decor_mut() = before.decor().clone();
    } else {
        table.remove(name);
    }
    table.insert(name, Item::Value(value));
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# The council
[council]
name = "ひだまり市"

# ── tiles ──
#   a long explanation

# the first
[[service]]
id = "news"
title = "お知らせ"   # what the mayor likes
areas = ["99201", "99202"]
content = { kind = "feed", url = "news.xml" }

[[service]]
id = "bus"
title = "バス"
until = 2026-12-31

[service.content]
kind = "timetable"   # GTFS-JP
url = "bus.zip"

[[message]]
id = "welcome"
"#;

    fn tile(text: &str, id: &str) -> Typed {
        let tiles = entries(text, Part::Tile).expect("reads");
        tiles.into_iter().find(|it| it["id"] == id).expect("there")
    }

    #[test]
    fn a_tile_is_typed_as_a_person_would() {
        let news = tile(TEXT, "news");
        assert_eq!(news["areas"], "99201, 99202");
        assert_eq!(news["content"], "kind = \"feed\"\nurl = \"news.xml\"");
        let bus = tile(TEXT, "bus");
        assert_eq!(
            (&*bus["until"], &*bus["content"]),
            ("2026-12-31", "kind = \"timetable\"\nurl = \"bus.zip\"")
        );
    }

    #[test]
    fn what_nobody_touched_stays_as_it_was_written() {
        for id in ["news", "bus"] {
            assert_eq!(
                put(TEXT, Part::Tile, Some(id), &tile(TEXT, id)).expect("puts"),
                TEXT
            );
        }
        let mut news = tile(TEXT, "news");
        news.insert("title".to_owned(), "市の\"お知らせ\"".to_owned());
        let changed = put(TEXT, Part::Tile, Some("news"), &news).expect("puts");
        assert_eq!(
            changed,
            TEXT.replace("\"お知らせ\"   #", "'市の\"お知らせ\"'   #"),
            "the comment stays behind it"
        );
        let mut bus = tile(TEXT, "bus");
        bus.remove("until");
        let changed = put(TEXT, Part::Tile, Some("bus"), &bus).expect("puts");
        assert_eq!(changed, TEXT.replace("until = 2026-12-31\n", ""));
    }

    #[test]
    fn a_new_tile_stands_at_the_end_and_can_be_read_again() {
        let fields = [
            ("id", "shop"),
            ("title", "買い物"),
            ("from", "2026-12-01"),
            ("areas", "99201、99202"),
            (
                "content",
                "kind = \"page\"\nfile = \"shop.md\"\nnear = [34.5, 135.0]",
            ),
        ];
        let shop: Typed = fields
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        let changed = put(TEXT, Part::Tile, None, &shop).expect("puts");
        let mut read = tile(&changed, "shop");
        assert_eq!(read.remove("areas").as_deref(), Some("99201, 99202"));
        assert_eq!(read["content"], shop["content"]);
        assert!(changed.starts_with(&TEXT[..TEXT.find("[[message]]").expect("there")]));
        let broken: Typed = [("content".to_owned(), "kind = ".to_owned())].into();
        assert!(matches!(
            put(TEXT, Part::Tile, None, &broken),
            Err(NotEdited::Content)
        ));
    }

    #[test]
    fn tiles_change_places_and_go_with_their_comments() {
        let moved_text = moved(TEXT, Part::Tile, "bus", Way::Up).expect("moves");
        let order = |text: &str| -> Vec<String> {
            let tiles = entries(text, Part::Tile).expect("reads");
            tiles
                .into_iter()
                .map(|mut it| it.remove("id").expect("an id"))
                .collect()
        };
        assert_eq!(order(&moved_text), ["bus", "news"]);
        assert!(moved_text.contains("# the first\n[[service]]\nid = \"news\""));
        assert!(moved_text.find("long explanation") < moved_text.find("[[service]]"));
        assert_eq!(tile(&moved_text, "bus"), tile(TEXT, "bus"));
        assert_eq!(
            moved(&moved_text, Part::Tile, "bus", Way::Down).expect("moves"),
            TEXT
        );
        assert_eq!(
            moved(TEXT, Part::Tile, "news", Way::Up).expect("stays"),
            TEXT
        );
        let removed = remove(TEXT, Part::Tile, "bus").expect("removes");
        assert_eq!(order(&removed), ["news"]);
        assert!(removed.contains("[[message]]") && !removed.contains("bus.zip"));
        assert!(matches!(
            remove(TEXT, Part::Tile, "none"),
            Err(NotEdited::Gone)
        ));
        // At the end of the file, with and without a last line feed.
        for end in ["\n", ""] {
            let text = format!("[[service]]\nid = \"a\"\n\n[[service]]\nid = \"b\"{end}");
            let swapped = format!("[[service]]\nid = \"b\"\n\n[[service]]\nid = \"a\"{end}");
            assert_eq!(
                moved(&text, Part::Tile, "a", Way::Down).expect("moves"),
                swapped
            );
        }
    }
    #[test]
    fn every_part_has_its_form() {
        let mut council = entries(TEXT, Part::Council).expect("reads").remove(0);
        council.insert("name".to_owned(), "ひだまり町".to_owned());
        let changed = put(TEXT, Part::Council, None, &council).expect("puts");
        assert_eq!(changed, TEXT.replace("ひだまり市", "ひだまり町"));
        let message: Typed = [("id", "flu"), ("text", "予防接種\n\n保健所で")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        let changed = put(TEXT, Part::Message, None, &message).expect("puts");
        let read = entries(&changed, Part::Message).expect("reads");
        assert_eq!(read.last(), Some(&message), "{changed}");
        let removed = remove(&changed, Part::Message, "welcome").expect("removes");
        assert_eq!(entries(&removed, Part::Message).expect("reads"), [message]);
    }

    #[test]
    fn what_stands_between_two_that_change_places_stays() {
        let text = "[[service]]\nid = \"a\"\n\n# A message\n[[message]]\nid = \"x\"\n\n[[service]]\nid = \"b\"\n";
        let changed = moved(text, Part::Tile, "a", Way::Down).expect("moves");
        let expected = "[[service]]\nid = \"b\"\n\n# A message\n[[message]]\nid = \"x\"\n\n[[service]]\nid = \"a\"\n";
        assert_eq!(changed, expected);
        assert_eq!(
            moved(&changed, Part::Tile, "a", Way::Up).expect("moves"),
            text
        );
    }
}
