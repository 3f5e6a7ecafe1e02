//! The thread through every room: enrol, sync, lose the network, read on, and find the touches
//! in the backend afterwards, each once.

use kairan_tests::{
    council::LANDSLIDE,
    house::House,
    programs::{Backend, Tablet},
    until,
};

use crate::usage_table::{complete_up_to, records};

#[test]
fn content_stays_readable_without_the_backend_and_touches_arrive_after_it_returns() {
    let house = House::new();
    let backend = house.backend();
    let (address, port) = (backend.address.clone(), backend.host_and_port());

    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    tablet.wait_for("晴れ 21°");
    backend.stop();
    tablet.wait_for("今は つながっていません");
    tablet.close();

    // A tablet that is switched on without a network reads on from its own disk.
    let mut tablet = house.tablet_at(&address);
    tablet.wait_for("あたらしい記事 2件");
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    tablet.go("敬老会をひらきます", "敬老会をひらきますの本文です。");
    tablet.go("もどる", "水道工事のお知らせ");
    tablet.go("はじめ", "あたらしい記事 1件");
    tablet.go("天気", "ひだまり地方気象台");
    tablet.go("もどる", "あたらしい記事 1件");
    tablet.go("文字の大きさ", "どれが 読みやすいですか");
    until("the larger letters", || {
        tablet.touch("大きい文字");
        let choices = std::fs::read_to_string(house.tablet().join("choices.json")).ok()?;
        choices.contains("\"large\"").then_some(())
    });
    tablet.go("困ったとき", "0120-000-000");
    tablet.go("はじめ", "あたらしい記事 1件");

    let backend = Backend::start_at(&house.council, house.server(), &port, &[]);
    let last = tablet.close();
    let mut tablet = house.tablet_at(&address);
    let kept = until("every record, each once", || {
        let kept = records(house.server());
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
    let service = |id: &str| Some(id.to_owned());
    assert_eq!(
        of("service_opened"),
        [service("city-news"), service("weather")]
    );
    assert_eq!(
        of("service_left"),
        [service("city-news"), service("weather")]
    );
    assert_eq!(of("item_read"), [service("city-news")]);
    assert_eq!(of("help_opened").len(), 1);
    assert_eq!(of("text_size_set").len(), 1);
    assert!(!of("offline_began").is_empty());
}

fn press(tablet: &mut Tablet, code: &str) {
    for (index, digit) in code.chars().enumerate() {
        let there = format!("{}つ 入りました", index + 1);
        match index {
            // The eighth tries the code at once, and the screen changes.
            7 => until("the eighth digit is taken", || {
                tablet.touch(&digit.to_string());
                (!tablet.look().contains("7つ 入りました")).then_some(())
            }),
            _ => tablet.go(&digit.to_string(), &there),
        }
    }
}

#[test]
fn a_resident_enrols_with_eight_touches() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.tablet_at(&backend.address);
    tablet.wait_for("8つの数字を 押してください");
    press(&mut tablet, "01010101");
    tablet.wait_for("はじめられませんでした");
    press(&mut tablet, &backend.enrolment_code());
    tablet.wait_for("市からのお知らせ");
    tablet.close();
    backend.stop();
}

#[test]
fn a_changed_catalogue_reaches_the_tablet_and_a_faulty_one_changes_nothing() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("ごみの出し方");
    let good = include_str!("../fixtures/services.toml");
    house
        .council
        .write("services.toml", &good.replace("ごみの出し方", "ごみの日"));
    tablet.wait_for("ごみの日");
    house
        .council
        .write("services.toml", &good.replace("colour", "color"));
    until("the fault in the log", || {
        backend
            .log()
            .contains("the key `color` is not known here — did you mean `colour`?")
            .then_some(())
    });
    house.council.publish_news(&["桜まつり"]);
    tablet.go("市からのお知らせ", "桜まつり");
    tablet.close();
    backend.stop();
}

#[test]
fn a_warning_reaches_a_tablet_that_asks_once_an_hour() {
    let house = House::with_warnings();
    let backend = house.backend();
    let mut tablet = house.listening_tablet(&backend);
    tablet.wait_for("今は ありません");
    house.council.publish_warnings(LANDSLIDE);
    let warned_at = std::time::Instant::now();
    // It takes over whatever is on, and is answered with one touch.
    tablet.wait_for("危険な場所から全員避難。");
    assert!(
        warned_at.elapsed().as_secs() < 10,
        "{:?}",
        warned_at.elapsed()
    );
    assert!(!tablet.touch("はじめ"), "nothing leads past it");
    tablet.go("わかりました", "今 出ている 警報・注意報");
    tablet.go("はじめ", "土砂災害危険警報");
    tablet.go("警報", "警戒レベル4");
    // The stream does not keep the backend from ending, and is taken up again when it is back.
    let port = backend.host_and_port();
    let stopped_at = std::time::Instant::now();
    backend.stop();
    assert!(
        stopped_at.elapsed().as_secs() < 8,
        "{:?}",
        stopped_at.elapsed()
    );
    let backend = Backend::start_at(&house.council, house.server(), &port, &[]);
    house
        .council
        .publish_warnings(r#"{"code":"49","status":"解除"}"#);
    tablet.wait_for("警報や 注意報は 出ていません");
    tablet.close();
    backend.stop();
}

#[test]
fn content_whose_source_is_gone_stays_and_says_how_old_it_is() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    house.council.withdraw("news.xml");
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    tablet.wait_for("の 内容です");
    let port = backend.host_and_port();
    backend.stop();
    // The backend has kept it, too, and the catalogue that names the file that is gone.
    let backend = Backend::start_at(&house.council, house.server(), &port, &[]);
    tablet.wait_for("の 内容です");
    assert!(backend.log().contains("the file `news.xml` is not there"));
    house.council.publish_news(&["桜まつり"]);
    tablet.wait_for("桜まつり");
    tablet.close();
    backend.stop();
}

#[test]
fn damaged_files_on_the_tablet_are_fetched_again() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    tablet.close();
    for blob in std::fs::read_dir(house.tablet().join("blobs"))
        .expect("blobs")
        .filter_map(Result::ok)
    {
        std::fs::write(blob.path(), b"\x00 not what it was").expect("writes");
    }
    std::fs::write(house.tablet().join("choices.json"), b"{").expect("writes");
    let mut tablet = house.tablet_at(&backend.address);
    tablet.wait_for("あたらしい記事 2件");
    tablet.go("市からのお知らせ", "敬老会をひらきます");
    tablet.close();
    backend.stop();
}

#[test]
fn a_tablet_that_is_stopped_by_its_service_manager_ends_its_visit() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("ごみの出し方");
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    tablet.terminate();
    until("the end of the visit", || {
        let kept = records(house.server());
        kept.last()
            .is_some_and(|last| last.kind == "visit_ended")
            .then_some(())
    });
    backend.stop();
}

#[test]
fn a_tablet_whose_backend_lost_everything_is_let_in_again_with_a_new_code() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("あたらしい記事 2件");
    tablet.close();
    backend.stop();

    let empty = tempfile::tempdir().expect("a temporary folder");
    let backend = Backend::start(&house.council, empty.path());
    let mut tablet = house.tablet_at(&backend.address);
    tablet.wait_for("登録が 終わっています");
    tablet.go("困ったとき", "新しい 番号を 入れる");
    tablet.go("新しい 番号を 入れる", "8つの数字を 押してください");
    tablet.go("もどる", "0120-000-000");
    tablet.go("新しい 番号を 入れる", "8つの数字を 押してください");
    press(&mut tablet, &backend.enrolment_code());
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    until("the touches under the new loan", || {
        let kept = records(empty.path());
        kept.iter()
            .any(|record| record.kind == "service_opened")
            .then_some(())
    });
    tablet.close();
    backend.stop();
}

#[test]
fn a_tablet_that_loses_its_loan_while_it_is_used_keeps_both_loans_apart() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    let port = backend.host_and_port();
    backend.stop();
    let empty = tempfile::tempdir().expect("a temporary folder");
    let backend = Backend::start_at(&house.council, empty.path(), &port, &[]);
    tablet.wait_for("登録が 終わっています");
    tablet.go("困ったとき", "新しい 番号を 入れる");
    tablet.go("新しい 番号を 入れる", "8つの数字を 押してください");
    press(&mut tablet, &backend.enrolment_code());
    tablet.go("天気", "ひだまり地方気象台");
    let last = tablet.close();
    let mut kept = until("every record of both loans", || {
        let kept = records(empty.path());
        kept.last()
            .is_some_and(|record| record.sequence.cast_unsigned() == last)
            .then_some(kept)
    });
    kept.retain(|record| record.kind != "touch_ignored");
    // The loan before ends with all that was open; the next begins with a visit of its own.
    let change = kept
        .windows(2)
        .position(|pair| pair[0].participation != pair[1].participation)
        .expect("two loans");
    let kinds: Vec<&str> = kept.iter().map(|record| record.kind.as_str()).collect();
    assert_eq!(
        kinds[change - 2..=change],
        ["item_read", "service_left", "visit_ended"],
        "{kinds:?}"
    );
    assert_eq!(
        kinds[change + 1..change + 4],
        ["started", "visit_began", "service_opened"],
        "{kinds:?}"
    );
    backend.stop();
}
