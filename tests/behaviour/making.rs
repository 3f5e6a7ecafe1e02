//! `make run` as a person or a script stops it: what it started ends with it.

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::Path,
    process::Command,
};

use kairan_tests::until;

/// A program that says who it is and waits to be ended.
fn stub(folder: &Path, name: &str, begins: &str) {
    let path = folder.join(name);
    let pid = folder.join(format!("{name}.pid"));
    let script = format!(
        "#!/bin/sh\n{begins}\necho $$ > {0}.part && mv {0}.part {0}\nexec sleep 600\n",
        pid.display()
    );
    fs::write(&path, script).expect("writes");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may be run");
}

#[test]
fn whoever_ends_make_run_ends_the_backend_and_the_tablet() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let release = folder.path();
        // What is built already is built by nobody.
        stub(release, "cargo", "exit 0");
        let serves =
            "[ \"$1\" = serve ] || { echo 123456; exit; }\necho listening on http://127.0.0.1:9";
        stub(release, "kairan", serves);
        stub(release, "kairan-tablet", "");
        let top = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a top");
        let path = std::env::var("PATH").unwrap_or_default();
        let set = |name: &str, value: &Path| format!("{name}={}", value.display());
        let mut make = Command::new("make")
            .current_dir(top)
            .args(["run", "RUN_PACKAGES="])
            .arg(set("RELEASE", release))
            .arg(set("DEMONSTRATION", &release.join("demonstration")))
            .env("PATH", format!("{}:{path}", release.display()))
            .env("DISPLAY", ":none")
            .env_remove("MAKEFLAGS")
            .process_group(0)
            .spawn()
            .expect("make runs");
        let started = |name: &str| {
            until(name, || {
                fs::read_to_string(release.join(format!("{name}.pid"))).ok()
            })
        };
        let programs = [started("kairan"), started("kairan-tablet")];
        // A script knows make alone; Ctrl-C reaches everything that the terminal has in front.
        let whom = match signal {
            "INT" => format!("-{}", make.id()),
            _ => make.id().to_string(),
        };
        let mut kill = Command::new("kill");
        let killed = kill.args(["-s", signal, "--", &whom]).status();
        assert!(killed.expect("runs").success());
        make.wait().expect("ends");
        for program in programs {
            let process = format!("/proc/{}", program.trim());
            until("the end of what was started", || {
                (!Path::new(&process).exists()).then_some(())
            });
        }
    }
}
