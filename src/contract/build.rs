//! Lists the icons that lie in `assets/icons` with their pictures, so that a catalogue can be told which exist, and
//! whoever chooses one sees it.

use std::{env, fs, path::Path};

fn main() {
    let icons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/icons");
    println!("cargo::rerun-if-changed={}", icons.display());
    let mut names: Vec<String> = fs::read_dir(&icons)
        .expect("the folder assets/icons belongs to the repository")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".svg").map(str::to_owned))
        .collect();
    names.sort();
    let target = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("icon_names.rs");
    fs::write(target, format!("&{names:?}")).expect("OUT_DIR is writable");
    let pictures: Vec<String> = names
        .iter()
        .map(|name| fs::read_to_string(icons.join(format!("{name}.svg"))).expect("a picture"))
        .collect();
    let target = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("icon_pictures.rs");
    fs::write(target, format!("&{pictures:?}")).expect("OUT_DIR is writable");
}
