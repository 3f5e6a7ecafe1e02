//! Which column holds what, by the names of all generations and by those that the catalogue gives.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::words::folded;
use crate::error::SourceError;

/// Columns that the catalogue names: what we call it, and what the city calls it.
pub type Named = BTreeMap<String, String>;

/// What a kind of table can hold: our word for it and the names under which cities publish it,
/// the surest first.
pub type KnownColumns = &'static [(&'static str, &'static [&'static str])];

/// Where each thing stands in one file.
#[derive(Debug)]
pub struct Columns {
    at: BTreeMap<&'static str, Vec<usize>>,
    /// The names, as they are compared.
    header: Vec<String>,
}

impl Columns {
    /// Finds the columns in `header`.
    pub fn find<'h>(header: impl Iterator<Item = &'h str>, known: KnownColumns) -> Self {
        let written: Vec<&str> = header.collect();
        let header: Vec<String> = written.iter().map(|name| plain(name)).collect();
        // 電話番号（代表）is a 電話番号 where nothing is called just that.
        let shortened: Vec<String> = written
            .iter()
            .map(|name| plain(without_bracket(name)))
            .collect();
        let mut at: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for (word, names) in known {
            for name in *names {
                let name = plain(name);
                // The same name may stand twice; the first that says something counts.
                let found = header
                    .iter()
                    .enumerate()
                    .filter(|(_, known)| **known == name);
                let places = at.entry(word).or_default();
                places.extend(found.map(|(index, _)| index));
            }
            let places = at.entry(word).or_default();
            if places.is_empty() {
                let known = names.iter().map(|name| plain(name));
                for name in known {
                    let found = shortened
                        .iter()
                        .enumerate()
                        .filter(|(_, known)| **known == name);
                    places.extend(found.map(|(index, _)| index));
                }
            }
        }
        at.retain(|_, places| !places.is_empty());
        Self { at, header }
    }

    /// Puts the columns that the catalogue names before those that were found.
    pub fn name(
        mut self,
        named: &Named,
        header: &[String],
        known: KnownColumns,
    ) -> Result<Self, SourceError> {
        for (word, name) in named {
            let Some((word, _)) = known.iter().find(|(known, _)| known == word) else {
                continue;
            };
            let wanted = plain(name);
            let Some(index) = header.iter().position(|column| plain(column) == wanted) else {
                return Err(SourceError::NotUnderstood(format!(
                    "there is no column `{name}`; the columns are: {}",
                    header.join(", ")
                )));
            };
            self.at.insert(word, vec![index]);
        }
        Ok(self)
    }

    /// How many things were found.
    pub fn count(&self) -> usize {
        self.at.len()
    }

    /// Whether there is a column for `word`.
    pub fn has(&self, word: &str) -> bool {
        self.at.contains_key(word)
    }

    /// What stands in `row` under `word`, though it says that there is nothing; none where it is blank.
    pub fn cell(&self, row: &StringRecord, word: &str) -> Option<String> {
        let places = self.at.get(word)?;
        let mut cells = places.iter().filter_map(|index| row.get(*index));
        let cell = cells.find(|cell| !cell.trim().is_empty())?;
        Some(cell.trim().to_owned())
    }

    /// Whether the column for `word` bears `part` in its name.
    pub fn is_named_like(&self, word: &str, part: &str) -> bool {
        let places = self.at.get(word).into_iter().flatten();
        let mut names = places.filter_map(|index| self.header.get(*index));
        names.any(|name| name.contains(part))
    }

    /// What stands in `row` under `word`, tidied; nothing where it is blank or says that there is
    /// nothing.
    pub fn text(&self, row: &StringRecord, word: &str) -> Option<String> {
        let places = self.at.get(word)?;
        let mut texts = places.iter().filter_map(|index| row.get(*index));
        texts.find_map(said)
    }
}

/// The text without blanks around it, unless it only says that there is nothing to say.
fn said(text: &str) -> Option<String> {
    let blank = |letter: char| letter.is_whitespace() || letter.is_control();
    let text = text.trim_matches(blank);
    let mut said = String::with_capacity(text.len());
    for line in text.lines().map(|line| line.trim_matches(blank)) {
        if !line.is_empty() {
            if !said.is_empty() {
                said.push('\n');
            }
            said.extend(line.chars().filter(|letter| *letter != '\u{0}'));
        }
    }
    // No word for nothing is longer than this.
    let may_be_nothing = said.len() <= "特になし".len();
    let nothing = may_be_nothing
        && matches!(
            folded(&said).as_str(),
            "" | "-"
                | "--"
                | "ー"
                | "―"
                | "なし"
                | "無し"
                | "無"
                | "不明"
                | "特になし"
                | "null"
                | "n/a"
        );
    (!nothing).then_some(said)
}

/// A name without a bracket at its end, unless the bracket makes it another thing.
fn without_bracket(name: &str) -> &str {
    let name = name.trim();
    let Some(at) = name.find(['(', '（']) else {
        return name;
    };
    let bracket = &name[at..];
    let is_another = [
        "カナ",
        "かな",
        "フリガナ",
        "ふりがな",
        "英",
        "通称",
        "日本測地系",
        "ローマ",
    ]
    .iter()
    .any(|word| bracket.contains(word));
    if is_another { name } else { &name[..at] }
}

/// A name without what differs between two that mean the same: widths, brackets, underscores.
pub fn plain(name: &str) -> String {
    folded(name)
        .chars()
        .filter(|letter| {
            letter.is_alphanumeric() || matches!(letter, 'ー' | '々' | '、' | '・' | ';')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: KnownColumns = &[
        ("name", &["名称", "施設名"]),
        ("reading", &["名称_カナ"]),
        ("telephone", &["電話番号"]),
    ];

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn names_are_the_same_whatever_their_widths_and_brackets() {
        let header = row(&["ＮＯ", "名称（カナ）", " 名称 ", "電話番号", "電話番号"]);
        let columns = Columns::find(header.iter().map(String::as_str), KNOWN);
        let cells = StringRecord::from(row(&[
            "1",
            "チュウオウ",
            "　中央公民館　",
            " ",
            "099-200-1000",
        ]));
        assert_eq!(columns.text(&cells, "name").as_deref(), Some("中央公民館"));
        assert_eq!(
            columns.text(&cells, "reading").as_deref(),
            Some("チュウオウ")
        );
        assert_eq!(
            columns.text(&cells, "telephone").as_deref(),
            Some("099-200-1000")
        );
        assert_eq!(
            columns.text(&StringRecord::from(row(&["1", "なし"])), "reading"),
            None
        );
    }

    #[test]
    fn the_catalogue_names_a_citys_own_columns() {
        let header = row(&["たてもの", "名称"]);
        let named = Named::from([("name".to_owned(), "たてもの".to_owned())]);
        let columns = Columns::find(header.iter().map(String::as_str), KNOWN)
            .name(&named, &header, KNOWN)
            .expect("is there");
        assert_eq!(
            columns
                .text(&StringRecord::from(row(&["集会所", "x"])), "name")
                .as_deref(),
            Some("集会所")
        );
        let wrong = Named::from([("name".to_owned(), "なまえ".to_owned())]);
        let error =
            Columns::find(header.iter().map(String::as_str), KNOWN).name(&wrong, &header, KNOWN);
        assert!(
            error.is_err_and(|error| error.to_string().contains("たてもの, 名称")),
            "what is there is named"
        );
    }
}
