//! Where a Japanese line may break: between phrases (文節), never inside a word.

/// Between phrases: a place where a line may break.
const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// Inside a phrase: a place where it may not.
const WORD_JOINER: char = '\u{2060}';
/// A phrase longer than this many characters may break anywhere, or it would not fit a tile.
const LONGEST_WHOLE_PHRASE: usize = 9;

/// What always ends a phrase, and stays with it.
const ENDS: [char; 8] = [' ', '　', '\n', '・', '、', '。', '」', '）'];

/// `text` cut into phrases. Put together again they are `text`.
pub fn phrases(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in text.split_inclusive(ENDS) {
        let words = piece.strip_suffix(ENDS).unwrap_or(piece);
        let mut whole = if words.is_ascii() {
            vec![words.to_owned()]
        } else {
            with_honorifics(budoux::parse(
                budoux::models::default_japanese_model(),
                words,
            ))
        };
        if let Some(last) = whole.last_mut() {
            last.push_str(&piece[words.len()..]);
        }
        found.append(&mut whole);
    }
    found
}

/// お and ご stand with the word that they honour.
fn with_honorifics(phrases: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(phrases.len());
    for phrase in phrases {
        match joined.last_mut() {
            Some(last) if last == "お" || last == "ご" => last.push_str(&phrase),
            _ => joined.push(phrase),
        }
    }
    joined
}

/// `text` for the screen: lines break between its phrases only.
pub fn joined_by_phrase(text: &str) -> String {
    let mut joined = String::with_capacity(text.len() * 2);
    for phrase in phrases(text) {
        if !joined.is_empty() && !joined.ends_with(['\n', ' ']) {
            joined.push(ZERO_WIDTH_SPACE);
        }
        let whole = phrase.chars().count() <= LONGEST_WHOLE_PHRASE;
        let mut previous: Option<char> = None;
        for character in phrase.chars() {
            let inside = previous.is_some_and(|p| !p.is_whitespace()) && !character.is_whitespace();
            // Between two ASCII characters there is no break to forbid.
            let needed = previous
                .is_some_and(|p| !(p.is_ascii_alphanumeric() && character.is_ascii_alphanumeric()));
            if inside && whole && needed {
                joined.push(WORD_JOINER);
            }
            joined.push(character);
            previous = Some(character);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visible(text: &str) -> String {
        text.chars()
            .filter(|c| ![ZERO_WIDTH_SPACE, WORD_JOINER].contains(c))
            .collect()
    }

    #[test]
    fn lines_break_between_phrases() {
        let cases = [
            ("市からのお知らせ", vec!["市からの", "お知らせ"]),
            ("バスとお出かけ", vec!["バスと", "お出かけ"]),
            ("施設・病院・介護", vec!["施設・", "病院・", "介護"]),
            ("市がお手伝いします", vec!["市が", "お手伝いします"]),
            ("くもり 時々 晴れ", vec!["くもり ", "時々 ", "晴れ"]),
        ];
        for (text, expected) in cases {
            assert_eq!(phrases(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_visible_is_added_or_lost(text in "\\PC{0,60}") {
            prop_assume!(!text.contains([ZERO_WIDTH_SPACE, WORD_JOINER]));
            prop_assert_eq!(phrases(&text).concat(), text.clone());
            prop_assert_eq!(visible(&joined_by_phrase(&text)), text);
        }
    }
}
