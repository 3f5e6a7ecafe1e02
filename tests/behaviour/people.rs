//! Who is let in: passwords, second factors, sessions, roles, and the log of what was done.

use kairan_tests::{
    clerk::Clerk,
    office::{Office, between, code, cookie, location},
};
use reqwest::StatusCode;

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

/// Whatever was typed when a session ended comes back to be sent again, but for passwords; and only to who had one.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_comes_too_late_comes_back_with_what_was_typed() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let hana = office.sign_in("hana", &password).await;
    office
        .ask("POST", "/console/sign-out", &hana, &[("x", "")])
        .await;
    let typed = "\n一行目\n</textarea><b>\"二行目\"";
    let form = [
        ("name", typed),
        ("role", "helper"),
        ("password", "たいへん長いことば12"),
    ];
    let answer = office.ask("POST", "/console/people", &hana, &form).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("action=\"/console/people\""), "{page}");
    let kept = between(&page, "<textarea name=\"name\" hidden>\n", "</textarea>");
    let shown = "\n一行目\n&#60;/textarea&#62;&#60;b&#62;&#34;二行目&#34;";
    assert_eq!(kept, shown, "{page}");
    assert!(!page.contains("たいへん長い"), "{page}");

    let file = ("pool.jpg", &b"no picture"[..]);
    let fields = [("id", "garbage"), ("text", "長い本文")];
    let answer = office
        .send_file("/console/tiles/text", &hana, file, &fields)
        .await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let page = answer.text().await.expect("a page");
    assert!(
        page.contains("長い本文") && page.contains("multipart/form-data"),
        "{page}"
    );
    assert!(!page.contains("no picture"), "{page}");

    let stranger = office.ask("POST", "/console/people", "", &form).await;
    assert!(location(&stranger).starts_with("/console/sign-in"));
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
