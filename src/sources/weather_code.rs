//! The JMA's weather codes (テロップ番号): words in plain Japanese, and what the sky is.

use kairan_contract::Sky::{self, Cloudy, Rain, Snow, Sunny, Thunder};

/// The code in words whose phrases are parted by spaces, what the sky is, and what else it is.
pub fn describe(code: u16) -> (String, Sky, Option<Sky>) {
    let (words, sky, also) = match TABLE.binary_search_by_key(&code, |(known, ..)| *known) {
        Ok(index) => {
            let (_, words, sky, also) = TABLE[index];
            (words, sky, also)
        }
        // A code of tomorrow: its first digit still says what kind of day it is.
        Err(_) => match code / 100 {
            1 => ("晴れ", Sunny, None),
            2 => ("くもり", Cloudy, None),
            3 => ("雨", Rain, None),
            4 => ("雪", Snow, None),
            _ => ("予報あり", Cloudy, None),
        },
    };
    (words.to_owned(), sky, also)
}

type Entry = (u16, &'static str, Sky, Option<Sky>);

#[rustfmt::skip]
const TABLE: &[Entry] = &[
    (100, "晴れ", Sunny, None),
    (101, "晴れ 時々 くもり", Sunny, Some(Cloudy)),
    (102, "晴れ 一時 雨", Sunny, Some(Rain)),
    (103, "晴れ 時々 雨", Sunny, Some(Rain)),
    (104, "晴れ 一時 雪", Sunny, Some(Snow)),
    (105, "晴れ 時々 雪", Sunny, Some(Snow)),
    (106, "晴れ 一時 雨か雪", Sunny, Some(Rain)),
    (107, "晴れ 時々 雨か雪", Sunny, Some(Rain)),
    (108, "晴れ 一時 雨か雷雨", Sunny, Some(Thunder)),
    (110, "晴れ のち 時々 くもり", Sunny, Some(Cloudy)),
    (111, "晴れ のち くもり", Sunny, Some(Cloudy)),
    (112, "晴れ のち 一時 雨", Sunny, Some(Rain)),
    (113, "晴れ のち 時々 雨", Sunny, Some(Rain)),
    (114, "晴れ のち 雨", Sunny, Some(Rain)),
    (115, "晴れ のち 一時 雪", Sunny, Some(Snow)),
    (116, "晴れ のち 時々 雪", Sunny, Some(Snow)),
    (117, "晴れ のち 雪", Sunny, Some(Snow)),
    (118, "晴れ のち 雨か雪", Sunny, Some(Rain)),
    (119, "晴れ のち 雨か雷雨", Sunny, Some(Thunder)),
    (120, "晴れ 朝夕 一時 雨", Sunny, Some(Rain)),
    (121, "晴れ 朝のうち 一時 雨", Sunny, Some(Rain)),
    (122, "晴れ 夕方 一時 雨", Sunny, Some(Rain)),
    (123, "晴れ 山では 雷雨", Sunny, Some(Thunder)),
    (124, "晴れ 山では 雪", Sunny, Some(Snow)),
    (125, "晴れ 午後は 雷雨", Sunny, Some(Thunder)),
    (126, "晴れ 昼ごろから 雨", Sunny, Some(Rain)),
    (127, "晴れ 夕方から 雨", Sunny, Some(Rain)),
    (128, "晴れ 夜は 雨", Sunny, Some(Rain)),
    (130, "朝のうち 霧 のち 晴れ", Sunny, None),
    (131, "晴れ 明け方 霧", Sunny, None),
    (132, "晴れ 朝夕 くもり", Sunny, Some(Cloudy)),
    (140, "晴れ 時々 雨と雷", Sunny, Some(Thunder)),
    (160, "晴れ 一時 雪か雨", Sunny, Some(Snow)),
    (170, "晴れ 時々 雪か雨", Sunny, Some(Snow)),
    (181, "晴れ のち 雪か雨", Sunny, Some(Snow)),
    (200, "くもり", Cloudy, None),
    (201, "くもり 時々 晴れ", Cloudy, Some(Sunny)),
    (202, "くもり 一時 雨", Cloudy, Some(Rain)),
    (203, "くもり 時々 雨", Cloudy, Some(Rain)),
    (204, "くもり 一時 雪", Cloudy, Some(Snow)),
    (205, "くもり 時々 雪", Cloudy, Some(Snow)),
    (206, "くもり 一時 雨か雪", Cloudy, Some(Rain)),
    (207, "くもり 時々 雨か雪", Cloudy, Some(Rain)),
    (208, "くもり 一時 雨か雷雨", Cloudy, Some(Thunder)),
    (209, "霧", Cloudy, None),
    (210, "くもり のち 時々 晴れ", Cloudy, Some(Sunny)),
    (211, "くもり のち 晴れ", Cloudy, Some(Sunny)),
    (212, "くもり のち 一時 雨", Cloudy, Some(Rain)),
    (213, "くもり のち 時々 雨", Cloudy, Some(Rain)),
    (214, "くもり のち 雨", Cloudy, Some(Rain)),
    (215, "くもり のち 一時 雪", Cloudy, Some(Snow)),
    (216, "くもり のち 時々 雪", Cloudy, Some(Snow)),
    (217, "くもり のち 雪", Cloudy, Some(Snow)),
    (218, "くもり のち 雨か雪", Cloudy, Some(Rain)),
    (219, "くもり のち 雨か雷雨", Cloudy, Some(Thunder)),
    (220, "くもり 朝夕 一時 雨", Cloudy, Some(Rain)),
    (221, "くもり 朝のうち 一時 雨", Cloudy, Some(Rain)),
    (222, "くもり 夕方 一時 雨", Cloudy, Some(Rain)),
    (223, "くもり 日中 時々 晴れ", Cloudy, Some(Sunny)),
    (224, "くもり 昼ごろから 雨", Cloudy, Some(Rain)),
    (225, "くもり 夕方から 雨", Cloudy, Some(Rain)),
    (226, "くもり 夜は 雨", Cloudy, Some(Rain)),
    (228, "くもり 昼ごろから 雪", Cloudy, Some(Snow)),
    (229, "くもり 夕方から 雪", Cloudy, Some(Snow)),
    (230, "くもり 夜は 雪", Cloudy, Some(Snow)),
    (231, "くもり 海では 霧か霧雨", Cloudy, None),
    (240, "くもり 時々 雨と雷", Cloudy, Some(Thunder)),
    (250, "くもり 時々 雪と雷", Cloudy, Some(Thunder)),
    (260, "くもり 一時 雪か雨", Cloudy, Some(Snow)),
    (270, "くもり 時々 雪か雨", Cloudy, Some(Snow)),
    (281, "くもり のち 雪か雨", Cloudy, Some(Snow)),
    (300, "雨", Rain, None),
    (301, "雨 時々 晴れ", Rain, Some(Sunny)),
    (302, "雨 時々 やむ", Rain, Some(Cloudy)),
    (303, "雨 時々 雪", Rain, Some(Snow)),
    (304, "雨か雪", Rain, Some(Snow)),
    (306, "大雨", Rain, None),
    (308, "雨で 暴風", Rain, None),
    (309, "雨 一時 雪", Rain, Some(Snow)),
    (311, "雨 のち 晴れ", Rain, Some(Sunny)),
    (313, "雨 のち くもり", Rain, Some(Cloudy)),
    (314, "雨 のち 時々 雪", Rain, Some(Snow)),
    (315, "雨 のち 雪", Rain, Some(Snow)),
    (316, "雨か雪 のち 晴れ", Rain, Some(Sunny)),
    (317, "雨か雪 のち くもり", Rain, Some(Cloudy)),
    (320, "朝のうち 雨 のち 晴れ", Rain, Some(Sunny)),
    (321, "朝のうち 雨 のち くもり", Rain, Some(Cloudy)),
    (322, "雨 朝晩 一時 雪", Rain, Some(Snow)),
    (323, "雨 昼ごろから 晴れ", Rain, Some(Sunny)),
    (324, "雨 夕方から 晴れ", Rain, Some(Sunny)),
    (325, "雨 夜は 晴れ", Rain, Some(Sunny)),
    (326, "雨 夕方から 雪", Rain, Some(Snow)),
    (327, "雨 夜は 雪", Rain, Some(Snow)),
    (328, "雨 一時 強く降る", Rain, None),
    (329, "雨 一時 みぞれ", Rain, Some(Snow)),
    (340, "雪か雨", Snow, Some(Rain)),
    (350, "雨と雷", Rain, Some(Thunder)),
    (361, "雪か雨 のち 晴れ", Snow, Some(Sunny)),
    (371, "雪か雨 のち くもり", Snow, Some(Cloudy)),
    (400, "雪", Snow, None),
    (401, "雪 時々 晴れ", Snow, Some(Sunny)),
    (402, "雪 時々 やむ", Snow, Some(Cloudy)),
    (403, "雪 時々 雨", Snow, Some(Rain)),
    (405, "大雪", Snow, None),
    (406, "風と雪が 強い", Snow, None),
    (407, "暴風雪", Snow, None),
    (409, "雪 一時 雨", Snow, Some(Rain)),
    (411, "雪 のち 晴れ", Snow, Some(Sunny)),
    (413, "雪 のち くもり", Snow, Some(Cloudy)),
    (414, "雪 のち 雨", Snow, Some(Rain)),
    (420, "朝のうち 雪 のち 晴れ", Snow, Some(Sunny)),
    (421, "朝のうち 雪 のち くもり", Snow, Some(Cloudy)),
    (422, "雪 昼ごろから 雨", Snow, Some(Rain)),
    (423, "雪 夕方から 雨", Snow, Some(Rain)),
    (425, "雪 一時 強く降る", Snow, None),
    (426, "雪 のち みぞれ", Snow, Some(Rain)),
    (427, "雪 一時 みぞれ", Snow, Some(Rain)),
    (450, "雪と雷", Snow, Some(Thunder)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_first_digit_says_the_sky() {
        assert!(TABLE.is_sorted_by_key(|(code, ..)| *code));
        for (code, words, sky, _) in TABLE {
            let expected = match code / 100 {
                1 => Sunny,
                2 => Cloudy,
                3 if words.starts_with("雪か雨") => Snow,
                3 => Rain,
                _ => Snow,
            };
            assert_eq!(*sky, expected, "{code} {words}");
        }
    }

    #[test]
    fn an_unknown_code_still_says_what_kind_of_day_it_is() {
        assert_eq!(describe(199), ("晴れ".to_owned(), Sunny, None));
        assert_eq!(describe(999).1, Cloudy);
    }
}
