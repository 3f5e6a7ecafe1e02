//! Numbers as they are written in Japanese, and how they are said.

use super::characters::{is_digit, value};

const ONES: [&str; 10] = [
    "",
    "イチ",
    "ニ",
    "サン",
    "ヨン",
    "ゴ",
    "ロク",
    "ナナ",
    "ハチ",
    "キュウ",
];
const TENS: [&str; 10] = [
    "",
    "ジュウ",
    "ニジュウ",
    "サンジュウ",
    "ヨンジュウ",
    "ゴジュウ",
    "ロクジュウ",
    "ナナジュウ",
    "ハチジュウ",
    "キュウジュウ",
];
const HUNDREDS: [&str; 10] = [
    "",
    "ヒャク",
    "ニヒャク",
    "サンビャク",
    "ヨンヒャク",
    "ゴヒャク",
    "ロッピャク",
    "ナナヒャク",
    "ハッピャク",
    "キュウヒャク",
];
const THOUSANDS: [&str; 10] = [
    "",
    "セン",
    "ニセン",
    "サンゼン",
    "ヨンセン",
    "ゴセン",
    "ロクセン",
    "ナナセン",
    "ハッセン",
    "キュウセン",
];
const MYRIADS: [(u64, char, &str); 3] = [
    (1_000_000_000_000, '兆', "チョウ"),
    (100_000_000, '億', "オク"),
    (10_000, '万', "マン"),
];
/// Where the words for numbers end here.
const TOO_MUCH: u64 = 10_000_000_000_000_000;
/// Longer numbers are said digit by digit.
const MOST_DIGITS: usize = 13;
/// Digits that may stand before 万 and the like; more are no amount.
const MOST_BEFORE_MYRIADS: usize = 5;

/// How a number's last word changes before テン, チョウ, and counters that begin with サ or タ.
pub const SOFT: [(&str, &str); 3] = [("イチ", "イッ"), ("ハチ", "ハッ"), ("ジュウ", "ジュッ")];

/// A number that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// What it is worth, unless it has a fraction or is a code that is said digit by digit.
    pub value: Option<u64>,
    /// How it is said where it counts nothing.
    pub said: String,
}

/// A whole number in words, below [`TOO_MUCH`].
pub fn cardinal(value: u64) -> String {
    if value == 0 {
        return "ゼロ".to_owned();
    }
    let mut said = String::new();
    for (scale, _, name) in MYRIADS {
        let group = value / scale % 10_000;
        if group > 0 {
            let mut count = if group == 1000 {
                "イッセン".to_owned()
            } else {
                below_ten_thousand(group)
            };
            if name == "チョウ" {
                change_ending(&mut count, &SOFT);
            }
            said += &count;
            said += name;
        }
    }
    said + &below_ten_thousand(value % 10_000)
}

fn below_ten_thousand(value: u64) -> String {
    let digit = |scale| usize::try_from(value / scale % 10).unwrap_or(0);
    let words = [
        THOUSANDS[digit(1000)],
        HUNDREDS[digit(100)],
        TENS[digit(10)],
        ONES[digit(1)],
    ];
    words.concat()
}

/// Digits one after another, as in a telephone number.
pub fn one_by_one(digits: &[char]) -> String {
    let word = |each: &char| match each.to_digit(10).and_then(|it| usize::try_from(it).ok()) {
        None | Some(0) => "ゼロ",
        Some(digit) => ONES[digit % 10],
    };
    digits.iter().map(word).collect()
}

/// Puts the first ending that fits in its changed form; tells whether one did.
pub fn change_ending(said: &mut String, changes: &[(&str, &str)]) -> bool {
    for (ending, changed) in changes {
        if let Some(stem) = said.strip_suffix(ending) {
            *said = format!("{stem}{changed}");
            return true;
        }
    }
    false
}

/// The number that begins here, and where it ends.
pub fn number(text: &[char], at: usize) -> Option<(Number, usize)> {
    let (digits, end) = whole(text, at)?;
    if text.get(end) == Some(&'.') && is_digit(text.get(end + 1)) {
        return Some(with_fraction(&digits, text, end + 1));
    }
    if let Some((value, end)) = with_kanji(text, at) {
        let said = cardinal(value);
        return Some((
            Number {
                value: Some(value),
                said,
            },
            end,
        ));
    }
    let is_code = digits.len() > 1 && digits[0] == '0';
    // 05分 is five minutes, while 007 is no seven.
    let has_value = digits.len() <= if is_code { 2 } else { MOST_DIGITS };
    let value = has_value.then(|| value(&digits));
    let said = match value {
        Some(value) if !is_code => cardinal(value),
        _ => one_by_one(&digits),
    };
    Some((Number { value, said }, end))
}

/// The digits without the commas that group them by three.
fn whole(text: &[char], at: usize) -> Option<(Vec<char>, usize)> {
    let mut end = run_end(text, at);
    let mut digits = text.get(at..end).filter(|run| !run.is_empty())?.to_vec();
    if digits.len() <= 3 && digits[0] != '0' {
        while text.get(end) == Some(&',')
            && text
                .iter()
                .skip(end + 1)
                .take(3)
                .filter(|each| is_digit(Some(each)))
                .count()
                == 3
            && !is_digit(text.get(end + 4))
        {
            digits.extend(&text[end + 1..end + 4]);
            end += 4;
        }
    }
    Some((digits, end))
}

fn run_end(text: &[char], at: usize) -> usize {
    let run = text
        .iter()
        .skip(at)
        .take_while(|each| each.is_ascii_digit());
    at + run.count()
}

fn with_fraction(digits: &[char], text: &[char], at: usize) -> (Number, usize) {
    let end = run_end(text, at);
    let mut said = match digits {
        ['0'] => "レイ".to_owned(),
        ['0', ..] => one_by_one(digits),
        _ if digits.len() > MOST_DIGITS => one_by_one(digits),
        _ => cardinal(value(digits)),
    };
    change_ending(&mut said, &SOFT);
    said += "テン";
    said += &one_by_one(&text[at..end]);
    let myriad = text.get(end).and_then(|found| myriad(*found));
    if let Some((_, name)) = myriad {
        said += name;
    }
    let end = end + usize::from(myriad.is_some());
    (Number { value: None, said }, end)
}

/// 1万2千, 3億5000万: digits and kanji together.
fn with_kanji(text: &[char], from: usize) -> Option<(u64, usize)> {
    let (mut total, mut section, mut at, mut limit) = (0_u64, 0_u64, from, u64::MAX);
    let mut has_kanji = false;
    while let Some((digits, end)) = whole(text, at) {
        if digits.len() > MOST_BEFORE_MYRIADS || digits[0] == '0' {
            break;
        }
        let factor = match text.get(end) {
            Some('千') => 1000,
            Some('百') => 100,
            _ => 1,
        };
        section = section.saturating_add(value(&digits).saturating_mul(factor));
        at = end + usize::from(factor > 1);
        has_kanji |= factor > 1;
        let myriad = text.get(at).and_then(|found| myriad(*found));
        if let Some((scale, _)) = myriad.filter(|(scale, _)| *scale < limit) {
            total = total.saturating_add(section.saturating_mul(scale));
            (section, limit, has_kanji) = (0, scale, true);
            at += 1;
        } else if factor == 1 {
            break;
        }
    }
    let total = total.saturating_add(section);
    (has_kanji && total < TOO_MUCH).then_some((total, at))
}

fn myriad(character: char) -> Option<(u64, &'static str)> {
    let found = MYRIADS.iter().find(|(_, kanji, _)| *kanji == character);
    found.map(|(scale, _, name)| (*scale, *name))
}
