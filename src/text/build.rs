//! Makes the words of every language from the files of `assets/languages`: each file is a language of all programs, and
//! nothing else names it.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use rspolib::{POEntry, POFile, prelude::*};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/languages");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "po") {
            files.push(path);
        }
    }
    files.sort();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut list = String::from("&[\n");
    for path in files {
        let language = translation(&path, &out);
        list.push_str(&language.map_err(|why| format!("{}: {why}", path.display()))?);
    }
    list.push(']');
    fs::write(out.join("languages.rs"), list)?;
    Ok(())
}

/// A language as a literal of a `Translation`.
fn translation(path: &Path, out: &Path) -> Result<String, Box<dyn Error>> {
    let file = rspolib::pofile(path)?;
    let said = |header: &str| {
        let value = file.metadata.get(header);
        value.ok_or_else(|| format!("its head does not say {header}"))
    };
    let (tag, name) = (said("Language")?, said("X-Language-Name")?);
    if path.file_stem() != Some(tag.as_ref()) {
        return Err(format!("it is called otherwise than its language, {tag}").into());
    }
    let mut words = BTreeMap::new();
    for entry in file.translated_entries() {
        let forms = if entry.msgid_plural.is_some() {
            entry.msgstr_plural.clone()
        } else {
            entry.msgstr.clone().into_iter().collect()
        };
        let context = entry.msgctxt.as_deref().unwrap_or_default();
        if words
            .insert((context, entry.msgid.as_str()), forms)
            .is_some()
        {
            return Err(format!("it says `{}` twice", entry.msgid).into());
        }
    }
    let plural_forms = out.join(format!("{tag}.mo"));
    fs::write(
        &plural_forms,
        numbers_of_forms(said("Plural-Forms")?)?.as_bytes(),
    )?;
    let mut literal = String::new();
    writeln!(literal, "Translation {{ tag: {tag:?}, name: {name:?},")?;
    // It lies beside the list of the languages.
    writeln!(literal, "plural_forms: include_bytes!(\"{tag}.mo\"),")?;
    writeln!(literal, "words: &[")?;
    for ((context, japanese), forms) in words {
        writeln!(literal, "({context:?}, {japanese:?}, &{forms:?}),")?;
    }
    writeln!(literal, "] }},")?;
    Ok(literal)
}

/// A file with one message, which says in each of its forms the number of that form.
fn numbers_of_forms(plural_forms: &str) -> Result<POFile, Box<dyn Error>> {
    let count = plural_forms
        .split(';')
        .find_map(|part| part.trim().strip_prefix("nplurals="));
    let count: usize = count
        .ok_or("its Plural-Forms do not say nplurals")?
        .trim()
        .parse()?;
    let mut entry = POEntry::from("n");
    entry.msgid_plural = Some("n".to_owned());
    entry.msgstr_plural = (0..count).map(|form| form.to_string()).collect();
    let mut file = POFile::new("".into());
    // Who reads it knows the formula only without the space that every other program writes before it.
    let plural_forms = plural_forms.replace("; plural", ";plural");
    file.metadata
        .insert("Plural-Forms".to_owned(), plural_forms);
    file.entries.push(entry);
    Ok(file)
}
