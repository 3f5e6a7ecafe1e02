//! Every message that the programs say stands in the file of every language, and nothing else does.

mod used;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use rspolib::{POEntry, POFile, prelude::*};
use used::{Sources, Used};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn sources() -> Sources {
    let sources = used::read(root());
    assert!(
        sources.used.len() > 1_000,
        "only {} messages",
        sources.used.len()
    );
    sources
}

/// The files of the languages, by their names.
fn languages() -> BTreeMap<String, POFile> {
    let entries = fs::read_dir(root().join("assets/languages")).expect("the folder can be read");
    let paths = entries.flatten().map(|entry| entry.path());
    let files = paths.filter(|path| path.extension().is_some_and(|it| it == "po"));
    files
        .map(|path| {
            let file = rspolib::pofile(path.as_path()).unwrap_or_else(|why| panic!("{why}"));
            (
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                file,
            )
        })
        .collect()
}

fn key(entry: &POEntry) -> (String, String) {
    (
        entry.msgctxt.clone().unwrap_or_default(),
        entry.msgid.clone(),
    )
}

/// The names of the places of a text; of the face's, which have none, how many there are.
fn places(text: &str) -> BTreeSet<String> {
    let pieces = text.split('{').skip(1);
    let names = pieces.filter_map(|piece| Some(piece.split_once('}')?.0.to_owned()));
    let names = names.filter(|it| it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_'));
    names
        .enumerate()
        .map(|(at, name)| {
            if name.is_empty() {
                at.to_string()
            } else {
                name
            }
        })
        .collect()
}

/// The lines of a message, to be copied into a file that lacks it.
fn lines(one: &Used) -> String {
    let context = if one.context.is_empty() {
        String::new()
    } else {
        format!("msgctxt {:?}\n", one.context)
    };
    let forms = if one.is_plural {
        format!(
            "msgid_plural {:?}\nmsgstr[0] \"\"\nmsgstr[1] \"\"",
            one.japanese
        )
    } else {
        "msgstr \"\"".to_owned()
    };
    format!(
        "#. {}\n{context}msgid {:?}\n{forms}\n",
        one.at, one.japanese
    )
}

#[test]
fn every_message_stands_in_every_language_and_no_other() {
    let sources = sources();
    for (name, file) in languages() {
        let mut known: BTreeMap<_, _> = BTreeMap::new();
        for entry in &file.entries {
            assert!(
                !entry.obsolete,
                "{name} keeps `{}`, which is obsolete",
                entry.msgid
            );
            let is_new = known.insert(key(entry), entry).is_none();
            assert!(is_new, "{name} says `{}` twice", entry.msgid);
        }
        let mut missing = BTreeMap::new();
        let mut unused: BTreeSet<_> = known.keys().cloned().collect();
        for one in &sources.used {
            let key = (one.context.clone(), one.japanese.clone());
            unused.remove(&key);
            match known.get(&key) {
                Some(entry) if entry.msgid_plural.is_some() == one.is_plural => {}
                _ => {
                    missing.entry(key).or_insert_with(|| lines(one));
                }
            }
        }
        let missing: Vec<String> = missing.into_values().collect();
        assert!(
            missing.is_empty(),
            "{name} lacks:\n\n{}",
            missing.join("\n")
        );
        assert!(
            unused.is_empty(),
            "{name} says what nobody says: {unused:#?}"
        );
    }
}

#[test]
fn english_is_whole() {
    let languages = languages();
    for entry in &languages["en.po"].entries {
        assert!(entry.translated(), "`{}` has no English", entry.msgid);
    }
}

#[test]
fn every_form_fills_the_places_that_there_are() {
    let sources = sources();
    for (name, file) in languages() {
        let known: BTreeMap<_, _> = file.entries.iter().map(|it| (key(it), it)).collect();
        for one in &sources.used {
            let Some(entry) = known.get(&(one.context.clone(), one.japanese.clone())) else {
                continue;
            };
            let asked = places(&one.japanese);
            let given = one.places.as_ref().unwrap_or(&asked);
            assert!(
                asked.is_subset(given),
                "{}: a place of `{}` is not filled",
                one.at,
                one.japanese
            );
            let forms = entry.msgstr.iter().chain(&entry.msgstr_plural);
            for form in forms.filter(|form| !form.is_empty()) {
                let told = places(form);
                let fits = if one.is_plural || asked != *given {
                    // A language says as much as it needs, and a number need not stand in every form.
                    told.is_subset(given)
                } else {
                    told == asked
                };
                assert!(
                    fits,
                    "{name}, {}: `{form}` has other places than `{}`",
                    one.at, one.japanese
                );
            }
        }
    }
}

#[test]
fn every_plural_has_all_its_forms() {
    for (name, file) in languages() {
        let forms = file
            .metadata
            .get("Plural-Forms")
            .expect("the head says them");
        let count = forms
            .split(';')
            .find_map(|it| it.trim().strip_prefix("nplurals="));
        let count: usize = count.expect("a number").parse().expect("a number");
        for entry in file.entries.iter().filter(|it| it.msgid_plural.is_some()) {
            assert_eq!(
                entry.msgstr_plural.len(),
                count,
                "{name}: `{}`",
                entry.msgid
            );
        }
    }
}

#[test]
fn no_text_stands_beside_its_translation() {
    let sources = sources();
    assert!(sources.pairs.is_empty(), "{}", sources.pairs.join("\n"));
    assert!(sources.bare.is_empty(), "{}", sources.bare.join("\n"));
}
