//! Who may what in the console: each role on each page and each deed, over HTTP.

use kairan_tests::office::{Office, location};
use reqwest::StatusCode;

/// Every page and deed, and whose it is: **A**dministrator, **O**perator, **R**eleaser, **H**elper,
/// **P**rovider, **C**ounter, **E**valuator, evaluator with records (**X**). Nobody else's, and nobody's before the sign-in.
// A provider's own tiles are in `providers.rs`: here, whatever names no tile of theirs is refused.
const RIGHTS: [(&str, &str, &str); 62] = [
    ("POST", "/console/tiles/try", "AOR"),
    ("GET", "/console/me", "AORHPCEX"),
    ("POST", "/console/me", "AORHPCEX"),
    ("GET", "/console", "AORHPCEX"),
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
    ("GET", "/console/tiles/services.zip", "AOR"),
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
    ("GET", "/console/tiles/preview/words", "AORP"),
    ("GET", "/console/tiles/services.toml", "AOR"),
    ("GET", "/console/tablets", "AORH"),
    ("GET", "/console/tablets.csv", "AORH"),
    ("GET", "/console/tablets/stock", "AORH"),
    ("GET", "/console/tablets/stock.csv", "AORH"),
    ("POST", "/console/tablets/stock", "AH"),
    ("POST", "/console/tablets/stock/away", "AH"),
    ("POST", "/console/tablets/tell", "AH"),
    ("POST", "/console/tablets/label", "AH"),
    ("GET", "/console/loans/new", "AH"),
    ("POST", "/console/loans/new", "AH"),
    ("POST", "/console/loans/replace", "AH"),
    ("POST", "/console/loans/end", "AH"),
    ("GET", "/console/requests", "AOHPC"),
    ("POST", "/console/requests", "AH"),
    ("GET", REQUEST, "AOHPC"),
    ("POST", REQUEST, "AOHPC"),
    ("GET", "/console/people", "A"),
    ("POST", "/console/people", "A"),
    ("POST", "/console/people/bar", "A"),
    ("POST", "/console/people/role", "A"),
    ("POST", "/console/people/password", "A"),
    ("GET", "/console/audit", "A"),
    ("GET", "/console/audit.csv", "A"),
];

const FIGURES: &str = "/console/evaluation/figures.zip?from=2026-09-01&to=2026-09-02";

/// A request that is not there: whoever answers requests is told so, and the others nothing.
const REQUEST: &str = "/console/requests/6d9f3b0a-0000-4000-8000-000000000009";

const ROLES: [(&str, char); 8] = [
    ("administrator", 'A'),
    ("operator", 'O'),
    ("releaser", 'R'),
    ("helper", 'H'),
    ("provider", 'P'),
    ("counter", 'C'),
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
