//! Lists the files of `assets/languages`: each is a language of all programs, and nothing else names it.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/languages");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "po") {
            files.push(path.canonicalize()?);
        }
    }
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        let catalogue =
            rspolib::pofile(path.as_path()).map_err(|why| format!("{}: {why}", path.display()))?;
        let said = |header: &str| {
            let value = catalogue.metadata.get(header);
            value.ok_or_else(|| format!("{}: its head does not say {header}", path.display()))
        };
        let (language, name) = (said("Language")?, said("X-Language-Name")?);
        said("Plural-Forms")?;
        writeln!(
            list,
            "    ({language:?}, {name:?}, include_str!({path:?})),"
        )?;
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("languages.rs"), list)?;
    Ok(())
}
