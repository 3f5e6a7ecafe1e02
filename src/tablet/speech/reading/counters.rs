//! What Japanese counts with, and how counter and number change each other.

use super::{
    characters::{is_katakana, stands},
    numbers::{Number, SOFT, cardinal, change_ending},
};

/// How a counter and the number before it change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Neither changes.
    Steady,
    /// よにん.
    Four,
    /// よねん, くねん.
    Year,
    /// よじ, しちじ, くじ.
    Hour,
    /// しがつ, しちがつ, くがつ.
    Month,
    /// いっかい, ろっかい, はっかい, じゅっかい, ひゃっかい.
    Hard,
    /// As [`Change::Hard`], and さんがい.
    HardVoiced,
    /// ろっきろ, じゅっきろ, ひゃっきろ.
    Kilo,
    /// いっさい, はっさい, じゅっさい.
    Soft,
    /// As [`Change::Soft`], and さんぞく.
    SoftVoiced,
    /// いっぷん, さんぷん, よんぷん.
    Breathed,
    /// いっぽん, さんぼん, よんほん.
    BreathedVoiced,
    /// ひとふくろ, ふたふくろ.
    Native,
}

use Change::{
    Breathed, BreathedVoiced, Four, Hard, HardVoiced, Hour, Kilo, Month, Native, Soft, SoftVoiced,
    Steady, Year,
};

/// か stands for ヶ and its like too.
const COUNTERS: [(Change, &[(&str, &str)]); 13] = [
    (
        Steady,
        &[
            ("日", "ニチ"),
            ("名", "メイ"),
            ("枚", "マイ"),
            ("台", "ダイ"),
            ("番", "バン"),
            ("番線", "バンセン"),
            ("番地", "バンチ"),
            ("番のりば", "バンノリバ"),
            ("番乗り場", "バンノリバ"),
            ("番札", "バンフダ"),
            ("号", "ゴウ"),
            ("号車", "ゴウシャ"),
            ("号室", "ゴウシツ"),
            ("号線", "ゴウセン"),
            ("号館", "ゴウカン"),
            ("秒", "ビョウ"),
            ("度", "ド"),
            ("°", "ド"),
            ("℃", "ド"),
            ("°C", "ド"),
            ("倍", "バイ"),
            ("割", "ワリ"),
            ("割引", "ワリビキ"),
            ("割引き", "ワリビキ"),
            ("便", "ビン"),
            ("行", "ギョウ"),
            ("部", "ブ"),
            ("位", "イ"),
            ("組", "クミ"),
            ("次", "ジ"),
            ("代", "ダイ"),
            ("例", "レイ"),
            ("列", "レツ"),
            ("両", "リョウ"),
            ("輪", "リン"),
            ("膳", "ゼン"),
            ("錠", "ジョウ"),
            ("畳", "ジョウ"),
            ("条", "ジョウ"),
            ("段", "ダン"),
            ("題", "ダイ"),
            ("段階", "ダンカイ"),
            ("問", "モン"),
            ("文字", "モジ"),
            ("面", "メン"),
            ("連休", "レンキュウ"),
            ("学年", "ガクネン"),
            ("学期", "ガッキ"),
            ("枠", "ワク"),
            ("車線", "シャセン"),
            ("品目", "ヒンモク"),
            ("合", "ゴウ"),
            ("坪", "ツボ"),
            ("メートル", "メートル"),
            ("m", "メートル"),
            ("m/s", "メートル"),
            ("㎡", "平方メートル"),
            ("m2", "平方メートル"),
            ("m²", "平方メートル"),
            ("㎥", "リッポウメートル"),
            ("m3", "リッポウメートル"),
            ("m³", "リッポウメートル"),
            ("mm", "ミリメートル"),
            ("㎜", "ミリメートル"),
            ("ミリ", "ミリ"),
            ("ミリメートル", "ミリメートル"),
            ("ミリリットル", "ミリリットル"),
            ("ミリグラム", "ミリグラム"),
            ("平方メートル", "平方メートル"),
            ("g", "グラム"),
            ("グラム", "グラム"),
            ("mg", "ミリグラム"),
            ("㎎", "ミリグラム"),
            ("ml", "ミリリットル"),
            ("mL", "ミリリットル"),
            ("ML", "ミリリットル"),
            ("㎖", "ミリリットル"),
            ("l", "リットル"),
            ("L", "リットル"),
            ("ℓ", "リットル"),
            ("リットル", "リットル"),
            ("dl", "デシリットル"),
            ("dL", "デシリットル"),
            ("cc", "シーシー"),
            ("㏄", "シーシー"),
            ("ha", "ヘクタール"),
            ("hPa", "ヘクトパスカル"),
            ("W", "ワット"),
            ("GB", "ギガバイト"),
            ("MB", "メガバイト"),
            ("ドル", "ドル"),
            ("dB", "デシベル"),
            ("Hz", "ヘルツ"),
            ("つ", "ツ"),
            ("病棟", "ビョウトウ"),
            ("弱", "ジャク"),
            ("強", "キョウ"),
        ],
    ),
    (
        Four,
        &[
            ("円", "エン"),
            ("人", "ニン"),
            ("人前", "ニンマエ"),
            ("人用", "ニンヨウ"),
        ],
    ),
    (Year, &[("年", "ネン"), ("時間", "ジカン")]),
    (Hour, &[("時", "ジ")]),
    (Month, &[("月", "ガツ")]),
    (
        Hard,
        &[
            ("回", "カイ"),
            ("個", "コ"),
            ("か月", "カゲツ"),
            ("個月", "カゲツ"),
            ("か所", "カショ"),
            ("個所", "カショ"),
            ("か国", "カコク"),
            ("か国語", "カコクゴ"),
            ("か年", "カネン"),
            ("件", "ケン"),
            ("戸", "コ"),
            ("巻", "カン"),
            ("缶", "カン"),
            ("曲", "キョク"),
            ("級", "キュウ"),
            ("期", "キ"),
            ("基", "キ"),
            ("機", "キ"),
            ("脚", "キャク"),
            ("校", "コウ"),
            ("区", "ク"),
            ("区間", "クカン"),
            ("課", "カ"),
            ("科", "カ"),
            ("画", "カク"),
            ("コ", "コ"),
            ("ケ", "コ"),
            ("ヶ", "コ"),
        ],
    ),
    (HardVoiced, &[("階", "カイ"), ("軒", "ケン"), ("F", "カイ")]),
    (
        Kilo,
        &[
            ("キロ", "キロ"),
            ("㌔", "キロ"),
            ("キロメートル", "キロメートル"),
            ("km", "キロメートル"),
            ("㎞", "キロメートル"),
            ("km/h", "キロ"),
            ("キログラム", "キログラム"),
            ("kg", "キログラム"),
            ("㎏", "キログラム"),
            ("kcal", "キロカロリー"),
            ("キロカロリー", "キロカロリー"),
            ("カロリー", "カロリー"),
            ("kW", "キロワット"),
        ],
    ),
    (
        Soft,
        &[
            ("歳", "サイ"),
            ("才", "サイ"),
            ("歳代", "サイダイ"),
            ("冊", "サツ"),
            ("週", "シュウ"),
            ("頭", "トウ"),
            ("点", "テン"),
            ("等", "トウ"),
            ("等賞", "トウショウ"),
            ("通", "ツウ"),
            ("着", "チャク"),
            ("丁目", "チョウメ"),
            ("丁", "チョウ"),
            ("世帯", "セタイ"),
            ("世代", "セダイ"),
            ("世紀", "セイキ"),
            ("種類", "シュルイ"),
            ("種", "シュ"),
            ("周", "シュウ"),
            ("周年", "シュウネン"),
            ("章", "ショウ"),
            ("節", "セツ"),
            ("席", "セキ"),
            ("社", "シャ"),
            ("隻", "セキ"),
            ("室", "シツ"),
            ("食", "ショク"),
            ("色", "ショク"),
            ("体", "タイ"),
            ("棟", "トウ"),
            ("層", "ソウ"),
            ("滴", "テキ"),
            ("隊", "タイ"),
            ("セット", "セット"),
            ("t", "トン"),
            ("トン", "トン"),
            ("センチ", "センチ"),
            ("センチメートル", "センチメートル"),
            ("cm", "センチ"),
            ("㎝", "センチ"),
            ("パーセント", "パーセント"),
            ("%", "パーセント"),
            ("ポイント", "ポイント"),
            ("ページ", "ページ"),
            ("頁", "ページ"),
            ("パック", "パック"),
        ],
    ),
    (SoftVoiced, &[("足", "ソク")]),
    (
        Breathed,
        &[
            ("分", "フン"),
            ("泊", "ハク"),
            ("歩", "ホ"),
            ("班", "ハン"),
            ("発", "ハツ"),
            ("編", "ヘン"),
            ("品", "ヒン"),
        ],
    ),
    (
        BreathedVoiced,
        &[
            ("本", "ホン"),
            ("匹", "ヒキ"),
            ("杯", "ハイ"),
            ("票", "ヒョウ"),
        ],
    ),
    (
        Native,
        &[
            ("袋", "フクロ"),
            ("箱", "ハコ"),
            ("皿", "サラ"),
            ("束", "タバ"),
            ("口", "クチ"),
            ("晩", "バン"),
            ("部屋", "ヘヤ"),
            ("切れ", "キレ"),
            ("粒", "粒"),
            ("桁", "ケタ"),
            ("株", "カブ"),
            ("鉢", "鉢"),
            ("通り", "トオリ"),
            ("家族", "カゾク"),
        ],
    ),
];

/// What no rule gives.
const EXCEPTIONS: [(&str, u64, &str); 37] = [
    ("日", 1, "ツイタチ"),
    ("日", 2, "フツカ"),
    ("日", 3, "ミッカ"),
    ("日", 4, "ヨッカ"),
    ("日", 5, "イツカ"),
    ("日", 6, "ムイカ"),
    ("日", 7, "ナノカ"),
    ("日", 8, "ヨウカ"),
    ("日", 9, "ココノカ"),
    ("日", 10, "トオカ"),
    ("日", 14, "ジュウヨッカ"),
    ("日", 17, "ジュウシチニチ"),
    ("日", 19, "ジュウクニチ"),
    ("日", 20, "二十日"),
    ("日", 24, "ニジュウヨッカ"),
    ("日", 27, "ニジュウシチニチ"),
    ("日", 29, "ニジュウクニチ"),
    ("人", 1, "ヒトリ"),
    ("人", 2, "フタリ"),
    ("歳", 20, "ハタチ"),
    ("才", 20, "ハタチ"),
    ("つ", 1, "ヒトツ"),
    ("つ", 2, "フタツ"),
    ("つ", 3, "ミッツ"),
    ("つ", 4, "ヨッツ"),
    ("つ", 5, "イツツ"),
    ("つ", 6, "ムッツ"),
    ("つ", 7, "ナナツ"),
    ("つ", 8, "ヤッツ"),
    ("つ", 9, "ココノツ"),
    ("番", 110, "ヒャクトオバン"),
    ("番", 171, "イチナナイチバン"),
    ("番", 188, "イチハチハチバン"),
    ("番", 189, "イチハチキュウバン"),
    ("度", 0, "レイド"),
    ("℃", 0, "レイド"),
    ("分", 0, "レイフン"),
];

/// Characters before which something is no counter but begins another word, as in 第3日曜.
const NOT_BEFORE: [(&str, &str); 51] = [
    ("月", "曜"),
    ("日", "曜本"),
    ("分", "団割別野類譲館校室署科"),
    ("人", "間参権形工"),
    ("番", "号組"),
    ("回", "覧収答転復診"),
    ("台", "風所東"),
    ("本", "町部館堂社校庁山川橋"),
    ("名", "前所古"),
    ("時", "計代刻期差"),
    ("円", "滑形"),
    ("年", "齢金賀"),
    ("度", "合"),
    ("点", "字検滅"),
    ("部", "屋活門分署"),
    ("通", "院所学行知"),
    ("件", "名"),
    ("号", "泣"),
    ("行", "事政"),
    ("面", "会接談"),
    ("体", "操育温重験制"),
    ("食", "事品器"),
    ("社", "会"),
    ("校", "区長"),
    ("期", "間日限待"),
    ("戸", "別建"),
    ("個", "人別室"),
    ("代", "表金理"),
    ("倍", "率"),
    ("種", "別目"),
    ("席", "順"),
    ("枚", "方"),
    ("組", "合"),
    ("口", "座頭"),
    ("基", "本準"),
    ("機", "会"),
    ("着", "物替"),
    ("等", "級"),
    ("題", "名"),
    ("便", "利所"),
    ("頭", "痛"),
    ("足", "腰"),
    ("課", "題"),
    ("科", "学目"),
    ("位", "置"),
    ("条", "件"),
    ("箱", "根"),
    ("L", "サ判"),
    ("合", "計併格"),
    ("弱", "点"),
    ("強", "化風力"),
];

/// What may follow a counter, how it is then said, after which counters (all, if none is named),
/// and the characters before which it is another word.
const FOLLOWERS: [(&str, &str, &str, &str); 14] = [
    ("間", "カン", "日分秒年週月", "際近隔"),
    ("度", "ド", "年", ""),
    ("目", "メ", "", "的標安次線"),
    ("分", "ブン", "日人回月年週間食個袋杯円枚本", "別割野類譲"),
    ("後", "ゴ", "", "ろ半期者"),
    ("頃", "ゴロ", "", ""),
    ("半", "ハン", "時間年日月", "額分期ば年袖"),
    ("末", "マツ", "月年", ""),
    ("中", "ジュウ", "日年", "旬央学止心"),
    ("中", "チュウ", "月", "旬央学止心"),
    ("組", "グミ", "人", "合"),
    ("建て", "ダテ", "階", ""),
    ("発", "ハツ", "時分0123456789", "売表行"),
    ("着", "チャク", "時分0123456789", "物替席用"),
];

const FOUR: [(&str, &str); 1] = [("ヨン", "ヨ")];
const YEAR: [(&str, &str); 2] = [("ヨン", "ヨ"), ("キュウ", "ク")];
const HOUR: [(&str, &str); 4] = [
    ("ヨン", "ヨ"),
    ("ナナ", "シチ"),
    ("キュウ", "ク"),
    ("ゼロ", "レイ"),
];
const MONTH: [(&str, &str); 3] = [("ヨン", "シ"), ("ナナ", "シチ"), ("キュウ", "ク")];
const KILO: [(&str, &str); 3] = [("ロク", "ロッ"), ("ジュウ", "ジュッ"), ("ャク", "ャッ")];
const HARD: [(&str, &str); 5] = [
    ("イチ", "イッ"),
    ("ロク", "ロッ"),
    ("ハチ", "ハッ"),
    ("ジュウ", "ジュッ"),
    ("ャク", "ャッ"),
];
/// First sounds: plain, sharp, voiced.
const SOUNDS: [(&str, &str, &str); 8] = [
    ("ハ", "パ", "バ"),
    ("ヒ", "ピ", "ビ"),
    ("フ", "プ", "ブ"),
    ("ヘ", "ペ", "ベ"),
    ("ホ", "ポ", "ボ"),
    ("カ", "ガ", "ガ"),
    ("ケ", "ゲ", "ゲ"),
    ("ソ", "ゾ", "ゾ"),
];

/// A counter that was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// As the table writes it.
    pub written: &'static str,
    said: &'static str,
    change: Change,
}

impl Counter {
    /// The longest counter that stands here behind this number, and where it ends.
    pub fn find(text: &[char], at: usize, number: &Number) -> Option<(Self, usize)> {
        let first = *text.get(at)?;
        let mut found: Option<(Self, usize)> = None;
        for (change, rows) in COUNTERS {
            for (written, said) in rows {
                if !written.starts_with([first, 'か']) || !is_written(text, at, written) {
                    continue;
                }
                let end = at + written.chars().count();
                let is_longer = found.is_none_or(|(_, longest)| end > longest);
                if is_longer && fits(written, number) {
                    let counter = Self {
                        written,
                        said,
                        change,
                    };
                    found = Some((counter, end))
                        .filter(|_| !goes_on(text, end, written))
                        .or(found);
                }
            }
        }
        found
    }

    /// Number and counter in words.
    pub fn count(&self, number: &Number) -> String {
        let Some(value) = number.value else {
            return format!("{}{}", number.said, self.said);
        };
        let mut exceptions = EXCEPTIONS.iter();
        let is_it =
            |(written, of, _): &&(&str, u64, &str)| (*written, *of) == (self.written, value);
        if let Some((_, _, whole)) = exceptions.find(is_it) {
            return (*whole).to_owned();
        }
        let mut said = cardinal(value);
        let counter = self.after(&mut said);
        said + &counter
    }

    /// Changes the number's ending, and gives the counter as it sounds behind it.
    fn after(&self, said: &mut String) -> String {
        let is_three = said.ends_with("サン");
        let is_voicing = is_three || said.ends_with("セン") || said.ends_with("マン");
        let is_sharpening = is_voicing || said.ends_with("ヨン");
        let changes: &[(&str, &str)] = match self.change {
            Steady | Native => &[],
            Four => &FOUR,
            Year => &YEAR,
            Hour => &HOUR,
            Month => &MONTH,
            Kilo => &KILO,
            Hard | HardVoiced | Breathed | BreathedVoiced => &HARD,
            Soft | SoftVoiced => &SOFT,
        };
        let is_changed = change_ending(said, changes);
        match (self.change, said.as_str()) {
            (HardVoiced | SoftVoiced, _) if is_three => sound(self.said, Sound::Voiced),
            (BreathedVoiced, _) if is_voicing => sound(self.said, Sound::Voiced),
            (Breathed, _) if is_sharpening => sound(self.said, Sound::Sharp),
            (Breathed | BreathedVoiced, _) if is_changed => sound(self.said, Sound::Sharp),
            (Native, "イチ") => {
                "ヒト".clone_into(said);
                self.said.to_owned()
            }
            (Native, "ニ") => {
                "フタ".clone_into(said);
                self.said.to_owned()
            }
            _ => self.said.to_owned(),
        }
    }
}

/// Adds what follows a counter and belongs to it, as in 3日間 and 2時半; gives where it ends.
pub fn add_followers(said: &mut String, text: &[char], mut at: usize) -> usize {
    while let Some((follower, end)) = follower(text, at) {
        *said += follower;
        at = end;
    }
    at
}

fn follower(text: &[char], at: usize) -> Option<(&'static str, usize)> {
    let counter = *text.get(at.checked_sub(1)?)?;
    let found = FOLLOWERS.iter().find(|(written, _, after, not_before)| {
        let next = text.get(at + written.chars().count());
        stands(text, at, written)
            && (after.is_empty() || after.contains(counter))
            && !next.is_some_and(|next| not_before.contains(*next))
    });
    found.map(|(written, said, ..)| (*said, at + written.chars().count()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    Sharp,
    Voiced,
}

fn sound(counter: &str, sound: Sound) -> String {
    for (plain, sharp, voiced) in SOUNDS {
        if let Some(rest) = counter.strip_prefix(plain) {
            let first = match sound {
                Sound::Sharp => sharp,
                Sound::Voiced => voiced,
            };
            return format!("{first}{rest}");
        }
    }
    counter.to_owned()
}

fn is_written(text: &[char], at: usize, counter: &str) -> bool {
    let mut found = text.get(at..).unwrap_or_default().iter();
    counter.chars().all(|each| {
        found
            .next()
            .is_some_and(|found| each == *found || (each == 'か' && "ヶケヵカ箇".contains(*found)))
    })
}

/// Whether the number can be that of a month, or one that つ counts.
fn fits(counter: &str, number: &Number) -> bool {
    match counter {
        "月" => number.value.is_some_and(|value| (1..=12).contains(&value)),
        "つ" => number.value.is_some_and(|value| (1..=9).contains(&value)),
        _ => true,
    }
}

/// Whether what looks like a counter goes on as another word.
fn goes_on(text: &[char], end: usize, counter: &str) -> bool {
    let Some(next) = text.get(end) else {
        return false;
    };
    let is_cut = |is: fn(char) -> bool| counter.ends_with(is) && is(*next);
    let other = NOT_BEFORE.iter().find(|(written, _)| *written == counter);
    is_cut(|each| each.is_ascii_alphabetic())
        || is_cut(is_katakana)
        || other.is_some_and(|(_, before)| before.contains(*next))
}
