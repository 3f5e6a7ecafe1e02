//! Headlines break between their phrases only: ours, and every real one in a folder of samples that
//! `KAIRAN_SAMPLES` names.

use kairan_text::{joined_by_phrase, phrases};

/// Inside a phrase: a place where a line may not break.
const WORD_JOINER: char = '\u{2060}';

/// The phrase as it must stand: nothing inside it lets a line break.
fn glued(phrase: &str) -> String {
    let mut glued = String::new();
    let mut before: Option<char> = None;
    for letter in phrase.trim().chars() {
        // Between letters and digits of ASCII no line breaks anyhow.
        let is_word = |it: char| it.is_ascii_alphanumeric();
        let needs = before.is_some_and(|it| {
            let has_space = it.is_whitespace() || letter.is_whitespace();
            let is_ascii = is_word(it) && is_word(letter);
            !has_space && !is_ascii
        });
        if needs {
            glued.push(WORD_JOINER);
        }
        glued.push(letter);
        before = Some(letter);
    }
    glued
}

/// The titles of the events and articles among the samples.
fn sample_headlines() -> Vec<String> {
    let Some(folder) = std::env::var_os("KAIRAN_SAMPLES") else {
        return Vec::new();
    };
    // Tests run in the folder of their crate; the variable is meant from the top of the project.
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let events = top.join(folder).join("events");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(events).expect("the samples").flatten() {
        let bytes = std::fs::read(entry.path()).expect("reads");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let names = reader.headers().cloned().unwrap_or_default();
        let at = names
            .iter()
            .position(|it| ["名称", "イベント名"].contains(&it));
        for row in reader.records().flatten() {
            found.extend(at.and_then(|at| row.get(at)).map(str::to_owned));
        }
    }
    found
}

#[test]
fn no_phrase_of_up_to_eight_letters_is_split() {
    let ours = include_str!("headlines.txt").lines().map(str::to_owned);
    let every: Vec<String> = ours.chain(sample_headlines()).collect();
    let mut checked = 0;
    for headline in &every {
        let joined = joined_by_phrase(headline);
        for phrase in phrases(headline) {
            if phrase.trim().chars().count() <= 8 {
                assert!(
                    joined.contains(&glued(&phrase)),
                    "`{phrase}` may be split in `{headline}`"
                );
                checked += 1;
            }
        }
    }
    println!("{checked} phrases of {} headlines", every.len());
    assert!(checked > 150, "only {checked} phrases were checked");
}
