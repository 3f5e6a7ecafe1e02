//! The rows of kana, and the forms that a letter can have.

use super::{COLUMNS, KEYS};

/// The heads of the rows, as they stand on the board.
pub(super) const ROWS: [&str; KEYS] = ["あ", "か", "さ", "た", "な", "は", "ま", "や", "ら", "わ"];

/// The letters of each row; empty where it has none.
pub(super) const LETTERS: [[&str; COLUMNS]; KEYS] = [
    ["あ", "い", "う", "え", "お"],
    ["か", "き", "く", "け", "こ"],
    ["さ", "し", "す", "せ", "そ"],
    ["た", "ち", "つ", "て", "と"],
    ["な", "に", "ぬ", "ね", "の"],
    ["は", "ひ", "ふ", "へ", "ほ"],
    ["ま", "み", "む", "め", "も"],
    ["や", "", "ゆ", "", "よ"],
    ["ら", "り", "る", "れ", "ろ"],
    ["わ", "", "を", "", "ん"],
];

/// The forms of a letter, each followed by the next and the last by the first.
const FORMS: [&[&str]; 29] = [
    &["あ", "ぁ"],
    &["い", "ぃ"],
    &["う", "ぅ", "ゔ"],
    &["え", "ぇ"],
    &["お", "ぉ"],
    &["か", "が"],
    &["き", "ぎ"],
    &["く", "ぐ"],
    &["け", "げ"],
    &["こ", "ご"],
    &["さ", "ざ"],
    &["し", "じ"],
    &["す", "ず"],
    &["せ", "ぜ"],
    &["そ", "ぞ"],
    &["た", "だ"],
    &["ち", "ぢ"],
    &["つ", "っ", "づ"],
    &["て", "で"],
    &["と", "ど"],
    &["は", "ば", "ぱ"],
    &["ひ", "び", "ぴ"],
    &["ふ", "ぶ", "ぷ"],
    &["へ", "べ", "ぺ"],
    &["ほ", "ぼ", "ぽ"],
    &["や", "ゃ"],
    &["ゆ", "ゅ"],
    &["よ", "ょ"],
    &["わ", "ゎ"],
];

/// The next form of a letter, as a letter and as it is said; none where it has no other.
pub(super) fn cycled(letter: char) -> Option<(char, &'static str)> {
    let is_form = |form: &&str| form.chars().eq([letter]);
    let forms = FORMS.iter().find(|forms| forms.iter().any(&is_form))?;
    let at = forms.iter().position(is_form)?;
    let next = forms[(at + 1) % forms.len()];
    Some((next.chars().next()?, next))
}
