//! Tablets in the console: lent, locked, taken back, many at once; and whose residents ask to be rung.

use jiff::Timestamp;
use kairan_backend::database::Database;
use kairan_contract::{EnrolmentCode, Participation, TabletId};
use kairan_evaluation::loans::Loan;
use kairan_tests::{
    clerk::Clerk,
    house::House,
    office::{Office, between, code, kairan, location},
    programs::Tablet,
};
use reqwest::StatusCode;
use uuid::Uuid;

/// A helper lends a tablet, locks it, opens it and takes it back, and sees at each step what the tablet itself has
/// confirmed.
#[tokio::test(flavor = "multi_thread")]
async fn a_helper_lends_locks_and_takes_back_a_tablet() {
    let office = Office::new();
    let password = office.add("mori", "helper");
    let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
        return;
    };
    clerk
        .sign_in_with_a_second_factor("mori", &password, code)
        .await;
    clerk.press("タブレット").await;
    register(&clerk).await;
    clerk.open("/console/loans/new").await;
    clerk.write("貸し出しの時期", "2026-autumn").await;
    clerk.write("市区町村コード（なくてもよい）", "12").await;
    clerk.press("番号をつくる").await;
    clerk.wait_for("5けたの数字です").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("loan-with-a-fault").await;
    clerk.write("市区町村コード（なくてもよい）", "99201").await;
    clerk.choose("年齢（なくてもよい）", "85+").await;
    clerk.press("番号をつくる").await;
    clerk.wait_for("8つの数字を押してください").await;
    clerk.inspect("code").await;
    let digits = clerk
        .ask("return document.querySelector('.digits').textContent")
        .await;
    let digits: String = digits
        .as_str()
        .expect("digits")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let home = tempfile::tempdir().expect("a folder");
    let mut tablet = Tablet::start(&office.backend.address, home.path(), Some(&digits));
    tablet.wait_for("市からのお知らせ");

    // What the tablet says of itself comes with its first round, and that it was heard of within ten seconds.
    let shows = async |words: &str, not: &str| {
        for _ in 0..300 {
            clerk.open("/console/tablets").await;
            let text = clerk.text().await;
            let lines = text
                .lines()
                .skip_while(|line| !line.contains("貸し出しの番号"))
                .collect::<Vec<_>>();
            let listed = lines.join("\n");
            let listed = listed
                .split("選んだタブレットに")
                .next()
                .unwrap_or_default();
            if listed.contains(words) && (not.is_empty() || !listed.contains(not)) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("never {words}: {}", clerk.text().await);
    };
    shows("つながっています", "").await;
    shows("0.1.0", "").await;
    clerk.write("裏に書いたラベル", "A-17").await;
    clerk.press("ラベルを残す").await;
    clerk.wait_for("A-17").await;
    clerk.inspect("tablets").await;
    clerk.press_box("選ぶ").await;
    clerk.press("ロックする").await;
    shows("できました", "").await;
    tablet.wait_for("このタブレットは お休み中です");
    clerk.press_box("選ぶ").await;
    clerk.press("ロックをはずす").await;
    tablet.wait_for("市からのお知らせ");
    // A wipe is said twice.
    clerk.press_box("選ぶ").await;
    clerk.press("消去する").await;
    clerk.wait_for("まだ消去していません").await;
    clerk.choose("貸し出しを終える", "参加をやめた").await;
    clerk.press("終える").await;
    tablet.end_by_itself();
    let tablet = Tablet::start(&office.backend.address, home.path(), None);
    for _ in 0..300 {
        clerk.open("/console/tablets?told=wiped").await;
        if clerk.text().await.contains("できました") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    clerk.inspect("tablets-wiped").await;
    clerk.wait_for("A-17").await;
    tablet.close();
    // Nothing is lent any more.
    clerk.open("/console/tablets").await;
    clerk.wait_for("見つかりませんでした").await;
    let log = the_log(&office).await;
    for deed in [
        "loan_begun",
        "tablet_labelled",
        "tablet_locked",
        "tablet_opened",
        "loan_ended",
    ] {
        assert!(log.contains(&format!("mori,{deed},")), "{deed}: {log}");
    }
}

/// Three tablets, one of which is broken.
async fn register(clerk: &Clerk) {
    clerk.press("台帳").await;
    clerk
        .ask("document.getElementById('labels').value = 'A-17\\nA-18\\nB-1'")
        .await;
    clerk.press("台帳に加える").await;
    clerk.wait_for("台を台帳に加えました").await;
    clerk.press("使えないことにする：B-1").await;
    clerk.wait_for("修理中").await;
    clerk.open("/console/tablets/stock").await;
    clerk.inspect("register").await;
}

async fn the_log(office: &Office) -> String {
    let password = office.add("hana", "administrator");
    let cookie = office.sign_in("hana", &password).await;
    let log = office.ask("GET", "/console/audit.csv", &cookie, &[]).await;
    log.text().await.expect("a file")
}

/// Whoever loads the page with the code again gets another code, and no other loan.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_begins_one_loan() {
    let office = Office::new();
    let password = office.add("mori", "helper");
    let cookie = office.sign_in("mori", &password).await;
    let page = office.ask("GET", "/console/loans/new", &cookie, &[]).await;
    let page = page.text().await.expect("a page");
    let loan = between(&page, "name=\"participation\" value=\"", "\"").to_owned();
    let mut codes = Vec::new();
    for _ in 0..2 {
        let form = [("participation", &*loan), ("cohort", "2026")];
        let answer = office
            .ask("POST", "/console/loans/new", &cookie, &form)
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = answer.text().await.expect("a page");
        assert!(page.contains(&loan));
        codes.push(between(&page, "class=\"digits\">", "<").to_owned());
    }
    assert_ne!(codes[0], codes[1]);
    let page = office.ask("GET", "/console/tablets", &cookie, &[]).await;
    let page = page.text().await.expect("a page");
    assert_eq!(
        page.matches("新しい番号：").count(),
        1,
        "one loan waits for its tablet"
    );
    // A form that lay open is not a second loan under the pseudonym of the first.
    let form = [("participation", &*loan), ("cohort", "2027")];
    let answer = office
        .ask("POST", "/console/loans/new", &cookie, &form)
        .await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.expect("a page");
    let other = between(&page, "name=\"participation\" value=\"", "\"");
    assert!(other != loan && page.contains("value=\"2027\""), "{page}");
}

/// Labels are pasted as they come, and nothing is half registered.
#[tokio::test(flavor = "multi_thread")]
async fn tablets_are_registered_all_or_none() {
    let office = Office::new();
    let password = office.add("mori", "helper");
    let mori = office.sign_in("mori", &password).await;
    let stock = "/console/tablets/stock";
    let send = async |form: &[(&str, &str)]| {
        let answer = office.ask("POST", stock, &mori, form).await;
        let (status, place) = (answer.status(), location(&answer));
        (status, place, answer.text().await.expect("a page"))
    };
    for (typed, told) in [
        ("", "1行に1つ"),
        (" \n\u{3000}\n", "1行に1つ"),
        ("A-1\n\n123456789012345678901", "3行目が長すぎます"),
        (&many(1_001), "1000台まで"),
    ] {
        let (status, _, page) = send(&[("labels", typed)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(page.contains(told), "{page}");
        assert!(page.contains(typed.trim_end()), "what was typed: {page}");
    }
    let page = office.ask("GET", stock, &mori, &[]).await;
    assert!(page.text().await.expect("a page").contains("<p>0 台"));
    let labels = [("labels", "A-1\r\nA-2\r\nA-2\r\n\r\n B-1 ")];
    assert_eq!(send(&labels).await.1, format!("{stock}?added=3&known=0"));
    assert_eq!(send(&labels).await.1, format!("{stock}?added=0&known=3"));
}

/// The council's own tablets: which are free, and where the others are, by what the tablets themselves have told.
#[tokio::test(flavor = "multi_thread")]
async fn the_register_says_where_each_tablet_is() {
    let office = Office::new();
    let password = office.add("mori", "helper");
    let mori = office.sign_in("mori", &password).await;
    let read = async |path: &str| {
        let answer = office.ask("GET", path, &mori, &[]).await;
        answer.text().await.expect("a page")
    };
    let send = async |path: &str, form: &[(&str, &str)]| {
        let answer = office.ask("POST", path, &mori, form).await;
        let (status, place) = (answer.status(), location(&answer));
        (status, place, answer.text().await.expect("a page"))
    };
    let stock = "/console/tablets/stock";

    let labels = [("labels", "A-1\nA-2\nB-1")];
    send(stock, &labels).await;
    let away = format!("{stock}/away");
    for (label, word, status) in [
        ("A-2", "repair", StatusCode::SEE_OTHER),
        ("A-2", "stolen", StatusCode::BAD_REQUEST),
        ("", "repair", StatusCode::NOT_FOUND),
    ] {
        let form = [("label", label), ("away", word)];
        assert_eq!(send(&away, &form).await.0, status, "{label} {word}");
    }
    let form = read("/console/loans/new").await;
    let offered = between(&form, "<datalist id=\"free\">", "</datalist>");
    assert!(
        offered.contains("A-1") && offered.contains("B-1") && !offered.contains("A-2"),
        "{offered}"
    );

    let where_is = async |label: &str| {
        let list = read("/console/tablets/stock.csv").await;
        let line = list.lines().find(|line| line.starts_with(label));
        line.and_then(|line| line.split(',').nth(1))
            .expect("a line")
            .to_owned()
    };
    let lend = async |label: &str| {
        let form = [("cohort", "2026"), ("label", label)];
        send("/console/loans/new", &form).await
    };
    let (status, _, page) = lend("A-2").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("使えないことになっています"), "{page}");
    let (_, _, page) = lend("A-1").await;
    let loan = between(&page, "<code>", "</code>").to_owned();
    let digits = between(&page, "class=\"digits\">", "<").replace(' ', "");
    assert_eq!(where_is("A-1").await, "awaited");

    let home = tempfile::tempdir().expect("a folder");
    let mut tablet = Tablet::start(&office.backend.address, home.path(), Some(&digits));
    tablet.wait_for("市からのお知らせ");
    assert_eq!(where_is("A-1").await, "lent");
    assert!(read(&format!("{stock}?kind=lent")).await.contains(&loan));
    let (status, _, page) = lend("A-1").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("いま貸し出し中です"), "{page}");

    tablet.kill();
    let end = [("participation", &*loan), ("how", "returned")];
    send("/console/loans/end", &end).await;
    assert_eq!(
        where_is("A-1").await,
        "returning",
        "it has told nothing yet"
    );
    let tablet = Tablet::start(&office.backend.address, home.path(), None);
    tablet.end_by_itself();
    let again = Tablet::start(&office.backend.address, home.path(), None);
    for _ in 0..300 {
        if where_is("A-1").await == "free" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(where_is("A-1").await, "free");
    again.close();
    send(&away, &[("label", "A-2"), ("away", "")]).await;
    assert_eq!(where_is("A-2").await, "free");
    let log = the_log(&office).await;
    for deed in [
        "tablet_registered,B-1,",
        "tablet_put_away,A-2,,repair",
        "tablet_taken_up,A-2,",
    ] {
        assert_eq!(log.matches(&format!("mori,{deed}")).count(), 1, "{log}");
    }
}

fn many(labels: usize) -> String {
    let labels = (0..labels).map(|number| format!("A-{number}"));
    labels.collect::<Vec<_>>().join("\n")
}

/// A thousand tablets: pages, filters, and one deed for all of a cohort.
#[tokio::test(flavor = "multi_thread")]
async fn all_tablets_of_a_cohort_are_locked_at_once() {
    let office = Office::new();
    lend_many(&office.data.path().join("backend"), 1_000).await;
    let password = office.add("mori", "helper");
    let cookie = office.sign_in("mori", &password).await;
    let page = async |path: &str| {
        office
            .ask("GET", path, &cookie, &[])
            .await
            .text()
            .await
            .expect("a page")
    };
    let all = page("/console/tablets").await;
    assert!(all.contains("<p>1000 ") && all.matches("name=\"tablet\"").count() == 50);
    assert!(
        page("/console/tablets?page=19")
            .await
            .matches("name=\"tablet\"")
            .count()
            == 50
    );
    assert!(
        page("/console/tablets?page=999999")
            .await
            .contains("20 / 20")
    );
    let form = [("what", "lock"), ("everyone", "1"), ("cohort", "third")];
    let answer = office
        .ask("POST", "/console/tablets/tell", &cookie, &form)
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(
        page("/console/tablets?told=locked")
            .await
            .contains("<p>333 ")
    );
    let csv = page("/console/tablets.csv?told=locked").await;
    assert_eq!(csv.matches(",third,").count(), 333);
    // Nothing is done for what cannot be understood.
    for form in [
        &[("what", "explode"), ("everyone", "1")][..],
        &[("what", "wipe"), ("tablet", "x")],
        &[("tablet", "x")],
    ] {
        let answer = office
            .ask("POST", "/console/tablets/tell", &cookie, form)
            .await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{form:?}");
    }
    let wipe = [("what", "wipe"), ("everyone", "1")];
    office
        .ask("POST", "/console/tablets/tell", &cookie, &wipe)
        .await;
    assert!(
        page("/console/tablets?told=wiped").await.contains("<p>0 "),
        "a wipe is said twice"
    );
}

async fn lend_many(data: &std::path::Path, count: u32) {
    let store = kairan_backend::database::Database::open(data, None)
        .await
        .expect("opens");
    let now = jiff::Timestamp::now();
    let mut loans = Vec::new();
    for number in 0..count {
        let code = EnrolmentCode::from_number(number);
        let (tablet, loan) = (TabletId(Uuid::new_v4()), Participation(Uuid::new_v4()));
        store.add_code(&code, loan, now).await.expect("adds");
        let entered = store
            .enrol(&code, tablet, &format!("token-{number}"), now)
            .await;
        entered.expect("enrols");
        loans.push(Loan {
            participation: loan,
            area: None,
            age_band: None,
            cohort: ["first", "second", "third"][number as usize % 3].to_owned(),
            began: 0,
            ended: None,
        });
    }
    store.put_loans(&loans).await.expect("keeps");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_be_rung_is_listed_until_somebody_has() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("市からのお知らせ");
    tablet.go("困ったとき", "電話を かけてほしい");
    tablet.go("電話を かけてほしい", "はい、電話を ください");
    tablet.go("はい、電話を ください", "届きました");
    let place = house.server().to_str().expect("text");
    let password = kairan(&["people", "add", "mori", "--role", "helper", "--data", place]);
    let Some(clerk) = Clerk::sit_down(&backend.address, "console").await else {
        return;
    };
    clerk
        .sign_in_with_a_second_factor("mori", password.trim(), code)
        .await;
    clerk.press("お願い").await;
    clerk.wait_for("電話がほしい").await;
    clerk.inspect("requests").await;
    let settle = clerk
        .ask("return document.querySelector('.cards button').getAttribute('aria-label')")
        .await;
    clerk.press(settle.as_str().expect("a name")).await;
    clerk.wait_for("いまは、ありません").await;
    assert!(backend.open_requests().is_empty());
    tablet.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_and_the_server_write_at_the_same_time() {
    let folder = tempfile::tempdir().expect("dir");
    let open = || Database::open(folder.path(), None);
    let (one, two) = (open().await.expect("opens"), open().await.expect("opens"));
    let codes = async |store: &Database| {
        for _ in 0..40 {
            let code = kairan_backend::tablets::api::enrolment::any_code();
            let loan = Participation(Uuid::new_v4());
            let kept = store.add_code(&code, loan, Timestamp::now()).await;
            kept.expect("waits for the other, and is kept");
        }
    };
    tokio::join!(codes(&one), codes(&two));
}
