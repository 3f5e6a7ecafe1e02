//! How far it is, in the words of a person who walks it.

use kairan_contract::Language;

/// How far an elderly person walks in a minute.
const METRES_A_MINUTE: u32 = 60;

/// A way in the words of a person who walks it: 歩いて6分くらい, at 60 metres a minute; what is over
/// an hour's walk is told in kilometres.
pub fn way_in_words(language: Language, metres: u32) -> String {
    let minutes = match metres.div_ceil(METRES_A_MINUTE) {
        minutes @ 0..=20 => minutes.max(1),
        // Nobody walks to the minute; five are near enough.
        minutes => minutes.div_ceil(5) * 5,
    };
    let kilometres = (metres + 500) / 1000;
    if minutes <= 60 {
        crate::tr!(language, "歩いて{minutes}分くらい", minutes)
    } else {
        crate::tr!(language, "{kilometres}キロくらい", kilometres)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_told_as_a_person_would() {
        for (metres, words) in [
            (0, "歩いて1分くらい"),
            (360, "歩いて6分くらい"),
            (361, "歩いて7分くらい"),
            (1_300, "歩いて25分くらい"),
            (4_600, "5キロくらい"),
        ] {
            assert_eq!(way_in_words(Language::JAPANESE, metres), words);
        }
    }
}
