//! The spaces of a text for the eye, and which of them are pauses for the ear.

use super::characters::{is_hiragana, is_kanji};

/// Kana that follow a noun; what other kana follow is a verb, which nobody takes for the end of the noun before it.
const PARTICLES: &str = "かがのはをにとでもやへ";

/// The text without the spaces that only part phrases for the eye: each would be a pause. Where two words meet in
/// kanji the space stays, because without it they would be read as one (一時 雨), unless the second is a verb (もう一度
/// 押して); so do those between Latin words.
pub fn without_gaps(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    for (at, letter) in letters.iter().enumerate() {
        if *letter == ' ' {
            let before = at.checked_sub(1).and_then(|before| letters.get(before));
            let ends = before.zip(letters.get(at + 1));
            let stays = ends.is_some_and(|(before, next)| {
                let is_verb = letters
                    .get(at + 2)
                    .is_some_and(|it| is_hiragana(*it) && !PARTICLES.contains(*it));
                let are_nouns = is_kanji(*before) && is_kanji(*next) && !is_verb;
                (before.is_ascii() && next.is_ascii()) || are_nouns
            });
            if !stays {
                continue;
            }
        }
        kept.push(*letter);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_spoken_without_a_pause_between_them() {
        let check = |text: &str, said: &str| assert_eq!(without_gaps(text), said);
        check("今は つながって いません", "今はつながっていません");
        check("City Hall の前", "City Hallの前");
        check("くもり 一時 雨", "くもり一時 雨");
        check("一時 雨か雪", "一時 雨か雪");
        check("もう一度 押してください", "もう一度押してください");
        check("折り紙の会 参加者募集", "折り紙の会 参加者募集");
    }
}
