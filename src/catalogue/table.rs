//! One table of the catalogue: hands out its values, and at the end names the keys nobody asked for.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use kairan_contract::{AreaCode, TelephoneNumber};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::fault::{Expected, Fault, FaultKind};

/// All faults found so far, and the text in which they stand.
pub struct Faults<'t> {
    /// The file beside the catalogue that is read; the catalogue itself where there is none.
    file: Option<PathBuf>,
    text: &'t str,
    found: Vec<Fault>,
    hints: Vec<Fault>,
}

impl<'t> Faults<'t> {
    /// None yet, in this text.
    pub fn new(text: &'t str) -> Self {
        Self {
            file: None,
            text,
            found: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// None yet, in the text of a file beside the catalogue.
    pub fn in_file(file: &Path, text: &'t str) -> Self {
        Self {
            file: Some(file.to_owned()),
            ..Self::new(text)
        }
    }

    /// What is wrong in another file.
    pub fn add_elsewhere(&mut self, fault: Fault) {
        self.found.push(fault);
    }

    /// Notes what is wrong, and where.
    pub fn add(&mut self, kind: FaultKind, span: &Range<usize>) {
        let fault = self.placed(kind, span);
        self.found.push(fault);
    }

    /// Something that is better mended, and stops nobody from publishing.
    pub fn hint(&mut self, kind: FaultKind, span: &Range<usize>) {
        let fault = self.placed(kind, span);
        self.hints.push(fault);
    }

    fn placed(&self, kind: FaultKind, span: &Range<usize>) -> Fault {
        Fault {
            file: self.file.clone(),
            ..kind.at(self.text, span)
        }
    }

    /// The hints, in the order of the text.
    pub fn take_hints(&mut self) -> Vec<Fault> {
        let mut hints = std::mem::take(&mut self.hints);
        hints.sort_by_key(|hint| (hint.line, hint.column));
        hints
    }

    /// The line on which something begins, counted from 1.
    pub fn line_of(&self, span: &Range<usize>) -> usize {
        FaultKind::PeriodEndsBeforeItBegins.at(self.text, span).line
    }

    /// All, in the order of the text.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.found.sort_by(|one, other| {
            (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column))
        });
        self.found.dedup();
        self.found
    }
}

/// A value and the place where it stands.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// What stands there.
    pub value: T,
    /// Where, in bytes.
    pub span: Range<usize>,
}

/// A table, with the keys that it may have.
pub struct Table<'t> {
    name: &'static str,
    known: &'static [&'static str],
    values: &'t DeTable<'t>,
    span: Range<usize>,
}

impl<'t> Table<'t> {
    /// Takes `table` and names at once the keys that are not `known`.
    pub fn new(
        name: &'static str,
        known: &'static [&'static str],
        table: &'t DeTable<'t>,
        span: Range<usize>,
        faults: &mut Faults,
    ) -> Self {
        for key in table.keys() {
            let written: &str = key.get_ref().as_ref();
            if !known.contains(&written) {
                let nearest = nearest(written, known);
                let kind = FaultKind::UnknownKey {
                    key: written.to_owned(),
                    nearest,
                    known: known.to_vec(),
                };
                faults.add(kind, &key.span());
            }
        }
        Self {
            name,
            known,
            values: table,
            span,
        }
    }

    /// The table under `key`, which is called `shown` where its faults are told; a fault if it is none.
    pub fn under(
        key: &'static str,
        shown: &'static str,
        known: &'static [&'static str],
        value: &'t Spanned<DeValue<'t>>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let DeValue::Table(table) = value.get_ref() else {
            let kind = FaultKind::WrongType {
                key: key.to_owned(),
                expected: Expected::Table,
            };
            faults.add(kind, &value.span());
            return None;
        };
        Some(Self::new(shown, known, table, value.span(), faults))
    }

    /// What stands under a key, if anything does.
    pub fn get(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        debug_assert!(self.known.contains(&key), "{key} is read but not known");
        self.values.get(key)
    }

    /// The value of `key`, whose absence is a fault.
    pub fn need(&self, key: &'static str, faults: &mut Faults) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = self.get(key);
        if value.is_none() {
            faults.add(
                FaultKind::MissingKey {
                    table: self.name,
                    key,
                },
                &self.span,
            );
        }
        value
    }

    /// The text at `key`, if there is one.
    pub fn text(&self, key: &'static str, faults: &mut Faults) -> Option<Placed<&'t str>> {
        self.get(key).and_then(|value| as_text(key, value, faults))
    }

    /// Yes or no at `key`; no where it is absent.
    pub fn flag(&self, key: &'static str, faults: &mut Faults) -> bool {
        match self.get(key).map(|value| (value.get_ref(), value.span())) {
            None => false,
            Some((DeValue::Boolean(is_so), _)) => *is_so,
            Some((_, span)) => {
                let kind = FaultKind::WrongType {
                    key: key.to_owned(),
                    expected: Expected::Flag,
                };
                faults.add(kind, &span);
                false
            }
        }
    }

    /// The text at `key`, whose absence is a fault.
    pub fn need_text(&self, key: &'static str, faults: &mut Faults) -> Option<Placed<&'t str>> {
        self.need(key, faults)
            .and_then(|value| as_text(key, value, faults))
    }

    /// A text of at most `limit` characters.
    pub fn need_short_text(
        &self,
        key: &'static str,
        limit: usize,
        faults: &mut Faults,
    ) -> Option<String> {
        let text = self.need_text(key, faults)?;
        if text.value.chars().count() > limit {
            faults.add(
                FaultKind::TextTooLong {
                    key: key.to_owned(),
                    limit,
                },
                &text.span,
            );
            return None;
        }
        Some(text.value.to_owned())
    }

    /// The list of texts at `key`; empty if there is none.
    pub fn texts(&self, key: &'static str, faults: &mut Faults) -> Vec<Placed<&'t str>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let wrong = || FaultKind::WrongType {
            key: key.to_owned(),
            expected: Expected::Texts,
        };
        let DeValue::Array(list) = value.get_ref() else {
            faults.add(wrong(), &value.span());
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in list {
            if let DeValue::String(text) = item.get_ref() {
                texts.push(Placed {
                    value: text.as_ref(),
                    span: item.span(),
                });
            } else {
                faults.add(wrong(), &item.span());
            }
        }
        texts
    }

    /// The whole number at `key` between `least` and `most`.
    pub fn number(
        &self,
        key: &'static str,
        least: u32,
        most: u32,
        faults: &mut Faults,
    ) -> Option<u32> {
        let value = self.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            faults.add(
                FaultKind::WrongType {
                    key: key.to_owned(),
                    expected: Expected::Number,
                },
                &value.span(),
            );
            return None;
        };
        let number = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let fitting = number.filter(|number| (least..=most).contains(number));
        if fitting.is_none() {
            faults.add(
                FaultKind::OutOfRange {
                    key: key.to_owned(),
                    least,
                    most,
                },
                &value.span(),
            );
        }
        fitting
    }

    /// The municipalities at `key`.
    pub fn areas(&self, key: &'static str, faults: &mut Faults) -> Vec<AreaCode> {
        let mut areas = Vec::new();
        for text in self.texts(key, faults) {
            match AreaCode::try_from(text.value.to_owned()) {
                Ok(area) => areas.push(area),
                Err(_) => faults.add(FaultKind::BadAreaCode(text.value.to_owned()), &text.span),
            }
        }
        areas
    }

    /// The telephone number at `key`, if there is one.
    pub fn telephone(&self, key: &'static str, faults: &mut Faults) -> Option<TelephoneNumber> {
        let text = self.text(key, faults)?;
        let number = TelephoneNumber::try_from(text.value.to_owned()).ok();
        if number.is_none() {
            faults.add(FaultKind::BadTelephone(text.value.to_owned()), &text.span);
        }
        number
    }

    /// The word at `key`, which must be one of `known`.
    pub fn need_one_of<T: Copy>(
        &self,
        key: &'static str,
        known: &[(&'static str, T)],
        faults: &mut Faults,
    ) -> Option<T> {
        let text = self.need_text(key, faults)?;
        one_of(key, &text, known, faults)
    }
}

/// The tables of the list at `key`.
pub fn tables<'t>(
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

/// How a table is called where its faults are told.
pub fn shown_name(key: &'static str) -> &'static str {
    match key {
        "council" => "[council]",
        "network" => "[network]",
        "evaluation" => "[evaluation]",
        "category" => "[[category]]",
        "provider" => "[[provider]]",
        "service" => "[[service]]",
        "message" => "[[message]]",
        "reading" => "[[reading]]",
        "hours" => "[[provider.hours]]",
        "question" => "[[question]]",
        "choice" => "[[question.choice]]",
        "window" => "[[window]]",
        other => other,
    }
}

/// The value that the word `text` stands for.
pub fn one_of<T: Copy>(
    key: &str,
    text: &Placed<&str>,
    known: &[(&'static str, T)],
    faults: &mut Faults,
) -> Option<T> {
    let found = known
        .iter()
        .find(|(word, _)| *word == text.value)
        .map(|(_, value)| *value);
    if found.is_none() {
        let kind = FaultKind::NotOneOf {
            key: key.to_owned(),
            value: text.value.to_owned(),
            known: known.iter().map(|(word, _)| *word).collect(),
        };
        faults.add(kind, &text.span);
    }
    found
}

fn as_text<'t>(
    key: &str,
    value: &'t Spanned<DeValue<'t>>,
    faults: &mut Faults,
) -> Option<Placed<&'t str>> {
    let DeValue::String(text) = value.get_ref() else {
        let kind = FaultKind::WrongType {
            key: key.to_owned(),
            expected: Expected::Text,
        };
        faults.add(kind, &value.span());
        return None;
    };
    let text: &str = text.as_ref();
    if text.trim().is_empty() {
        faults.add(FaultKind::Empty(key.to_owned()), &value.span());
        return None;
    }
    Some(Placed {
        value: text,
        span: value.span(),
    })
}

/// The known word that looks most like `written`, if one looks at all like it.
pub fn nearest(written: &str, known: &[&'static str]) -> Option<&'static str> {
    known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), *word))
        .filter(|(distance, word)| *distance <= 2.max(word.len() / 3))
        .min()
        .map(|(_, word)| word)
}
