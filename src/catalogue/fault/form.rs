//! What can be wrong with a form, with its goods and with the opening hours of whoever answers, and how to mend it.

use kairan_contract::Language;
use kairan_sources::open_data::goods::GoodFault;
use kairan_text::tr;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormFault {
    /// A time of the day that is none.
    BadTime(String),
    /// A day and time that is none.
    BadMoment(String),
    /// Opening hours that meet others of the same day, or end before they begin.
    HoursMeet,
    /// A list that is too short or too long.
    WrongCount {
        /// The key.
        key: String,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
        /// How many there are.
        count: usize,
    },
    /// A choice that leads to an earlier question, or to its own.
    LeadsBack(String),
    /// A choice that leads somewhere, where several can be chosen.
    LeadsFromSome,
    /// A question for what the form does not offer: its key.
    OffersNone(&'static str),
    /// A file that holds no list of goods.
    NoGoods {
        /// The file.
        file: String,
        /// What its reader says.
        why: String,
    },
    /// A row of such a list from which nobody can be sold anything.
    WrongGood(GoodFault),
    /// A file that holds no form, or is too large for one.
    NoForm {
        /// The file.
        file: String,
        /// What its reader says.
        why: String,
    },
    /// Two tiles with one form.
    FormTwice(String),
    /// A form whose provider has no telephone number: nobody could help where an answer fails.
    NoTelephone(String),
}

impl FormFault {
    /// What is wrong and how to mend it.
    pub(super) fn wrong_and_mend(&self, language: Language) -> (String, String) {
        match self {
            Self::BadTime(time) => (
                tr!(language, "`{time}` という時刻はありません", time),
                tr(language, "9:00 や 17:30 のように書いてください").to_owned(),
            ),
            Self::BadMoment(moment) => (
                tr!(language, "`{moment}` という日時はありません", moment),
                tr(language, "2026-12-01T09:00:00 か 2026-12-01 のように書いてください").to_owned(),
            ),
            Self::HoursMeet => (
                tr(language, "受付時間の終わりが始まりより前か、同じ日のほかの時間と重なっています").to_owned(),
                tr(language, "`from` と `until` を直してください").to_owned(),
            ),
            Self::WrongCount {
                key,
                least,
                most,
                count,
            } => (
                tr!(language, "`{key}` が {count} あります", key, count),
                tr!(language, "{least}から{most}までにしてください", least, most),
            ),
            Self::LeadsBack(to) => (
                tr!(language, "`{to}` は前の質問か、この質問です", to),
                tr(language, "後ろの質問の id か \"check\" を書いてください").to_owned(),
            ),
            Self::LeadsFromSome => (
                tr(language, "いくつも選べる質問からは、行き先を分けられません").to_owned(),
                tr(language, "`leads_to` を消すか、type = \"one_of\" にしてください").to_owned(),
            ),
            Self::OffersNone(key) => (
                tr!(language, "質問があるのに、選べるものがありません: {key}", key),
                tr!(language, "`{key}` を書き加えてください", key),
            ),
            Self::NoGoods { file, why } => (
                tr!(language, "`{file}` から品物の一覧を読めません（{why}）", file, why),
                tr(language, "商品番号、商品名、税込価格の列がある CSV にしてください").to_owned(),
            ),
            Self::WrongGood(fault) => good_in_words(fault, language),
            Self::NoForm { file, why } => (
                tr!(language, "`{file}` から申しこみの内容を読めません（{why}）", file, why),
                tr(language, "このファイルを UTF-8 の TOML で保存してください").to_owned(),
            ),
            Self::FormTwice(id) => (
                tr!(language, "申しこみ `{id}` は、ほかのタイルにもあります", id),
                tr(language, "どちらかのファイルの id を変えてください").to_owned(),
            ),
            Self::NoTelephone(provider) => (
                tr!(language, "提供者 `{provider}` に電話番号がありません", provider),
                tr(language, "[[provider]] に telephone を書いてください。返事がないとき、利用者が電話できます").to_owned(),
            ),
        }
    }
}

fn good_in_words(fault: &GoodFault, language: Language) -> (String, String) {
    let (wrong, mend) = match fault {
        GoodFault::Broken => (
            tr(language, "この行は読めません"),
            tr(language, "閉じていない引用符がないか見てください"),
        ),
        GoodFault::NoId => (
            tr(language, "商品番号がありません"),
            tr(
                language,
                "半角の英字・数字・ハイフンで40字までの番号を書いてください",
            ),
        ),
        GoodFault::Doubled(first) => {
            return (
                tr!(language, "同じ商品番号が {first}行目にもあります", first),
                tr(language, "どちらかの行を消すか、番号を変えてください").to_owned(),
            );
        }
        GoodFault::NoName => (
            tr(language, "商品名がないか、30文字より長いです"),
            tr(language, "30文字までで書いてください"),
        ),
        GoodFault::TooLong => (
            tr(language, "規格か分類が長すぎます"),
            tr(language, "20文字までにしてください"),
        ),
        GoodFault::NoPrice => (
            tr(language, "税込の価格が読めません"),
            tr(
                language,
                "198 のように、9999999円までの整数で書いてください",
            ),
        ),
        GoodFault::NoMost => (
            tr(language, "一度にたのめる数が読めません"),
            tr(language, "1から99までの数にしてください"),
        ),
        GoodFault::NoStock => (
            tr(language, "在庫の数が読めません"),
            tr(language, "数だけを書くか、空にしてください"),
        ),
        GoodFault::TooMany => (
            tr(language, "一つの申しこみに入る500より多いです"),
            tr(language, "一覧を短くしてください"),
        ),
    };
    (wrong.to_owned(), mend.to_owned())
}
