//! Words that the dictionary reads otherwise than people here do: ours, and those that the council adds.

use std::{collections::HashMap, sync::LazyLock};

use kairan_contract::Reading;

use super::characters::{is_hiragana, is_kanji};

/// Ours: what is written, and how it is said. Of `の[方]は` only what stands in brackets is replaced; `␣` is a space.
const OURS: &str = include_str!("../../../../assets/voice/readings.csv");

/// How words are said that the dictionary does not know.
#[derive(Debug, Clone, Default)]
pub struct Pronunciations {
    council: HashMap<char, Vec<Entry>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    before: Vec<char>,
    written: Vec<char>,
    after: Vec<char>,
    spoken: String,
}

static TABLE: LazyLock<HashMap<char, Vec<Entry>>> = LazyLock::new(|| {
    let lines = OURS
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""));
    index(lines.filter_map(|line| {
        let line = line.trim().replace('␣', " ");
        let (written, spoken) = line.split_once(',')?;
        let (before, rest) = written.split_once('[').unwrap_or(("", written));
        let (written, after) = rest.split_once(']').unwrap_or((rest, ""));
        Some(Entry {
            before: before.chars().collect(),
            written: written.chars().collect(),
            after: after.chars().collect(),
            spoken: spoken.trim().to_owned(),
        })
    }))
});

impl Pronunciations {
    /// Ours, and before them the council's.
    pub fn of(council: &[Reading]) -> Self {
        Self {
            council: index(council.iter().map(|reading| Entry {
                before: Vec::new(),
                written: reading.written.chars().collect(),
                after: Vec::new(),
                spoken: in_katakana(&reading.spoken),
            })),
        }
    }

    /// The text with its words as they are said. The council's go first, then the longest.
    pub fn applied(&self, text: &str) -> String {
        let text: Vec<char> = text.chars().collect();
        let mut said = String::new();
        let mut at = 0;
        while at < text.len() {
            let found = find(&self.council, &text, at).or_else(|| find(&TABLE, &text, at));
            if let Some(entry) = found {
                said += &entry.spoken;
                at += entry.written.len();
            } else if is_person(&text, at) {
                said += "カタ";
                at += 1;
            } else {
                said.push(text[at]);
                at += 1;
            }
        }
        said
    }
}

/// By their first characters, those first that are longest with what must stand around them.
fn index(entries: impl Iterator<Item = Entry>) -> HashMap<char, Vec<Entry>> {
    let mut found: HashMap<char, Vec<Entry>> = HashMap::new();
    for entry in entries {
        if let Some(first) = entry.written.first() {
            found.entry(*first).or_default().push(entry);
        }
    }
    for entries in found.values_mut() {
        entries.sort_by_key(|it| {
            let around = it.before.len() + it.after.len();
            std::cmp::Reverse((it.written.len() + around, it.written.len()))
        });
    }
    found
}

fn find<'e>(entries: &'e HashMap<char, Vec<Entry>>, text: &[char], at: usize) -> Option<&'e Entry> {
    let entries = entries.get(text.get(at)?)?;
    entries.iter().find(|entry| entry.stands(text, at))
}

impl Entry {
    fn stands(&self, text: &[char], at: usize) -> bool {
        let end = at + self.written.len();
        let is_it = text.get(at..end) == Some(&*self.written);
        let fits = text[..at].ends_with(&self.before)
            && text.get(end..).unwrap_or_default().starts_with(&self.after);
        is_it && fits && !self.is_within_a_word(text, at, end)
    }

    /// A single character is a word only where it stands alone: 方 is none in 方法.
    fn is_within_a_word(&self, text: &[char], at: usize, end: usize) -> bool {
        let is_alone = self.before.is_empty() && self.after.is_empty();
        let touches = |place: Option<usize>| {
            place.is_some_and(|it| text.get(it).is_some_and(|each| is_kanji(*each)))
        };
        let is_single = self.written.len() == 1 && is_kanji(self.written[0]);
        is_single && is_alone && (touches(at.checked_sub(1)) || touches(Some(end)))
    }
}

/// In hiragana the synthesiser takes the は of はちじ for a particle.
fn in_katakana(kana: &str) -> String {
    let katakana = |each: char| match each {
        'ぁ'..='ゖ' => char::from_u32(u32::from(each) + 0x60).unwrap_or(each),
        _ => each,
    };
    kana.chars().map(katakana).collect()
}

/// Behind の they say where, not who: 駅の方へ.
const SIDES: &str = "東西南北右左上下前後奥山海川駅空";
/// Behind these 方 is no word of its own.
const HOURS: &str = "け";
/// Begin words that 方 is the beginning of: 方法, 方面.
const COMPOUNDS: &str = "法面向針式言角位程策々";
/// What 方が is followed by where two things are weighed: 早めに行った方がいい.
const WEIGHED: [&str; 12] = [
    "いい",
    "よい",
    "良い",
    "よろし",
    "よく",
    "早",
    "速",
    "安い",
    "安く",
    "楽",
    "近い",
    "便利",
];

/// Whether the 方 that stands here is a person, who is かた and not ほう: お困りの方は.
fn is_person(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    let Some(before) = before.filter(|before| text[at] == '方' && is_hiragana(*before)) else {
        return false;
    };
    let two_before = at.checked_sub(2).map(|before| text[before]);
    let three_before = at.checked_sub(3).map(|before| text[before]);
    let is_side = two_before.is_some_and(|it| {
        // 75歳以上の方 is nowhere.
        (SIDES.contains(it) && !three_before.is_some_and(is_kanji)) || it == 'ら'
    });
    let rest: String = text[at + 1..]
        .iter()
        .filter(|it| **it != ' ')
        .take(6)
        .collect();
    let first = rest.chars().next();
    let is_compound = first.is_some_and(|it| COMPOUNDS.contains(it)) && !rest.starts_with("向け");
    let is_weighed = rest
        .strip_prefix('が')
        .is_some_and(|rest| WEIGHED.iter().any(|it| rest.starts_with(it)));
    let is_hour = HOURS.contains(before) && two_before.is_some_and(|it| "明暮あ".contains(it));
    !(before == 'の' && is_side || is_compound || is_weighed || is_hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn council(pronunciations: &[(&str, &str)]) -> Pronunciations {
        let pronunciations: Vec<Reading> = pronunciations
            .iter()
            .map(|(written, spoken)| Reading {
                written: (*written).to_owned(),
                spoken: (*spoken).to_owned(),
            })
            .collect();
        Pronunciations::of(&pronunciations)
    }

    #[test]
    fn the_councils_readings_go_before_ours_and_the_longest_first() {
        let pronunciations = council(&[
            ("日田", "ひだ"),
            ("日田町", "にったちょう"),
            ("高潮", "こうちょう"),
        ]);
        assert_eq!(pronunciations.applied("日田町と日田"), "ニッタチョウとヒダ");
        assert_eq!(pronunciations.applied("高潮警報"), "コウチョウ警報");
        assert_eq!(
            Pronunciations::default().applied("高潮警報"),
            "タカシオ警報"
        );
    }

    #[test]
    fn a_single_character_is_replaced_only_where_it_stands_alone() {
        let pronunciations = council(&[("栄", "さかえ")]);
        assert_eq!(
            pronunciations.applied("栄の栄養、栄"),
            "サカエの栄養、サカエ"
        );
    }

    #[test]
    fn people_are_told_from_directions_and_from_other_words() {
        for (written, said) in [
            ("希望する方は", "希望するカタは"),
            ("お困りの方へ", "お困りのカタへ"),
            ("この方が来ます", "このカタが来ます"),
            ("75歳以上の方。", "75歳以上のカタ。"),
            ("初めての方向け", "初めてのカタ向け"),
            ("使い方", "使いカタ"),
        ] {
            assert_eq!(Pronunciations::default().applied(written), said);
        }
        for written in [
            "申し込みの方法",
            "この方面",
            "地方の方言",
            "夕方に",
            "明け方は",
            "駅の方へ",
            "こちらの方に",
            "早めに行った方がいい",
            "一方で",
            "方",
        ] {
            assert_eq!(Pronunciations::default().applied(written), written);
        }
    }
}
