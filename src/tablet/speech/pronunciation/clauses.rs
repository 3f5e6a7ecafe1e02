//! Cutting a passage into the pieces that are spoken one after another.

use super::{
    characters::{is_hiragana, is_kanji, is_katakana, is_word, plain_text},
    latin::address,
};

/// A pause ends a piece that has at least so many characters.
const SHORTEST: usize = 12;
/// A piece has no more characters than this, an address counting as one.
const LONGEST: usize = 40;

/// Cuts a passage into pieces to be spoken one after another, each with something to say. Put
/// together again they are the passage; one that has nothing to say has no pieces.
///
/// Sentences and lines are pieces; a long one is cut at its pauses. No cut is made within a number
/// or an address if that can be helped, and a space before a number is no pause: 午後 3時 is one.
pub fn clauses(text: &str) -> Vec<String> {
    let written: Vec<char> = text.chars().collect();
    let passage = WrittenPassage {
        plain: plain_text(&written),
        written: &written,
    };
    let mut pieces: Vec<String> = Vec::new();
    let (mut from, mut no_address_before) = (0, 0);
    while from < written.len() {
        let end = passage.piece_end(from, &mut no_address_before);
        let piece = &written[from..end];
        if piece.iter().copied().any(is_word) {
            pieces.push(piece.iter().collect());
        } else if let Some(last) = pieces.last_mut() {
            last.extend(piece);
        }
        from = end;
    }
    pieces
}

struct WrittenPassage<'a> {
    written: &'a [char],
    plain: Vec<char>,
}

impl WrittenPassage<'_> {
    /// Where the piece ends that begins here. All but the last have something to say.
    fn piece_end(&self, from: usize, no_address_before: &mut usize) -> usize {
        let (mut at, mut length, mut pause) = (from, 0, None);
        while at < self.written.len() {
            let character = self.written[at];
            let next = if at < *no_address_before {
                at + 1
            } else {
                address(&self.plain, at).map_or_else(
                    |end| {
                        *no_address_before = end;
                        at + 1
                    },
                    |(_, end)| end,
                )
            };
            let is_address = next > at + 1;
            length += usize::from(length > 0 || is_word(character));
            at = next;
            if length == 0 || is_address {
                // Nothing to say yet, or nothing that could be a sign.
            } else if is_end(character) || (length >= SHORTEST && self.is_pause(at - 1)) {
                return self.past_trail(at);
            } else if self.is_pause(at - 1) || character == '・' {
                pause = Some(at);
            }
            if length >= LONGEST {
                return self.cut(from, at, pause);
            }
        }
        at
    }

    /// Where to cut a piece that is as long as it may be.
    fn cut(&self, from: usize, at: usize, pause: Option<usize>) -> usize {
        let end = self.past_trail(at);
        let trail = &self.written[at..end];
        let is_heard = |each: &char| is_end(*each) || is_comma(*each) || each.is_whitespace();
        let ends_anyway = end == self.written.len() || trail.iter().any(is_heard);
        if ends_anyway {
            return end;
        }
        let earliest = from + SHORTEST;
        let latest = |is_good: fn(char, char) -> bool| {
            let mut places = (earliest..=at).rev();
            places.find(|place| is_good(self.plain[place - 1], self.plain[*place]))
        };
        pause
            .or_else(|| latest(is_between_phrases))
            .or_else(|| latest(is_between_words))
            .unwrap_or(at)
    }

    /// Whether a pause is heard behind this character.
    fn is_pause(&self, at: usize) -> bool {
        let next = self.plain.get(at + 1);
        let goes_on = next.is_some_and(|next| next.is_ascii_digit() || "〜-".contains(*next));
        let is_space = self.plain[at] == ' ' && !goes_on && (at == 0 || self.plain[at - 1] != '〜');
        is_comma(self.written[at]) || is_space
    }

    /// Behind the marks and spaces that belong to what stands before them.
    fn past_trail(&self, at: usize) -> usize {
        let trail = self.written[at..]
            .iter()
            .take_while(|each| is_trailing(**each));
        at + trail.count()
    }
}

fn is_end(character: char) -> bool {
    "。！？!?｡\n\u{2028}\u{2029}".contains(character)
}

fn is_comma(character: char) -> bool {
    "、，､".contains(character)
}

fn is_trailing(character: char) -> bool {
    character.is_whitespace()
        || is_end(character)
        || is_comma(character)
        || "」』）)】〕］]》〉”’…".contains(character)
}

/// Where a phrase most likely begins: behind kana that end one, before a word.
fn is_between_phrases(before: char, after: char) -> bool {
    let begins = is_kanji(after)
        || (is_katakana(after) && after != 'ー')
        || after.is_ascii_alphanumeric()
        || "「『(".contains(after);
    is_hiragana(before) && begins
}

fn is_between_words(before: char, after: char) -> bool {
    let goes_on = before.is_ascii_graphic() && !after.is_whitespace();
    !goes_on && after != 'ー'
}
