//! The console: who is let in, who may what, and what the pages look like in a real browser.

use std::process::Command;

use kairan_contract::{EnrolmentCode, Participation, TabletId};
use kairan_evaluation::loans::Loan;
use kairan_tests::{
    clerk::Clerk,
    house::House,
    office::{Office, between, code, cookie, kairan, location},
    programs::{Tablet, program},
};
use reqwest::StatusCode;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluator_sees_the_figures_in_a_browser() {
    let office = Office::with_a_pilot();
    let password = office.add("sato", "evaluator");
    let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
        return;
    };
    clerk.open("/console/evaluation").await;
    clerk.inspect("sign-in").await;
    clerk.write("名前", "sato").await;
    clerk.write("パスワード", &password).await;
    clerk.press("サインインする").await;
    // It goes where they wanted to go.
    clerk.wait_for("終わりの日").await;
    assert_eq!(clerk.path().await, "/console/evaluation");
    clerk
        .open("/console/evaluation?from=2026-08-03&to=2026-10-11&cohort=")
        .await;
    clerk.wait_for("Simulated records").await;
    let drawn = clerk
        .ask("return document.querySelectorAll('.chart svg').length")
        .await;
    let charts = clerk
        .ask("return document.querySelectorAll('.chart').length")
        .await;
    assert!(charts.as_u64() >= Some(8), "{charts} charts");
    assert_eq!(drawn, charts);
    clerk.inspect("evaluation").await;
    clerk.press("English").await;
    clerk.wait_for("Download this report").await;
    clerk.inspect("evaluation-in-english").await;
    // Only what is theirs stands in the menu.
    let text = clerk.text().await;
    assert!(
        text.contains("Figures") && !text.contains("People"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_up_a_second_factor_and_lets_somebody_in() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
        return;
    };
    clerk.open("/console").await;
    clerk.write("名前", "hana").await;
    clerk.write("パスワード", &password).await;
    clerk.press("サインインする").await;
    clerk.wait_for("認証アプリに登録します").await;
    clerk.inspect("second-factor").await;
    // The password alone opens nothing.
    clerk.open("/console/people").await;
    assert_eq!(clerk.path().await, "/console/sign-in");
    clerk.open("/console/second-factor").await;
    let letters = clerk
        .ask("return document.querySelector('.letters').textContent")
        .await;
    let right = code(letters.as_str().expect("letters"));
    let wrong = if right == "123456" {
        "654321"
    } else {
        "123456"
    };
    clerk.write("6けたの番号", wrong).await;
    clerk.press("つづける").await;
    clerk.wait_for("番号がちがうか").await;
    clerk.write("6けたの番号", &right).await;
    clerk.press("つづける").await;
    clerk.wait_for("こんにちは").await;
    // The refused code was a 403, which the browser tells its console.
    clerk.a_refusal_was_said().await;
    clerk.inspect("home").await;

    clerk.press("使う人").await;
    clerk.write("名前", "<script>alert(1)</script>").await;
    clerk.write("はじめのパスワード", "password1234").await;
    clerk.press("加える").await;
    clerk.wait_for("よく使われるパスワードに似ています").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("people-with-a-fault").await;
    clerk.choose("役割", "評価者").await;
    clerk
        .write("はじめのパスワード", "umbrella ferry turnip")
        .await;
    clerk.press("加える").await;
    clerk.wait_for("<script>alert(1)</script>").await;
    clerk.inspect("people").await;
    // Who has lost a password gets another one, which must be no worse.
    clerk.open_details("パスワードを忘れた・端末を変えた").await;
    let label = "新しいパスワード：<script>alert(1)</script>";
    let button = "パスワードを新しくする：<script>alert(1)</script>";
    clerk.write(label, "password1234").await;
    clerk.press(button).await;
    clerk.wait_for("よく使われるパスワードに似ています").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("people-renewing").await;
    clerk.write(label, "lantern gravel oboe").await;
    clerk.press(button).await;
    clerk
        .press("入れないようにする：<script>alert(1)</script>")
        .await;
    clerk.wait_for("止めています").await;
    clerk.press("操作の記録").await;
    clerk.wait_for("使う人を止めた").await;
    clerk.wait_for("パスワードを新しくした").await;
    clerk.inspect("audit").await;
    let text = clerk.text().await;
    assert!(
        text.contains("command line") && text.contains("使う人を加えた"),
        "{text}"
    );
    clerk.press("サインアウト").await;
    clerk.wait_for("サインイン").await;
    clerk.open("/console/people").await;
    assert_eq!(clerk.path().await, "/console/sign-in");
}

/// Every page and deed, and whose it is: **A**dministrator, **O**perator, **R**eleaser, **H**elper,
/// **P**rovider, **E**valuator, evaluator with records (**X**). Nobody else's, and nobody's before the sign-in.
// A provider's own tiles are in `providers.rs`: here, whatever names no tile of theirs is refused.
const RIGHTS: [(&str, &str, &str); 54] = [
    ("POST", "/console/tiles/try", "AOR"),
    ("GET", "/console/me", "AORHPEX"),
    ("POST", "/console/me", "AORHPEX"),
    ("GET", "/console", "AORHPEX"),
    ("GET", "/console/evaluation", "AEX"),
    ("GET", FIGURES, "AEX"),
    ("GET", "/console/records", "X"),
    ("POST", "/console/records", "X"),
    ("GET", "/console/tiles", "AORP"),
    ("GET", "/console/tiles/edit", "AOR"),
    ("POST", "/console/tiles/edit", "AOR"),
    ("GET", "/console/tiles/text?id=garbage", "AOR"),
    ("POST", "/console/tiles/text", "AOR"),
    ("POST", "/console/tiles/take-over", "AOR"),
    ("POST", "/console/tiles/send-back", "AOR"),
    ("POST", "/console/tiles/move", "AOR"),
    ("POST", "/console/tiles/switch", "AOR"),
    ("GET", "/console/tiles/revision?revision=1", "AOR"),
    ("POST", "/console/tiles/remove", "AOR"),
    ("POST", "/console/tiles/discard", "AORP"),
    ("POST", "/console/tiles/go-on", "AORP"),
    ("POST", "/console/tiles/publish", "AOR"),
    ("POST", "/console/tiles/import", "AOR"),
    ("POST", "/console/tiles/plan", "AOR"),
    ("POST", "/console/tiles/unplan", "AOR"),
    ("GET", "/console/emergencies", "AOR"),
    ("GET", "/console/emergencies/write", "AOR"),
    ("POST", "/console/emergencies/write", "AOR"),
    ("GET", "/console/emergencies/preview.png", "AOR"),
    ("POST", "/console/emergencies/release", "AR"),
    ("POST", "/console/emergencies/end", "AOR"),
    ("POST", "/console/emergencies/let-go", "AOR"),
    ("GET", "/console/tiles/revisions", "AOR"),
    ("POST", "/console/tiles/bring-back", "AOR"),
    ("GET", "/console/tiles/preview", "AORP"),
    ("GET", "/console/tiles/preview.png", "AORP"),
    ("GET", "/console/tiles/services.toml", "AOR"),
    ("GET", "/console/tablets", "AORH"),
    ("GET", "/console/tablets.csv", "AORH"),
    ("POST", "/console/tablets/tell", "AH"),
    ("POST", "/console/tablets/label", "AH"),
    ("GET", "/console/loans/new", "AH"),
    ("POST", "/console/loans/new", "AH"),
    ("POST", "/console/loans/replace", "AH"),
    ("POST", "/console/loans/end", "AH"),
    ("GET", "/console/requests", "AH"),
    ("POST", "/console/requests", "AH"),
    ("GET", "/console/people", "A"),
    ("POST", "/console/people", "A"),
    ("POST", "/console/people/bar", "A"),
    ("POST", "/console/people/role", "A"),
    ("POST", "/console/people/password", "A"),
    ("GET", "/console/audit", "A"),
    ("GET", "/console/audit.csv", "A"),
];
const FIGURES: &str = "/console/evaluation/figures.zip?from=2026-09-01&to=2026-09-02";
const ROLES: [(&str, char); 7] = [
    ("administrator", 'A'),
    ("operator", 'O'),
    ("releaser", 'R'),
    ("helper", 'H'),
    ("provider", 'P'),
    ("evaluator", 'E'),
    ("raw-data-evaluator", 'X'),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_what_the_table_says() {
    let office = Office::new();
    for (role, letter) in ROLES {
        let password = office.add(role, role);
        let cookie = office.sign_in(role, &password).await;
        for (method, path, whose) in RIGHTS {
            let answer = office.ask(method, path, &cookie, form_of(method)).await;
            let (status, place) = (answer.status(), location(&answer));
            let is_let_in = status != StatusCode::FORBIDDEN && !place.contains("sign-in");
            assert_eq!(
                is_let_in,
                whose.contains(letter),
                "{role} {method} {path}: {status} {place}"
            );
        }
    }
    for (method, path, _) in RIGHTS {
        let answer = office.ask(method, path, "", form_of(method)).await;
        assert!(
            location(&answer).starts_with("/console/sign-in"),
            "nobody {method} {path}"
        );
    }
}

/// What would change something names nobody, so that it changes nothing.
fn form_of(method: &str) -> &'static [(&'static str, &'static str)] {
    if method == "POST" {
        &[("name", "nobody"), ("role", "helper")]
    } else {
        &[]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_taken_out_with_a_reason_and_whole_or_not_at_all() {
    let office = Office::with_a_pilot();
    let password = office.add("ito", "raw-data-evaluator");
    let cookie = office.sign_in("ito", &password).await;
    let wanted = |reason| {
        [
            ("from", "2026-08-10"),
            ("to", "2026-08-19"),
            ("reason", reason),
        ]
    };
    let answer = office
        .ask("POST", "/console/records", &cookie, &wanted("  "))
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer
            .text()
            .await
            .expect("a page")
            .contains("何のために使うかを")
    );
    let answer = office
        .ask("POST", "/console/records", &cookie, &wanted("倫理審査 12"))
        .await;
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let bytes = answer.bytes().await.expect("whole");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    // Ten days, the dictionary, the loans, the notes.
    assert_eq!(zip.len(), 10 + 3);
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        let mut file = zip.by_name(name).expect("in the archive");
        std::io::Read::read_to_end(&mut file, &mut bytes).expect("reads");
        bytes
    };
    let day = office.data.path().join("backend/days/2026-08-12.parquet");
    assert_eq!(
        read("records/2026-08-12.parquet"),
        std::fs::read(&day).expect("reads")
    );
    let loans = kairan_evaluation::loans::read(&read("loans.csv")).expect("a table of loans");
    assert_eq!(loans.len(), 120);
    assert!(String::from_utf8_lossy(&read("notes.txt")).contains("simulated"));
    // A file that is not there breaks the archive off, and what was tried stands in the log all the same.
    std::fs::remove_file(&day).expect("removes");
    let broken = office
        .ask("POST", "/console/records", &cookie, &wanted("もう一度"))
        .await;
    assert!(
        broken.bytes().await.is_err(),
        "half of it is not taken for the whole"
    );
    let administrator = office.add("hana", "administrator");
    let cookie = office.sign_in("hana", &administrator).await;
    let log = office
        .ask(
            "GET",
            "/console/audit.csv?text=records_exported",
            &cookie,
            &[],
        )
        .await;
    let log = log.text().await.expect("a file");
    assert!(
        log.contains("ito,records_exported,2026-08-10 – 2026-08-19,,倫理審査 12"),
        "{log}"
    );
    assert!(log.contains("もう一度"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_longer_and_longer_and_learns_nothing() {
    let office = Office::new();
    let password = office.add("sato", "evaluator");
    let tried = async |name: &str, password: &str| {
        let form = [("name", name), ("password", password)];
        let answer = office.ask("POST", "/console/sign-in", "", &form).await;
        (answer.status(), answer.text().await.expect("a page"))
    };
    let (unknown, known) = (tried("nobody", "x").await, tried("sato", "x").await);
    assert_eq!(unknown.0, StatusCode::FORBIDDEN);
    assert_eq!(
        unknown.1.replace("nobody", ""),
        known.1.replace("sato", ""),
        "the same for both"
    );
    for _ in 0..4 {
        assert_eq!(tried("sato", "x").await.0, StatusCode::FORBIDDEN);
    }
    // The sixth is not looked at, even if it is right; and for a name that nobody has it is the same.
    assert_eq!(
        tried("sato", &password).await.0,
        StatusCode::TOO_MANY_REQUESTS
    );
    for _ in 0..4 {
        tried("nobody", "x").await;
    }
    assert_eq!(tried("nobody", "x").await.0, StatusCode::TOO_MANY_REQUESTS);
    // Another account from the same address is still let in.
    let other = office.add("ito", "evaluator");
    assert_eq!(tried("ito", &other).await.0, StatusCode::SEE_OTHER);
    // Huge and hostile values are an answer, too.
    for (name, password) in [
        ("", ""),
        ("ito", &*"x".repeat(100_000)),
        ("\u{0}", "\u{0}"),
        ("' OR 1=1 --", "x"),
    ] {
        let (status, _) = tried(name, password).await;
        assert!(status.is_client_error(), "{name:?}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_and_stolen_or_planted_cookies_open_nothing() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let cookie = office.sign_in("hana", &password).await;
    // A form on another site.
    for from in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://example.com")],
        &[("origin", "null")],
    ] {
        let form = [("name", "hana")];
        let answer = office
            .ask_with("POST", "/console/people/bar", &cookie, &form, from)
            .await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{from:?}");
    }
    // A session that somebody planted before the sign-in is not the one after it, and opens nothing.
    let planted = "__Host-kairan-session=planted";
    let form = [("name", "hana"), ("password", &*password)];
    let answer = office.ask("POST", "/console/sign-in", planted, &form).await;
    let half = self::cookie(&answer);
    assert!(half.starts_with("__Host-kairan-session=") && half != planted);
    for stolen in [planted, &half, "__Host-kairan-session=", "kairan-session=x"] {
        let answer = office.ask("GET", "/console/people", stolen, &[]).await;
        assert!(
            location(&answer).starts_with("/console/sign-in"),
            "{stolen}"
        );
    }
    let set = answer.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .to_owned();
    for part in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    // Signing out ends the session, and not only the cookie.
    office.ask("POST", "/console/sign-out", &cookie, &[]).await;
    let answer = office.ask("GET", "/console/people", &cookie, &[]).await;
    assert!(location(&answer).starts_with("/console/sign-in"));
    // Nobody is led elsewhere, and no header is slipped in.
    for next in [
        "https://example.com/",
        "//example.com/",
        "/console/x\r\nset-cookie: a=b",
    ] {
        let form = [("name", "hana"), ("password", &*password), ("next", next)];
        let answer = office.ask("POST", "/console/sign-in", "", &form).await;
        assert_eq!(
            location(&answer),
            "/console/second-factor?next=%2Fconsole",
            "{next}"
        );
    }
    let answer = office.ask("GET", "/console/sign-in", "", &[]).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text");
    assert!(header("content-security-policy").contains("script-src 'self'"));
    assert!(!header("content-security-policy").contains("unsafe"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_somebody_has_changed_says_so() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    office.add("sato", "evaluator");
    office.add("=1+1", "evaluator");
    let cookie = office.sign_in("hana", &password).await;
    let page = office
        .ask("GET", "/console/audit", &cookie, &[])
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("使う人を加えた") && !page.contains("書きかえられて"));
    assert!(
        page.contains("サインインした") && page.contains("127.0.0.1"),
        "who came in, and from where: {page}"
    );
    let found = office
        .ask("GET", "/console/audit?text=SATO", &cookie, &[])
        .await
        .text()
        .await;
    assert_eq!(found.expect("a page").matches("使う人を加えた").count(), 1);
    // What stands on the page is found, in either language, and so is the word of the file.
    for (typed, is_found) in [
        ("使う人を加え", true),
        ("added a person", true),
        ("person_added", true),
        ("貸し出し", false),
    ] {
        let path = format!("/console/audit?text={typed}");
        let page = office
            .ask("GET", &path, &cookie, &[])
            .await
            .text()
            .await
            .expect("a page");
        assert_eq!(
            page.contains("<td>使う人を加えた</td>"),
            is_found,
            "{typed}"
        );
    }
    let none = office
        .ask("GET", "/console/audit?text=%25", &cookie, &[])
        .await
        .text()
        .await;
    assert!(
        !none.expect("a page").contains("使う人を加えた"),
        "a sign means only itself"
    );
    let csv = office
        .ask("GET", "/console/audit.csv", &cookie, &[])
        .await
        .text()
        .await
        .expect("a file");
    assert!(csv.contains(",'=1+1,"), "no formula: {csv}");
    let file = office.data.path().join("backend/kairan.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    let forged = "UPDATE audit SET who = 'nobody' WHERE number = 2";
    let gone = "DELETE FROM audit WHERE number = 2";
    for refused in [forged, gone] {
        let done = sqlx::query(refused).execute(&pool).await;
        assert!(done.is_err(), "the database itself refuses: {refused}");
    }
    // Whoever takes that guard away first is found all the same.
    for forced in ["DROP TRIGGER audit_is_not_changed", forged] {
        let done = sqlx::query(forced).execute(&pool).await;
        done.expect("writes");
    }
    pool.close().await;
    let page = office
        .ask("GET", "/console/audit", &cookie, &[])
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("ここから信じられません：2"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_somebody_another_role() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let hana = office.sign_in("hana", &password).await;
    let password = office.add("sato", "evaluator");
    let sato = office.sign_in("sato", &password).await;
    let place = async |name: &str, role: &str, provider: &str| {
        let form = [("name", name), ("role", role), ("provider", provider)];
        let path = "/console/people/role";
        let answer = office.ask("POST", path, &hana, &form).await;
        let status = answer.status();
        (status, answer.text().await.expect("a page"))
    };
    for (role, provider, told) in [
        ("king", "", "役割を選んでください"),
        ("provider", " ", "提供者の id を入れてください"),
    ] {
        let (status, page) = place("sato", role, provider).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
        assert_eq!(page.matches(told).count(), 1, "{page}");
    }
    assert_eq!(place("nobody", "helper", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        place("hana", "helper", "").await.0,
        StatusCode::FORBIDDEN,
        "an administrator must be left"
    );
    let still = office.ask("GET", "/console/evaluation", &sato, &[]).await;
    assert_eq!(still.status(), StatusCode::OK, "nothing has happened yet");
    assert_eq!(place("sato", "helper", "").await.0, StatusCode::SEE_OTHER);
    let ended = office.ask("GET", "/console/evaluation", &sato, &[]).await;
    assert!(location(&ended).starts_with("/console/sign-in"));
    // A helper can wipe, so a password alone no longer lets them in.
    let sato = office.sign_in("sato", &password).await;
    for (path, status) in [
        ("/console/tablets", StatusCode::OK),
        ("/console/evaluation", StatusCode::FORBIDDEN),
    ] {
        let answer = office.ask("GET", path, &sato, &[]).await;
        assert_eq!(answer.status(), status, "{path}");
    }
    let log = office.ask("GET", "/console/audit.csv", &hana, &[]).await;
    let log = log.text().await.expect("a file");
    assert!(
        log.contains("role_changed,sato,evaluator,helper"),
        "from what to what: {log}"
    );
}

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
    clerk.press("貸し出しをはじめる").await;
    clerk.write("貸し出しの時期", "2026-autumn").await;
    clerk.write("市区町村コード（なくてもよい）", "12").await;
    clerk.press("番号をつくる").await;
    clerk.wait_for("5けたの数字です").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("loan-with-a-fault").await;
    clerk.write("市区町村コード（なくてもよい）", "99201").await;
    clerk.choose("年齢（なくてもよい）", "85+").await;
    clerk.press("番号をつくる").await;
    clerk.wait_for("6つの数字を押してください").await;
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
    let log = kairan_audit(&office).await;
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

async fn kairan_audit(office: &Office) -> String {
    let password = office.add("hana", "administrator");
    let cookie = office.sign_in("hana", &password).await;
    let log = office.ask("GET", "/console/audit.csv", &cookie, &[]).await;
    log.text().await.expect("a file")
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
    clerk.press("電話のお願い").await;
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
    let store = kairan_backend::store::Store::open(data, None)
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

/// A clerk adds a tile, publishes it, sees it on a tablet, and brings the revision before back.
#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_adds_a_tile_publishes_it_and_takes_it_back() {
    let house = House::new();
    house
        .council
        .write("pool.md", "# 市民プール\n\n月曜日は お休みです。");
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("市からのお知らせ");
    let place = house.server().to_str().expect("text");
    let password = kairan(&[
        "people", "add", "kato", "--role", "operator", "--data", place,
    ]);
    let Some(clerk) = Clerk::sit_down(&backend.address, "console").await else {
        return;
    };
    clerk
        .sign_in_with_a_second_factor("kato", password.trim(), code)
        .await;
    clerk.press("タイル").await;
    clerk.inspect("tiles").await;
    clerk.press("タイルを加える").await;
    clerk
        .write("名前", "とても長い名前なのでタイルに入らない")
        .await;
    clerk.write("読みかた", "pool").await;
    clerk.choose("何を見せるか", "自分で書いた文章").await;
    clerk.write("どこから", "nowhere.md").await;
    clerk.press("下書きに残す").await;
    // Each fault stands beside its field, in the words of `kairan check`.
    clerk.wait_for("読みがなではありません").await;
    let text = clerk.text().await;
    for words in ["nowhere.md", "pool", "id"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    clerk.a_refusal_was_said().await;
    clerk.inspect("tile-with-faults").await;
    clerk.write("名前", "市民プール").await;
    clerk.write("読みかた", "しみんぷーる").await;
    clerk.write("2行目", "休みの日など").await;
    clerk.pick("水").await;
    clerk.write("どこから", "pool.md").await;
    clerk.write("id", "pool").await;
    // What the source gives is seen before anything is kept.
    clerk.press("ためしに読んでみる").await;
    clerk.wait_for("月曜日は お休みです").await;
    clerk.inspect("tile-tried").await;
    clerk.press("下書きに残す").await;
    clerk.wait_for("「市民プール」を加えます").await;
    clerk.press("上へ：市民プール").await;
    clerk.wait_for("変わるタブレット").await;
    clerk.inspect("tiles-with-a-draft").await;
    assert!(
        !tablet.look().contains("市民プール"),
        "a draft is nobody's but the clerk's"
    );
    // As residents will see it, in the largest letters; a touch of the first tile opens it.
    clerk.press("タブレットで見る").await;
    clerk.choose("文字の大きさ", "いちばん大きい").await;
    clerk.press("見る").await;
    clerk.wait_for_picture(".glass").await;
    clerk.inspect("preview").await;
    clerk.touch(".glass", 100, 120).await;
    clerk.wait_for_address("touches=200-240").await;
    clerk.wait_for_picture(".glass").await;
    clerk.picture("preview-touched").await;
    clerk.press("タイルへもどる").await;
    clerk
        .write("ひとこと（あとで見てわかるように）", "プールが開きました")
        .await;
    clerk.press("公開する").await;
    clerk.wait_for("プールが開きました").await;
    clerk.inspect("revisions").await;
    tablet.wait_for("市民プール");
    tablet.go("市民プール", "月曜日は お休みです");
    tablet.go("はじめ", "市からのお知らせ");
    let file = std::fs::read_to_string(house.council.catalogue()).expect("reads");
    let before = include_str!("../fixtures/services.toml");
    let (head, tail) = before
        .split_once("[[service]]\nid = \"garbage\"")
        .expect("a tile");
    assert!(
        file.starts_with(head) && file.ends_with(tail),
        "what nobody touched stays: {file}"
    );
    clerk.press("この版にもどす：1").await;
    clerk.wait_for("1版にもどす").await;
    kairan_tests::until("the tile to go", || {
        (!tablet.look().contains("市民プール")).then_some(())
    });
    assert_eq!(
        std::fs::read_to_string(house.council.catalogue()).expect("reads"),
        before
    );
    tablet.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_at_once_overwrite_nothing_in_silence() {
    let office = Office::new();
    let mut cookies = Vec::new();
    for name in ["kato", "abe"] {
        let password = office.add(name, "operator");
        cookies.push(office.sign_in(name, &password).await);
    }
    let keep = async |who: usize, title| {
        let answer = office
            .ask("POST", "/console/tiles/edit", &cookies[who], &tile(title))
            .await;
        assert_eq!(
            answer.status(),
            StatusCode::SEE_OTHER,
            "{}",
            answer.text().await.expect("a page")
        );
    };
    let publish = async |who: usize| {
        office
            .ask(
                "POST",
                "/console/tiles/publish",
                &cookies[who],
                &[("note", "")],
            )
            .await
    };
    keep(0, "ごみ").await;
    keep(1, "ごみの日").await;
    assert_eq!(publish(0).await.status(), StatusCode::SEE_OTHER);
    let answer = publish(1).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("ほかの人が公開しました"), "{page}");
    assert!(
        page.contains("「ごみ」の名前：ごみの出し方 → ごみ"),
        "{page}"
    );
    assert!(
        page.contains("「ごみの日」の名前：ごみ → ごみの日"),
        "{page}"
    );
    let in_force = office
        .ask("GET", "/console/tiles/services.toml", &cookies[1], &[])
        .await;
    assert!(
        in_force
            .text()
            .await
            .expect("a file")
            .contains("title = \"ごみ\"")
    );
    // Whoever has seen it decides.
    office
        .ask("POST", "/console/tiles/go-on", &cookies[1], &[("x", "")])
        .await;
    assert_eq!(publish(1).await.status(), StatusCode::SEE_OTHER);
    let in_force = office
        .ask("GET", "/console/tiles/services.toml", &cookies[0], &[])
        .await;
    assert!(
        in_force
            .text()
            .await
            .expect("a file")
            .contains("title = \"ごみの日\"")
    );
}

/// The form of the garbage tile with another title.
fn tile(title: &'static str) -> [(&'static str, &'static str); 9] {
    [
        ("was", "garbage"),
        ("id", "garbage"),
        ("provider", "city"),
        ("category", "news"),
        ("title", title),
        ("reading", "ごみのだしかた"),
        ("summary", "曜日と分け方"),
        ("icon", "recycle"),
        ("content", "kind = \"page\"\nfile = \"garbage.md\""),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_of_hostile_values_comes_back_as_a_form_and_nothing_is_kept() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let cookies = [office.sign_in("kato", &password).await];
    // Trying reads no file but those beside the catalogue, and asks no machine of the council's own network.
    for (content, told) in [
        ("kind = \"page\"\nfile = \"/etc/passwd\"", "class=\"fault\""),
        (
            "kind = \"page\"\nfile = \"../backend/kairan.sqlite\"",
            "class=\"fault\"",
        ),
        (
            "kind = \"feed\"\nurl = \"https://127.0.0.1:1/\"",
            "127.0.0.1",
        ),
        (
            "kind = \"feed\"\nurl = \"http://169.254.169.254/\"",
            "class=\"fault\"",
        ),
    ] {
        let mut form = tile("ごみ").to_vec();
        form.retain(|(name, _)| *name != "content");
        form.push(("content", content));
        let answer = office
            .ask("POST", "/console/tiles/try", &cookies[0], &form)
            .await;
        let page = answer.text().await.expect("a page");
        assert!(
            page.contains(told) && !page.contains("root:") && !page.contains("<pre"),
            "{content}: {page}"
        );
    }
    // Whatever part it says it is of, a file of the server is no content.
    for part in ["message", "category", "provider", "council"] {
        for file in ["/etc/passwd", "/proc/self/environ"] {
            let content = format!("kind = \"page\"\nfile = \"{file}\"");
            let form = [("part", part), ("id", "x"), ("content", &*content)];
            let answer = office
                .ask("POST", "/console/tiles/try", &cookies[0], &form)
                .await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{part} {file}");
        }
    }
    // Hostile and huge values come back as a form, and nothing is kept.
    for (field, value) in [
        ("title", "<script>alert(1)</script>"),
        ("content", "kind = \"page\"\n[[service]]\nid = \"x\""),
        ("content", "]]]"),
        ("from", "9999-99-99"),
        ("areas", "1, 2, '"),
        ("id", "../../etc"),
    ] {
        let mut form = tile("ごみ").to_vec();
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let answer = office
            .ask("POST", "/console/tiles/edit", &cookies[0], &form)
            .await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field} {value:?}"
        );
        let page = answer.text().await.expect("a page");
        assert!(
            !page.contains("<script>alert") && page.contains("class=\"fault\""),
            "{field} {value:?}"
        );
    }
    let page = office
        .ask("GET", "/console/tiles", &cookies[0], &[])
        .await
        .text()
        .await;
    assert!(
        !page.expect("a page").contains("公開すると変わること"),
        "nothing was kept"
    );
}

/// The preview of the demonstration's tiles and the tablet's own picture of them are the same bytes.
#[test]
fn a_preview_is_what_the_tablet_draws() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut held = kairan_tablet::demonstration::held();
    for entry in &mut held.manifest.services {
        let Some(content) = held.contents.get(&entry.service.id) else {
            continue;
        };
        let bytes = serde_json::to_vec(content).expect("JSON");
        let sha256 = kairan_contract::Sha256::of(&bytes);
        std::fs::write(folder.path().join(sha256.to_string()), &bytes).expect("writes");
        if let Some(reference) = &mut entry.content {
            (reference.blob.sha256, reference.blob.bytes) = (sha256, bytes.len() as u64);
        }
    }
    let drawn = folder.path().join("drawn");
    let arguments = [
        "--profile",
        "tablet-10",
        "--text-size",
        "largest",
        "--language",
        "ja",
    ];
    let screens = Command::new(program("kairan-tablet"))
        .args(["screens", "--out"])
        .arg(&drawn)
        .args(arguments)
        .status();
    assert!(screens.expect("runs").success());
    let order = |touches: Vec<[u32; 2]>| kairan_contract::PreviewOrder {
        manifest: held.manifest.clone(),
        profile: "tablet-10".to_owned(),
        text_size: kairan_contract::TextSize::Largest,
        language: kairan_contract::Language::Japanese,
        touches,
        now: kairan_tablet::demonstration::now().as_millisecond(),
        battery_percent: Some(83),
    };
    let home = previewed(folder.path(), &order(Vec::new()));
    let own = |name: &str| {
        std::fs::read(drawn.join(format!("{name}-tablet-10-largest-ja.png"))).expect("drawn")
    };
    let pixels = |png: &[u8]| {
        image::load_from_memory(png)
            .expect("a picture")
            .into_rgba8()
    };
    assert!(
        pixels(&home) == pixels(&own("home")),
        "the home screen differs"
    );
    assert_eq!(home, own("home"), "and byte for byte");
    let list = previewed(folder.path(), &order(vec![[150, 300]]));
    assert!(pixels(&list) == pixels(&own("list")), "the list differs");
}

fn previewed(blobs: &std::path::Path, order: &kairan_contract::PreviewOrder) -> Vec<u8> {
    let mut child = Command::new(program("kairan-tablet"))
        .args(["preview", "--blobs"])
        .arg(blobs)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    let into = child.stdin.take().expect("piped");
    serde_json::to_writer(into, order).expect("sends");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success());
    output.stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_takes_another_password_and_every_other_session_ends() {
    let office = Office::new();
    let password = office.add("sato", "evaluator");
    let (here, elsewhere) = (
        office.sign_in("sato", &password).await,
        office.sign_in("sato", &password).await,
    );
    let renew = async |before: &str, after: &str| {
        let form = [("before", before), ("after", after)];
        office.ask("POST", "/console/me", &here, &form).await
    };
    for (before, after, told) in [
        (
            "wrong",
            "umbrella ferry turnip",
            "いまのパスワードがちがいます",
        ),
        (&*password, "password1234", "よく使われる"),
        (&*password, "", "12文字より長く"),
    ] {
        let answer = renew(before, after).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text().await.expect("a page").contains(told),
            "{told}"
        );
    }
    let answer = renew(&password, "umbrella ferry turnip").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let fresh = cookie(&answer);
    for (session, is_in) in [(&fresh, true), (&here, false), (&elsewhere, false)] {
        let answer = office.ask("GET", "/console/evaluation", session, &[]).await;
        assert_eq!(answer.status() == StatusCode::OK, is_in);
    }
    let form = [("name", "sato"), ("password", &*password)];
    let answer = office.ask("POST", "/console/sign-in", "", &form).await;
    assert_eq!(
        answer.status(),
        StatusCode::FORBIDDEN,
        "the first password is nobody's"
    );
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
