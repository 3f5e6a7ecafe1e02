//! Latin letters in Japanese text: addresses, the words everybody knows, and abbreviations.

use super::{
    characters::{is_digit, past_spaces, stands},
    dates::Found,
};

/// Known words in small letters.
const WORDS: [(&str, &str); 33] = [
    ("kairan", "カイラン"),
    ("line", "ライン"),
    ("wi-fi", "ワイファイ"),
    ("wifi", "ワイファイ"),
    ("tel", "電話"),
    ("fax", "ファックス"),
    ("hp", "ホームページ"),
    ("web", "ウェブ"),
    ("mail", "メール"),
    ("e-mail", "イーメール"),
    ("email", "イーメール"),
    ("zoom", "ズーム"),
    ("tv", "テレビ"),
    ("youtube", "ユーチューブ"),
    ("google", "グーグル"),
    ("facebook", "フェイスブック"),
    ("instagram", "インスタグラム"),
    ("twitter", "ツイッター"),
    ("app", "アプリ"),
    ("sdgs", "エスディージーズ"),
    ("icoca", "イコカ"),
    ("suica", "スイカ"),
    ("pitapa", "ピタパ"),
    ("pasmo", "パスモ"),
    ("covid", "コビッド"),
    ("paypay", "ペイペイ"),
    ("jalert", "ジェイアラート"),
    ("j-alert", "ジェイアラート"),
    ("ok", "オーケー"),
    ("jr", "ジェイアール"),
    ("cafe", "カフェ"),
    ("vs", "対"),
    ("smartphone", "スマートフォン"),
];
const LETTERS: [&str; 26] = [
    "エー",
    "ビー",
    "シー",
    "ディー",
    "イー",
    "エフ",
    "ジー",
    "エイチ",
    "アイ",
    "ジェー",
    "ケー",
    "エル",
    "エム",
    "エヌ",
    "オー",
    "ピー",
    "キュー",
    "アール",
    "エス",
    "ティー",
    "ユー",
    "ブイ",
    "ダブリュー",
    "エックス",
    "ワイ",
    "ゼット",
];
/// Ends of names that are addresses although they begin with no "www".
const DOMAINS: [&str; 5] = [".jp", ".com", ".net", ".org", ".info"];
/// Longer words in capitals are no abbreviations.
const MOST_LETTERS: usize = 5;
/// Longer words are not looked up.
const LONGEST_WORD: usize = 16;

/// The address that begins here, how it is said, and where it ends. Where none begins, none begins
/// before the second place either.
pub fn address(text: &[char], at: usize) -> Result<Found, usize> {
    let name_end = end_of(text, at, is_in_name);
    if text.get(name_end) == Some(&'@') && name_end > at {
        let end = end_of(text, name_end + 1, is_in_name);
        if text[name_end + 1..end].contains(&'.') {
            return Ok(("メールのアドレス".to_owned(), end));
        }
    }
    let begins = ["http://", "https://", "www."]
        .iter()
        .any(|word| stands_in_any_case(text, at, word));
    let name = &text[at.min(name_end)..name_end];
    if begins || is_domain(name) {
        let end = end_of(text, at, is_in_address);
        return Ok(("ホームページのアドレス".to_owned(), end));
    }
    Err(name_end)
}

/// A known word, or an abbreviation letter by letter.
pub fn word(text: &[char], at: usize) -> Option<Found> {
    let end = word_end(text, at);
    let letters = text.get(at..end).filter(|word| !word.is_empty())?;
    let with_dash = if text.get(end) == Some(&'-') {
        word_end(text, end + 1)
    } else {
        end
    };
    for end in [with_dash, end] {
        if let Some(said) = known(&text[at..end]) {
            return Some((said.to_owned(), end));
        }
    }
    if let Some(found) = before_number(text, at, end) {
        return Some(found);
    }
    let is_abbreviation =
        letters.len() <= MOST_LETTERS && letters.iter().all(char::is_ascii_uppercase);
    (is_abbreviation || letters.len() == 1).then(|| (spelled(letters), end))
}

/// Where the Latin word ends that begins here.
pub fn word_end(text: &[char], at: usize) -> usize {
    end_of(text, at, |each| each.is_ascii_alphabetic())
}

fn end_of(text: &[char], at: usize, is_in: fn(char) -> bool) -> usize {
    let run = text.iter().skip(at).take_while(|each| is_in(**each));
    at + run.count()
}

fn is_in_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._%+-".contains(character)
}

fn is_in_address(character: char) -> bool {
    is_in_name(character) || "/:?#&=@!~〜,;$".contains(character)
}

fn is_domain(name: &[char]) -> bool {
    let begins = name.first().is_some_and(char::is_ascii_alphanumeric);
    begins
        && DOMAINS.iter().any(|domain| {
            let from = name.len().checked_sub(domain.len());
            from.is_some_and(|from| from > 0 && stands_in_any_case(name, from, domain))
        })
}

fn stands_in_any_case(text: &[char], at: usize, words: &str) -> bool {
    let mut found = text.iter().skip(at);
    words.chars().all(|each| {
        found
            .next()
            .is_some_and(|found| found.eq_ignore_ascii_case(&each))
    })
}

fn known(word: &[char]) -> Option<&'static str> {
    let is_it = |known: &str| known.len() == word.len() && stands_in_any_case(word, 0, known);
    let found = WORDS
        .iter()
        .find(|(known, _)| word.len() <= LONGEST_WORD && is_it(known));
    found.map(|(_, said)| *said)
}

/// No. 5, PM 3:00.
fn before_number(text: &[char], at: usize, end: usize) -> Option<Found> {
    let has_dot = text.get(end) == Some(&'.');
    let next = past_spaces(text, end + usize::from(has_dot));
    let is_number = is_digit(text.get(next));
    let is = |word: &str| end == at + word.len() && stands_in_any_case(text, at, word);
    // PM2.5 is no time of day.
    let is_dust = stands(text, end, "2.5");
    match () {
        () if is("no") && (has_dot || is_number) => Some(("ナンバー".to_owned(), next)),
        () if is("am") && is_number => Some(("午前".to_owned(), next)),
        () if is("pm") && is_number && !is_dust => Some(("午後".to_owned(), next)),
        () => None,
    }
}

fn spelled(letters: &[char]) -> String {
    let place = |each: &char| u32::from(each.to_ascii_uppercase()).checked_sub(u32::from('A'));
    let letter = |each: &char| {
        let place = place(each).and_then(|place| usize::try_from(place).ok());
        place
            .and_then(|place| LETTERS.get(place))
            .copied()
            .unwrap_or_default()
    };
    letters.iter().map(letter).collect()
}
