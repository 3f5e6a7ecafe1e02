//! The settings: one file, which the environment and the flags overrule, and which says where it is wrong.

use std::{
    path::Path,
    process::{Command, Output},
};

use kairan_tests::{
    council::Council,
    programs::{Backend, program},
};

/// A server's machine: its settings file, and what its environment says.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn with_settings(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("kairan.toml"), text).expect("writes");
        Self { folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn kairan(&self, arguments: &[&str], environment: &[(&str, &Path)]) -> Output {
        let mut command = Command::new(program("kairan"));
        command.current_dir(self.folder.path());
        command.args(arguments).envs(environment.iter().copied());
        command.output().expect("runs")
    }

    fn code(&self, arguments: &[&str], environment: &[(&str, &Path)]) {
        let output = self.kairan(arguments, environment);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }

    fn has_database(&self, folder: &str) -> bool {
        self.path(folder).join("kairan.sqlite").is_file()
    }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let machine = Machine::with_settings("data = \"by-file\"\n");
    let file = machine.path("kairan.toml");
    let named = file.to_str().expect("UTF-8");
    let (by_environment, by_flag) = (machine.path("by-environment"), machine.path("by-flag"));

    machine.code(&["enrolment-code", "--settings", named], &[]);
    // Its folder counts from where the file lies, wherever the command is run.
    assert!(machine.has_database("by-file"));

    let environment: &[(&str, &Path)] =
        &[("KAIRAN_SETTINGS", &file), ("KAIRAN_DATA", &by_environment)];
    machine.code(&["enrolment-code"], environment);
    assert!(machine.has_database("by-environment"));

    let flag = by_flag.to_str().expect("UTF-8");
    machine.code(&["enrolment-code", "--data", flag], environment);
    assert!(machine.has_database("by-flag"));
}

#[test]
fn a_server_runs_by_its_settings_file_alone() {
    let council = Council::new();
    let machine = Machine::with_settings(&format!(
        "data = \"data\"\ncatalogue = {:?}\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.0/8\"]\n",
        council.catalogue()
    ));
    let server = kairan_tests::programs::Backend::start_by(&[
        "--settings",
        machine.path("kairan.toml").to_str().expect("UTF-8"),
    ]);
    assert!(machine.has_database("data"));
    server.stop();
}

#[test]
fn what_is_wrong_in_the_settings_is_told_with_its_line_and_how_to_mend_it() {
    let machine = Machine::with_settings("data = \"data\"\nlisten = 8080\ntrusted_proxy = []\n");
    let file = machine.path("kairan.toml");
    let output = machine.kairan(
        &["serve", "--settings", file.to_str().expect("UTF-8")],
        &[("LC_ALL", Path::new("C"))],
    );
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    for expected in [
        "kairan.toml:2:10: `listen` has the wrong form — write a text in quotes",
        "kairan.toml:3:1: the key `trusted_proxy` is not known here — did you mean `trusted_proxies`?",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(!machine.has_database("data"), "nothing was begun");

    let japanese = machine.kairan(
        &[
            "enrolment-code",
            "--settings",
            file.to_str().expect("UTF-8"),
        ],
        &[("LC_ALL", Path::new("ja_JP.UTF-8"))],
    );
    let said = String::from_utf8_lossy(&japanese.stderr);
    assert!(
        said.contains("`trusted_proxies` のことではありませんか"),
        "{said}"
    );
}

#[test]
fn without_a_data_folder_one_is_told_the_three_places_for_it() {
    let machine = Machine::with_settings("");
    let output = machine.kairan(&["enrolment-code"], &[]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    for place in ["--data", "KAIRAN_DATA", "data = "] {
        assert!(said.contains(place), "{said}");
    }
}

#[test]
fn a_secret_is_taken_from_its_file_and_never_shown() {
    let machine = Machine::with_settings("data = \"data\"\ndatabase_file = \"secret\"\n");
    let file = machine.path("kairan.toml");
    let ask = || {
        let output = machine.kairan(
            &[
                "enrolment-code",
                "--settings",
                file.to_str().expect("UTF-8"),
            ],
            &[],
        );
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = ask();
    assert!(said.contains("cannot read the secret in"), "{said}");
    std::fs::write(machine.path("secret"), "mysql://a:geheim@b/c\n").expect("writes");
    let said = ask();
    assert!(said.contains("is no database address"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
    // This one is understood, and asked: nobody listens there.
    std::fs::write(
        machine.path("secret"),
        "postgres://a:geheim@127.0.0.1:1/c\n",
    )
    .expect("writes");
    let said = ask();
    assert!(said.contains("cannot open the database"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn nobody_else_on_the_machine_reads_the_data_and_open_secrets_are_told_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let machine = Machine::with_settings("data = \"data\"\n");
    let file = machine.path("kairan.toml");
    let file = file.to_str().expect("UTF-8");
    // Several at once on an empty folder: each waits for the one that lays the tables.
    std::thread::scope(|scope| {
        let codes = || machine.code(&["enrolment-code", "--settings", file], &[]);
        for _ in 0..4 {
            scope.spawn(codes);
        }
    });
    let mode = |name: &str| {
        let seen = std::fs::metadata(machine.path(name)).expect("is there");
        seen.permissions().mode() & 0o777
    };
    assert_eq!(mode("data"), 0o700);

    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[mail]\nserver = \"mail.example\"\nfrom = \"kairan@city.example\"\nuser = \"kairan\"\npassword_file = \"pw\"\n";
    std::fs::write(file, text).expect("writes");
    let secret = machine.path("pw");
    std::fs::write(&secret, "geheim").expect("writes");
    let told = |mode| {
        let allowed = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&secret, allowed).expect("sets");
        let council = Council::new();
        let server = tempfile::tempdir().expect("a folder");
        let more = ["--settings", file];
        let backend = Backend::start_at(&council, server.path(), "127.0.0.1:0", &more);
        let log = backend.log();
        backend.stop();
        log.contains("may read the secret in")
    };
    assert!(told(0o644));
    assert!(!told(0o600));
}

#[test]
fn everybody_is_no_proxy_and_a_network_has_no_host_in_it() {
    for (network, told) in [
        ("0.0.0.0/0", "it is everybody"),
        ("::/0", "it is everybody"),
        ("10.0.0.7/8", "did you mean 10.0.0.0/8?"),
    ] {
        let text = format!("data = \"data\"\ntrusted_proxies = [\"{network}\"]\n");
        let machine = Machine::with_settings(&text);
        let file = machine.path("kairan.toml");
        let file = file.to_str().expect("UTF-8");
        let output = machine.kairan(&["serve", "--settings", file], &[]);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        let flag = machine.kairan(
            &["serve", "--data", "data", "--trusted-proxies", network],
            &[],
        );
        let flag = String::from_utf8_lossy(&flag.stderr);
        assert!(said.contains(told) || flag.contains(told), "{said}{flag}");
        assert!(!flag.contains("listening"), "{flag}");
    }
}
