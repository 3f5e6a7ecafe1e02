//! The thread through every room: enrol, sync, lose the network, read on, and find the touches
//! in the backend afterwards, each once.

use kairan_tests::{
    council::Council,
    programs::{Backend, Tablet},
    until,
};

use crate::usage_table::{complete_up_to, records};

#[test]
fn content_stays_readable_without_the_backend_and_touches_arrive_after_it_returns() {
    let (council, server, tablet_data) = (
        Council::new(),
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let backend = Backend::start(&council, server.path());
    let (address, port) = (backend.address.clone(), backend.host_and_port());

    let mut tablet = Tablet::start(
        &address,
        tablet_data.path(),
        Some(&backend.enrolment_code()),
    );
    tablet.wait_for("あたらしい記事 2件");
    tablet.wait_for("晴れ 21°");
    backend.stop();
    tablet.wait_for("今は つながっていません");
    tablet.close();

    // A tablet that is switched on without a network reads on from its own disk.
    let mut tablet = Tablet::start(&address, tablet_data.path(), None);
    tablet.wait_for("あたらしい記事 2件");
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    tablet.go("敬老会をひらきます", "敬老会をひらきますの本文です。");
    tablet.go("もどる", "水道工事のお知らせ");
    tablet.go("はじめ", "あたらしい記事 1件");
    tablet.go("天気", "ひだまり地方気象台");
    tablet.go("もどる", "あたらしい記事 1件");
    tablet.go("文字の大きさ", "どれが 読みやすいですか");
    tablet.go("大きい文字", "今の大きさ");
    tablet.go("困ったとき", "0120-000-000");
    tablet.go("はじめ", "あたらしい記事 1件");

    let backend = Backend::start_at(&council, server.path(), &port, &[]);
    let last = tablet.close();
    let mut tablet = Tablet::start(&address, tablet_data.path(), None);
    let kept = until("every record, each once", || {
        let kept = records(server.path());
        complete_up_to(&kept, last).then_some(kept)
    });
    tablet.wait_for("あたらしい記事 1件");
    tablet.close();
    backend.stop();

    assert!(last >= 12, "only {last} records were written");
    let of = |kind: &str| {
        kept.iter()
            .filter(|record| record.kind == kind)
            .map(|r| r.service.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("service_opened"),
        [Some("city-news".to_owned()), Some("weather".to_owned())]
    );
    assert_eq!(
        of("service_left"),
        [Some("city-news".to_owned()), Some("weather".to_owned())]
    );
    assert_eq!(of("item_read"), [Some("city-news".to_owned())]);
    assert_eq!(of("help_opened").len(), 1);
    assert!(!of("offline_began").is_empty());
}

#[test]
fn a_resident_enrols_with_six_touches() {
    let (council, server, data) = (
        Council::new(),
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let backend = Backend::start(&council, server.path());
    let mut tablet = Tablet::start(&backend.address, data.path(), None);
    tablet.wait_for("6つの数字を 押してください");
    for digit in "000000".chars() {
        assert!(tablet.touch(&digit.to_string()));
    }
    tablet.wait_for("はじめられませんでした");
    let code = backend.enrolment_code();
    for digit in code.chars() {
        assert!(tablet.touch(&digit.to_string()));
    }
    tablet.wait_for("市からのお知らせ");
    tablet.close();
    backend.stop();
}

#[test]
fn a_changed_catalogue_reaches_the_tablet_and_a_faulty_one_changes_nothing() {
    let (council, server, data) = (
        Council::new(),
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let backend = Backend::start(&council, server.path());
    let mut tablet = Tablet::start(
        &backend.address,
        data.path(),
        Some(&backend.enrolment_code()),
    );
    tablet.wait_for("ごみの出し方");
    let good = include_str!("../fixtures/services.toml");
    council.write("services.toml", &good.replace("ごみの出し方", "ごみの日"));
    tablet.wait_for("ごみの日");
    council.write("services.toml", &good.replace("colour", "color"));
    until("the fault in the log", || {
        backend
            .log()
            .contains("the key `color` is not known here — did you mean `colour`?")
            .then_some(())
    });
    council.publish_news(&["桜まつり"]);
    tablet.go("市からのお知らせ", "桜まつり");
    tablet.close();
    backend.stop();
}

#[test]
fn damaged_files_on_the_tablet_are_fetched_again() {
    let (council, server, data) = (
        Council::new(),
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let backend = Backend::start(&council, server.path());
    let mut tablet = Tablet::start(
        &backend.address,
        data.path(),
        Some(&backend.enrolment_code()),
    );
    tablet.wait_for("あたらしい記事 2件");
    tablet.close();
    for blob in std::fs::read_dir(data.path().join("blobs"))
        .expect("blobs")
        .filter_map(Result::ok)
    {
        std::fs::write(blob.path(), b"\x00 not what it was").expect("writes");
    }
    std::fs::write(data.path().join("choices.json"), b"{").expect("writes");
    let mut tablet = Tablet::start(&backend.address, data.path(), None);
    tablet.wait_for("あたらしい記事 2件");
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    tablet.close();
    backend.stop();
}
