//! Bad input: one clear sentence that says what and how to mend it, and an exit code that is not
//! nought.

use std::{path::Path, process::Command};

use kairan_tests::{
    council::Council,
    programs::{Backend, program},
};

fn fails(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(program(name))
        .args(arguments)
        .env_remove("LANG")
        .output()
        .expect("runs");
    assert!(!output.status.success(), "{name} {arguments:?} should fail");
    assert!(
        output.status.code().is_some_and(|code| code != 101),
        "{name} {arguments:?} panicked"
    );
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn wrong_arguments_are_told_in_a_sentence() {
    let folder = tempfile::tempdir().expect("dir");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("writes");
    let (file, catalogue) = (text(&file), Council::new());
    let catalogue_path = catalogue.catalogue();
    let catalogue_path = text(&catalogue_path);
    let data = folder.path().join("data");
    let data = text(&data);
    let cases: [(&str, &[&str], &str); 10] = [
        (
            "kairan",
            &["check", "/no/such/file.toml"],
            "cannot read /no/such/file.toml",
        ),
        ("kairan", &["check", "/"], "cannot read /"),
        (
            "kairan",
            &["serve", "--data", file, "--catalogue", catalogue_path],
            "cannot make the folder",
        ),
        (
            "kairan",
            &["serve", "--data", data, "--catalogue", "/no/such.toml"],
            "cannot read /no/such.toml",
        ),
        (
            "kairan",
            &[
                "serve",
                "--data",
                data,
                "--listen",
                "0.0.0.0:1",
                "--catalogue",
                catalogue_path,
            ],
            "--plain-http",
        ),
        (
            "kairan",
            &[
                "serve",
                "--data",
                data,
                "--database",
                "mysql://a:secret@b/c",
                "--catalogue",
                catalogue_path,
            ],
            "is no database address",
        ),
        (
            "kairan",
            &["serve", "--data", data, "--listen", "here"],
            "invalid value 'here'",
        ),
        (
            "kairan-tablet",
            &["--diagonal", "0"],
            "measure it from corner to corner",
        ),
        ("kairan-tablet", &["--enrol", "12345"], "six digits"),
        (
            "kairan-tablet",
            &["screens", "--out", data, "--profile", "watch"],
            "use one of: tablet-10,",
        ),
    ];
    for (name, arguments, expected) in cases {
        let said = fails(name, arguments);
        assert!(said.contains(expected), "{name} {arguments:?} said: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let (council, server) = (Council::new(), tempfile::tempdir().expect("dir"));
    let backend = Backend::start(&council, server.path());
    let other = tempfile::tempdir().expect("dir");
    let said = fails(
        "kairan",
        &[
            "serve",
            "--data",
            text(other.path()),
            "--catalogue",
            text(&council.catalogue()),
            "--listen",
            &backend.host_and_port(),
        ],
    );
    assert!(
        said.contains("cannot listen on") && said.contains("--listen"),
        "{said}"
    );
    backend.stop();
}

#[test]
fn a_database_that_is_none_is_named() {
    let (council, server) = (Council::new(), tempfile::tempdir().expect("dir"));
    std::fs::write(
        server.path().join("kairan.sqlite"),
        "this is not a database".repeat(100),
    )
    .expect("writes");
    let said = fails(
        "kairan",
        &[
            "serve",
            "--data",
            text(server.path()),
            "--catalogue",
            text(&council.catalogue()),
        ],
    );
    assert!(said.contains("the database"), "{said}");
}
