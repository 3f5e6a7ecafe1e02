//! The council's list of 町丁目, of which a resident chooses their own.

use std::collections::{HashMap, HashSet};

use kairan_contract::Neighbourhood;

use super::{
    columns::{KnownColumns, Named},
    encoding::text_of,
    places::position,
    rows::{Row, Rows},
    words::folded,
};
use crate::error::SourceError;

/// The bytes of the file: fifty thousand rows of a few words take as many.
pub const FILE_LIMIT: usize = 4 * 1024 * 1024;
/// Letters of a name: a key holds no more in the largest letters.
const NAME_LIMIT: usize = 24;
/// Letters of a reading.
const READING_LIMIT: usize = 60;

#[rustfmt::skip]
const KNOWN: KnownColumns = &[
    ("name", &["name", "町丁目", "町丁目名", "町名", "町字", "町字名", "大字町丁目名", "大字・丁目名", "町丁・字等名", "地区", "地区名", "名称"]),
    ("reading", &[
        "reading", "読み", "読みがな", "よみ", "よみがな", "ふりがな", "フリガナ", "カナ", "かな", "kana", "町丁目_カナ", "町丁目カナ", "町丁目名_カナ",
        "町名_カナ", "町字_カナ", "名称_カナ",
    ]),
    ("latitude", &["lat", "latitude", "緯度", "北緯"]),
    ("longitude", &["lon", "lng", "long", "longitude", "経度", "東経"]),
    ("latitude_and_longitude", &["緯度経度", "座標"]),
];

/// A row that is not taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadRow {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It has no name; it is left out.
    NoName,
    /// Its name does not fit a key; it is left out.
    LongName,
    /// It has no position, or one outside Japan; it is left out.
    NoPosition,
    /// It has no reading in kana; residents find it behind the others.
    NoReading,
    /// The name stands in a row above, too; it is left out.
    Doubled,
    /// It cannot be read as a row; it is left out.
    Broken,
    /// There are more than a tablet holds; this one and the rest are left out.
    TooMany,
}

/// Reads the table, in the order in which it is shown.
pub fn parse(bytes: &[u8]) -> Result<(Vec<Neighbourhood>, Vec<BadRow>), SourceError> {
    let text = text_of(bytes)?;
    let table = Rows::read(&text, KNOWN, &Named::new(), "name")?;
    let has_position = table.columns.has("latitude") && table.columns.has("longitude");
    if !has_position && !table.columns.has("latitude_and_longitude") {
        return Err(SourceError::NotUnderstood(
            "no columns are known to hold latitude and longitude".to_owned(),
        ));
    }
    let broken = table.skipped.iter().filter_map(|skipped| skipped.line);
    let mut bad: Vec<BadRow> = broken
        .map(|line| BadRow {
            line,
            why: Why::Broken,
        })
        .collect();
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for row in &table.below {
        let mut tell = |why| {
            bad.push(BadRow {
                line: row.line,
                why,
            });
        };
        if found.len() == Neighbourhood::LIMIT {
            tell(Why::TooMany);
            break;
        }
        match neighbourhood(&table, row) {
            Ok(one) if !seen.insert(one.name.clone()) => tell(Why::Doubled),
            Ok(one) => {
                if one.reading.is_none() {
                    tell(Why::NoReading);
                }
                found.push(one);
            }
            Err(why) => tell(why),
        }
    }
    if found.is_empty() {
        return Err(SourceError::NotUnderstood(
            "no row has a name and a position".to_owned(),
        ));
    }
    bad.sort_by_key(|row| row.line);
    Ok((in_order(found), bad))
}

fn neighbourhood(table: &Rows, row: &Row) -> Result<Neighbourhood, Why> {
    let text = |word| table.columns.text(&row.cells, word);
    let name = text("name").ok_or(Why::NoName)?.replace('\n', " ");
    if name.contains('\u{fffd}') {
        return Err(Why::Broken);
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(Why::LongName);
    }
    let position = position(&text).ok_or(Why::NoPosition)?;
    let reading = text("reading").and_then(|reading| reading_of(&reading));
    Ok(Neighbourhood {
        // みどりヶ丘 has none, but みどり is its own.
        reading: reading.or_else(|| reading_of(&name)),
        name,
        position,
    })
}

/// The reading in hiragana, if it is one.
fn reading_of(text: &str) -> Option<String> {
    let hiragana: String = folded(&wide(text))
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| match letter {
            'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
            other => other,
        })
        .collect();
    let is_kana = |letter: char| matches!(letter, 'ぁ'..='ゖ' | 'ー' | '・');
    let fits = (1..=READING_LIMIT).contains(&hiragana.chars().count());
    (fits && hiragana.chars().all(is_kana)).then_some(hiragana)
}

/// ﾎﾝﾏﾁ as ホンマチ, with its marks.
fn wide(text: &str) -> String {
    const NARROW: &str = "ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ";
    const WIDE: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    let mut wide = String::new();
    for letter in text.chars() {
        let before = wide.chars().last();
        let marked = match (letter, before) {
            // ハ, バ and パ follow one another; カ and ガ do.
            ('ﾞ', Some('ウ')) => Some('ヴ'),
            ('ﾞ', Some(before @ 'カ'..='ホ')) => char::from_u32(u32::from(before) + 1),
            ('ﾟ', Some(before @ 'ハ'..='ホ')) => char::from_u32(u32::from(before) + 2),
            _ => None,
        };
        if let Some(marked) = marked {
            wide.pop();
            wide.push(marked);
            continue;
        }
        let at = NARROW.chars().position(|narrow| narrow == letter);
        wide.push(at.and_then(|at| WIDE.chars().nth(at)).unwrap_or(letter));
    }
    wide
}

/// By the reading of the 町, and inside one as the council lists its 丁目: いちょうめ, にちょうめ, さんちょうめ are in no
/// order of kana.
fn in_order(mut found: Vec<Neighbourhood>) -> Vec<Neighbourhood> {
    let mut reading_of_town: HashMap<String, String> = HashMap::new();
    for one in &found {
        let reading = one.reading.clone().unwrap_or_else(|| "ん".repeat(4));
        reading_of_town
            .entry(town(&one.name).to_owned())
            .or_insert(reading);
    }
    found.sort_by_cached_key(|one| {
        let town = town(&one.name);
        let reading = reading_of_town.get(town).cloned().unwrap_or_default();
        (one.reading.is_none(), reading, town.to_owned())
    });
    found
}

/// 本町 of 本町二丁目.
fn town(name: &str) -> &str {
    let Some(name) = name.strip_suffix("丁目") else {
        return name;
    };
    name.trim_end_matches(|letter: char| {
        letter.is_ascii_digit()
            || matches!(letter, '０'..='９')
            || "〇一二三四五六七八九十".contains(letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_readings_and_positions_are_read_in_any_writing_and_put_in_order() {
        let text = "町丁目,町丁目_カナ,緯度,経度\n\
            港町,ﾐﾅﾄﾏﾁ,34.8961,132.0742\n\
            本町一丁目,ホンマチイッチョウメ,34.8996,132.0777\n\
            桜ヶ丘,さくらがおか,34.9100,132.0800\n\
            本町二丁目,ホンマチニチョウメ,34.8992,132.0786\n\
            本町三丁目,ホンマチサンチョウメ,34.8990,132.0790\n\
            字八幡原,,34.9200,132.0900\n";
        let utf8 = parse(text.as_bytes()).expect("reads");
        let names: Vec<&str> = utf8.0.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "桜ヶ丘",
                "本町一丁目",
                "本町二丁目",
                "本町三丁目",
                "港町",
                "字八幡原"
            ]
        );
        assert_eq!(utf8.0[4].reading.as_deref(), Some("みなとまち"));
        assert_eq!(
            utf8.1,
            [BadRow {
                line: 7,
                why: Why::NoReading
            }]
        );
        let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(text);
        assert_eq!(parse(&cp932).expect("reads"), utf8);
    }

    #[test]
    fn a_bad_row_is_told_with_its_line_and_loses_no_other() {
        let (found, bad) = parse(
            "name,reading,lat,lon\n\
             本町,ほんまち,34.9,132.1\n\
             ,なし,34.9,132.1\n\
             海の中,うみのなか,0,0\n\
             本町,ほんまち,34.8,132.2\n\
             はま,,34.7,132.3\n\
             桜町,桜,34.7,132.3\n"
                .as_bytes(),
        )
        .expect("reads");
        let told: Vec<(u64, Why)> = bad.iter().map(|row| (row.line, row.why)).collect();
        assert_eq!(
            told,
            [
                (3, Why::NoName),
                (4, Why::NoPosition),
                (5, Why::Doubled),
                (7, Why::NoReading)
            ]
        );
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["はま", "本町", "桜町"]);
        for no_table in [
            "",
            "a,b\n1,2\n",
            "name,reading\n本町,ほんまち\n",
            "name,lat,lon\n,,\n",
        ] {
            assert!(parse(no_table.as_bytes()).is_err(), "{no_table}");
        }
    }

    #[test]
    fn there_are_no_more_than_a_tablet_holds() {
        use std::fmt::Write as _;
        let mut text = "name,reading,lat,lon\n".to_owned();
        for number in 0..=Neighbourhood::LIMIT {
            writeln!(text, "{number}番町,ばんちょう,34.9,132.1").expect("writes");
        }
        let (found, bad) = parse(text.as_bytes()).expect("reads");
        assert_eq!(found.len(), Neighbourhood::LIMIT);
        assert_eq!(bad.last().map(|row| row.why), Some(Why::TooMany));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_end_in_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_table_ends_in_a_panic(body in "[\"\\n,あｱﾞﾟー0-9.町丁目-]{0,200}") {
            let _ = parse(format!("name,reading,lat,lon\n{body}").as_bytes());
        }
    }
}
