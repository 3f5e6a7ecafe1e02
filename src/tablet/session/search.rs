//! Names that are looked for by the row of kana and the letter with which they begin. Pure.

use kairan_contract::Neighbourhood;

/// Names that stand on one list; more are found by their first letters.
const AT_ONCE: usize = 10;
/// Names of one row of kana that stand on one list; more are parted by their first letter.
const OF_A_ROW: usize = 24;

/// The rows of kana, each with the letters that stand in it.
pub(super) const KANA: [(&str, &str); 10] = [
    ("あ", "あいうえおぁぃぅぇぉゔ"),
    ("か", "かきくけこがぎぐげごゕゖ"),
    ("さ", "さしすせそざじずぜぞ"),
    ("た", "たちつてとだぢづでどっ"),
    ("な", "なにぬねの"),
    ("は", "はひふへほばびぶべぼぱぴぷぺぽ"),
    ("ま", "まみむめも"),
    ("や", "やゆよゃゅょ"),
    ("ら", "らりるれろ"),
    ("わ", "わをんゎ"),
];
/// What has no reading in kana.
const OTHERS: &str = "ほか";

/// How far somebody has come who looks for their part of the town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// At its beginning.
    Begin,
    /// In a row of kana, by its place; behind the last stand the others.
    Row(usize),
    /// At a letter of it.
    Letter(usize, char),
}

/// What can be chosen now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered<'l> {
    /// Rows of kana, by their places.
    Rows(Vec<usize>),
    /// The first letters in a row.
    Letters(Vec<char>),
    /// Parts of the town.
    Names(Vec<&'l Neighbourhood>),
}

impl Offered<'_> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Letters(letters) => letters.len(),
            Self::Names(names) => names.len(),
        }
    }
}

/// The head of a row of kana.
pub fn head_of(row: usize) -> &'static str {
    KANA.get(row).map_or(OTHERS, |(head, _)| head)
}

/// The first letter of the reading, without its marks: が stands with か.
pub(super) fn letter_of(one: &Neighbourhood) -> Option<(usize, char)> {
    let first = one.reading.as_deref()?.chars().next()?;
    let row = KANA.iter().position(|(_, row)| row.contains(first))?;
    let plain = match first {
        'が'..='ぢ' if u32::from(first).is_multiple_of(2) => before(first, 1),
        'づ' | 'で' | 'ど' | 'ば' | 'び' | 'ぶ' | 'べ' | 'ぼ' => before(first, 1),
        'ぱ' | 'ぴ' | 'ぷ' | 'ぺ' | 'ぽ' => before(first, 2),
        'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' => {
            after(first)
        }
        'ゔ' => 'う',
        'ゕ' => 'か',
        'ゖ' => 'け',
        plain => plain,
    };
    Some((row, plain))
}

fn before(letter: char, by: u32) -> char {
    char::from_u32(u32::from(letter) - by).unwrap_or(letter)
}

fn after(letter: char) -> char {
    char::from_u32(u32::from(letter) + 1).unwrap_or(letter)
}

fn row_of(one: &Neighbourhood) -> usize {
    letter_of(one).map_or(KANA.len(), |(row, _)| row)
}

/// What is offered of a list.
pub fn offered(list: &[Neighbourhood], search: Search) -> Offered<'_> {
    let in_row = |row: usize| list.iter().filter(move |one| row_of(one) == row);
    match search {
        Search::Begin if list.len() <= AT_ONCE => Offered::Names(list.iter().collect()),
        Search::Begin => {
            let rows = 0..=KANA.len();
            Offered::Rows(rows.filter(|row| in_row(*row).next().is_some()).collect())
        }
        Search::Row(row) => {
            let mut letters: Vec<char> = in_row(row)
                .filter_map(|one| letter_of(one).map(|(_, letter)| letter))
                .collect();
            letters.sort_unstable();
            letters.dedup();
            if in_row(row).count() > OF_A_ROW && letters.len() > 1 {
                Offered::Letters(letters)
            } else {
                Offered::Names(in_row(row).collect())
            }
        }
        Search::Letter(row, letter) => Offered::Names(
            in_row(row)
                .filter(|one| letter_of(one) == Some((row, letter)))
                .collect(),
        ),
    }
}
