//! What single characters are, whichever of their widths and look-alikes was typed.

/// The ordinary form of a character: half-width letters and digits, one dash, one wave, one space.
pub fn plain(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5d}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        '~' | '\u{ff5e}' | '\u{223c}' | '\u{2dc}' => '〜',
        '\u{2da}' | '\u{ba}' => '°',
        '\u{ff65}' => '・',
        '\u{ffe5}' => '¥',
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        _ if character.is_whitespace() => ' ',
        _ => character,
    }
}

/// The ordinary form of a whole text, character by character.
pub fn plain_text(written: &[char]) -> Vec<char> {
    let mut text: Vec<char> = written.iter().copied().map(plain).collect();
    // The mark of a long vowel is often typed for the dash of a telephone number.
    for at in 1..text.len().saturating_sub(1) {
        if text[at] == 'ー' && is_digit(text.get(at - 1)) && is_digit(text.get(at + 1)) {
            text[at] = '-';
        }
    }
    text
}

/// Whether nobody sees the character: controls, joiners, marks of direction and of style.
pub fn is_invisible(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || character == '\r'
        || matches!(character,
            '\u{ad}' | '\u{20e3}' | '\u{feff}' | '\u{fffd}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the character only adorns, as stars, arrows, frames and emoji do.
pub fn is_ornament(character: char) -> bool {
    matches!(character,
        '"' | '\'' | '*' | '=' | '^' | '_' | '`' | '\\' | '{' | '}' | '#' | '$' | '<' | '>'
        | '§' | '¶' | '©' | '®' | '¨' | '´' | '¸' | '×' | '÷' | '±'
        | '\u{2016}' | '\u{2020}'..='\u{2024}' | '\u{203b}' | '\u{2122}'
        | '\u{2190}'..='\u{245f}' | '\u{249c}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}'
        | '\u{3004}' | '\u{3012}' | '\u{3013}' | '\u{3020}' | '\u{3036}'
        | '\u{e000}'..='\u{f8ff}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether the character is part of a word that can be spoken.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() && !is_invisible(character) && !is_ornament(character)
}

/// Whether there is a character, and it is 0 to 9.
pub fn is_digit(character: Option<&char>) -> bool {
    character.is_some_and(char::is_ascii_digit)
}

pub fn is_hiragana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{309f}')
}

pub fn is_katakana(character: char) -> bool {
    matches!(character, '\u{30a1}'..='\u{30fa}' | 'ー' | '\u{ff66}'..='\u{ff9f}')
}

pub fn is_kanji(character: char) -> bool {
    is_word(character)
        && !character.is_ascii()
        && !is_hiragana(character)
        && !is_katakana(character)
}

/// Where the next character stands that is no space.
pub fn past_spaces(text: &[char], at: usize) -> usize {
    let spaces = text.iter().skip(at).take_while(|each| **each == ' ');
    at + spaces.count()
}

/// Whether `words` stand at this place.
pub fn stands(text: &[char], at: usize, words: &str) -> bool {
    let mut found = text.get(at..).unwrap_or_default().iter();
    words.chars().all(|each| found.next() == Some(&each))
}

/// The whole run of digits that begins here, if it has no more than `most`, and where it ends.
pub fn digits(text: &[char], at: usize, most: usize) -> Option<(&[char], usize)> {
    let found = text.get(at..)?.iter().take(most + 1);
    let length = found.take_while(|each| each.is_ascii_digit()).count();
    let end = at + length;
    (1..=most)
        .contains(&length)
        .then(|| text.get(at..end).map(|run| (run, end)))?
}

/// The value of digits that are few.
pub fn value(digits: &[char]) -> u64 {
    digits.iter().fold(0, |value: u64, each| {
        let digit = each.to_digit(10).map_or(0, u64::from);
        value.saturating_mul(10).saturating_add(digit)
    })
}
