//! What is wrong and how to mend it, in words for a clerk, in each language.

use super::kind::{Expected, FaultKind};
use kairan_sources::open_data::neighbourhoods::Why;

/// The languages that the catalogue's faults are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// The language of a locale such as `ja_JP.UTF-8`.
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("ja") {
            Self::Japanese
        } else {
            Self::English
        }
    }
}

fn listed<T: AsRef<str>>(words: &[T]) -> String {
    if words.is_empty() {
        return "(none)".to_owned();
    }
    words
        .iter()
        .map(AsRef::as_ref)
        .collect::<Vec<_>>()
        .join(", ")
}

impl FaultKind {
    /// What is wrong and how to mend it.
    pub fn in_words(&self, language: Language) -> String {
        let (wrong, mend) = match language {
            Language::English => self.in_english(),
            Language::Japanese => self.in_japanese(),
        };
        format!("{wrong} — {mend}")
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a list of sentences, one a kind of fault"
    )]
    pub(super) fn in_english(&self) -> (String, String) {
        match self {
            Self::Syntax(message) => (
                format!("this is not TOML: {message}"),
                "look for a missing quote, bracket or equals sign on this line or the one before"
                    .into(),
            ),
            Self::UnknownKey {
                key,
                nearest,
                known,
            } => (
                format!("the key `{key}` is not known here"),
                match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("use one of: {}", listed(known)),
                },
            ),
            Self::MissingKey { table, key } => (
                format!("{table} has no `{key}`"),
                format!("add a line `{key} = …`"),
            ),
            Self::WrongType { key, expected } => (
                format!("`{key}` has the wrong form"),
                match expected {
                    Expected::Text => format!("write a text in quotes: {key} = \"…\""),
                    Expected::Number => format!("write a whole number without quotes: {key} = 30"),
                    Expected::Flag => format!("write yes or no without quotes: {key} = true"),
                    Expected::Texts => format!("write a list of texts: {key} = [\"…\", \"…\"]"),
                    Expected::Table => format!("write it as a table of its own: [{key}]"),
                    Expected::Tables => format!("write it with two brackets: [[{key}]]"),
                    Expected::Stops => {
                        format!("name one stop, or a list of up to ten: {key} = [\"…\", \"…\"]")
                    }
                },
            ),
            Self::Empty(key) => (
                format!("`{key}` is empty"),
                "write at least one word".into(),
            ),
            Self::BadId(id) => (
                format!("`{id}` cannot be an id"),
                "use 1 to 40 small letters a-z, digits and hyphens, such as city-news".into(),
            ),
            Self::DoubledId { id, first_line } => (
                format!("the id `{id}` already stands in line {first_line}"),
                "give one of the two another id".into(),
            ),
            Self::UnknownId { of, id, known } => (
                format!("there is no {of} with the id `{id}`"),
                format!("use one of: {}", listed(known)),
            ),
            Self::BadDate(date) => (
                format!("`{date}` is not a day of the calendar"),
                "write the year, month and day, such as 2026-12-31".into(),
            ),
            Self::BadPosition => (
                "this is no position".into(),
                "write degrees north and east, such as near = [34.69, 135.50]".into(),
            ),
            Self::PeriodEndsBeforeItBegins => (
                "the period ends before it begins".into(),
                "put `until` on the day of `from` or after it".into(),
            ),
            Self::HostForElsewhere(host) => (
                format!("nobody has said on the server that `{host}` may be asked"),
                "write it into the catalogue's file on the server itself, or leave it out".into(),
            ),
            Self::UnknownIcon { icon, nearest } => (
                format!("the tablets have no icon `{icon}`"),
                match nearest {
                    Some(nearest) => {
                        format!("did you mean `{nearest}`? The folder assets/icons shows all")
                    }
                    None => "choose one from the folder assets/icons, without .svg".into(),
                },
            ),
            Self::TitleTooLong(title) => (
                format!("`{title}` does not fit the tile in the largest letters"),
                "shorten it to two lines of about five letters each".into(),
            ),
            Self::TextTooLong { key, limit } => (
                format!("`{key}` is too long"),
                format!("shorten it to {limit} letters"),
            ),
            Self::BadReading(reading) => (
                format!("`{reading}` is not a reading"),
                "write it in hiragana or katakana, as it is spoken".into(),
            ),
            Self::NotAWord(word) => (
                format!("`{word}` stands within many other words"),
                "name a word with kanji, katakana or Latin letters, such as 日田町".into(),
            ),
            Self::ReadTwice(word) => (
                format!("`{word}` has a reading already"),
                "remove one of the two".into(),
            ),
            Self::BadColour(colour) => (
                format!("`{colour}` is not a colour"),
                "write # and six digits 0-9 or a-f, such as #1f4e9c".into(),
            ),
            Self::PaleColour(colour) => (
                format!("a white icon cannot be made out on `{colour}`"),
                "choose a darker colour, such as #1f4e9c".into(),
            ),
            Self::BadAreaCode(code) => (
                format!("`{code}` is not a municipality code"),
                "write its five or six digits in quotes, such as \"27140\"".into(),
            ),
            Self::BadTelephone(number) => (
                format!("`{number}` is not a telephone number"),
                "write 3 to 11 digits with hyphens, such as 0120-000-000".into(),
            ),
            Self::NotOneOf { key, value, known } => (
                format!("`{value}` is not known as `{key}`"),
                format!("use one of: {}", listed(known)),
            ),
            Self::NotHttps(url) => (
                format!("`{url}` is not an https address"),
                "begin it with https://, or name a file beside the catalogue".into(),
            ),
            Self::FileElsewhere(file) => (
                format!("`{file}` lies outside the folder of the catalogue"),
                "put the file beside the catalogue and name it without .. and without a leading /"
                    .into(),
            ),
            Self::NoContent(file, why) => {
                (format!("`{file}` cannot be used here: {why}"), why.mend())
            }
            Self::MissingFile(file) => (
                format!("the file `{file}` is not there"),
                "put it beside the catalogue, or correct the name".into(),
            ),
            Self::NoNeighbourhoods { file, why } => (
                format!("`{file}` holds no list of neighbourhoods: {why}"),
                "make it a CSV with the columns name, reading, lat and lon".into(),
            ),
            Self::NeighbourhoodRow { file, row } => {
                let (wrong, mend) = row_in_english(row.why);
                (format!("{file}, line {}: {wrong}", row.line), mend.into())
            }
            Self::NeighbourhoodRows { file, more } => (
                format!("{file}: {more} more rows are not taken as they stand"),
                "mend those above, and check again".into(),
            ),
            Self::NoNearName => (
                "residents are not told from where distances are counted".into(),
                "add what they call this point: near_name = \"駅前\"".into(),
            ),
            Self::NameOfNoPoint => (
                "`near_name` names a point that is not given".into(),
                "add where it lies: near = [34.69, 135.50]".into(),
            ),
            Self::Unfit { key, written } => (
                format!("`{key}` has a value that it cannot have"),
                written.1.into(),
            ),
            Self::Doubled(one, other) => (
                format!("`{one}` and `{other}` say the same"),
                "keep one of the two".into(),
            ),
            Self::OutOfRange { key, least, most } => (
                format!("`{key}` is too small or too large"),
                format!("write a number from {least} to {most}"),
            ),
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a list of sentences, one a kind of fault"
    )]
    fn in_japanese(&self) -> (String, String) {
        match self {
            Self::Syntax(message) => (
                format!("TOMLとして読めません（{message}）"),
                "この行か前の行に、引用符・かっこ・イコールの抜けがないか見てください".into(),
            ),
            Self::UnknownKey {
                key,
                nearest,
                known,
            } => (
                format!("`{key}` という項目はここでは使えません"),
                match nearest {
                    Some(nearest) => format!("`{nearest}` のことではありませんか"),
                    None => format!("使える項目: {}", listed(known)),
                },
            ),
            Self::MissingKey { table, key } => (
                format!("{table} に `{key}` がありません"),
                format!("`{key} = …` の行を加えてください"),
            ),
            Self::WrongType { key, expected } => (
                format!("`{key}` の書き方が違います"),
                match expected {
                    Expected::Text => format!("引用符で囲んだ文字にしてください: {key} = \"…\""),
                    Expected::Number => format!("引用符のない整数にしてください: {key} = 30"),
                    Expected::Flag => {
                        format!("引用符のない true か false にしてください: {key} = true")
                    }
                    Expected::Texts => format!("文字の並びにしてください: {key} = [\"…\", \"…\"]"),
                    Expected::Table => format!("[{key}] という見出しの下に書いてください"),
                    Expected::Tables => format!("[[{key}]] と、かっこを二重にしてください"),
                    Expected::Stops => {
                        format!(
                            "停留所を 1つ、または 10までの 並びで書いてください: {key} = [\"…\", \"…\"]"
                        )
                    }
                },
            ),
            Self::Empty(key) => (
                format!("`{key}` が空です"),
                "1文字以上書いてください".into(),
            ),
            Self::BadId(id) => (
                format!("`{id}` はidに使えません"),
                "半角の小文字a-z、数字、ハイフンで40字までにしてください（例 city-news）".into(),
            ),
            Self::DoubledId { id, first_line } => (
                format!("id `{id}` は{first_line}行目でも使われています"),
                "どちらかを別のidにしてください".into(),
            ),
            Self::UnknownId { of, id, known } => (
                format!("id `{id}` の {of} はありません"),
                format!("次のどれかにしてください: {}", listed(known)),
            ),
            Self::BadDate(date) => (
                format!("`{date}` という日付はありません"),
                "2026-12-31 のように年・月・日を書いてください".into(),
            ),
            Self::BadPosition => (
                "位置になっていません".into(),
                "北緯と東経を near = [34.69, 135.50] のように書いてください".into(),
            ),
            Self::PeriodEndsBeforeItBegins => (
                "期間の終わりが始まりより前です".into(),
                "`until` を `from` と同じ日か後の日にしてください".into(),
            ),
            Self::HostForElsewhere(host) => (
                format!("`{host}` にたずねてよいとは、サーバーで決められていません"),
                "サーバーにあるファイルに書いてもらうか、この行を消してください".into(),
            ),
            Self::UnknownIcon { icon, nearest } => (
                format!("`{icon}` というアイコンはありません"),
                match nearest {
                    Some(nearest) => format!(
                        "`{nearest}` のことではありませんか。一覧は assets/icons にあります"
                    ),
                    None => "assets/icons から選び、.svg を除いて書いてください".into(),
                },
            ),
            Self::TitleTooLong(title) => (
                format!("`{title}` は、いちばん大きい文字のときタイルに入りません"),
                "5文字くらいで2行までに短くしてください".into(),
            ),
            Self::TextTooLong { key, limit } => (
                format!("`{key}` が長すぎます"),
                format!("{limit}文字までにしてください"),
            ),
            Self::BadReading(reading) => (
                format!("`{reading}` は読みがなではありません"),
                "声に出すとおりに、ひらがなかカタカナで書いてください".into(),
            ),
            Self::NotAWord(word) => (
                format!("`{word}` は ほかの多くの言葉の中にも出てきます"),
                "日田町 のように、漢字・カタカナ・英字のある言葉を書いてください".into(),
            ),
            Self::ReadTwice(word) => (
                format!("`{word}` の読みがなは、もう書いてあります"),
                "どちらか一つを消してください".into(),
            ),
            Self::BadColour(colour) => (
                format!("`{colour}` は色ではありません"),
                "#1f4e9c のように # と6けた（0-9、a-f）で書いてください".into(),
            ),
            Self::PaleColour(colour) => (
                format!("`{colour}` の上では白いアイコンが見えません"),
                "#1f4e9c のような、もっと濃い色にしてください".into(),
            ),
            Self::BadAreaCode(code) => (
                format!("`{code}` は市区町村コードではありません"),
                "\"27140\" のように5けたか6けたの数字を引用符で囲んでください".into(),
            ),
            Self::BadTelephone(number) => (
                format!("`{number}` は電話番号ではありません"),
                "0120-000-000 のように数字とハイフンで書いてください".into(),
            ),
            Self::NotOneOf { key, value, known } => (
                format!("`{key}` に `{value}` は使えません"),
                format!("次のどれかにしてください: {}", listed(known)),
            ),
            Self::NotHttps(url) => (
                format!("`{url}` は https のアドレスではありません"),
                "https:// で始めるか、このファイルの横に置いたファイル名を書いてください".into(),
            ),
            Self::FileElsewhere(file) => (
                format!("`{file}` は services.toml のフォルダーの外にあります"),
                "同じフォルダーに置き、.. や先頭の / を使わずに書いてください".into(),
            ),
            Self::NoContent(file, why) => {
                let (wrong, mend) = why.in_japanese();
                (format!("`{file}` はここでは使えません（{wrong}）"), mend)
            }
            Self::MissingFile(file) => (
                format!("ファイル `{file}` がありません"),
                "services.toml の横に置くか、名前を直してください".into(),
            ),
            Self::NoNeighbourhoods { file, why } => (
                format!("`{file}` から 町丁目の一覧を読めません（{why}）"),
                "name、reading、lat、lon の列がある CSV にしてください".into(),
            ),
            Self::NeighbourhoodRow { file, row } => {
                let (wrong, mend) = row_in_japanese(row.why);
                (format!("{file} の{}行目: {wrong}", row.line), mend.into())
            }
            Self::NeighbourhoodRows { file, more } => (
                format!("{file}: このほか {more}行も、そのままでは使えません"),
                "上の行を直して、もう一度たしかめてください".into(),
            ),
            Self::NoNearName => (
                "どこから数えた道のりか、利用者に伝わりません".into(),
                "この場所の呼び名を加えてください: near_name = \"駅前\"".into(),
            ),
            Self::NameOfNoPoint => (
                "`near_name` の場所が書いてありません".into(),
                "位置を加えてください: near = [34.69, 135.50]".into(),
            ),
            Self::Unfit { key, written } => (format!("`{key}` の値がちがいます"), written.0.into()),
            Self::Doubled(one, other) => (
                format!("`{one}` と `{other}` は同じことです"),
                "どちらか一つを残してください".into(),
            ),
            Self::OutOfRange { key, least, most } => (
                format!("`{key}` が小さすぎるか大きすぎます"),
                format!("{least}から{most}までの数にしてください"),
            ),
        }
    }
}

fn row_in_english(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::NoName => ("it has no name and is left out", "add the name"),
        Why::LongName => (
            "its name is too long for a key, and it is left out",
            "shorten it to 24 letters",
        ),
        Why::NoPosition => (
            "it has no position in Japan and is left out",
            "write degrees north in lat and degrees east in lon",
        ),
        Why::NoReading => (
            "it has no reading in kana, so residents find it behind the others",
            "write the reading in hiragana",
        ),
        Why::Doubled => (
            "the name stands in a row above, too, so it is left out",
            "give one of the two another name",
        ),
        Why::Broken => (
            "it cannot be read and is left out",
            "look for a quotation mark that is not closed",
        ),
        Why::TooMany => (
            "there are more than the 5000 that a tablet holds; this one and the rest are left out",
            "make the list shorter",
        ),
    }
}

fn row_in_japanese(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::NoName => ("名前がないので 使いません", "名前を書いてください"),
        Why::LongName => (
            "名前が長すぎてボタンに入らないので 使いません",
            "24文字までにしてください",
        ),
        Why::NoPosition => (
            "日本の中の位置がないので 使いません",
            "lat に北緯、lon に東経を書いてください",
        ),
        Why::NoReading => (
            "かなの読みがないので、利用者には最後に出ます",
            "読みをひらがなで書いてください",
        ),
        Why::Doubled => (
            "同じ名前が上の行にもあるので 使いません",
            "どちらかを別の名前にしてください",
        ),
        Why::Broken => (
            "読めないので 使いません",
            "閉じていない引用符がないか見てください",
        ),
        Why::TooMany => (
            "タブレットに入る5000より多いので、ここから先は使いません",
            "一覧を短くしてください",
        ),
    }
}
