//! What people write in cells: days, times, numbers and telephone numbers in all their forms.

use jiff::civil::{Date, Time};

/// The text with full-width letters, digits and signs made narrow, and in small letters.
pub fn folded(text: &str) -> String {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
        .chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect()
}

/// One letter made narrow.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        _ => letter,
    }
}

/// Reads numbers and the words between them, letter by letter.
struct Cursor<'t> {
    rest: &'t str,
}

impl Cursor<'_> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if !digits.contains(&length) {
            return None;
        }
        let (number, rest) = self.rest.split_at(length);
        self.rest = rest;
        number.parse().ok()
    }

    fn take(&mut self, words: &[&str]) -> bool {
        let rest = self.rest.trim_start();
        let found = words.iter().find_map(|word| rest.strip_prefix(word));
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

/// The first year of each era, less one.
const ERAS: [(&str, u32); 6] = [
    ("令和", 2018),
    ("平成", 1988),
    ("昭和", 1925),
    ("r", 2018),
    ("h", 1988),
    ("s", 1925),
];

/// The day at the beginning of `text`: 2026/4/1, 2026-04-01, 20260401, 2026年4月1日, 令和8年4月1日,
/// R8.4.1, or a spreadsheet's number. What follows the day is left.
pub fn day(text: &str) -> Option<Date> {
    let folded = folded(text);
    let mut cursor = Cursor { rest: &folded };
    for (era, before) in ERAS {
        if cursor.take(&[era]) {
            cursor.skip_blanks();
            let year = if cursor.take(&["元"]) {
                1
            } else {
                cursor.number(1..=2)?
            };
            return month_and_day(&mut cursor, before + year);
        }
    }
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        4 => {
            let year = cursor.number(4..=4)?;
            month_and_day(&mut cursor, year)
        }
        8 => {
            let number = cursor.number(8..=8)?;
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        // Spreadsheets count days from the end of 1899; these are 2009 to 2064.
        5 if folded.len() == 5 => {
            let number = cursor
                .number(5..=5)
                .filter(|n| (40_000..60_000).contains(n))?;
            let days = jiff::Span::new().try_days(number).ok()?;
            Date::constant(1899, 12, 30).checked_add(days).ok()
        }
        _ => None,
    }
}

fn month_and_day(cursor: &mut Cursor, year: u32) -> Option<Date> {
    if !cursor.take(&["年", "/", "-", "."]) {
        return None;
    }
    cursor.skip_blanks();
    let month = cursor.number(1..=2)?;
    if !cursor.take(&["月", "/", "-", "."]) {
        return None;
    }
    cursor.skip_blanks();
    date(year, month, cursor.number(1..=2)?)
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// The time at the beginning of `text`, or after a day and a blank or a T: 10:00, 9：30, 午前10時,
/// 午後1時30分, 午後1時半, 正午, 1330. Midnight at the end of a day is none.
pub fn time(text: &str) -> Option<Time> {
    let folded = folded(text);
    let mut cursor = Cursor { rest: &folded };
    if cursor.take(&["正午"]) {
        return Time::new(12, 0, 0, 0).ok();
    }
    let afternoon = cursor.take(&["午後", "pm"]);
    if !afternoon {
        cursor.take(&["午前", "am"]);
    }
    cursor.skip_blanks();
    let digits = cursor.rest.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, minute) = if digits == 4 && cursor.rest.len() == 4 {
        let number = cursor.number(4..=4)?;
        (number / 100, number % 100)
    } else {
        let hour = cursor.number(1..=2)?;
        let minute = if cursor.take(&[":", "時"]) {
            cursor.skip_blanks();
            if cursor.take(&["半"]) {
                30
            } else {
                cursor.number(1..=2).unwrap_or(0)
            }
        } else {
            return None;
        };
        (hour, minute)
    };
    let hour = if afternoon && hour < 12 {
        hour + 12
    } else {
        hour
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// The time in a cell that holds a day and a time.
pub fn time_after_day(text: &str) -> Option<Time> {
    let folded = folded(text);
    let after = folded.split_once([' ', 't'])?.1;
    time(after)
}

/// The first whole number in `text`: 810 of 810人（1人2㎡）, 1200 of 約1,200.
pub fn whole_number(text: &str) -> Option<u32> {
    let folded = folded(text);
    let begin = folded.find(|letter: char| letter.is_ascii_digit())?;
    let digits: String = folded[begin..]
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || *letter == ',')
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// Degrees: 34.5678, or 34度34分5.6秒.
pub fn degrees(text: &str) -> Option<f64> {
    let folded = folded(text).replace(',', ".");
    if let Ok(number) = folded.parse::<f64>() {
        return number.is_finite().then_some(number);
    }
    let parts: Vec<f64> = folded
        .split(['度', '°', '分', '\'', '′', '秒', '"', '″'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    match parts[..] {
        [whole, minutes] => Some(whole + minutes / 60.0),
        [whole, minutes, seconds] => Some(whole + minutes / 60.0 + seconds / 3600.0),
        _ => None,
    }
    .filter(|degrees| degrees.is_finite())
}

/// A telephone number as it is printed: narrow digits with hyphens, (0796)45-0800 as 0796-45-0800.
pub fn telephone(text: &str) -> Option<String> {
    let mut number = String::new();
    let folded = folded(text);
    let mut rest = folded.as_str();
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ' => number.push('-'),
            '(' => match rest.split_once(')') {
                Some((inside, after)) if inside.bytes().all(|byte| byte.is_ascii_digit()) => {
                    if !number.is_empty() {
                        number.push('-');
                    }
                    number.push_str(inside);
                    number.push('-');
                    rest = after.trim_start_matches(['-', ' ']);
                }
                _ => number.push('('),
            },
            other => number.push(other),
        }
    }
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (digits >= 3).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_form() {
        for text in [
            "2026/4/1",
            "2026-04-01",
            "20260401",
            "2026年4月1日(水)",
            "２０２６／０４／０１",
            "令和8年4月1日",
            "令和 ８ 年 ４ 月 １ 日",
            "R8.4.1",
            "2026-04-01T10:00:00+09:00",
            "2026/4/1 10:00",
            "46113",
        ] {
            assert_eq!(day(text), Some(Date::constant(2026, 4, 1)), "{text}");
        }
        assert_eq!(day("令和元年5月1日"), Some(Date::constant(2019, 5, 1)));
        assert_eq!(day("平成31年4月30日"), Some(Date::constant(2019, 4, 30)));
        for text in [
            "",
            "毎週水曜日",
            "2026/13/1",
            "2026/2/30",
            "4月1日",
            "12345678901",
            "2026",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_in_every_form() {
        for (text, hour, minute) in [
            ("10:00", 10, 0),
            ("９：３０", 9, 30),
            ("午前10時", 10, 0),
            ("午後1時30分", 13, 30),
            ("午後1時半～", 13, 30),
            ("午前0時5分", 0, 5),
            ("午後12時30分", 12, 30),
            ("正午", 12, 0),
            ("13:30:00", 13, 30),
            ("1330", 13, 30),
            ("9:00～17:00", 9, 0),
        ] {
            assert_eq!(time(text), Time::new(hour, minute, 0, 0).ok(), "{text}");
        }
        for text in ["", "終日", "24:00", "10", "25:61"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(time_after_day("2026/4/1 9:05"), Time::new(9, 5, 0, 0).ok());
        assert_eq!(time_after_day("2026/4/1"), None);
    }

    #[test]
    fn numbers_degrees_and_telephones() {
        for (text, number) in [
            ("810人（1人当たり2㎡）", Some(810)),
            ("約１，２００人", Some(1200)),
            ("", None),
            ("なし", None),
        ] {
            assert_eq!(whole_number(text), number, "{text}");
        }
        assert_eq!(degrees("34.5"), Some(34.5));
        assert_eq!(degrees("３４．５"), Some(34.5));
        assert_eq!(degrees("34度30分0秒"), Some(34.5));
        assert_eq!(degrees("34°30'00\""), Some(34.5));
        assert_eq!(degrees("北緯"), None);
        assert_eq!(degrees("inf"), None);
        for (text, number) in [
            ("０９９－２００－１０００", Some("099-200-1000")),
            ("(0796)45-0800", Some("0796-45-0800")),
            ("0796(45)0800", Some("0796-45-0800")),
            ("222−1400", Some("222-1400")),
            ("087-881-4531（代表）", Some("087-881-4531(代表)")),
            ("なし", None),
        ] {
            assert_eq!(telephone(text).as_deref(), number, "{text}");
        }
    }
}
