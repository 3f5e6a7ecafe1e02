//! `[service.content]`: where the content of a tile comes from, and how it is read.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use kairan_contract::Position;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use url::Url;

use super::{
    fault::{Expected, FaultKind},
    table::{Faults, Placed, Table, nearest},
};
use kairan_sources::{
    beside::{Beside, Refused, Role},
    entities::Becomes,
    open_data::{events, neighbourhoods, places},
    source::{Access, ContentSource, Location, SourceKind},
    timetable,
};

/// Where the JMA publishes.
const JMA: &str = "https://www.jma.go.jp/bosai/";

/// Letters in the name of a point: it stands before each way.
const NEAR_NAME_LIMIT: usize = 10;

/// The kinds by the words for them in the catalogue.
const KINDS: [(&str, Word); 10] = [
    ("feed", Word::Feed),
    ("weather", Word::Weather),
    ("warnings", Word::Warnings),
    ("places", Word::Places),
    ("events", Word::Events),
    ("timetable", Word::Timetable),
    ("entities", Word::Entities),
    ("page", Word::Page),
    ("audio", Word::Audio),
    ("questionnaire", Word::Questionnaire),
];

/// The word of a kind, before its settings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Feed,
    Weather,
    Warnings,
    Places,
    Events,
    Timetable,
    Entities,
    Page,
    Audio,
    Questionnaire,
}

impl Word {
    /// The keys that a table of this kind may have.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Feed => &["kind", "url", "every_minutes", "include", "exclude"],
            Self::Weather => &["kind", "url", "office", "area", "station", "every_minutes"],
            Self::Warnings => &["kind", "url", "office", "area", "every_minutes"],
            Self::Places => &[
                "kind",
                "url",
                "every_minutes",
                "columns",
                "near",
                "near_name",
            ],
            Self::Events => &["kind", "url", "every_minutes", "columns"],
            Self::Timetable => &["kind", "url", "every_minutes", "stop", "to"],
            Self::Entities => &[
                "kind",
                "url",
                "every_minutes",
                "gives",
                "map",
                "near",
                "near_name",
                "tenant",
                "service_path",
                "token_file",
            ],
            Self::Page | Self::Audio | Self::Questionnaire => &["kind", "file"],
        }
    }

    /// What its file is read as.
    fn role(self) -> Role {
        match self {
            Self::Page => Role::Text,
            Self::Audio | Self::Questionnaire => Role::Programme,
            _ => Role::Data,
        }
    }

    /// The shortest pause between two questions, in minutes: what its publisher would still call
    /// polite.
    fn shortest_pace(self) -> u32 {
        match self {
            Self::Warnings | Self::Entities => 1,
            _ => 5,
        }
    }

    /// The longest pause between two questions, in minutes: a warning that nobody looks for for an
    /// hour is none.
    fn longest_pace(self) -> u32 {
        match self {
            Self::Warnings => 5,
            _ => 24 * 60,
        }
    }

    /// The pause between two questions where the catalogue names none, in minutes.
    fn pace(self) -> u32 {
        match self {
            Self::Warnings => 1,
            Self::Entities => 10,
            Self::Places | Self::Timetable => 12 * 60,
            Self::Events => 3 * 60,
            Self::Feed | Self::Weather | Self::Page | Self::Audio | Self::Questionnaire => 30,
        }
    }
}

/// Every key of every kind, for a table whose kind is not known.
const EVERY_KEY: &[&str] = &[
    "kind",
    "url",
    "file",
    "office",
    "area",
    "station",
    "every_minutes",
    "include",
    "exclude",
    "columns",
    "near",
    "near_name",
    "stop",
    "to",
    "gives",
    "map",
    "tenant",
    "service_path",
    "token_file",
];

/// What lies beside a catalogue, for whoever reads one.
pub trait Surroundings {
    /// Whether a file is there that may be read so.
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere>;
    /// Whether a token may go to where this address leads.
    fn lets(&self, token: &Path, address: &Url) -> bool;
    /// Whether this host inside a private network may be asked.
    fn reaches(&self, host: &str) -> bool;
    /// The list of 町丁目 in a file; none where it is not read just now.
    fn neighbourhoods(&self, file: &Path) -> Result<Option<Vec<u8>>, String>;
}

/// Why a file cannot be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotThere {
    /// There is none.
    Missing,
    /// It is no content.
    Refused(Refused),
}

/// Surroundings in which everything is there, and lists as far as they can still be read.
pub struct Anything<'b>(pub Option<&'b Beside>);

impl Surroundings for Anything<'_> {
    fn look(&self, _: &Path, _: Role) -> Result<(), NotThere> {
        Ok(())
    }

    fn lets(&self, _: &Path, _: &Url) -> bool {
        true
    }

    fn reaches(&self, _: &str) -> bool {
        true
    }

    fn neighbourhoods(&self, file: &Path) -> Result<Option<Vec<u8>>, String> {
        let bytes = self.0.and_then(|beside| list_beside(beside, file).ok());
        Ok(bytes.filter(|bytes| neighbourhoods::parse(bytes).is_ok()))
    }
}

/// A list of 町丁目 that lies beside the catalogue.
pub fn list_beside(beside: &Beside, file: &Path) -> Result<Vec<u8>, String> {
    let limit = neighbourhoods::FILE_LIMIT;
    let bytes = beside.read_now(file, Role::Data, limit);
    let bytes = bytes.map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("more than {} MB", limit / 1024 / 1024));
    }
    Ok(bytes)
}

/// Reads `[service.content]`.
pub fn content<'t>(
    value: &'t Spanned<DeValue<'t>>,
    around: &dyn Surroundings,
    faults: &mut Faults,
) -> Option<ContentSource> {
    let DeValue::Table(table) = value.get_ref() else {
        let kind = FaultKind::WrongType {
            key: "content".to_owned(),
            expected: Expected::Table,
        };
        faults.add(kind, &value.span());
        return None;
    };
    let word = kind_in(table);
    let keys = word.map_or(EVERY_KEY, Word::keys);
    let table = Table::new("[service.content]", keys, table, value.span(), faults);
    let word = table.need_one_of("kind", &KINDS, faults)?;
    Reader { around }.source(word, &table, faults)
}

fn kind_in(table: &DeTable) -> Option<Word> {
    let DeValue::String(written) = table.get("kind")?.get_ref() else {
        return None;
    };
    let found = KINDS.iter().find(|(word, _)| word == written);
    found.map(|(_, word)| *word)
}

struct Reader<'r> {
    around: &'r dyn Surroundings,
}

impl Reader<'_> {
    fn source(&self, word: Word, table: &Table, faults: &mut Faults) -> Option<ContentSource> {
        let every_minutes = match word {
            Word::Page | Word::Audio | Word::Questionnaire => None,
            _ => table.number(
                "every_minutes",
                word.shortest_pace(),
                word.longest_pace(),
                faults,
            ),
        };
        let role = word.role();
        // Every part is read before any is missed, so that all faults are told at once.
        let location = match word {
            Word::Page | Word::Audio | Word::Questionnaire => table
                .need_text("file", faults)
                .and_then(|text| self.file(&text, role, faults))
                .map(Location::File),
            Word::Weather => self.of_the_jma(table, "forecast/data/forecast", faults),
            Word::Warnings => self.of_the_jma(table, "warning/data/r8", faults),
            _ => table
                .need_text("url", faults)
                .and_then(|text| self.location(&text, faults)),
        };
        let access = match word {
            Word::Entities => self.access(table, location.as_ref(), faults),
            _ => Some(Access::default()),
        };
        let kind = kind(word, table, faults);
        let near_name = match word {
            Word::Places | Word::Entities => near_name(table, faults),
            _ => None,
        };
        Some(ContentSource {
            location: location?,
            every_minutes: every_minutes.unwrap_or(word.pace()),
            access: access?,
            kind: kind?,
            near_name,
        })
    }

    fn of_the_jma(&self, table: &Table, folder: &str, faults: &mut Faults) -> Option<Location> {
        if let Some(url) = table.text("url", faults) {
            return self.location(&url, faults);
        }
        let office = table.need_text("office", faults)?;
        if !are_digits(office.value, 6) {
            faults.add(
                not_a_code(
                    "office",
                    &office,
                    "a forecast office of six digits such as 270000",
                ),
                &office.span,
            );
            return None;
        }
        let address = format!("{JMA}{folder}/{}.json", office.value);
        Url::parse(&address).ok().map(Location::Web)
    }

    fn access(
        &self,
        table: &Table,
        location: Option<&Location>,
        faults: &mut Faults,
    ) -> Option<Access> {
        let header = |key, faults: &mut Faults| {
            let text = table.text(key, faults)?;
            if text.value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Some(text.value.to_owned());
            }
            faults.add(
                not_a_code(
                    key,
                    &text,
                    "a word of letters, digits and signs without blanks",
                ),
                &text.span,
            );
            None
        };
        let tenant = header("tenant", faults);
        let service_path = header("service_path", faults);
        let token_file = match table.text("token_file", faults) {
            Some(text) => {
                let file = self.file(&text, Role::Token, faults)?;
                if let Some(Location::Web(url)) = location
                    && !self.around.lets(&file, url)
                {
                    let kind = FaultKind::NoContent(text.value.to_owned(), Refused::ForElsewhere);
                    faults.add(kind, &text.span);
                    return None;
                }
                Some(file)
            }
            None => None,
        };
        Some(Access {
            tenant,
            service_path,
            token_file,
        })
    }

    fn location(&self, text: &Placed<&str>, faults: &mut Faults) -> Option<Location> {
        if !text.value.contains("://") {
            return self.file(text, Role::Data, faults).map(Location::File);
        }
        match Url::parse(text.value) {
            Ok(url) if url.scheme() == "https" && url.host_str().is_some() => {
                Some(Location::Web(url))
            }
            _ => {
                faults.add(FaultKind::NotHttps(text.value.to_owned()), &text.span);
                None
            }
        }
    }

    fn file(&self, text: &Placed<&str>, role: Role, faults: &mut Faults) -> Option<PathBuf> {
        file_beside(text, role, self.around, faults)
    }
}

/// A file in the folder of the catalogue.
pub fn file_beside(
    text: &Placed<&str>,
    role: Role,
    around: &dyn Surroundings,
    faults: &mut Faults,
) -> Option<PathBuf> {
    let path = PathBuf::from(text.value);
    let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let written = || text.value.to_owned();
    if !path.components().all(is_inside) {
        faults.add(FaultKind::FileElsewhere(written()), &text.span);
        return None;
    }
    let fault = match around.look(&path, role) {
        Ok(()) => return Some(path),
        Err(NotThere::Missing) => FaultKind::MissingFile(written()),
        Err(NotThere::Refused(Refused::Elsewhere)) => FaultKind::FileElsewhere(written()),
        Err(NotThere::Refused(why)) => FaultKind::NoContent(written(), why),
    };
    faults.add(fault, &text.span);
    None
}

fn kind(word: Word, table: &Table, faults: &mut Faults) -> Option<SourceKind> {
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

fn are_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn not_a_code(key: &str, text: &Placed<&str>, known: &'static str) -> FaultKind {
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
fn near_name(table: &Table, faults: &mut Faults) -> Option<String> {
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
