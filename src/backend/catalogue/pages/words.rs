//! What the parts of the catalogue and their fields are called, and differences in sentences.

use crate::pages::Tongue;
use kairan_catalogue::{changes::Change, edit::Part};

/// The name of a part in Japanese and English.
pub fn part(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Tile => ("タイル", "Tiles"),
        Part::Message => ("お便り", "Messages"),
        Part::Category => ("分類", "Categories"),
        Part::Provider => ("提供者", "Providers"),
        Part::Council => ("市町村", "Council"),
    }
}

/// What to press for a new one, and for the form of one, in Japanese and English.
pub fn form_titles(part: Part) -> [(&'static str, &'static str); 2] {
    match part {
        Part::Tile => [
            ("タイルを加える", "Add a tile"),
            ("タイルを直す", "Change a tile"),
        ],
        Part::Message => [
            ("お便りを書く", "Write a message"),
            ("お便りを直す", "Change a message"),
        ],
        Part::Category => [
            ("分類を加える", "Add a category"),
            ("分類を直す", "Change a category"),
        ],
        Part::Provider => [
            ("提供者を加える", "Add a provider"),
            ("提供者を直す", "Change a provider"),
        ],
        Part::Council => [
            ("市町村を直す", "Change the council"),
            ("市町村を直す", "Change the council"),
        ],
    }
}

/// A field in Japanese and English, and a sentence that says what it does.
pub struct FieldWords {
    /// Its name.
    pub name: (&'static str, &'static str),
    /// What it does.
    pub hint: (&'static str, &'static str),
}

/// The words for a field of a part.
#[expect(clippy::too_many_lines, reason = "a table of words, and nothing else")]
pub fn field(part: Part, field: &str) -> FieldWords {
    let words = |name, hint| FieldWords { name, hint };
    match (part, field) {
        (Part::Tile, "title") => words(
            ("名前", "Name"),
            (
                "タイルに大きく出ます。2行、1行に5文字くらいまで",
                "Large on the tile: two lines of about five letters",
            ),
        ),
        (Part::Message, "title") => words(
            ("見出し", "Headline"),
            (
                "40文字まで。いちばん言いたいことを",
                "Up to 40 letters: what matters most",
            ),
        ),
        (Part::Category, "name") => words(
            ("名前", "Name"),
            ("くらし、お金 など。20文字まで", "Up to 20 letters"),
        ),
        (Part::Provider, "name") => words(
            ("名前", "Name"),
            (
                "住民が知っている名前で。20文字まで",
                "As residents know it, up to 20 letters",
            ),
        ),
        (Part::Council, "name") => words(
            ("名前", "Name"),
            ("画面の上に出ます。20文字まで", "It stands above the tiles"),
        ),
        (_, "reading") => words(
            ("読みかた", "Reading"),
            (
                "ひらがなで。読み上げに使います",
                "In kana, for reading aloud",
            ),
        ),
        (_, "summary") => words(
            ("2行目", "Second line"),
            (
                "名前の下に小さく出ます。12文字まで",
                "Small, below the name; up to 12 letters",
            ),
        ),
        (_, "category") => words(
            ("分類", "Category"),
            ("タイルの色が決まります", "It gives the tile its colour"),
        ),
        (_, "provider") => words(
            ("提供者", "Provider"),
            (
                "評価では、公共と民間を分けて数えます",
                "Figures part government from private",
            ),
        ),
        (_, "icon") => words(
            ("絵", "Icon"),
            (
                "タイルの左に出ます。ひとつ選んでください",
                "It stands on the tile; choose one",
            ),
        ),
        (_, "content") => words(
            ("内容", "Content"),
            (
                "何を、どこから持ってきて見せるか",
                "What it shows, and where that comes from",
            ),
        ),
        (_, "text") => words(
            ("本文", "Text"),
            (
                "1000文字まで。段落のあいだは1行あけます",
                "Up to 1000 letters; an empty line parts two paragraphs",
            ),
        ),
        (Part::Message, "until") => words(
            ("終わりの日", "Last day"),
            (
                "この日まで見せます。古いお便りは、ひとりでに消えます",
                "Shown until this day; then it goes by itself",
            ),
        ),
        (_, "from") => words(
            ("はじめの日（なくてもよい）", "First day (may be empty)"),
            ("この日から見せます", "Shown from this day on"),
        ),
        (_, "until") => words(
            ("終わりの日（なくてもよい）", "Last day (may be empty)"),
            ("この日まで見せます", "Shown until this day"),
        ),
        (Part::Council, "areas") => words(
            ("市区町村の番号", "Municipality codes"),
            (
                "5けた。いくつかあるときはコンマで分けます",
                "Five digits each, parted by commas",
            ),
        ),
        (_, "areas") => words(
            ("見せる市区町村", "Municipalities"),
            (
                "しるしをつけなければ、どこに住む人にも見せます",
                "Shown everywhere where none is ticked",
            ),
        ),
        (_, "age_bands") => words(
            ("見せる年齢", "Ages"),
            (
                "しるしをつけなければ、何歳の人にも見せます",
                "Shown at every age where none is ticked",
            ),
        ),
        (_, "cohorts") => words(
            ("見せる貸出期", "Cohorts"),
            (
                "しるしをつけなければ、どの時期に借りた人にも見せます",
                "Shown to every cohort where none is ticked",
            ),
        ),
        (_, "colour") => words(
            ("色", "Colour"),
            (
                "#1f4e9c のように。白い絵が見えるように、濃い色にします",
                "Such as #1f4e9c; dark enough for white icons",
            ),
        ),
        (_, "kind") => words(
            ("公共か民間か", "Government or private"),
            (
                "評価では、公共と民間を分けて数えます",
                "Figures part government from private",
            ),
        ),
        (_, "telephone") => words(
            ("電話（なくてもよい）", "Telephone (may be empty)"),
            ("ハイフンを入れて", "With hyphens"),
        ),
        (_, "helper_telephone") => words(
            ("困ったときの電話", "Helper's telephone"),
            (
                "タブレットのあちこちに大きく出ます",
                "It stands large on many screens",
            ),
        ),
        (_, "neighbourhoods") => words(
            (
                "町丁目の一覧（なくてもよい）",
                "Neighbourhoods (may be empty)",
            ),
            (
                "services.toml の横にある CSV（name、reading、lat、lon）。住民が、どこから道のりを数えるかを選べます",
                "A CSV beside services.toml (name, reading, lat, lon): residents choose from where ways are counted",
            ),
        ),
        (_, "off") => words(
            ("見せるか", "Shown or not"),
            (
                "しまっておくと、内容はそのまま、タブレットには出ません",
                "Put away, it stays here as it is and is on no tablet",
            ),
        ),
        (_, "id") => words(
            ("id", "Id"),
            (
                "ほかと重ならない英小文字。あとで変えると、利用の記録がつながらなくなります",
                "Small letters, unlike any other. Changed later, records no longer belong together",
            ),
        ),
        _ => words(("内容", "Content"), ("", "")),
    }
}

/// A difference in a sentence.
pub fn change(tongue: Tongue, change: &Change) -> String {
    let nothing = tongue.say("（なし）", "(nothing)");
    let or_nothing = |text: &str| match text {
        "" => nothing.to_owned(),
        text => text.replace('\n', " "),
    };
    // A tile is what one speaks of; everything else is named.
    let of = |of: Part| {
        let (japanese, english) = part(of);
        match (of, tongue) {
            (Part::Tile, _) => String::new(),
            (_, Tongue::Japanese) => japanese.to_owned(),
            (_, Tongue::English) => format!("{english}: "),
        }
    };
    match (tongue, change) {
        (Tongue::Japanese, Change::Added(part, name)) => {
            format!("{}「{name}」を加えます", of(*part))
        }
        (Tongue::English, Change::Added(part, name)) => format!("{}“{name}” is added", of(*part)),
        (Tongue::Japanese, Change::Removed(part, name)) => {
            format!("{}「{name}」をなくします", of(*part))
        }
        (Tongue::English, Change::Removed(part, name)) => {
            format!("{}“{name}” is removed", of(*part))
        }
        (
            _,
            Change::Changed {
                name,
                field: "off",
                is_now,
                ..
            },
        ) => match (tongue, is_now == "true") {
            (Tongue::Japanese, true) => format!("「{name}」をしまいます"),
            (Tongue::Japanese, false) => format!("「{name}」をまた見せます"),
            (Tongue::English, true) => format!("“{name}” is put away"),
            (Tongue::English, false) => format!("“{name}” is shown again"),
        },
        (
            _,
            Change::Changed {
                part,
                name,
                field: changed,
                was,
                is_now,
            },
        ) => {
            let (japanese, english) = field(*part, changed).name;
            let (was, is_now, of) = (or_nothing(was), or_nothing(is_now), of(*part));
            match tongue {
                Tongue::Japanese => {
                    let japanese = japanese.trim_end_matches("（なくてもよい）");
                    format!("{of}「{name}」の{japanese}：{was} → {is_now}")
                }
                Tongue::English => {
                    let english = english.trim_end_matches(" (may be empty)").to_lowercase();
                    format!("{of}“{name}”, {english}: {was} → {is_now}")
                }
            }
        }
        (Tongue::Japanese, Change::Reordered(of)) => {
            format!("{}の順番を変えます", part(*of).0)
        }
        (Tongue::English, Change::Reordered(of)) => {
            format!("The order of the {} is another", part(*of).1.to_lowercase())
        }
        (_, Change::Setting { name, was, is_now }) => {
            let setting = tongue.say("設定", "Setting");
            format!(
                "{setting} {name}: {} → {}",
                or_nothing(was),
                or_nothing(is_now)
            )
        }
        (_, Change::Besides) => tongue
            .say(
                "書きかた（メモなど）だけが変わります",
                "Only the way it is written changes, such as a comment",
            )
            .to_owned(),
    }
}
