//! Japanese text made ready for the speech synthesiser: dates, times, numbers, units, telephone
//! numbers, Latin letters and signs become the words that a person would say. Pure.
//!
//! The synthesiser's dictionary reads ordinary words well, so those stay as they are written. What
//! is put in their place is katakana: in hiragana the dictionary takes the は of はちじ for a particle,
//! and 午後 with ろくじ behind it for うしろ くじ. A space is a short pause.

mod characters;
mod clauses;
mod counters;
mod dates;
mod gaps;
mod latin;
mod numbers;
mod quantities;
mod telephones;
mod variants;
mod words;

pub use clauses::clauses;
pub use words::Readings;

use characters::{
    is_digit, is_hiragana, is_invisible, is_kanji, is_katakana, is_ornament, is_word, past_spaces,
    plain_text, stands,
};
use quantities::{Kind, Quantity};

/// Signs and short forms that stand for words.
const SIGNS: [(&str, &str); 25] = [
    ("令和", "レイワ"),
    ("元年", "ガンネン"),
    ("(株)", "株式会社"),
    ("(有)", "有限会社"),
    ("㈱", "株式会社"),
    ("㈲", "有限会社"),
    ("&", "アンド"),
    ("+", "プラス"),
    ("@", "アット"),
    ("%", "パーセント"),
    ("℃", "ド"),
    ("°", "ド"),
    ("№", "ナンバー"),
    ("〒", "郵便番号"),
    ("℡", "電話"),
    ("☎", "電話"),
    ("☏", "電話"),
    ("📞", "電話"),
    ("㈪", "月曜日"),
    ("㈫", "火曜日"),
    ("㈬", "水曜日"),
    ("㈭", "木曜日"),
    ("㈮", "金曜日"),
    ("㈯", "土曜日"),
    ("㈰", "日曜日"),
];
/// Signs at which a reader draws breath.
const PAUSES: &str = "・/|:;,.…‥<>[]{}【】《》〈〉〔〕〖〗＜＞";
/// Signs behind which there is a pause already.
const PAUSED: &str = "、。！？!?「『（(";
/// How far the wave may stand that closes a subtitle.
const LONGEST_SUBTITLE: usize = 40;

/// A passage as it is given to the synthesiser: each of its pieces as it is shown, and as it is said.
pub fn pieces(passage: &str, readings: &Readings) -> Vec<(String, String)> {
    let pieces = clauses(passage).into_iter();
    pieces
        .map(|piece| {
            let said = line(&piece, readings);
            (piece, said)
        })
        .collect()
}

/// A piece as it is given to the synthesiser: characters that it knows, words as people say them, numbers in words,
/// and spaces only where there is a pause.
pub fn line(piece: &str, readings: &Readings) -> String {
    let known = readings.applied(&variants::ordinary(piece));
    gaps::without_gaps(&spoken(&known))
}

/// The text as it is to be spoken: what a synthesiser reads wrongly is in katakana, what nobody
/// says is gone, and ordinary words are as they were. It is one line.
pub fn spoken(text: &str) -> String {
    let written: Vec<char> = text.chars().filter(|each| !is_invisible(*each)).collect();
    let mut reader = Reader {
        text: plain_text(&written),
        written,
        at: 0,
        said: String::new(),
        last: Last::Written,
        no_address_before: 0,
        is_until: false,
    };
    while reader.at < reader.text.len() {
        reader.step();
    }
    reader.said.truncate(reader.said.trim_end().len());
    reader.said
}

/// What was said last, spaces aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Something as it is written, or nothing.
    Written,
    /// Words for something else.
    Words,
    /// Words for a quantity.
    Quantity,
}

struct Reader {
    written: Vec<char>,
    text: Vec<char>,
    at: usize,
    said: String,
    last: Last,
    no_address_before: usize,
    /// Whether the quantity that follows is an end whose beginning is left open, as in 〜17:00.
    is_until: bool,
}

impl Reader {
    /// Says what begins here, and goes behind it.
    fn step(&mut self) {
        let here = self.text[self.at];
        if self.at >= self.no_address_before {
            match latin::address(&self.text, self.at) {
                Ok((said, end)) => return self.say(&said, end, Last::Words),
                Err(end) => self.no_address_before = end,
            }
        }
        if let Some(found) = quantities::quantity(&self.text, self.at) {
            self.quantity(&found);
        } else if let Some(said) = quantities::circled(here) {
            self.say(&said, self.at + 1, Last::Words);
            self.pause();
        } else if let Some((sign, said)) = SIGNS
            .iter()
            .find(|(sign, _)| stands(&self.text, self.at, sign))
        {
            self.say(said, self.at + sign.chars().count(), Last::Words);
        } else if here.is_ascii_alphabetic() {
            self.latin();
        } else {
            self.character(here);
        }
    }

    fn say(&mut self, words: &str, end: usize, last: Last) {
        let is_joined = self.last != Last::Written && !self.said.ends_with([' ', '、']);
        // The dictionary holds 月ヨ for a word.
        if is_joined || (self.said.ends_with('月') && words.starts_with('ヨ')) {
            self.said.push(' ');
        }
        self.said += words;
        self.last = last;
        self.at = end;
    }

    fn quantity(&mut self, found: &Quantity) {
        self.say(&found.said, found.end, Last::Quantity);
        let next = past_spaces(&self.text, self.at);
        if self.is_until && !is_digit(self.text.get(next)) && self.text.get(next) != Some(&'(') {
            self.is_until = false;
            if !stands(&self.text, next, "まで") {
                self.said += "まで";
            }
        }
        let end = past_spaces(&self.text, next + 1);
        // 5℃ -3℃ are two temperatures, 5℃-8℃ are a range.
        let is_sign = found.kind == Kind::Degrees && next > self.at && end == next + 1;
        let is_dash = self.text.get(next) == Some(&'-') && !is_sign;
        let is_bracketed = self.text[self.at - 1] == ')';
        if is_bracketed && self.text.get(self.at).is_some_and(|next| is_kanji(*next)) {
            self.said.push(' ');
        }
        let is_limit = !matches!(found.kind, Kind::Bare | Kind::Telephone);
        if is_dash && is_limit && quantities::ends_range(&self.text, end) {
            self.said += "から";
            self.at = end;
        }
    }

    fn latin(&mut self) {
        if let Some((said, end)) = latin::word(&self.text, self.at) {
            return self.say(&said, end, Last::Words);
        }
        let end = latin::word_end(&self.text, self.at);
        self.said.extend(&self.written[self.at..end]);
        self.last = Last::Written;
        self.at = end;
    }

    /// Says a character that begins nothing longer.
    fn character(&mut self, here: char) {
        let (before, next) = (self.before(), self.text.get(self.at + 1).copied());
        match here {
            '\n' => self.stop(),
            ' ' => self.space(),
            '〜' => return self.wave(),
            '-' => self.dash(before, next),
            '×' if self.last == Last::Quantity && is_digit(next.as_ref()) => {
                return self.say("カケル", self.at + 1, Last::Words);
            }
            '.' if !before.is_some_and(is_word) => {}
            _ if PAUSES.contains(here) => self.pause(),
            _ if is_ornament(here) => self.space(),
            _ => {
                self.said.push(self.written[self.at]);
                self.last = Last::Written;
            }
        }
        self.at += 1;
    }

    fn before(&self) -> Option<char> {
        let before = self.at.checked_sub(1)?;
        self.text.get(before).copied()
    }

    fn space(&mut self) {
        if !self.said.is_empty() && !self.said.ends_with([' ', '、', '。']) {
            self.said.push(' ');
        }
    }

    fn pause(&mut self) {
        self.break_off('、');
    }

    /// Ends a line as a sentence.
    fn stop(&mut self) {
        self.break_off('。');
    }

    fn break_off(&mut self, sign: char) {
        self.said.truncate(self.said.trim_end().len());
        if !self.said.is_empty() && !self.said.ends_with(|last| PAUSED.contains(last)) {
            self.said.push(sign);
        }
        self.last = Last::Written;
    }

    fn dash(&mut self, before: Option<char>, next: Option<char>) {
        let is_typed_wide = self.written[self.at] != '-';
        let is_vowel = match next {
            Some(next) if is_typed_wide => !is_digit(Some(&next)) && !is_kanji(next),
            Some(next) => is_katakana(next),
            None => is_typed_wide,
        };
        if is_digit(before.as_ref()) && is_digit(next.as_ref()) {
            self.said += "の";
        } else if before.is_some_and(is_katakana) && is_vowel {
            self.said.push('ー');
            self.last = Last::Written;
        } else {
            self.space();
        }
    }

    /// から between two things, まで before the second alone, a long vowel within a word; else it
    /// only adorns.
    fn wave(&mut self) {
        let end = past_spaces(&self.text, self.at + 1);
        let next = self.text.get(end).copied().unwrap_or('\n');
        let said_before = self.text[..self.at].iter().rev();
        let before = said_before
            .copied()
            .find(|each| *each != ' ')
            .unwrap_or('\n');
        let begins = |each: char| is_digit(Some(&each)) || "(-¥".contains(each);
        let is_joined = self.before() == Some(before);
        let ends_word = is_joined && end > self.at + 1;
        let opens_subtitle = self.opens_subtitle();
        if self.last == Last::Quantity && (begins(next) || !opens_subtitle) {
            self.said.truncate(self.said.trim_end().len());
            return self.from(end);
        }
        self.at += 1;
        if opens_subtitle && is_word(next) {
            self.pause();
        } else if begins(next) && (!(is_word(before) || before == ')') || is_hiragana(before)) {
            self.is_until = true;
            self.space();
        } else if ends_word || !(is_word(next) || begins(next)) {
            // Nothing is joined.
        } else if [is_hiragana, is_katakana]
            .iter()
            .any(|is| is(before) && is(next))
        {
            self.said.push('ー');
        } else if is_hiragana(before) || is_hiragana(next) {
            self.pause();
        } else if is_word(before) || before == ')' {
            self.from(end);
        }
    }

    fn from(&mut self, end: usize) {
        self.said += "から";
        self.last = Last::Words;
        self.at = end;
        if self.text.get(end).is_some_and(|next| is_word(*next)) {
            self.said.push(' ');
        }
    }

    /// Whether a wave closes this line's subtitle soon.
    fn opens_subtitle(&self) -> bool {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let mut line = rest
            .iter()
            .take_while(|each| **each != '\n')
            .take(LONGEST_SUBTITLE);
        let Some(length) = line.position(|each| *each == '〜') else {
            return false;
        };
        !rest
            .get(length + 1)
            .is_some_and(|next| is_word(*next) || *next == ' ')
    }
}

#[cfg(test)]
mod tests {
    use super::{characters::is_word, clauses, spoken};

    fn check(table: &[(&str, &str)]) {
        for (written, said) in table {
            assert_eq!(spoken(written), *said, "{written}");
        }
    }

    #[test]
    fn dates() {
        check(&[
            ("11月22日(日)", "ジュウイチガツ ニジュウニニチ 日曜日"),
            ("１１月２２日（日）", "ジュウイチガツ ニジュウニニチ 日曜日"),
            ("4月1日", "シガツ ツイタチ"),
            ("1日からです", "ツイタチからです"),
            ("1日3回", "イチニチ サンカイ"),
            ("毎月1日10時", "毎月ツイタチ ジュウジ"),
            ("1日に3回、1日中", "イチニチにサンカイ、イチニチジュウ"),
            ("2日3日4日5日6日", "フツカ ミッカ ヨッカ イツカ ムイカ"),
            ("7日8日9日10日", "ナノカ ヨウカ ココノカ トオカ"),
            ("14日20日24日", "ジュウヨッカ 二十日 ニジュウヨッカ"),
            ("4月29日（月・祝）", "シガツ ニジュウクニチ 月曜日 祝日"),
            ("(火)(水)(木)", "火曜日 水曜日 木曜日"),
            ("7月、9月、12月", "シチガツ、クガツ、ジュウニガツ"),
            ("2026-04-01", "ニセンニジュウロクネン シガツ ツイタチ"),
            ("2026/4/1", "ニセンニジュウロクネン シガツ ツイタチ"),
            ("4/1(水)", "シガツ ツイタチ 水曜日"),
            ("令和8年4月1日", "レイワ ハチネン シガツ ツイタチ"),
            ("R8.4.1", "レイワ ハチネン シガツ ツイタチ"),
            ("令和元年", "レイワ ガンネン"),
            ("平成30年", "平成サンジュウネン"),
            ("2024年、9年、7年", "ニセンニジュウヨネン、クネン、ナナネン"),
            ("第3日曜日", "ダイサン日曜日"),
            ("月火木 8:30", "月曜日 火曜日 木曜日 ハチジ サンジュップン"),
            ("毎週月・水・金曜日", "毎週月曜日 水曜日 金曜日"),
            ("3日(火・祝)午前", "ミッカ 火曜日 祝日 午前"),
            ("土日は休み", "土日は休み"),
        ]);
    }

    #[test]
    fn times() {
        check(&[
            ("午後3時24分", "午後サンジ ニジュウヨンプン"),
            ("午後 3時 24分", "午後 サンジ ニジュウヨンプン"),
            ("13:05", "ジュウサンジ ゴフン"),
            ("9:00", "クジ"),
            ("3時0分", "サンジ"),
            ("8時05分", "ハチジ ゴフン"),
            (
                "1分2分3分4分5分",
                "イップン ニフン サンプン ヨンプン ゴフン",
            ),
            (
                "6分7分8分9分10分",
                "ロップン ナナフン ハップン キュウフン ジュップン",
            ),
            ("4時7時9時25時", "ヨジ シチジ クジ ニジュウゴジ"),
            ("3時半", "サンジハン"),
            (
                "10分間、2時間、30秒",
                "ジュップンカン、ニジカン、サンジュウビョウ",
            ),
            ("8時頃", "ハチジゴロ"),
        ]);
    }

    #[test]
    fn ranges() {
        check(&[
            ("3〜5日", "ミッカから イツカ"),
            ("10時〜12時", "ジュウジから ジュウニジ"),
            ("10:00～11:30", "ジュウジから ジュウイチジ サンジュップン"),
            ("10:00-11:30", "ジュウジから ジュウイチジ サンジュップン"),
            ("10時−12時", "ジュウジから ジュウニジ"),
            ("4月1日–5日", "シガツ ツイタチから イツカ"),
            ("1～3月", "イチガツから サンガツ"),
            ("3〜5人", "サンニンから ゴニン"),
            ("(月)〜(金)", "月曜日から 金曜日"),
            ("駅前〜市役所前", "駅前から 市役所前"),
            ("10:00〜", "ジュウジから"),
            ("受付は〜17:00", "受付は ジュウシチジまで"),
            ("お茶はいかが〜 どうぞ", "お茶はいかが どうぞ"),
            ("講座〜もの忘れを知る〜", "講座、もの忘れを知る"),
        ]);
    }

    #[test]
    fn numbers_and_counters() {
        check(&[
            ("17° 17℃ 17度", "ジュウナナド ジュウナナド ジュウナナド"),
            ("-3℃、最低気温−3°", "零下 サンド、最低気温零下 サンド"),
            ("20% 20％", "ニジュッパーセント ニジュッパーセント"),
            ("1,200円 １，２００円", "センニヒャクエン センニヒャクエン"),
            ("¥1,200", "センニヒャクエン"),
            ("1.5km 0.5", "イッテンゴキロメートル レイテンゴ"),
            ("300 600 800", "サンビャク ロッピャク ハッピャク"),
            ("3000 8000 10000", "サンゼン ハッセン イチマン"),
            ("10万 100万 1000万", "ジュウマン ヒャクマン イッセンマン"),
            ("1兆2千億3百円", "イッチョウニセンオクサンビャクエン"),
            ("第2回 1回 6回", "ダイニカイ イッカイ ロッカイ"),
            ("8回 10回 100回", "ハッカイ ジュッカイ ヒャッカイ"),
            ("1人 2人 4人", "ヒトリ フタリ ヨニン"),
            ("1本 2本 3本", "イッポン ニホン サンボン"),
            ("8歳 20歳 10才", "ハッサイ ハタチ ジュッサイ"),
            ("3階 6個 4名", "サンガイ ロッコ ヨンメイ"),
            ("1か月 3ヶ月 10カ月", "イッカゲツ サンカゲツ ジュッカゲツ"),
            (
                "1週間 3日間 1泊2日",
                "イッシュウカン ミッカカン イッパク フツカ",
            ),
            ("1丁目2番地3号", "イッチョウメ ニバンチ サンゴウ"),
            ("2番のりば 4号車", "ニバンノリバ ヨンゴウシャ"),
            (
                "20㎡ 500ml 3kg",
                "ニジュウ平方メートル ゴヒャクミリリットル サンキログラム",
            ),
            ("3つ目", "ミッツメ"),
            ("震度5弱", "震度ゴジャク"),
            ("3分の1", "サンブンの イチ"),
            ("第3分団", "ダイサン分団"),
            ("本町3-4", "本町サンの ヨン"),
            ("007", "ゼロゼロナナ"),
            (
                "12345678901234",
                "イチニサンヨンゴロクナナハチキュウゼロイチニサンヨン",
            ),
            ("①受付", "イチ、受付"),
            ("3×4", "サン カケル ヨン"),
        ]);
    }

    #[test]
    fn telephones() {
        let said = "ゼロロクの ロクキュウヨンイチの ゼロサンゴイチ";
        for written in [
            "06-6941-0351",
            "06（6941）0351",
            "(06)6941-0351",
            "０６ー６９４１ー０３５１",
        ] {
            assert_eq!(spoken(written), said, "{written}");
        }
        check(&[
            ("0120-123-456", "ゼロイチニゼロの イチニサンの ヨンゴロク"),
            ("33-1131", "サンサンの イチイチサンイチ"),
            (
                "110番 119番 188",
                "ヒャクトオバン ヒャクジュウキュウバン イチハチハチ",
            ),
            ("110円", "ヒャクジュウエン"),
            ("#9110", "シャープ キュウイチイチゼロ"),
            ("〒595-0000", "郵便番号 ゴキュウゴの ゼロゼロゼロゼロ"),
        ]);
    }

    #[test]
    fn letters_and_signs() {
        check(&[
            (
                "https://example.jp/a?b=1を見る",
                "ホームページのアドレスを見る",
            ),
            ("info@example.jpへ", "メールのアドレスへ"),
            ("AED、NHK、LINE", "エーイーディー、エヌエイチケー、ライン"),
            (
                "Wi-Fi TEL FAX HP",
                "ワイファイ 電話 ファックス ホームページ",
            ),
            ("No.5 Tシャツ Hello", "ナンバー ゴ ティーシャツ Hello"),
            ("PM2.5 PM3:00", "ピーエム ニテンゴ 午後 サンジ"),
            ("★お知らせ★", "お知らせ"),
            ("※申込み→市役所", "申込み 市役所"),
            ("警報・注意報", "警報、注意報"),
            ("雨/くもり", "雨、くもり"),
            ("父&母＋子", "父アンド母プラス子"),
            ("😀たの\u{200b}しい\u{2060}会", "たのしい会"),
            ("一行目\n二行目\n", "一行目。二行目。"),
            ("センター－", "センターー"),
            ("", ""),
        ]);
    }

    #[test]
    fn ordinary_words_stay() {
        for words in [
            "池のまわりの もみじが、あざやかに色づきました。",
            "（急な病気は いつでも）",
        ] {
            assert_eq!(spoken(words), words);
        }
    }

    #[test]
    fn passages_are_cut_where_a_reader_draws_breath() {
        let check = |passage: &str, pieces: &[&str]| assert_eq!(clauses(passage), pieces);
        check(
            "雨です。晴れ？「はい！」\n",
            &["雨です。", "晴れ？", "「はい！」\n"],
        );
        check("雨、風、雪です", &["雨、風、雪です"]);
        check(
            "今週いっぱいが見ごろです、どうぞ",
            &["今週いっぱいが見ごろです、", "どうぞ"],
        );
        check(
            "市役所の集まりは午後 3時 24分から",
            &["市役所の集まりは午後 3時 24分から"],
        );
        check("\n★ はい。★\n", &["\n★ はい。★\n"]);
        check("★。\n", &[]);
        check("", &[]);
        let address = "https://www.example.lg.jp/kurashi/kenko/index.html?year=2026&page=1";
        check(address, &[address]);
        let long = "あいうえお".repeat(9);
        let (first, rest) = long.split_at(40 * 3);
        check(&long, &[first, rest]);
        let long = "すぐに病院へ電話してから市役所の二階にある健康課の窓口へ保険証をもって行ってくださいね";
        let (first, rest) = long.split_at(long.find("行って").unwrap_or(0));
        check(long, &[first, rest]);
    }

    /// Steps of a linear congruential generator, so that a failure can be repeated.
    fn random(state: &mut u64, below: usize) -> usize {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap_or(0) % below
    }

    #[test]
    fn no_text_makes_it_stumble() {
        const ALPHABET: &str = "0123456789０５９()（）〜~-−ー:/.,、。！?・ 　\n\r\t月火日祝年時分秒人本第\
            万億兆千百半後間目の〒¥#%℃°①㊿ⒶAbmkwRW@&+×=★→😀🇯👨\u{200d}\u{200b}\u{feff}\u{202e}\
            אب\u{0}\u{7}\u{1b}\u{85}\u{2028}é\u{301}が\u{3099}ｶﾞ漢かカ";
        let alphabet: Vec<char> = ALPHABET.chars().collect();
        let mut state = 7;
        for _ in 0..20_000 {
            let length = random(&mut state, 60);
            let text: String = (0..length)
                .map(|_| alphabet[random(&mut state, alphabet.len())])
                .collect();
            let said = spoken(&text);
            assert!(!said.contains(['\n', '\r', '\u{0}']), "{text:?}");
            let pieces = clauses(&text);
            assert_eq!(pieces.is_empty(), !text.chars().any(is_word), "{text:?}");
            assert!(pieces.is_empty() || pieces.concat() == text, "{text:?}");
            for piece in pieces {
                assert!(spoken(&piece).chars().any(is_word), "{piece:?} of {text:?}");
                let words = piece.trim_matches(|each| !is_word(each));
                let is_short = words.chars().count() <= 40 || words.contains(['@', '＠']);
                assert!(is_short, "{piece:?} of {text:?}");
            }
        }
    }
}
