//! The demonstration that `make run` starts: on the loopback only, and its console lets nobody in without a password.

use std::process::Command;

use kairan_tests::{council::Council, office::location, programs::Backend};
use reqwest::{Client, StatusCode, redirect::Policy};

#[test]
fn make_run_listens_on_the_loopback_and_lets_in_nobody() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let output = Command::new("make")
        .args(["--dry-run", "--no-print-directory", "run"])
        .current_dir(folder)
        .output()
        .expect("make runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let serve = said.lines().find(|line| line.contains("kairan serve"));
    let serve = serve.expect("it starts a backend");
    assert!(serve.contains("--listen 127.0.0.1:"), "{serve}");
    assert!(!said.contains("--plain-http") && !said.contains("people add"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_of_a_demonstration_opens_for_nobody_without_a_password() {
    let (council, data) = (Council::new(), tempfile::tempdir().expect("a folder"));
    let data = data.path().join("backend");
    let backend = Backend::start_at(&council, &data, "127.0.0.1:0", &["--demo"]);
    assert!(backend.address.starts_with("http://127.0.0.1:"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(Policy::none()).build();
    let client = client.expect("a client");
    for path in [
        "",
        "/tiles",
        "/people",
        "/tablets",
        "/audit",
        "/tiles/services.zip",
    ] {
        let asked = client.get(format!("{}/console{path}", backend.address));
        let answer = asked.send().await.expect("answers");
        assert!(location(&answer).starts_with("/console/sign-in"), "{path}");
    }
    for (name, password) in [("admin", "admin"), ("demo", "demo"), ("hana", ""), ("", "")] {
        let asked = client.post(format!("{}/console/sign-in", backend.address));
        let asked = asked.header("content-type", "application/x-www-form-urlencoded");
        let asked = asked.body(format!("name={name}&password={password}"));
        let answer = asked.send().await.expect("answers");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
    }
}
