//! Words and numbers that are typed on a board of ten large keys in two lines: kana in two steps, first the row, then
//! the letter; digits in one. While a row is open its letters stand on the other line, so that the second tap of a
//! trembling hand never lies on a letter. Pure.

mod kana;

use kana::{LETTERS, ROWS, cycled};

/// Keys of one line.
pub const COLUMNS: usize = 5;
/// The keys in both lines.
pub const KEYS: usize = 2 * COLUMNS;

const DIGITS: [&str; KEYS] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/// What can be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// Kana, with blanks between words.
    Kana,
    /// Digits alone.
    Digits,
    /// Digits with hyphens.
    DigitsAndHyphens,
}

/// One of the ten keys as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BoardKey {
    /// What stands on it; empty where it does nothing.
    pub words: &'static str,
    /// It is the row whose letters stand on the other line.
    pub is_open: bool,
    /// It opens a row; the others put a letter.
    pub opens: bool,
}

/// What is typed, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBoard {
    alphabet: Alphabet,
    limit: usize,
    text: String,
    /// The row of kana that is open.
    row: Option<usize>,
}

impl TextBoard {
    /// A board with what was typed before. `limit`: letters at most.
    pub fn new(alphabet: Alphabet, limit: usize, text: &str) -> Self {
        Self {
            alphabet,
            limit,
            text: text.chars().take(limit).collect(),
            row: None,
        }
    }

    /// What can be typed on it.
    pub fn alphabet(&self) -> Alphabet {
        self.alphabet
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the letters of a row stand on it.
    pub fn has_open_row(&self) -> bool {
        self.row.is_some()
    }

    /// The ten keys, line by line.
    pub fn keys(&self) -> [BoardKey; KEYS] {
        std::array::from_fn(|place| self.key(place))
    }

    fn key(&self, place: usize) -> BoardKey {
        if self.alphabet != Alphabet::Kana {
            return BoardKey {
                words: DIGITS[place],
                ..BoardKey::default()
            };
        }
        match self.row {
            Some(row) if row / COLUMNS != place / COLUMNS => BoardKey {
                words: LETTERS[row][place % COLUMNS],
                ..BoardKey::default()
            },
            open => BoardKey {
                words: ROWS[place],
                is_open: open == Some(place),
                opens: true,
            },
        }
    }

    /// A key is pressed. What it says aloud; none where it does nothing.
    pub fn press(&mut self, place: usize) -> Option<&'static str> {
        let key = (place < KEYS).then(|| self.key(place))?;
        if key.words.is_empty() {
            return None;
        }
        if key.opens {
            self.row = if key.is_open { None } else { Some(place) };
            return Some(key.words);
        }
        self.row = None;
        self.put(key.words)
    }

    /// ゛゜小: another form of the last letter.
    pub fn change_last(&mut self) -> Option<&'static str> {
        self.row = None;
        let last = self.text.chars().next_back()?;
        let (letter, words) = cycled(last)?;
        self.text.pop();
        self.text.push(letter);
        Some(words)
    }

    /// ー, or the hyphen between digits.
    pub fn put_line(&mut self) -> Option<&'static str> {
        self.row = None;
        let line = match self.alphabet {
            Alphabet::Kana => "ー",
            Alphabet::DigitsAndHyphens => "-",
            Alphabet::Digits => return None,
        };
        let may_follow = self.text.chars().next_back().is_some_and(|it| it != '-');
        if may_follow { self.put(line) } else { None }
    }

    /// A blank, between two words.
    pub fn put_blank(&mut self) -> Option<&'static str> {
        self.row = None;
        let is_word = self.text.chars().next_back().is_some_and(|it| it != ' ');
        if self.alphabet == Alphabet::Kana && is_word {
            self.put(" ")
        } else {
            None
        }
    }

    /// Takes the last letter away. Says whether there was one, or a row was open.
    pub fn delete(&mut self) -> bool {
        self.row.take().is_some() || self.text.pop().is_some()
    }

    fn put(&mut self, letter: &'static str) -> Option<&'static str> {
        if self.text.chars().count() >= self.limit {
            return None;
        }
        self.text.push_str(letter);
        Some(letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(board: &mut TextBoard, places: &[usize]) -> String {
        for place in places {
            board.press(*place);
        }
        board.text().to_owned()
    }

    #[test]
    fn a_letter_takes_its_row_and_its_place_on_the_other_line() {
        let mut board = TextBoard::new(Alphabet::Kana, 30, "");
        // あ and い, さ, は and ま with their letters.
        assert_eq!(typed(&mut board, &[0, 5, 0, 6]), "あい");
        assert_eq!(typed(&mut board, &[2, 9, 5, 1, 6, 4]), "あいそひも");
        // Who has touched the wrong row touches another.
        assert_eq!(typed(&mut board, &[3, 1, 5]), "あいそひもか");
        // Where a row has no letter nothing is put.
        assert_eq!(typed(&mut board, &[7, 1]), "あいそひもか");
    }

    #[test]
    fn marks_change_the_last_letter_and_come_around_again() {
        for (before, changed) in [
            ("か", "がか"),
            ("は", "ばぱは"),
            ("つ", "っづつ"),
            ("う", "ぅゔう"),
            ("や", "ゃや"),
            ("ん", ""),
        ] {
            let mut board = TextBoard::new(Alphabet::Kana, 30, before);
            for letter in changed.chars() {
                board.change_last();
                assert_eq!(board.text(), letter.to_string(), "{before}");
            }
        }
    }

    #[test]
    fn a_number_has_digits_and_a_block_hyphens_between_them() {
        let mut board = TextBoard::new(Alphabet::DigitsAndHyphens, 15, "");
        board.put_line();
        assert_eq!(typed(&mut board, &[0, 1]), "12");
        board.put_line();
        board.put_line();
        assert_eq!(typed(&mut board, &[9]), "12-0");
        assert_eq!(board.put_blank(), None);
        let mut board = TextBoard::new(Alphabet::Digits, 2, "");
        assert_eq!(board.put_line(), None);
        assert_eq!(typed(&mut board, &[3, 4, 5]), "45");
        assert!(board.delete() && board.delete() && !board.delete());
    }

    #[test]
    fn every_letter_of_a_name_can_be_typed() {
        let plain = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん";
        for letter in plain.chars() {
            let found = (0..KEYS).any(|row| {
                (0..KEYS).any(|place| {
                    let mut board = TextBoard::new(Alphabet::Kana, 1, "");
                    typed(&mut board, &[row, place]) == letter.to_string()
                })
            });
            assert!(found, "{letter}");
        }
        for letter in
            "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽぁぃぅぇぉっゃゅょゎゔ".chars()
        {
            let plain = plain.chars().any(|plain| {
                let mut at = plain;
                (0..3).any(|_| {
                    at = cycled(at).map_or(at, |(next, _)| next);
                    at == letter
                })
            });
            assert!(plain, "{letter}");
        }
    }
}
