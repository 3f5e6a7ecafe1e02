//! Whatever the face asks for is a command that somebody knows.

use std::{fs, path::Path};

use kairan_tablet::{screens::SCREENS, session::Command};

#[test]
fn every_command_that_the_face_names_is_known() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let mut named = 0;
    for folder in ["parts", "screens"] {
        for entry in fs::read_dir(ui.join(folder)).expect("reads").flatten() {
            let source = fs::read_to_string(entry.path()).expect("reads");
            for piece in source.split("Touches.tap(\"").skip(1) {
                let name = piece.split('"').next().unwrap_or_default();
                let mut own = SCREENS.iter().flat_map(|screen| screen.own_commands());
                let is_known = Command::NAMES.contains(&name) || own.any(|it| *it == name);
                assert!(is_known, "`{name}` in {}", entry.path().display());
                named += 1;
            }
        }
    }
    assert!(named > 30, "only {named} were found");
}
