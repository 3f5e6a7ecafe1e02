//! Every word of the face exists in English too. That none is left over, the tests of the languages' files say of all
//! programs at once.

use std::{collections::BTreeMap, fs, path::Path};

/// The texts of the face: what stands in `@tr("…")`.
fn texts_of_the_face(folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the face's folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            texts_of_the_face(&path, texts);
        } else if path.extension().is_some_and(|it| it == "slint") {
            let source = fs::read_to_string(&path).expect("reads");
            for piece in source.split("@tr(\"").skip(1) {
                let text = piece.split('"').next().unwrap_or_default();
                texts.insert(text.to_owned(), path.display().to_string());
            }
        }
    }
}

/// The English for each text, as the catalogue of translations has it.
fn translated(catalogue: &str) -> BTreeMap<&str, &str> {
    let mut lines = catalogue.lines().peekable();
    let mut found = BTreeMap::new();
    while let Some(line) = lines.next() {
        if let (Some(text), Some(next)) = (line.strip_prefix("msgid \""), lines.peek())
            && let Some(english) = next.strip_prefix("msgstr \"")
            && text != "\""
        {
            found.insert(text.trim_end_matches('"'), english.trim_end_matches('"'));
        }
    }
    found
}

#[test]
fn every_text_of_the_face_has_its_english() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let mut texts = BTreeMap::new();
    texts_of_the_face(&ui, &mut texts);
    assert!(texts.len() > 30, "only {} texts were found", texts.len());
    let catalogue = ui.join("../assets/languages/en.po");
    let catalogue = fs::read_to_string(catalogue).expect("reads");
    let translated = translated(&catalogue);
    for (text, file) in &texts {
        let english = translated.get(text.as_str()).copied().unwrap_or_default();
        assert!(!english.is_empty(), "`{text}` in {file} has no English");
        let holes = |text: &str| text.matches("{}").count();
        assert_eq!(holes(text), holes(english), "`{text}` says something else");
        assert!(english.is_ascii(), "`{english}` is not English");
    }
}
