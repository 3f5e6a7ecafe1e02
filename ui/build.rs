//! Compiles the face, embeds its fonts and icons, and lists the icons that tiles may name.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    compile_the_face();
    list_the_icons();
}

fn compile_the_face() {
    let configuration = slint_build::CompilerConfiguration::new()
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_bundled_translations(lay_out_the_languages())
        .with_debug_info(env::var_os("CARGO_FEATURE_ELEMENT_NAMES").is_some());
    slint_build::compile_with_config("tablet.slint", configuration).expect("the face compiles");
}

/// The words of every language, in the folders in which the face's compiler looks for them.
fn lay_out_the_languages() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/languages");
    println!("cargo::rerun-if-changed={}", folder.display());
    let bundle = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("languages");
    // A language that is gone leaves nothing behind.
    let _ = fs::remove_dir_all(&bundle);
    let files =
        fs::read_dir(&folder).expect("the folder assets/languages belongs to the repository");
    for path in files.filter_map(|entry| Some(entry.ok()?.path())) {
        let Some(language) = path
            .file_stem()
            .filter(|_| path.extension() == Some("po".as_ref()))
        else {
            continue;
        };
        let target = bundle.join(language).join("LC_MESSAGES");
        fs::create_dir_all(&target).expect("OUT_DIR is writable");
        fs::copy(&path, target.join("kairan-ui.po")).expect("OUT_DIR is writable");
    }
    bundle
}

fn list_the_icons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/icons");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut icons: Vec<_> = fs::read_dir(&folder)
        .expect("the folder assets/icons belongs to the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "svg"))
        .collect();
    // By name and not by path: `cloud` stands before `cloud-sun`, but `cloud.svg` after it.
    icons.sort_by_key(|path| path.file_stem().map(std::ffi::OsStr::to_owned));
    let mut table = String::from("&[\n");
    for path in icons {
        let name = path.file_stem().expect("has a name").to_string_lossy();
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").expect("a string takes it");
    }
    table.push(']');
    let target = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("icons.rs");
    fs::write(target, table).expect("OUT_DIR is writable");
}
