//! What evaluators see in the console, and the records that they take out.

use kairan_contract::ScreenName;
use kairan_tablet::screens::SCREENS;
use kairan_tests::{clerk::Clerk, office::Office};
use reqwest::StatusCode;

/// A screen that is new need not be known: records take any name, and the dictionary learns it with the next contract.
/// What it does explain is there.
#[test]
fn every_screen_that_the_dictionary_knows_is_one_of_the_tablet() {
    let names: Vec<String> = SCREENS.iter().map(|it| it.name().to_string()).collect();
    for known in ScreenName::KNOWN {
        assert!(names.iter().any(|name| name == known), "{known}");
    }
}

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
