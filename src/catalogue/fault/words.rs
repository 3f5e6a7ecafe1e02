//! What is wrong and how to mend it, in words for a clerk, in each language.

use kairan_contract::Language;
use kairan_sources::open_data::neighbourhoods::Why;
use kairan_text::tr;

use super::kind::{Expected, FaultKind};

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
        let (wrong, mend) = self.wrong_and_mend(language);
        format!("{wrong} — {mend}")
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a list of sentences, one a kind of fault"
    )]
    pub(super) fn wrong_and_mend(&self, language: Language) -> (String, String) {
        match self {
            Self::Syntax(message) => (
                tr!(language, "TOMLとして読めません（{message}）", message),
                tr(
                    language,
                    "この行か前の行に、引用符・かっこ・イコールの抜けがないか見てください",
                )
                .to_owned(),
            ),
            Self::UnknownKey {
                key,
                nearest,
                known,
            } => (
                tr!(language, "`{key}` という項目はここでは使えません", key),
                match nearest {
                    Some(nearest) => tr!(language, "`{nearest}` のことではありませんか", nearest),
                    None => tr!(language, "使える項目: {known}", known = listed(known)),
                },
            ),
            Self::MissingKey { table, key } => (
                tr!(language, "{table} に `{key}` がありません", table, key),
                tr!(language, "`{key} = …` の行を加えてください", key),
            ),
            Self::WrongType { key, expected } => (
                tr!(language, "`{key}` の書き方が違います", key),
                match expected {
                    Expected::Text => tr!(
                        language,
                        "引用符で囲んだ文字にしてください: {key} = \"…\"",
                        key
                    ),
                    Expected::Number => {
                        tr!(language, "引用符のない整数にしてください: {key} = 30", key)
                    }
                    Expected::Flag => {
                        tr!(
                            language,
                            "引用符のない true か false にしてください: {key} = true",
                            key
                        )
                    }
                    Expected::Texts => tr!(
                        language,
                        "文字の並びにしてください: {key} = [\"…\", \"…\"]",
                        key
                    ),
                    Expected::Table => {
                        tr!(language, "[{key}] という見出しの下に書いてください", key)
                    }
                    Expected::Tables => {
                        tr!(language, "[[{key}]] と、かっこを二重にしてください", key)
                    }
                    Expected::Before => tr!(
                        language,
                        "{key} = {{ days_before = 1, at = \"17:00\" }} のように、どれか一つで書いてください（hours_before、days_before、open_days_before）",
                        key
                    ),
                    Expected::Stops => {
                        tr!(
                            language,
                            "停留所を 1つ、または 10までの 並びで書いてください: {key} = [\"…\", \"…\"]",
                            key
                        )
                    }
                },
            ),
            Self::Empty(key) => (
                tr!(language, "`{key}` が空です", key),
                tr(language, "1文字以上書いてください").to_owned(),
            ),
            Self::BadId(id) => (
                tr!(language, "`{id}` はidに使えません", id),
                tr(
                    language,
                    "半角の小文字a-z、数字、ハイフンで40字までにしてください（例 city-news）",
                )
                .to_owned(),
            ),
            Self::DoubledId { id, first_line } => (
                tr!(
                    language,
                    "id `{id}` は{first_line}行目でも使われています",
                    id,
                    first_line
                ),
                tr(language, "どちらかを別のidにしてください").to_owned(),
            ),
            Self::UnknownId { of, id, known } => (
                tr!(language, "id `{id}` の {of} はありません", id, of),
                tr!(
                    language,
                    "次のどれかにしてください: {known}",
                    known = listed(known)
                ),
            ),
            Self::BadDate(date) => (
                tr!(language, "`{date}` という日付はありません", date),
                tr(language, "2026-12-31 のように年・月・日を書いてください").to_owned(),
            ),
            Self::BadPosition => (
                tr(language, "位置になっていません").to_owned(),
                tr(
                    language,
                    "北緯と東経を near = [34.69, 135.50] のように書いてください",
                )
                .to_owned(),
            ),
            Self::PeriodEndsBeforeItBegins => (
                tr(language, "期間の終わりが始まりより前です").to_owned(),
                tr(language, "`until` を `from` と同じ日か後の日にしてください").to_owned(),
            ),
            Self::HostForElsewhere(host) => (
                tr!(
                    language,
                    "`{host}` にたずねてよいとは、サーバーで決められていません",
                    host
                ),
                tr(
                    language,
                    "サーバーにあるファイルに書いてもらうか、この行を消してください",
                )
                .to_owned(),
            ),
            Self::UnknownIcon { icon, nearest } => (
                tr!(language, "`{icon}` というアイコンはありません", icon),
                match nearest {
                    Some(nearest) => tr!(
                        language,
                        "`{nearest}` のことではありませんか。一覧は assets/icons にあります",
                        nearest
                    ),
                    None => tr(
                        language,
                        "assets/icons から選び、.svg を除いて書いてください",
                    )
                    .to_owned(),
                },
            ),
            Self::TitleTooLong(title) => (
                tr!(
                    language,
                    "`{title}` は、いちばん大きい文字のときタイルに入りません",
                    title
                ),
                tr(language, "5文字くらいで2行までに短くしてください").to_owned(),
            ),
            Self::TextTooLong { key, limit } => (
                tr!(language, "`{key}` が長すぎます", key),
                tr!(language, "{limit}文字までにしてください", limit),
            ),
            Self::BadReading(reading) => (
                tr!(language, "`{reading}` は読みがなではありません", reading),
                tr(
                    language,
                    "声に出すとおりに、ひらがなかカタカナで書いてください",
                )
                .to_owned(),
            ),
            Self::NotAWord(word) => (
                tr!(
                    language,
                    "`{word}` は ほかの多くの言葉の中にも出てきます",
                    word
                ),
                tr(
                    language,
                    "日田町 のように、漢字・カタカナ・英字のある言葉を書いてください",
                )
                .to_owned(),
            ),
            Self::ReadTwice(word) => (
                tr!(language, "`{word}` の読みがなは、もう書いてあります", word),
                tr(language, "どちらか一つを消してください").to_owned(),
            ),
            Self::BadColour(colour) => (
                tr!(language, "`{colour}` は色ではありません", colour),
                tr(
                    language,
                    "#1f4e9c のように # と6けた（0-9、a-f）で書いてください",
                )
                .to_owned(),
            ),
            Self::PaleColour(colour) => (
                tr!(
                    language,
                    "`{colour}` の上では白いアイコンが見えません",
                    colour
                ),
                tr(language, "#1f4e9c のような、もっと濃い色にしてください").to_owned(),
            ),
            Self::BadAreaCode(code) => (
                tr!(language, "`{code}` は市区町村コードではありません", code),
                tr(
                    language,
                    "\"27140\" のように5けたか6けたの数字を引用符で囲んでください",
                )
                .to_owned(),
            ),
            Self::BadTelephone(number) => (
                tr!(language, "`{number}` は電話番号ではありません", number),
                tr(
                    language,
                    "0120-000-000 のように数字とハイフンで書いてください",
                )
                .to_owned(),
            ),
            Self::NotOneOf { key, value, known } => (
                tr!(language, "`{key}` に `{value}` は使えません", key, value),
                tr!(
                    language,
                    "次のどれかにしてください: {known}",
                    known = listed(known)
                ),
            ),
            Self::NotHttps(url) => (
                tr!(language, "`{url}` は https のアドレスではありません", url),
                tr(
                    language,
                    "https:// で始めるか、このファイルの横に置いたファイル名を書いてください",
                )
                .to_owned(),
            ),
            Self::FileElsewhere(file) => (
                tr!(
                    language,
                    "`{file}` は services.toml のフォルダーの外にあります",
                    file
                ),
                tr(
                    language,
                    "同じフォルダーに置き、.. や先頭の / を使わずに書いてください",
                )
                .to_owned(),
            ),
            Self::NoContent(file, why) => {
                let (wrong, mend) = (why.wrong(language), why.mend(language));
                (
                    tr!(
                        language,
                        "`{file}` はここでは使えません（{wrong}）",
                        file,
                        wrong
                    ),
                    mend,
                )
            }
            Self::MissingFile(file) => (
                tr!(language, "ファイル `{file}` がありません", file),
                tr(language, "services.toml の横に置くか、名前を直してください").to_owned(),
            ),
            Self::NoNeighbourhoods { file, why } => (
                tr!(
                    language,
                    "`{file}` から 町丁目の一覧を読めません（{why}）",
                    file,
                    why
                ),
                tr(
                    language,
                    "name、reading、lat、lon の列がある CSV にしてください",
                )
                .to_owned(),
            ),
            Self::NeighbourhoodRow { file, row } => {
                let (wrong, mend) = row_in_words(row.why, language);
                (
                    tr!(
                        language,
                        "{file} の{line}行目: {wrong}",
                        file,
                        line = row.line,
                        wrong
                    ),
                    mend.into(),
                )
            }
            Self::NeighbourhoodRows { file, more } => (
                tr!(
                    language,
                    "{file}: このほか {more}行も、そのままでは使えません",
                    file,
                    more
                ),
                tr(language, "上の行を直して、もう一度たしかめてください").to_owned(),
            ),
            Self::NoNearName => (
                tr(language, "どこから数えた道のりか、利用者に伝わりません").to_owned(),
                tr(
                    language,
                    "この場所の呼び名を加えてください: near_name = \"駅前\"",
                )
                .to_owned(),
            ),
            Self::NameOfNoPoint => (
                tr(language, "`near_name` の場所が書いてありません").to_owned(),
                tr(language, "位置を加えてください: near = [34.69, 135.50]").to_owned(),
            ),
            Self::Unfit { key, written } => (
                tr!(language, "`{key}` の値がちがいます", key),
                written.tr(language).to_owned(),
            ),
            Self::Doubled(one, other) => (
                tr!(language, "`{one}` と `{other}` は同じことです", one, other),
                tr(language, "どちらか一つを残してください").to_owned(),
            ),
            Self::Form(fault) => fault.wrong_and_mend(language),
            Self::OutOfRange { key, least, most } => (
                tr!(language, "`{key}` が小さすぎるか大きすぎます", key),
                tr!(
                    language,
                    "{least}から{most}までの数にしてください",
                    least,
                    most
                ),
            ),
        }
    }
}

fn row_in_words(why: Why, language: Language) -> (&'static str, &'static str) {
    match why {
        Why::NoName => (
            tr(language, "名前がないので 使いません"),
            tr(language, "名前を書いてください"),
        ),
        Why::LongName => (
            tr(language, "名前が長すぎてボタンに入らないので 使いません"),
            tr(language, "24文字までにしてください"),
        ),
        Why::NoPosition => (
            tr(language, "日本の中の位置がないので 使いません"),
            tr(language, "lat に北緯、lon に東経を書いてください"),
        ),
        Why::NoReading => (
            tr(language, "かなの読みがないので、利用者には最後に出ます"),
            tr(language, "読みをひらがなで書いてください"),
        ),
        Why::Doubled => (
            tr(language, "同じ名前が上の行にもあるので 使いません"),
            tr(language, "どちらかを別の名前にしてください"),
        ),
        Why::Broken => (
            tr(language, "読めないので 使いません"),
            tr(language, "閉じていない引用符がないか見てください"),
        ),
        Why::TooMany => (
            tr(
                language,
                "タブレットに入る5000より多いので、ここから先は使いません",
            ),
            tr(language, "一覧を短くしてください"),
        ),
    }
}
