//! Scripts in every field that a person or a publisher may fill.

use kairan_tests::office::{Office, location};

use super::table::Table;

/// Ends an attribute, a text or a script, and begins one of its own.
const SCRIPT: &str = "\"'></textarea></title><script>alert(1)</script>";
type Field = (&'static str, &'static str);
/// Each form with values that it takes, and each page that looks for what was typed.
const FORMS: [(&str, &str, &[Field]); 28] = [
    ("GET", "/console/sign-in", &[("next", "/console")]),
    (
        "POST",
        "/console/sign-in",
        &[("name", "x"), ("password", "x"), ("next", "")],
    ),
    ("POST", "/console/me", &[("before", "x"), ("after", "x")]),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "service"),
            ("was", "garbage"),
            ("id", "garbage"),
            ("provider", "city"),
            ("category", "news"),
            ("title", "ごみ"),
            ("reading", "ごみ"),
            ("summary", "曜日"),
            ("icon", "recycle"),
            ("content_kind", "page"),
            ("content_source", "garbage.md"),
            ("content_more", ""),
            ("from", ""),
            ("until", ""),
            ("areas", ""),
            ("age_bands", ""),
            ("cohorts", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "message"),
            ("was", ""),
            ("id", "hello"),
            ("title", "お便り"),
            ("text", "本文"),
            ("until", "2099-12-31"),
            ("from", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "category"),
            ("was", "news"),
            ("id", "news"),
            ("name", "くらし"),
            ("colour", "#1f4e9c"),
            ("icon", "house"),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "provider"),
            ("was", "city"),
            ("id", "city"),
            ("name", "市"),
            ("kind", "government"),
            ("telephone", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "council"),
            ("was", ""),
            ("name", "ひだまり市"),
            ("areas", "99201"),
            ("helper_telephone", "0120-000-000"),
        ],
    ),
    (
        "POST",
        "/console/tiles/try",
        &[
            ("content_kind", "feed"),
            ("content_source", "news.xml"),
            ("content_more", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/move",
        &[("part", "service"), ("id", "garbage"), ("way", "up")],
    ),
    (
        "POST",
        "/console/tiles/plan",
        &[("what", "date"), ("at", ""), ("note", "")],
    ),
    ("POST", "/console/tiles/publish", &[("note", "")]),
    (
        "GET",
        "/console/tiles/preview/words",
        &[("size", "large"), ("touches", "c1")],
    ),
    (
        "GET",
        "/console/tiles/preview",
        &[
            ("profile", "tablet-10"),
            ("size", "large"),
            ("language", "ja"),
            ("cohort", ""),
            ("area", ""),
            ("age_band", ""),
            ("touches", "1-1"),
        ],
    ),
    (
        "POST",
        "/console/emergencies/write",
        &[
            ("id", ""),
            ("title", "大雨"),
            ("text", "高い所へ"),
            ("hours", "2"),
            ("drill", "1"),
            ("to", "labels"),
            ("labels", "A-1"),
        ],
    ),
    (
        "POST",
        "/console/loans/new",
        &[
            ("participation", "0190b0e0-0000-7000-8000-000000000001"),
            ("cohort", "2026"),
            ("area", "99201"),
            ("age_band", "85+"),
        ],
    ),
    (
        "GET",
        "/console/tablets/stock",
        &[("text", ""), ("kind", ""), ("added", ""), ("known", "")],
    ),
    ("POST", "/console/tablets/stock", &[("labels", "A-1")]),
    (
        "POST",
        "/console/tablets/stock/away",
        &[("label", "A-1"), ("away", "lost")],
    ),
    (
        "POST",
        "/console/tablets/label",
        &[
            ("tablet", "0190b0e0-0000-7000-8000-000000000001"),
            ("label", "A-1"),
        ],
    ),
    (
        "GET",
        "/console/tablets",
        &[
            ("text", ""),
            ("cohort", ""),
            ("contact", ""),
            ("told", ""),
            ("sort", ""),
            ("page", "1"),
        ],
    ),
    (
        "POST",
        "/console/people",
        &[
            ("name", "sato"),
            ("role", "evaluator"),
            ("provider", ""),
            ("password", "たいへん長いことば12"),
        ],
    ),
    ("POST", "/console/people/bar", &[("name", "nobody")]),
    (
        "POST",
        "/console/people/role",
        &[("name", "nobody"), ("role", "provider"), ("provider", "x")],
    ),
    (
        "POST",
        "/console/people/password",
        &[("name", "nobody"), ("password", "たいへん長いことば12")],
    ),
    ("GET", "/console/audit", &[("text", ""), ("below", "9")]),
    (
        "GET",
        "/console/evaluation",
        &[("from", "2026-09-01"), ("to", "2026-09-02"), ("cohort", "")],
    ),
    ("GET", "/console/language/en", &[("to", "/console")]),
];
/// Where whatever was kept is shown.
const SHOWN: [&str; 14] = [
    "/console/tiles",
    "/console/tiles?part=message",
    "/console/tiles?part=category",
    "/console/tiles?part=provider",
    "/console/tiles?part=council",
    "/console/tiles/revisions",
    "/console/tiles/preview",
    "/console/tiles/preview/words",
    "/console/emergencies",
    "/console/tablets",
    "/console/tablets/stock",
    "/console/people",
    "/console/audit",
    "/console/loans/new",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_script_in_any_field_is_shown_as_what_it_is() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let hana = office.sign_in("hana", &password).await;
    let mut table = Table::default();
    for (method, path, form) in FORMS {
        for attacked in form.iter().map(|(name, _)| *name) {
            let fields: Vec<(&str, &str)> = form
                .iter()
                .map(|(name, value)| (*name, if *name == attacked { SCRIPT } else { value }))
                .collect();
            let answer = if method == "GET" {
                let mut address = url::Url::parse("http://x")
                    .and_then(|it| it.join(path))
                    .expect("a path");
                address.query_pairs_mut().extend_pairs(&fields);
                let asked = format!("{path}?{}", address.query().unwrap_or_default());
                office.ask(method, &asked, &hana, &[]).await
            } else {
                office.ask(method, path, &hana, &fields).await
            };
            let tried = format!("{method} {path}, script in `{attacked}`");
            let status = answer.status();
            assert!(status.as_u16() < 500, "{tried}: {status}");
            assert!(!location(&answer).contains('<'), "{tried}");
            table.note(&tried, &answer, status);
            let page = answer.text().await.expect("a page");
            assert!(!page.contains("<script>alert"), "{tried}: {page}");
        }
    }
    for path in SHOWN {
        let page = office
            .ask("GET", path, &hana, &[])
            .await
            .text()
            .await
            .expect("a page");
        assert!(
            !page.contains("<script>alert"),
            "kept and shown at {path}: {page}"
        );
    }
    table.keep("scripts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_from_a_feed_is_shown_as_words_or_not_at_all() {
    let office = Office::new();
    let feed = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title><id>x</id><updated>2026-11-25T00:00:00Z</updated>\
        <entry><id>1</id><title type=\"text\">&lt;script&gt;alert(1)&lt;/script&gt;敬老会</title>\
        <link href=\"javascript:alert(1)\"/><updated>2026-11-25T00:00:00Z</updated>\
        <content type=\"html\">&lt;script&gt;alert(1)&lt;/script&gt;&lt;p onclick=&quot;alert(1)&quot;&gt;本文です。\
        &lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;</content></entry></feed>";
    office.council.write("evil.xml", feed);
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let form = [
        ("content_kind", "feed"),
        ("content_source", "evil.xml"),
        ("content_more", ""),
    ];
    let answer = office.ask("POST", "/console/tiles/try", &kato, &form).await;
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let page = answer.text().await.expect("a page");
    assert!(
        page.contains("敬老会") && page.contains("本文です。"),
        "{page}"
    );
    for gone in ["<script>alert", "javascript:", "onclick", "onerror"] {
        assert!(!page.contains(gone), "{gone}: {page}");
    }
}
