//! Bad input: one clear sentence that says what and how to mend it, and an exit code that is not
//! nought.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
};

use kairan_tests::{
    council::Council,
    house::House,
    programs::{Backend, Tablet, program},
    small_disk::SmallDisk,
    until,
};

use crate::usage_table::{complete_up_to, records};

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
        ("kairan-tablet", &["--enrol", "12345"], "eight digits"),
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

#[test]
fn a_tablet_whose_disk_is_full_goes_on_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount(4096) else {
        return;
    };
    let house = House::new();
    let backend = house.backend();
    let mut tablet = Tablet::start(
        &backend.address,
        disk.path(),
        Some(&backend.enrolment_code()),
    );
    tablet.wait_for("あたらしい記事 2件");
    disk.fill();
    for _ in 0..20 {
        tablet.go("市からのお知らせ", "敬老会をひらきます");
        tablet.go("はじめ", "ごみの出し方");
    }
    // What comes now cannot be kept, and the resident is told.
    house.council.publish_news(&["桜まつり"]);
    tablet.wait_for("新しい内容を しまえません");
    disk.make_room();
    tablet.go("市からのお知らせ", "桜まつり");
    // What waited is written as soon as there is room.
    until("the touches of the full disk", || {
        tablet.screen();
        let opened = records(house.server())
            .iter()
            .filter(|record| record.kind == "service_opened")
            .count();
        (opened >= 20).then_some(())
    });
    let last = tablet.close();
    assert!(complete_up_to(&records(house.server()), last.min(40)));
    backend.stop();
}

#[test]
fn a_backend_whose_disk_is_full_says_so_and_takes_everything_later() {
    let Some(disk) = SmallDisk::mount_for_all(6144) else {
        return;
    };
    let house = House::new();
    let backend = Backend::start(&house.council, disk.path());
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    disk.fill();
    for _ in 0..10 {
        tablet.go("天気", "ひだまり地方気象台");
        tablet.go("はじめ", "ごみの出し方");
    }
    until("the trouble in the log", || {
        backend
            .log()
            .contains("a request found the database unable")
            .then_some(())
    });
    disk.make_room();
    let written = tablet.durable;
    until("every record", || {
        complete_up_to(&records(disk.path()), written).then_some(())
    });
    tablet.close();
    backend.stop();
}

/// A backend that answers everything with the same.
fn answering(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().filter_map(Result::ok) {
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(answer);
            });
        }
    });
    address
}

#[test]
fn a_backend_that_answers_nonsense_changes_nothing_on_the_tablet() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    tablet.close();
    backend.stop();
    let nonsense: [&[u8]; 6] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
        b"HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"\x00\x01\x02 what?",
    ];
    for answer in nonsense {
        let mut tablet = house.tablet_at(&answering(answer));
        tablet.wait_for("今は つながっていません");
        tablet.go("市からのお知らせ", "敬老会をひらきます");
        tablet.go("敬老会をひらきます", "敬老会をひらきますの本文です。");
        tablet.close();
    }
    let mut tablet = house.tablet_at(&answering(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"));
    tablet.wait_for("登録が 終わっています");
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    tablet.close();
}
