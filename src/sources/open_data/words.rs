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
    day_and_rest(text).map(|(day, _)| day)
}

/// The day at the beginning of `text`, and what follows it, made narrow.
pub fn day_and_rest(text: &str) -> Option<(Date, String)> {
    let folded = folded(text);
    let mut cursor = Cursor { rest: &folded };
    let day = day_at(&mut cursor)?;
    cursor.take(&["日"]);
    Some((day, cursor.rest.to_owned()))
}

fn day_at(cursor: &mut Cursor) -> Option<Date> {
    let folded = cursor.rest;
    for (era, before) in ERAS {
        if cursor.take(&[era]) {
            cursor.skip_blanks();
            let year = if cursor.take(&["元"]) {
                1
            } else {
                cursor.number(1..=2)?
            };
            return month_and_day(cursor, before + year);
        }
    }
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        4 => {
            let year = cursor.number(4..=4)?;
            month_and_day(cursor, year)
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
    time_and_rest(&folded).map(|(time, _)| time)
}

/// The time at the beginning of `text`, and what follows it.
pub fn time_and_rest(text: &str) -> Option<(Time, &str)> {
    // Widths do not matter to what is read, and what follows is given back as it is written.
    let plain: String = text
        .chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect();
    let mut cursor = Cursor { rest: &plain };
    let time = time_at(&mut cursor)?;
    let read = plain.chars().count() - cursor.rest.chars().count();
    let at = text
        .char_indices()
        .nth(read)
        .map_or(text.len(), |(at, _)| at);
    Some((time, &text[at..]))
}

fn time_at(cursor: &mut Cursor) -> Option<Time> {
    cursor.skip_blanks();
    if cursor.take(&["正午"]) {
        return Time::new(12, 0, 0, 0).ok();
    }
    let mut afternoon = cursor.take(&["午後", "pm"]);
    let forenoon = !afternoon && cursor.take(&["午前", "am"]);
    cursor.skip_blanks();
    let digits = cursor.rest.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, minute) = if digits == 4 && cursor.rest.len() == 4 {
        let number = cursor.number(4..=4)?;
        (number / 100, number % 100)
    } else {
        let hour = cursor.number(1..=2)?;
        if !cursor.take(&[":", "時"]) {
            return None;
        }
        cursor.skip_blanks();
        let minute = if cursor.take(&["半"]) {
            30
        } else {
            cursor.number(1..=2).unwrap_or(0)
        };
        cursor.take(&["分"]);
        if cursor.take(&[":"]) {
            // Seconds tell nobody anything.
            cursor.number(1..=2)?;
        }
        (hour, minute)
    };
    if !afternoon && !forenoon {
        afternoon = cursor.take(&["pm"]);
        if !afternoon {
            cursor.take(&["am"]);
        }
    }
    let hour = if afternoon && hour < 12 {
        hour + 12
    } else {
        hour
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// How many people: 810 of 1人当たり2㎡で810人, 1200 of 約1,200. Where several numbers stand the largest
/// before 人 or 名 counts; none where nobody can tell.
pub fn people(text: &str) -> Option<u32> {
    let folded = folded(text).replace(',', "");
    let mut numbers: Vec<(u32, &str)> = Vec::new();
    let mut rest = folded.as_str();
    while let Some(begin) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let digits = rest[begin..].bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest[begin..].split_at(digits);
        numbers.extend(number.parse().ok().map(|number| (number, after)));
        rest = after;
    }
    let of_people = numbers.iter().filter(|(_, after)| {
        let counts = after.starts_with(['人', '名']);
        counts && !after[3..].starts_with("当") && !after[3..].starts_with("あたり")
    });
    let number = match numbers[..] {
        [(only, after)] if !after.starts_with('.') => Some(only),
        _ => of_people.map(|(number, _)| *number).max(),
    };
    number.filter(|number| *number > 0)
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

/// What stands between degrees, minutes and seconds.
const SIGNS: [char; 14] = [
    '度', '°', '分', '\'', '′', '’', '秒', '"', '″', '”', ':', '‘', '“', 'º',
];

/// Degrees: 34.5678, 34度34分5.6秒, 北緯34度34分, N34°34'5", 34.34.5.
pub fn degrees(text: &str) -> Option<f64> {
    let folded = folded(text).replace(',', ".");
    let bare = folded
        .trim_start_matches("北緯")
        .trim_start_matches("東経")
        .trim_matches(['n', 'e', ' ', ':']);
    if let Ok(number) = bare.parse::<f64>() {
        return number.is_finite().then_some(number);
    }
    let has_signs = bare.contains(SIGNS);
    // Without signs the dots part degrees, minutes and seconds.
    let parts = bare.split(|letter| {
        if has_signs {
            SIGNS.contains(&letter)
        } else {
            letter == '.'
        }
    });
    let parts: Vec<f64> = parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    match parts[..] {
        [whole] if has_signs => Some(whole),
        [whole, minutes] if has_signs => Some(whole + minutes / 60.0),
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
            ("1:30 PM", 13, 30),
        ] {
            assert_eq!(time(text), Time::new(hour, minute, 0, 0).ok(), "{text}");
        }
        for text in ["", "終日", "24:00", "10", "25:61"] {
            assert_eq!(time(text), None, "{text}");
        }
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
        for text in [
            "北緯34度30分",
            "34.30.0",
            "N34°30'",
            "34°30’00”",
            "34:30:00",
        ] {
            assert_eq!(degrees(text), Some(34.5), "{text}");
        }
        for (text, number) in [
            ("1階100人・2階200人", Some(200)),
            ("第1体育館 200", None),
            ("2.3万人", None),
            ("0", None),
            ("120", Some(120)),
        ] {
            assert_eq!(people(text), number, "{text}");
        }
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
