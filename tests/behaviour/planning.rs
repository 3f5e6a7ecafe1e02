//! Catalogues that wait: tried on some tablets first, or published at a date; and whom a tile is for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::Offset};
use kairan_backend::{
    catalogue::queries::{PlannedCatalogue, Waiting},
    database::Database,
};
use kairan_contract::Sha256;
use kairan_tests::{office::Office, programs::Tablet};
use reqwest::StatusCode;

/// A tablet that asks seldom: what comes sooner was told to it.
fn tablet(office: &Office, home: &std::path::Path) -> Tablet {
    let code = office.backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(60, &office.backend.address, home, Some(&code));
    tablet.wait_for("市からのお知らせ");
    tablet
}

async fn get(office: &Office, path: &str, cookie: &str) -> String {
    let answer = office.ask("GET", path, cookie, &[]).await;
    answer.text().await.expect("a page")
}

/// Takes the catalogue in force, changed so, as a draft.
async fn draft(office: &Office, cookie: &str, from: &str, to: &str) {
    let text = get(office, "/console/tiles/services.toml", cookie).await;
    let changed = text.replace(from, to);
    assert_ne!(text, changed);
    let file = ("services.toml", changed.as_bytes());
    let taken = office
        .send_file("/console/tiles/import", cookie, file, &[])
        .await;
    assert_eq!(taken.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_tried_on_one_tablet_before_everybody_gets_it() {
    let office = Office::new();
    let password = office.add("kato", "administrator");
    let kato = office.sign_in("kato", &password).await;
    let homes = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut first = tablet(&office, homes[0].path());
    // The only one so far is the one for trial.
    let tell = [("everyone", "1"), ("what", "trial")];
    office
        .ask("POST", "/console/tablets/tell", &kato, &tell)
        .await;
    let mut other = tablet(&office, homes[1].path());

    let more = "[[message]]\nid = \"trial\"\ntitle = \"ためし\"\ntext = \"本文\"\nuntil = 2099-12-31\n\n[[category]]";
    draft(
        &office,
        &kato,
        "title = \"市からのお知らせ\"",
        "title = \"市のニュース\"",
    )
    .await;
    let plan = [("what", "trial"), ("note", "名前をためす")];
    let planned = office
        .ask("POST", "/console/tiles/plan", &kato, &plan)
        .await;
    assert_eq!(planned.status(), StatusCode::SEE_OTHER);
    first.wait_for("市のニュース");
    // Its content was gathered for it, too.
    first.go("市のニュース", "敬老会をひらきます");
    assert!(other.look().contains("市からのお知らせ"));
    let page = get(&office, "/console/tiles", &kato).await;
    assert!(
        page.contains("ためし用のタブレットで試しています"),
        "{page}"
    );

    // Trying ends with publishing the same.
    let published = office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    assert_eq!(published.status(), StatusCode::SEE_OTHER);
    other.wait_for("市のニュース");
    let page = get(&office, "/console/tiles", &kato).await;
    assert!(!page.contains("試しています"), "{page}");

    // What is tried and let go is nowhere any more.
    draft(&office, &kato, "[[category]]", more).await;
    office
        .ask("POST", "/console/tiles/plan", &kato, &plan)
        .await;
    first.go("はじめ", "お便り");
    office
        .ask("POST", "/console/tiles/unplan", &kato, &[("what", "trial")])
        .await;
    kairan_tests::until("the trial is over", || {
        (!first.look().contains("お便り")).then_some(())
    });
    assert!(!other.look().contains("お便り"));
    first.close();
    other.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_comes_into_force_at_its_date_unless_somebody_was_faster() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let in_a_moment = || {
        let at = Timestamp::now() + 3.seconds();
        Offset::constant(9).to_datetime(at).to_string()
    };
    draft(
        &office,
        &kato,
        "title = \"市からのお知らせ\"",
        "title = \"市のニュース\"",
    )
    .await;
    let other = office.add("abe", "operator");
    let abe = office.sign_in("abe", &other).await;
    for wrong in [
        "",
        "あした",
        "2020-01-01T00:00",
        "2999-01-01T00:00",
        "2026-13-40T99:99",
    ] {
        let plan = [("what", "date"), ("at", wrong)];
        let answer = office
            .ask("POST", "/console/tiles/plan", &kato, &plan)
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let at = in_a_moment();
    let plan = [("what", "date"), ("at", &*at), ("note", "来週から")];
    office
        .ask("POST", "/console/tiles/plan", &kato, &plan)
        .await;
    // Nobody's plan is replaced, or dropped for a draft that is there already, without a word.
    draft(&office, &abe, "曜日と分け方", "曜日の表").await;
    for (path, told) in [
        ("/console/tiles/plan", "kato さんの予定があります"),
        ("/console/tiles/unplan", "下書きがもうあります"),
    ] {
        let form = [("what", "date"), ("at", &*at)];
        let answer = office.ask("POST", path, &abe, &form).await;
        assert!(answer.status().is_client_error(), "{path}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains(told), "{told}: {page}");
    }
    let says = async |words: &str, path: &str| {
        for _ in 0..300 {
            if get(&office, path, &kato).await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never says {words}");
    };
    says("市のニュース", "/console/tiles/services.toml").await;
    says("来週から", "/console/tiles/revisions").await;

    draft(
        &office,
        &kato,
        "title = \"市のニュース\"",
        "title = \"ニュース\"",
    )
    .await;
    let at = in_a_moment();
    office
        .ask(
            "POST",
            "/console/tiles/plan",
            &kato,
            &[("what", "date"), ("at", &*at)],
        )
        .await;
    draft(
        &office,
        &kato,
        "title = \"市のニュース\"",
        "title = \"お知らせ\"",
    )
    .await;
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    says("公開できませんでした", "/console/tiles").await;
    let text = get(&office, "/console/tiles/services.toml", &kato).await;
    assert!(
        text.contains("お知らせ"),
        "nothing was overwritten in silence"
    );
    // Dropped, it is a draft again.
    office
        .ask("POST", "/console/tiles/unplan", &kato, &[("what", "date")])
        .await;
    says("ニュース", "/console/tiles").await;
    says("ほかの人が公開しました", "/console/tiles").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_of_one_cohort_is_on_its_tablets_only() {
    let office = Office::new();
    let password = office.add("kato", "administrator");
    let kato = office.sign_in("kato", &password).await;
    let lent = async |cohort: &str| {
        let form = [("cohort", cohort), ("age_band", "85+")];
        let page = office.ask("POST", "/console/loans/new", &kato, &form).await;
        let page = page.text().await.expect("a page");
        let digits = kairan_tests::office::between(&page, "class=\"digits\">", "<");
        digits
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let homes = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut tablets = Vec::new();
    for (cohort, home) in ["spring", "autumn"].iter().zip(&homes) {
        let code = lent(cohort).await;
        tablets.push(Tablet::start_asking_every(
            60,
            &office.backend.address,
            home.path(),
            Some(&code),
        ));
    }
    for tablet in &mut tablets {
        tablet.wait_for("市からのお知らせ");
    }
    draft(
        &office,
        &kato,
        "id = \"garbage\"\n",
        "id = \"garbage\"\ncohorts = [\"autumn\"]\n",
    )
    .await;
    let page = get(&office, "/console/tiles", &kato).await;
    assert!(
        page.contains("変わるタブレット：<b>1</b>"),
        "only that of the other cohort changes: {page}"
    );
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    kairan_tests::until("the tile goes", || {
        (!tablets[0].look().contains("ごみ")).then_some(())
    });
    assert!(tablets[1].look().contains("ごみ"));
    // For people of another age it is nobody's here.
    draft(
        &office,
        &kato,
        "cohorts = [\"autumn\"]\n",
        "age_bands = [\"50-64\"]\n",
    )
    .await;
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    kairan_tests::until("the tile goes", || {
        (!tablets[1].look().contains("ごみ")).then_some(())
    });
    // Put away, a tile is nobody's; brought out, it is there again.
    for (way, is_there) in [("off", false), ("on", true)] {
        let form = [("id", "weather"), ("way", way)];
        office
            .ask("POST", "/console/tiles/switch", &kato, &form)
            .await;
        office
            .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
            .await;
        for tablet in &mut tablets {
            kairan_tests::until("the tile goes or comes", || {
                (tablet.look().contains("天気") == is_there).then_some(())
            });
        }
    }
    for tablet in tablets {
        tablet.close();
    }
}

/// What the store promises of plans, on either database.
pub async fn one_plan_of_each_kind_waits(store: &Database, now: Timestamp) {
    let plan = |waiting, text: &str, planned_at| PlannedCatalogue {
        waiting,
        base: Sha256::of(b"before"),
        text: text.to_owned(),
        by: "kato".to_owned(),
        note: "わけ".to_owned(),
        planned_at,
        failed: None,
    };
    let later = now + SignedDuration::from_secs(1);
    let trial = plan(Waiting::Trial, "trial", now);
    let first = plan(Waiting::Until(later), "first", now);
    let second = plan(Waiting::Until(later), "second", later);
    for kept in [&trial, &first, &second] {
        store.plan(kept).await.expect("keeps");
    }
    assert_eq!(
        store.on_trial().await.expect("reads").as_ref(),
        Some(&trial)
    );
    assert_eq!(store.dated().await.expect("reads").as_ref(), Some(&second));
    // Whoever drops what another has replaced drops nothing.
    store.drop_plan(&first).await.expect("drops");
    store
        .note_failed_plan(&second, "なぜか")
        .await
        .expect("notes");
    let failed = store.dated().await.expect("reads").expect("there");
    assert_eq!(failed.failed.as_deref(), Some("なぜか"));
    for kept in [&trial, &second] {
        store.drop_plan(kept).await.expect("drops");
    }
    assert_eq!(store.on_trial().await.expect("reads"), None);
    assert_eq!(store.dated().await.expect("reads"), None);
}
