//! Japanese text made ready for the speech synthesiser: dates, times, numbers, units, telephone
//! numbers, Latin letters and signs become the words that a person would say. Pure.
//!
//! The synthesiser's dictionary reads ordinary words well, so those stay as they are written. What
//! is put in their place is katakana: in hiragana the dictionary takes the は of はちじ for a particle,
//! and 午後 with ろくじ behind it for うしろ くじ. A space is a short pause.

mod characters;
mod clauses;
mod counters;
mod dates;
mod gaps;
mod latin;
mod numbers;
mod quantities;
mod telephones;
mod variants;
mod words;

pub use clauses::clauses;
pub use words::Pronunciations;

use characters::{
    is_digit, is_hiragana, is_invisible, is_kanji, is_katakana, is_ornament, is_word, past_spaces,
    plain_text, stands,
};
use quantities::{Kind, Quantity};

/// Signs and short forms that stand for words.
const SIGNS: [(&str, &str); 25] = [
    ("令和", "レイワ"),
    ("元年", "ガンネン"),
    ("(株)", "株式会社"),
    ("(有)", "有限会社"),
    ("㈱", "株式会社"),
    ("㈲", "有限会社"),
    ("&", "アンド"),
    ("+", "プラス"),
    ("@", "アット"),
    ("%", "パーセント"),
    ("℃", "ド"),
    ("°", "ド"),
    ("№", "ナンバー"),
    ("〒", "郵便番号"),
    ("℡", "電話"),
    ("☎", "電話"),
    ("☏", "電話"),
    ("📞", "電話"),
    ("㈪", "月曜日"),
    ("㈫", "火曜日"),
    ("㈬", "水曜日"),
    ("㈭", "木曜日"),
    ("㈮", "金曜日"),
    ("㈯", "土曜日"),
    ("㈰", "日曜日"),
];
/// Signs at which a reader draws breath.
const PAUSES: &str = "・/|:;,.…‥<>[]{}【】《》〈〉〔〕〖〗＜＞";
/// Signs behind which there is a pause already.
const PAUSED: &str = "、。！？!?「『（(";
/// How far the wave may stand that closes a subtitle.
const LONGEST_SUBTITLE: usize = 40;

/// A passage as it is given to the synthesiser: each of its pieces as it is shown, and as it is said.
pub fn pieces(passage: &str, pronunciations: &Pronunciations) -> Vec<(String, String)> {
    let pieces = clauses(passage).into_iter();
    pieces
        .map(|piece| {
            let said = line(&piece, pronunciations);
            (piece, said)
        })
        .collect()
}

/// A piece as it is given to the synthesiser: characters that it knows, words as people say them, numbers in words,
/// and spaces only where there is a pause.
pub fn line(piece: &str, pronunciations: &Pronunciations) -> String {
    let known = pronunciations.applied(&variants::ordinary(piece));
    gaps::without_gaps(&spoken(&known))
}

/// The text as it is to be spoken: what a synthesiser reads wrongly is in katakana, what nobody
/// says is gone, and ordinary words are as they were. It is one line.
pub fn spoken(text: &str) -> String {
    let written: Vec<char> = text.chars().filter(|each| !is_invisible(*each)).collect();
    let mut reader = Reader {
        text: plain_text(&written),
        written,
        at: 0,
        said: String::new(),
        last: Last::Written,
        no_address_before: 0,
        is_until: false,
    };
    while reader.at < reader.text.len() {
        reader.step();
    }
    reader.said.truncate(reader.said.trim_end().len());
    reader.said
}

/// What was said last, spaces aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Something as it is written, or nothing.
    Written,
    /// Words for something else.
    Words,
    /// Words for a quantity.
    Quantity,
}

struct Reader {
    written: Vec<char>,
    text: Vec<char>,
    at: usize,
    said: String,
    last: Last,
    no_address_before: usize,
    /// Whether the quantity that follows is an end whose beginning is left open, as in 〜17:00.
    is_until: bool,
}

impl Reader {
    /// Says what begins here, and goes behind it.
    fn step(&mut self) {
        let here = self.text[self.at];
        if self.at >= self.no_address_before {
            match latin::address(&self.text, self.at) {
                Ok((said, end)) => return self.say(&said, end, Last::Words),
                Err(end) => self.no_address_before = end,
            }
        }
        if let Some(found) = quantities::quantity(&self.text, self.at) {
            self.quantity(&found);
        } else if let Some(said) = quantities::circled(here) {
            self.say(&said, self.at + 1, Last::Words);
            self.pause();
        } else if let Some((sign, said)) = SIGNS
            .iter()
            .find(|(sign, _)| stands(&self.text, self.at, sign))
        {
            self.say(said, self.at + sign.chars().count(), Last::Words);
        } else if here.is_ascii_alphabetic() {
            self.latin();
        } else {
            self.character(here);
        }
    }

    fn say(&mut self, words: &str, end: usize, last: Last) {
        let is_joined = self.last != Last::Written && !self.said.ends_with([' ', '、']);
        // The dictionary holds 月ヨ for a word.
        if is_joined || (self.said.ends_with('月') && words.starts_with('ヨ')) {
            self.said.push(' ');
        }
        self.said += words;
        self.last = last;
        self.at = end;
    }

    fn quantity(&mut self, found: &Quantity) {
        self.say(&found.said, found.end, Last::Quantity);
        let next = past_spaces(&self.text, self.at);
        if self.is_until && !is_digit(self.text.get(next)) && self.text.get(next) != Some(&'(') {
            self.is_until = false;
            if !stands(&self.text, next, "まで") {
                self.said += "まで";
            }
        }
        let end = past_spaces(&self.text, next + 1);
        // 5℃ -3℃ are two temperatures, 5℃-8℃ are a range.
        let is_sign = found.kind == Kind::Degrees && next > self.at && end == next + 1;
        let is_dash = self.text.get(next) == Some(&'-') && !is_sign;
        let is_bracketed = self.text[self.at - 1] == ')';
        if is_bracketed && self.text.get(self.at).is_some_and(|next| is_kanji(*next)) {
            self.said.push(' ');
        }
        let is_limit = !matches!(found.kind, Kind::Bare | Kind::Telephone);
        if is_dash && is_limit && quantities::ends_range(&self.text, end) {
            self.said += "から";
            self.at = end;
        }
    }

    fn latin(&mut self) {
        if let Some((said, end)) = latin::word(&self.text, self.at) {
            return self.say(&said, end, Last::Words);
        }
        let end = latin::word_end(&self.text, self.at);
        self.said.extend(&self.written[self.at..end]);
        self.last = Last::Written;
        self.at = end;
    }

    /// Says a character that begins nothing longer.
    fn character(&mut self, here: char) {
        let (before, next) = (self.before(), self.text.get(self.at + 1).copied());
        match here {
            '\n' => self.stop(),
            ' ' => self.space(),
            '〜' => return self.wave(),
            '-' => self.dash(before, next),
            '×' if self.last == Last::Quantity && is_digit(next.as_ref()) => {
                return self.say("カケル", self.at + 1, Last::Words);
            }
            '.' if !before.is_some_and(is_word) => {}
            _ if PAUSES.contains(here) => self.pause(),
            _ if is_ornament(here) => self.space(),
            _ => {
                self.said.push(self.written[self.at]);
                self.last = Last::Written;
            }
        }
        self.at += 1;
    }

    fn before(&self) -> Option<char> {
        let before = self.at.checked_sub(1)?;
        self.text.get(before).copied()
    }

    fn space(&mut self) {
        if !self.said.is_empty() && !self.said.ends_with([' ', '、', '。']) {
            self.said.push(' ');
        }
    }

    fn pause(&mut self) {
        self.break_off('、');
    }

    /// Ends a line as a sentence.
    fn stop(&mut self) {
        self.break_off('。');
    }

    fn break_off(&mut self, sign: char) {
        self.said.truncate(self.said.trim_end().len());
        if !self.said.is_empty() && !self.said.ends_with(|last| PAUSED.contains(last)) {
            self.said.push(sign);
        }
        self.last = Last::Written;
    }

    fn dash(&mut self, before: Option<char>, next: Option<char>) {
        let is_typed_wide = self.written[self.at] != '-';
        let is_vowel = match next {
            Some(next) if is_typed_wide => !is_digit(Some(&next)) && !is_kanji(next),
            Some(next) => is_katakana(next),
            None => is_typed_wide,
        };
        if is_digit(before.as_ref()) && is_digit(next.as_ref()) {
            self.said += "の";
        } else if before.is_some_and(is_katakana) && is_vowel {
            self.said.push('ー');
            self.last = Last::Written;
        } else {
            self.space();
        }
    }

    /// から between two things, まで before the second alone, a long vowel within a word; else it
    /// only adorns.
    fn wave(&mut self) {
        let end = past_spaces(&self.text, self.at + 1);
        let next = self.text.get(end).copied().unwrap_or('\n');
        let said_before = self.text[..self.at].iter().rev();
        let before = said_before
            .copied()
            .find(|each| *each != ' ')
            .unwrap_or('\n');
        let begins = |each: char| is_digit(Some(&each)) || "(-¥".contains(each);
        let is_joined = self.before() == Some(before);
        let ends_word = is_joined && end > self.at + 1;
        let opens_subtitle = self.opens_subtitle();
        if self.last == Last::Quantity && (begins(next) || !opens_subtitle) {
            self.said.truncate(self.said.trim_end().len());
            return self.from(end);
        }
        self.at += 1;
        if opens_subtitle && is_word(next) {
            self.pause();
        } else if begins(next) && (!(is_word(before) || before == ')') || is_hiragana(before)) {
            self.is_until = true;
            self.space();
        } else if ends_word || !(is_word(next) || begins(next)) {
            // Nothing is joined.
        } else if [is_hiragana, is_katakana]
            .iter()
            .any(|is| is(before) && is(next))
        {
            self.said.push('ー');
        } else if is_hiragana(before) || is_hiragana(next) {
            self.pause();
        } else if is_word(before) || before == ')' {
            self.from(end);
        }
    }

    fn from(&mut self, end: usize) {
        self.said += "から";
        self.last = Last::Words;
        self.at = end;
        if self.text.get(end).is_some_and(|next| is_word(*next)) {
            self.said.push(' ');
        }
    }

    /// Whether a wave closes this line's subtitle soon.
    fn opens_subtitle(&self) -> bool {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let mut line = rest
            .iter()
            .take_while(|each| **each != '\n')
            .take(LONGEST_SUBTITLE);
        let Some(length) = line.position(|each| *each == '〜') else {
            return false;
        };
        !rest
            .get(length + 1)
            .is_some_and(|next| is_word(*next) || *next == ' ')
    }
}

#[cfg(test)]
mod tests;
