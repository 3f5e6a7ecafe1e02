//! Telephone numbers and postal codes, which are said digit by digit.

use super::{
    characters::{digits, is_digit, past_spaces, value},
    counters::Counter,
    dates::Found,
    numbers::{number, one_by_one},
};

/// Numbers of three digits that everybody knows by name.
const WELL_KNOWN: [(&str, &str); 6] = [
    ("110", "ヒャクトオバン"),
    ("118", "ヒャクジュウハチバン"),
    ("119", "ヒャクジュウキュウバン"),
    ("171", "イチナナイチ"),
    ("188", "イチハチハチ"),
    ("189", "イチハチキュウ"),
];

/// 06-6941-0351, 06(6941)0351, (06)6941-0351, 0120-123-456, 6941-0351.
pub fn telephone(text: &[char], at: usize) -> Option<Found> {
    let (groups, end) = bracketed(text, at).or_else(|| dashed(text, at))?;
    let goes_on = is_digit(text.get(end)) || (is_dash(text, end) && is_digit(text.get(end + 1)));
    (!goes_on && is_telephone(&groups) && (is_whole(&groups) || !counts(text, end, &groups)))
        .then(|| (joined(&groups), end))
}

/// 110 where it counts nothing.
pub fn well_known(text: &[char], at: usize) -> Option<Found> {
    let (run, end) = digits(text, at, 3)?;
    let mut known = WELL_KNOWN.iter();
    let (_, said) = known.find(|(written, _)| run.iter().copied().eq(written.chars()))?;
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let is_part = before.is_some_and(|each| is_joining(*each))
        || text.get(end).is_some_and(|each| is_joining(*each))
        || text
            .get(past_spaces(text, end))
            .is_some_and(|each| *each == '〜');
    (!is_part && !counts(text, past_spaces(text, end), &[run])).then(|| ((*said).to_owned(), end))
}

/// 〒595-0000.
pub fn postal(text: &[char], at: usize) -> Option<Found> {
    text.get(at).filter(|sign| **sign == '〒')?;
    let (area, end) = digits(text, past_spaces(text, at + 1), 3)?;
    let groups = if is_dash(text, end) {
        let (rest, end) = digits(text, end + 1, 4)?;
        (vec![area, rest], end)
    } else {
        (vec![area], end)
    };
    Some((format!("郵便番号 {}", joined(&groups.0)), groups.1))
}

/// #9110, which mobile telephones understand.
pub fn short(text: &[char], at: usize) -> Option<Found> {
    text.get(at).filter(|sign| **sign == '#')?;
    let (run, end) = digits(text, at + 1, 6)?;
    Some((format!("シャープ {}", one_by_one(run)), end))
}

type Groups<'a> = Vec<&'a [char]>;

fn dashed(text: &[char], at: usize) -> Option<(Groups<'_>, usize)> {
    let (first, end) = digits(text, at, 5)?;
    let (second, end) = is_dash(text, end).then(|| digits(text, end + 1, 8))??;
    match is_dash(text, end)
        .then(|| digits(text, end + 1, 4))
        .flatten()
    {
        Some((third, end)) => Some((vec![first, second, third], end)),
        None => Some((vec![first, second], end)),
    }
}

fn bracketed(text: &[char], at: usize) -> Option<(Groups<'_>, usize)> {
    let is = |at: usize, sign: char| text.get(at) == Some(&sign);
    let opens = is(at, '(');
    let (first, end) = digits(text, at + usize::from(opens), 5)?;
    let (second, end) = if opens {
        is(end, ')').then(|| digits(text, past_spaces(text, end + 1), 4))??
    } else {
        let (second, end) = is(end, '(').then(|| digits(text, end + 1, 4))??;
        is(end, ')').then_some((second, end + 1))?
    };
    let third = if is_dash(text, end) { end + 1 } else { end };
    let (third, end) = digits(text, third, 4).filter(|_| !opens || third > end)?;
    Some((vec![first, second, third], end))
}

fn is_dash(text: &[char], at: usize) -> bool {
    text.get(at) == Some(&'-')
}

/// Whether the groups are a number with its area, of ten or eleven digits.
fn is_whole(groups: &[&[char]]) -> bool {
    let length: usize = groups.iter().map(|group| group.len()).sum();
    groups[0][0] == '0' && (10..=11).contains(&length)
}

fn is_telephone(groups: &[&[char]]) -> bool {
    let is_year = |group: &[char]| group.len() == 4 && (1900..=2100).contains(&value(group));
    match groups {
        [first, second] if !is_whole(groups) => {
            (2..=4).contains(&first.len())
                && first[0] != '0'
                && second.len() == 4
                && !(is_year(first) && is_year(second))
        }
        _ => is_whole(groups),
    }
}

/// Whether a counter stands behind the groups, so that they are amounts, as in 500-1000円.
fn counts(text: &[char], end: usize, groups: &[&[char]]) -> bool {
    let last = groups.last().and_then(|group| number(group, 0));
    last.is_some_and(|(last, _)| Counter::find(text, end, &last).is_some())
}

/// Whether a character makes a longer expression of the digits beside it.
fn is_joining(character: char) -> bool {
    character.is_ascii_alphanumeric() || ".,-〜/:#¥%第×+".contains(character)
}

fn joined(groups: &[&[char]]) -> String {
    let said: Vec<String> = groups.iter().map(|group| one_by_one(group)).collect();
    said.join("の ")
}
