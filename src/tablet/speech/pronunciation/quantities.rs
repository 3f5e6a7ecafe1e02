//! Everything that begins with a number: moments, telephone numbers, and what is counted.

use super::{
    characters::{digits, is_digit, is_kanji, is_word, past_spaces, stands, value},
    counters::{Counter, add_followers},
    dates::{
        Found, clock, fraction, month_and_day, numeric, weekdays_in_a_row, weekdays_in_brackets,
        with_era,
    },
    numbers::{Number, cardinal, number},
    telephones::{postal, short, telephone, well_known},
};

/// What a quantity is, which decides what the signs beside it mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that counts nothing.
    Bare,
    /// A number with its counter.
    Counted,
    /// A temperature or an angle.
    Degrees,
    /// A date, a time of day, a day of the week.
    Moment,
    /// A telephone number or a postal code.
    Telephone,
}

/// A quantity that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// In words.
    pub said: String,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a quantity can begin with.
const FIRST: &str = "0123456789(第月火水木金土日令平昭大明RHSTM〒#¥-";

type Rule = fn(&[char], usize) -> Option<Found>;

/// The first that finds something is right.
const RULES: [(Kind, Rule); 12] = [
    (Kind::Moment, with_era),
    (Kind::Moment, weekdays_in_brackets),
    (Kind::Moment, weekdays_in_a_row),
    (Kind::Telephone, postal),
    (Kind::Telephone, short),
    (Kind::Telephone, telephone),
    (Kind::Telephone, well_known),
    (Kind::Moment, numeric),
    (Kind::Moment, clock),
    (Kind::Bare, fraction),
    (Kind::Moment, month_and_day),
    (Kind::Counted, yen),
];
/// Behind these a digit is part of an address and begins no range.
const ADDRESSES: [&str; 4] = ["番", "番地", "号", "丁目"];
/// Behind these, 1日 is a length of time and not a date.
const LENGTHS: [&str; 7] = ["あと", "もう", "まる", "丸", "たった", "わずか", "約"];
/// Before these too.
const PER_DAY: [&str; 11] = [
    "目",
    "分",
    "間",
    "中",
    "半",
    "当",
    "あたり",
    "平均",
    "ごと",
    "おき",
    "がかり",
];

/// The quantity that begins here.
pub fn quantity(text: &[char], at: usize) -> Option<Quantity> {
    text.get(at).filter(|first| FIRST.contains(**first))?;
    let found = RULES.iter().find_map(|(kind, rule)| {
        let (said, end) = rule(text, at)?;
        let kind = *kind;
        Some(Quantity { said, end, kind })
    });
    found
        .or_else(|| below_zero(text, at))
        .or_else(|| counted(text, at))
}

/// Whether a quantity that can end a range stands here.
pub fn ends_range(text: &[char], at: usize) -> bool {
    if ["午前", "午後", "正午", "令和"]
        .iter()
        .any(|word| stands(text, at, word))
    {
        return true;
    }
    is_digit(text.get(at))
        && quantity(text, at)
            .is_some_and(|found| !matches!(found.kind, Kind::Bare | Kind::Telephone))
}

/// ¥1,200.
fn yen(text: &[char], at: usize) -> Option<Found> {
    text.get(at).filter(|sign| **sign == '¥')?;
    let (number, end) = number(text, past_spaces(text, at + 1))?;
    let (counter, _) = Counter::find(&['円'], 0, &number)?;
    // Some write the currency twice.
    let end = end + usize::from(text.get(end) == Some(&'円'));
    Some((counter.count(&number), end))
}

/// -3℃, −5.
fn below_zero(text: &[char], at: usize) -> Option<Quantity> {
    text.get(at).filter(|sign| **sign == '-')?;
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let is_in_a_row = before.is_some_and(|each| is_digit(Some(each)) || "-℃°度".contains(*each));
    if is_in_a_row || telephone(text, at + 1).is_some() || clock(text, at + 1).is_some() {
        return None;
    }
    let mut found = counted(text, at + 1)?;
    let begins = !before.is_some_and(|each| is_word(*each) || *each == ')');
    let sign = match found.kind {
        Kind::Degrees => "零下",
        _ if begins => "マイナス",
        _ => return None,
    };
    found.said = format!("{sign} {}", found.said);
    Some(found)
}

/// 3人, 第2回, 1.5km, 3〜5人 (of which the first half is given), 100.
fn counted(text: &[char], at: usize) -> Option<Quantity> {
    let is_ordinal = text.get(at) == Some(&'第');
    let (number, end) = number(text, at + usize::from(is_ordinal))?;
    let mut found = with_counter(text, at, &number, end)
        .or_else(|| with_counter_of_next(text, at, &number, end))
        .unwrap_or_else(|| {
            let is_fraction = stands(text, end, "分の") && is_digit(text.get(end + 2));
            let said = if is_fraction {
                format!("{}ブンの", number.said)
            } else {
                number.said
            };
            let end = if is_fraction { end + 2 } else { end };
            Quantity {
                said,
                end,
                kind: Kind::Bare,
            }
        });
    if is_ordinal {
        found.said.insert_str(0, "ダイ");
    }
    Some(found)
}

fn with_counter(text: &[char], at: usize, number: &Number, end: usize) -> Option<Quantity> {
    if stands(text, end, "分の") && is_digit(text.get(end + 2)) {
        return None;
    }
    let (counter, mut end) = counter(text, end, number)?;
    let is_length = counter.written == "日" && number.value == Some(1) && !is_date(text, at, end);
    let mut said = if is_length {
        "イチニチ".to_owned()
    } else {
        counter.count(number)
    };
    end = add_followers(&mut said, text, end);
    if counter.written == "時" {
        end = past_no_minutes(text, end);
    }
    let kind = kind(&counter);
    Some(Quantity { said, end, kind })
}

/// 3〜5人: the 3 has the counter of the 5.
fn with_counter_of_next(text: &[char], at: usize, first: &Number, end: usize) -> Option<Quantity> {
    let sign_at = past_spaces(text, end);
    let is_wave = text.get(sign_at) == Some(&'〜');
    let is_dash = text.get(sign_at) == Some(&'-') && text[..at].last() != Some(&'-');
    let next = past_spaces(text, sign_at + 1);
    if !(is_wave || is_dash) || clock(text, next).is_some() {
        return None;
    }
    // What is left of a temperature below zero behind the wave.
    let digits_at = next + usize::from(is_wave && text.get(next) == Some(&'-'));
    let (second, end) = number(text, digits_at)?;
    let (counter, _) = counter(text, end, &second)?;
    if is_dash && ADDRESSES.contains(&counter.written) {
        return None;
    }
    let said = format!("{}から", counter.count(first));
    let kind = kind(&counter);
    Some(Quantity {
        said,
        end: next,
        kind,
    })
}

/// The counter behind a number; those of dates and money, and Latin units, also behind a space.
fn counter(text: &[char], at: usize, number: &Number) -> Option<(Counter, usize)> {
    if text.get(at) != Some(&' ') {
        return Counter::find(text, at, number);
    }
    Counter::find(text, at + 1, number).filter(|(counter, _)| {
        let is_unit = counter.written.len() > 1 && counter.written.is_ascii();
        is_unit || ["年", "月", "日", "時", "分", "円", "人", "%", "℃"].contains(&counter.written)
    })
}

fn kind(counter: &Counter) -> Kind {
    match counter.written {
        "°" | "℃" | "°C" | "度" => Kind::Degrees,
        "年" | "月" | "日" | "時" | "分" => Kind::Moment,
        _ => Kind::Counted,
    }
}

/// Whether 1日 is the first of a month, and no day's length.
fn is_date(text: &[char], at: usize, end: usize) -> bool {
    let before = text[..at].iter().rev().find(|each| **each != ' ');
    if before == Some(&'月') {
        return true;
    }
    let leads = |word: &&str| {
        let length = word.chars().count();
        at.checked_sub(length)
            .is_some_and(|from| stands(text, from, word))
    };
    let is_per_day = PER_DAY.iter().any(|word| stands(text, end, word));
    let next = end + usize::from(text.get(end) == Some(&'に'));
    !is_per_day && !LENGTHS.iter().any(leads) && !is_amount(text, next)
}

/// Whether an amount stands here, and no time of day.
fn is_amount(text: &[char], at: usize) -> bool {
    let Some((first, end)) = number(text, at) else {
        return false;
    };
    let counter = counter(text, end, &first);
    clock(text, at).is_none() && counter.is_none_or(|(counter, _)| counter.written != "時")
}

/// Behind 0分, which nobody says.
fn past_no_minutes(text: &[char], at: usize) -> usize {
    let found = digits(text, past_spaces(text, at), 2);
    let zero = found.filter(|(run, end)| {
        let goes_on = text
            .get(end + 1)
            .is_some_and(|next| is_kanji(*next) && *next != '頃');
        value(run) == 0 && text.get(*end) == Some(&'分') && !goes_on
    });
    zero.map_or(at, |(_, end)| end + 1)
}

/// ①, which is one.
pub fn circled(character: char) -> Option<String> {
    let base = match character {
        '\u{2460}'..='\u{2473}' => 0x245f,
        '\u{2474}'..='\u{2487}' => 0x2473,
        '\u{2488}'..='\u{249b}' => 0x2487,
        '\u{3251}'..='\u{325f}' => 0x3251 - 21,
        '\u{32b1}'..='\u{32bf}' => 0x32b1 - 36,
        '\u{2776}'..='\u{277f}' => 0x2775,
        '\u{2780}'..='\u{2789}' => 0x277f,
        '\u{278a}'..='\u{2793}' => 0x2789,
        _ => return None,
    };
    Some(cardinal(u64::from(u32::from(character) - base)))
}
