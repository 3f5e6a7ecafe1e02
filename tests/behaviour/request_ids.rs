//! Each answer says by which id its request is found in the log.

use std::collections::BTreeSet;

use kairan_tests::office::Office;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_bears_an_id_of_its_own() {
    let office = Office::new();
    let mut ids = BTreeSet::new();
    let addresses = [
        "/console",
        "/console/sign-in?to=/console/people",
        "/console/nowhere",
        "/console/assets/console.css",
        "/api/v1/manifest",
        "/api/v1/changes",
        "/api/v1/records",
        "/api/openapi.json",
        "/nowhere",
    ];
    for address in addresses {
        let answer = office.ask("GET", address, "", &[]).await;
        let id = answer.headers().get("x-request-id");
        let id = id.and_then(|it| it.to_str().ok()).expect(address);
        assert!(ids.insert(id.parse::<Uuid>().expect(address)), "{address}");
    }
    assert_eq!(ids.len(), addresses.len());
}
