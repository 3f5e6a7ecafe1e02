//! Where a tile's content comes from, as a clerk fills it in: a kind, an address, and further settings. In the catalogue
//! the three are one table.

use kairan_contract::Language;
use kairan_text::{Message, message, message_in};

use toml_edit::Value;

use kairan_catalogue::edit::{Typed, settings_of};

/// The fields of the form that together are `content`.
pub const KIND: &str = "content_kind";
pub const SOURCE: &str = "content_source";
pub const MORE: &str = "content_more";

/// The kinds, and what a clerk calls them.
const KINDS: [(&str, Message); 10] = [
    ("feed", message("お知らせの記事（RSS・Atom）")),
    ("page", message("自分で書いた文章")),
    ("places", message("施設の一覧（CSV）")),
    ("events", message("行事の予定（CSV・iCalendar）")),
    ("timetable", message("バスの時刻（GTFS-JP）")),
    ("weather", message("天気予報（気象庁）")),
    ("warnings", message("警報・注意報（気象庁）")),
    ("audio", message("音声の番組")),
    (
        "questionnaire",
        message_in("a tile's content", "アンケート"),
    ),
    ("entities", message("データ連携基盤（NGSI）")),
];
/// Kinds that are read from a file beside the catalogue, and nowhere else.
const OF_A_FILE: [&str; 3] = ["page", "audio", "questionnaire"];

/// The kinds for a form: as they are written, and as they are called.
pub fn kinds(language: Language) -> Vec<(String, String)> {
    KINDS
        .map(|(word, words)| (word.to_owned(), words.tr(language).to_owned()))
        .into()
}

/// What a clerk calls a kind.
pub fn name(kind: &str, language: Language) -> &str {
    let known = KINDS.iter().find(|(word, ..)| *word == kind);
    known.map_or(kind, |(_, words)| words.tr(language))
}

/// Takes the settings of a content apart: kind, address, and the others, one on each line.
pub fn apart(content: &str) -> [String; 3] {
    let Ok(settings) = settings_of(content) else {
        return [String::new(), String::new(), content.to_owned()];
    };
    let (mut kind, mut source, mut more) = (String::new(), String::new(), Vec::new());
    for (key, value) in settings {
        match (&*key, plain(&value)) {
            ("kind", Some(text)) => kind = text,
            ("url" | "file", Some(text)) if source.is_empty() => source = text,
            _ => more.push(format!("{key} = {}", value.trim())),
        }
    }
    [kind, source, more.join("\n")]
}

/// The text of a value that is one, as the catalogue will understand it.
pub fn plain(value: &str) -> Option<String> {
    let value: Value = value.trim().parse().ok()?;
    value.as_str().map(str::to_owned)
}

/// Puts together what a form has sent, so that the rest of the console knows one field only. What was typed stays, in
/// case it has to be given back.
pub fn put_together(typed: &mut Typed) {
    let Some(kind) = typed.get(KIND) else {
        return;
    };
    let text = |name| typed.get(name).map_or("", |text: &String| text.trim());
    let key = if OF_A_FILE.contains(&kind.as_str()) {
        "file"
    } else {
        "url"
    };
    let quoted = |text: &str| Value::from(text).to_string();
    let mut content = vec![format!("kind = {}", quoted(kind))];
    if !text(SOURCE).is_empty() {
        content.push(format!("{key} = {}", quoted(text(SOURCE))));
    }
    content.push(text(MORE).to_owned());
    let content = content.join("\n").trim().to_owned();
    typed.insert("content".to_owned(), content);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form([kind, source, more]: [&str; 3]) -> Typed {
        [(KIND, kind), (SOURCE, source), (MORE, more)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into()
    }

    #[test]
    fn what_is_taken_apart_is_put_together_again() {
        for content in [
            "kind = \"feed\"\nurl = \"https://city.example/rss\"\nexclude = [\"入札\"]",
            "kind = \"page\"\nfile = \"pool.md\"",
            "kind = \"weather\"\noffice = \"270000\"\narea = \"270000\"",
            "kind = \"places\"\nurl = 'a.csv'\nnear = [34.3, 134.0]\ncolumns.name = \"施設名\"",
        ] {
            let [kind, source, more] = apart(content);
            let mut typed = form([&kind, &source, &more]);
            put_together(&mut typed);
            let sorted = |content: &str| {
                let mut settings = settings_of(content).expect("reads");
                for setting in &mut settings {
                    setting.1 = setting.1.trim().replace('\'', "\"");
                }
                settings.sort();
                settings
            };
            assert_eq!(sorted(&typed["content"]), sorted(content), "{content}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_a_text_whatever_is_typed(kind in "(feed|page)", source in any::<String>()) {
            let mut typed = form([&kind, &source, ""]);
            put_together(&mut typed);
            let [_, found, more] = apart(&typed["content"]);
            prop_assert_eq!(found, source.trim());
            prop_assert_eq!(more, "");
        }
    }
}
