//! What the parts of the catalogue and their fields are called, and differences in sentences.

use kairan_catalogue::{changes::Change, edit::Part};
use kairan_contract::Language;
use kairan_text::{Message, message, message_in, tr};

/// The name of a part.
pub fn part(part: Part) -> Message {
    match part {
        Part::Tile => message("タイル"),
        Part::Message => message("お便り"),
        Part::Category => message("分類"),
        Part::Provider => message_in("a part of the catalogue", "提供者"),
        Part::Council => message("市町村"),
    }
}

/// What to press for a new one, and for the form of one.
pub fn form_titles(part: Part) -> [Message; 2] {
    match part {
        Part::Tile => [message("タイルを加える"), message("タイルを直す")],
        Part::Message => [message("お便りを書く"), message("お便りを直す")],
        Part::Category => [message("分類を加える"), message("分類を直す")],
        Part::Provider => [message("提供者を加える"), message("提供者を直す")],
        Part::Council => [message("市町村を直す"), message("市町村を直す")],
    }
}

/// A field, and a sentence that says what it does.
pub struct FieldWords {
    /// Its name.
    pub name: Message,
    /// What it does.
    pub hint: Message,
}

/// The words for a field of a part.
pub fn field(part: Part, field: &str) -> FieldWords {
    let words = |name, hint| FieldWords { name, hint };
    match (part, field) {
        (Part::Tile, "title") => words(
            message("名前"),
            message("タイルに大きく出ます。2行、1行に5文字くらいまで"),
        ),
        (Part::Message, "title") => words(
            message("見出し"),
            message("40文字まで。いちばん言いたいことを"),
        ),
        (Part::Category, "name") => {
            words(message("名前"), message("くらし、お金 など。20文字まで"))
        }
        (Part::Provider, "name") => words(
            message("名前"),
            message("住民が知っている名前で。20文字まで"),
        ),
        (Part::Council, "name") => words(message("名前"), message("画面の上に出ます。20文字まで")),
        (_, "reading") => words(
            message("読みかた"),
            message("ひらがなで。読み上げに使います"),
        ),
        (_, "summary") => words(
            message("2行目"),
            message("名前の下に小さく出ます。12文字まで"),
        ),
        (_, "category") => words(
            message_in("a column", "分類"),
            message("タイルの色が決まります"),
        ),
        (_, "provider") => words(
            message("提供者"),
            message("評価では、公共と民間を分けて数えます"),
        ),
        (_, "icon") => words(
            message("絵"),
            message("タイルの左に出ます。ひとつ選んでください"),
        ),
        (_, "content") => words(message("内容"), message("何を、どこから持ってきて見せるか")),
        (_, "text") => words(
            message("本文"),
            message("1000文字まで。段落のあいだは1行あけます"),
        ),
        (Part::Message, "until") => words(
            message("終わりの日"),
            message("この日まで見せます。古いお便りは、ひとりでに消えます"),
        ),
        (_, "from") => words(
            message("はじめの日（なくてもよい）"),
            message("この日から見せます"),
        ),
        (_, "until") => words(
            message("終わりの日（なくてもよい）"),
            message("この日まで見せます"),
        ),
        (Part::Council, "areas") => words(
            message("市区町村の番号"),
            message("5けた。いくつかあるときはコンマで分けます"),
        ),
        (_, "areas") => words(
            message("見せる市区町村"),
            message("しるしをつけなければ、どこに住む人にも見せます"),
        ),
        (_, "age_bands") => words(
            message("見せる年齢"),
            message("しるしをつけなければ、何歳の人にも見せます"),
        ),
        (_, "cohorts") => words(
            message("見せる貸出期"),
            message("しるしをつけなければ、どの時期に借りた人にも見せます"),
        ),
        (_, "colour") => words(
            message("色"),
            message("#1f4e9c のように。白い絵が見えるように、濃い色にします"),
        ),
        (_, "kind") => words(
            message("公共か民間か"),
            message("評価では、公共と民間を分けて数えます"),
        ),
        (_, "telephone") => words(message("電話（なくてもよい）"), message("ハイフンを入れて")),
        (_, "helper_telephone") => words(
            message("困ったときの電話"),
            message("タブレットのあちこちに大きく出ます"),
        ),
        (_, "neighbourhoods") => words(
            message("町丁目の一覧（なくてもよい）"),
            message(
                "services.toml の横にある CSV（name、reading、lat、lon）。住民が、どこから道のりを数えるかを選べます",
            ),
        ),
        (_, "off") => words(
            message("見せるか"),
            message("しまっておくと、内容はそのまま、タブレットには出ません"),
        ),
        (_, "id") => words(
            message("id"),
            message("ほかと重ならない英小文字。あとで変えると、利用の記録がつながらなくなります"),
        ),
        _ => words(message("内容"), Message::default()),
    }
}

/// A difference in a sentence.
pub fn change(language: Language, change: &Change) -> String {
    let nothing = tr(language, "（なし）");
    let or_nothing = |text: &str| match text {
        "" => nothing.to_owned(),
        text => text.replace('\n', " "),
    };
    // A tile is what one speaks of; everything else is named.
    let of = |of: Part| match of {
        Part::Tile => String::new(),
        named => tr!(
            language,
            "before a name" => "{part}",
            part = part(named).tr(language)
        ),
    };
    match change {
        Change::Added(part, name) => {
            tr!(language, "{of}「{name}」を加えます", of = of(*part), name)
        }
        Change::Removed(part, name) => {
            tr!(language, "{of}「{name}」をなくします", of = of(*part), name)
        }
        Change::Changed {
            name,
            field: "off",
            is_now,
            ..
        } => {
            if is_now == "true" {
                tr!(language, "「{name}」をしまいます", name)
            } else {
                tr!(language, "「{name}」をまた見せます", name)
            }
        }
        Change::Changed {
            part,
            name,
            field: changed,
            was,
            is_now,
        } => {
            let field = field(*part, changed).name.tr(language);
            let field = field.trim_end_matches(tr(language, "（なくてもよい）"));
            tr!(
                language,
                "{of}「{name}」の{field}：{was} → {is_now}",
                of = of(*part),
                name,
                field = field.to_lowercase(),
                was = or_nothing(was),
                is_now = or_nothing(is_now)
            )
        }
        Change::Reordered(of) => tr!(
            language,
            "{part}の順番を変えます",
            part = part(*of).tr(language).to_lowercase()
        ),
        Change::Setting { name, was, is_now } => {
            let setting = tr(language, "設定");
            format!(
                "{setting} {name}: {} → {}",
                or_nothing(was),
                or_nothing(is_now)
            )
        }
        Change::Besides => tr(language, "書きかた（メモなど）だけが変わります").to_owned(),
    }
}
