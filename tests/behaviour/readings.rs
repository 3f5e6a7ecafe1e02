//! What the voice really says, by the trace of the synthesiser itself: names of warnings, the forecast's words, the
//! tablet's own, headlines and people's names. `tests/readings/` holds a line for each: the text, a tab, and its
//! reading as it sounds, in katakana. `KAIRAN_READINGS` names a file into which all that was said is written.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
};

use kairan_contract::Reading;
use kairan_tablet::speech::{Pronunciations, pieces};

const DICTIONARY: &str = "/var/lib/mecab/dic/open-jtalk/naist-jdic";
/// Where the sources lie.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// So many programs at once.
const AT_ONCE: usize = 2;

/// What a trace tells of a line: each word's pronunciation is the tenth of its columns. It is analysed as it would be
/// at any pace; a fast one is made sooner.
fn pronounced(line: &str, trace: &Path) -> String {
    let voice = Path::new(ROOT).join("assets/voice/mei_normal.htsvoice");
    let mut child = Command::new("open_jtalk")
        .args(["-x", DICTIONARY, "-r", "20", "-m"])
        .arg(voice)
        .arg("-ot")
        .arg(trace)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("make test installs open_jtalk");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(line.as_bytes()).expect("it listens");
    drop(stdin);
    assert!(child.wait().is_ok_and(|it| it.success()), "{line}");
    let told = std::fs::read(trace).expect("a trace");
    let told = String::from_utf8_lossy(&told).into_owned();
    let words = told.lines().skip(1).take_while(|line| !line.is_empty());
    let sounds = words.filter_map(|word| word.split(',').nth(9));
    sounds.collect()
}

/// How a text is said, as the tablet has it said.
fn said(text: &str, pronunciations: &Pronunciations, trace: &Path) -> String {
    let pieces = pieces(text, pronunciations);
    let said = pieces.iter().map(|(_, line)| pronounced(line, trace));
    said.collect()
}

/// The sounds alone: long vowels however they are written, without pauses and marks.
fn sounds(reading: &str) -> String {
    const ROWS: [(&str, &str); 5] = [
        ("アカガサザタダナハバパマヤラワァャ", "アァ"),
        ("イキギシジチヂニヒビピミリィ", "イィ"),
        ("ウクグスズツヅヌフブプムユルゥュヴ", "ウゥ"),
        ("エケゲセゼテデネヘベペメレェ", "エイ"),
        ("オコゴソゾトドノホボポモヨロヲォョ", "オウ"),
    ];
    let mut sounds = String::new();
    let mut row = None;
    for letter in reading.chars() {
        let letter = match letter {
            'ぁ'..='ゖ' => char::from_u32(u32::from(letter) + 0x60).unwrap_or(letter),
            other => other,
        };
        let letter = match letter {
            'ヂ' => 'ジ',
            'ヅ' => 'ズ',
            'ヲ' => 'オ',
            '’' | '、' | '。' | ' ' | '　' => continue,
            other => other,
        };
        let is_long = row.is_some_and(|row: usize| ROWS[row].1.contains(letter));
        let letter = if is_long { 'ー' } else { letter };
        if letter != 'ー' {
            row = ROWS.iter().position(|(row, _)| row.contains(letter));
        }
        sounds.push(letter);
    }
    sounds
}

/// A table: what is written, and how it sounds.
fn table(name: &str) -> Vec<(String, String)> {
    let path = Path::new(ROOT).join("tests/readings").join(name);
    let text = std::fs::read_to_string(&path).expect("a table");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (written, spoken) = line.split_once('\t').expect("a tab in each line");
            (written.to_owned(), spoken.to_owned())
        })
        .collect()
}

/// Has the whole table said, and tells every reading that is wrong.
fn reads_as_written(name: &str, least: usize) {
    let table = table(name);
    assert!(table.len() >= least, "{} lines in {name}", table.len());
    let folder = tempfile::tempdir().expect("a folder");
    let pronunciations = Pronunciations::default();
    let given = Mutex::new(BTreeMap::new());
    let share = table.len().div_ceil(AT_ONCE);
    std::thread::scope(|scope| {
        for (number, share) in table.chunks(share).enumerate() {
            let (given, pronunciations) = (&given, &pronunciations);
            let trace = folder.path().join(number.to_string());
            scope.spawn(move || {
                for (text, _) in share {
                    let said = said(text, pronunciations, &trace);
                    given.lock().expect("not poisoned").insert(text, said);
                }
            });
        }
    });
    let given = given.into_inner().expect("not poisoned");
    let (mut all, mut wrong) = (String::new(), String::new());
    for (text, expected) in &table {
        let said = &given[text];
        let _ = writeln!(all, "{text}\t{said}");
        if sounds(said) != sounds(expected) {
            let _ = writeln!(wrong, "{text}\t{said}\tand not\t{expected}");
        }
    }
    println!("{name}: the reading that was really given\n{all}");
    if let Some(path) = std::env::var_os("KAIRAN_READINGS").map(PathBuf::from) {
        let mut file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(path)
            .expect("a file");
        write!(file, "{name}\n{all}\n").expect("writes");
    }
    assert!(wrong.is_empty(), "read wrongly in {name}:\n{wrong}");
}

#[test]
fn readings_of_every_warning() {
    reads_as_written("warnings.tsv", 50);
}

#[test]
fn readings_of_every_word_of_the_forecast() {
    reads_as_written("weather.tsv", 150);
}

#[test]
fn readings_of_the_tablets_own_words() {
    reads_as_written("words.tsv", 300);
}

#[test]
fn readings_of_two_hundred_headlines() {
    reads_as_written("headlines.tsv", 200);
}

#[test]
fn readings_of_names_in_every_form_of_their_characters() {
    reads_as_written("names.tsv", 30);
}

#[test]
fn readings_of_words_that_look_like_others() {
    reads_as_written("look-alikes.tsv", 30);
}

#[test]
fn readings_of_the_council_go_before_all() {
    let council =
        [("日田町", "にったちょう"), ("高潮", "こうちょう")].map(|(written, spoken)| Reading {
            written: written.to_owned(),
            spoken: spoken.to_owned(),
        });
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    let said = |text: &str| said(text, &Pronunciations::of(&council), &trace);
    assert_eq!(
        sounds(&said("日田町の集い")),
        sounds("ニッタチョーノツドイ")
    );
    assert_eq!(sounds(&said("高潮警報")), sounds("コーチョーケーホー"));
}

/// What the tablet itself says: the face's texts and those that are put together in the program.
fn own_words() -> Vec<String> {
    let mut words = Vec::new();
    let face = Path::new(ROOT).join("ui");
    for file in files(&face, "slint") {
        let text = std::fs::read_to_string(&file).expect("reads");
        for rest in text.split("@tr(\"").skip(1) {
            words.extend(literal(rest));
        }
    }
    let program = Path::new(ROOT).join("src/tablet");
    // Tables of the voice, and sample content: they hold words that elsewhere are messages.
    let others = ["speech", "demonstration.rs", "tests", "tests.rs"];
    for file in files(&program, "rs") {
        let inside = file.strip_prefix(&program).expect("inside");
        if inside
            .iter()
            .any(|part| others.iter().any(|it| part == *it))
        {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("reads");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let text = lines.collect::<Vec<_>>().join("\n");
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once('"') {
            let Some(found) = literal(after) else { break };
            rest = after[found.len()..].get(1..).unwrap_or_default();
            words.push(found);
        }
    }
    // A label of one letter stands beside a figure, with which it is said.
    let is_said = |text: &String| {
        let kana_or_kanji = |each: char| each >= '\u{3041}' && each.is_alphanumeric();
        text.chars().count() > 1 && text.chars().any(kana_or_kanji)
    };
    // What is said to people is a message, and nothing else is.
    let languages = Path::new(ROOT).join("assets/languages/en.po");
    let languages = std::fs::read_to_string(languages).expect("reads");
    let messages: HashSet<&str> = languages
        .lines()
        .filter_map(|line| line.strip_prefix("msgid \"")?.strip_suffix('"'))
        .collect();
    words.retain(|it| messages.contains(it.as_str()));
    // By these rows names are sorted; nobody hears them.
    let rows = "あいう かきく さしす たちつ なにぬ はひふ まみむ やゆよ らりる わをん";
    let is_row = |text: &String| rows.split(' ').any(|row| text.starts_with(row));
    let words = words.into_iter().filter(|it| is_said(it) && !is_row(it));
    words.map(|it| without_variables(&it)).collect()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
    found
}

/// The literal whose opening quote was just read, as it is written.
fn literal(after: &str) -> Option<String> {
    let mut is_escaped = false;
    let end = after.char_indices().find(|(_, letter)| {
        let ends = *letter == '"' && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        ends
    });
    end.map(|(end, _)| after[..end].to_owned())
}

/// With a word in the place of each variable, and lines as they are shown.
fn without_variables(literal: &str) -> String {
    let mut words = String::new();
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once('{') {
        words += before;
        words += "これ";
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    words += rest;
    let (mut line, mut pieces) = (String::new(), words.split("\\\n"));
    line += pieces.next().unwrap_or_default();
    pieces.for_each(|piece| line += piece.trim_start());
    line.replace("\\n", "。").replace("\\\"", "")
}

/// A new word of the tablet's needs a line in `tests/readings/words.tsv`, read and found right by a person.
#[test]
fn readings_are_known_of_every_word_of_the_tablets_own() {
    let known: Vec<String> = table("words.tsv")
        .into_iter()
        .map(|(text, _)| text)
        .collect();
    let mut unknown: Vec<String> = own_words()
        .into_iter()
        .filter(|text| !known.contains(text))
        .collect();
    unknown.sort();
    unknown.dedup();
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    let lines = unknown.iter().map(|text| {
        let said = said(text, &Pronunciations::default(), &trace);
        format!("{text}\t{said}\n")
    });
    let lines: String = lines.collect();
    assert!(
        lines.is_empty(),
        "check these readings and add them to tests/readings/words.tsv:\n{lines}"
    );
}
