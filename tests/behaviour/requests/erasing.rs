//! What residents tell with a request lies nowhere in the clear, and is gone after its days.

use jiff::SignedDuration;
use kairan_backend::{
    database::{
        Database,
        keys::{Keys, Purpose},
    },
    requests::{queries::steps::StepTaken, rules::machine::Step},
};
use kairan_contract::{KanaName, RequestId, RequestStatus};
use kairan_tests::shop::{self, Order};

use super::counter::{Counter, at, somebody};

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_are_sealed_and_gone_after_their_days() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at("2026-12-01T09:30"), somebody());
        let (version, _) = counter.shown(now).await;
        let order = Order::milk(&version, "20261202-1400-1600");
        counter.send(loan, &[order.json()], now).await;
        let words = StepTaken {
            words: Some("げんかんに おきます"),
            ..StepTaken::default()
        };
        let done = counter
            .step_with(order.id, 1, Step::Accept, words, now)
            .await;
        done.expect("is taken");
        let pseudonym = loan.to_string();
        let secrets = [
            shop::NAME,
            shop::TELEPHONE,
            shop::BUILDING,
            shop::NOTE,
            "げんかんに おきます",
            &pseudonym,
        ];
        for secret in secrets {
            assert!(!counter.has_in_the_clear(secret).await, "{secret}");
        }
        let then = at("2026-12-02T17:00");
        let done = counter.step(order.id, 2, Step::Finish, then).await;
        done.expect("is taken");
        let id = RequestId(order.id);
        let stored = counter.store.request(id).await.expect("reads");
        let stored = stored.expect("is there");
        let details = counter.store.open_details(id, stored.sealed.as_deref());
        let details = details.expect("opens");
        assert_eq!(
            details.person.name.as_ref().map(KanaName::as_str),
            Some(shop::NAME)
        );

        let days = |count: i32| then + SignedDuration::from_hours(24 * i64::from(count));
        let early = days(30) - SignedDuration::from_secs(1);
        let erased = counter.store.erase_personal_data(early).await;
        assert_eq!(erased.expect("looks"), 0);
        let erased = counter.store.erase_personal_data(days(30)).await;
        assert_eq!(erased.expect("erases"), 1);
        let stored = counter.store.request(id).await.expect("reads");
        let stored = stored.expect("stays for the figures");
        assert_eq!((&stored.sealed, &stored.loan), (&None, &None));
        assert_eq!(stored.title, "買い物");
        let steps = counter.store.transitions_of(id).await.expect("reads");
        let steps: Vec<String> = steps.into_iter().map(|it| it.step).collect();
        assert_eq!(steps, ["ask", "accept", "finish"]);
        assert!(counter.told(loan, days(31)).await.answers.is_empty());
        let again = counter.store.erase_personal_data(days(31)).await;
        assert_eq!(again.expect("looks"), 0, "once");
        // What is sent again now makes no second order.
        counter.send(loan, &[order.json()], days(31)).await;
        assert!(counter.told(loan, days(31)).await.answers.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_leaves_nothing_and_gives_back_what_they_held() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at("2026-12-01T09:30"), somebody());
        let (version, _) = counter.shown(now).await;
        let order = Order::bread(&version, "20261202-1000-1200");
        counter.send(loan, &[order.json()], now).await;
        counter.store.erase(loan, now).await.expect("erases");
        assert!(counter.told(loan, now).await.answers.is_empty());
        assert_eq!(counter.store.rows_about(loan).await.expect("counts"), 0);
        let (_, form) = counter.shown(now).await;
        assert!(form.windows.iter().all(|it| !it.is_full));
        assert!(form.goods.iter().all(|it| !it.is_sold_out));
        // And nothing more is taken in.
        counter
            .send(
                loan,
                &[Order::milk(&version, "20261202-1400-1600").json()],
                now,
            )
            .await;
        assert!(counter.open().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_seals_anew_and_a_lost_one_loses_only_what_it_sealed() {
    let counter = Counter::new().await;
    let (now, loan) = (at("2026-12-01T09:30"), somebody());
    let (version, _) = counter.shown(now).await;
    let order = Order::milk(&version, "20261202-1400-1600");
    counter.send(loan, &[order.json()], now).await;
    let data = counter.folder.path().join("data");
    let keys = counter.folder.path().join("data.keys");
    let files = || -> Vec<std::path::PathBuf> {
        let files = std::fs::read_dir(keys.join("personal-data")).expect("reads");
        files.map(|it| it.expect("a file").path()).collect()
    };
    let first = files();
    let anew = Keys::at(&keys).add(Purpose::PersonalData, now);
    anew.expect("makes another");
    let done = counter.store.reseal().await.expect("seals anew");
    assert_eq!((done.requests, done.lost_requests), (1, 0));
    for file in first {
        std::fs::remove_file(file).expect("removes");
    }
    let reopened = Database::open(&data, None).await.expect("opens");
    assert_eq!(reopened.lost_requests().await.expect("looks"), 0);
    let told = reopened.answers_since(loan, 0, now).await.expect("tells");
    assert_eq!(told.answers[0].lines.len(), 3);
    // The key of the loans' names goes: they are named by another.
    std::fs::remove_dir_all(keys.join("loans")).expect("removes");
    let reopened = Database::open(&data, None).await.expect("opens");
    let told = reopened.answers_since(loan, 0, now).await.expect("tells");
    assert!(told.answers.is_empty());
    assert_eq!(reopened.name_loans_anew().await.expect("names"), 1);
    let told = reopened.answers_since(loan, 0, now).await.expect("tells");
    assert_eq!(told.answers.len(), 1);
    // And that of what they told: how it stands is told all the same.
    for file in files() {
        std::fs::remove_file(file).expect("removes");
    }
    let reopened = Database::open(&data, None).await.expect("opens");
    assert_eq!(reopened.lost_requests().await.expect("looks"), 1);
    let told = reopened.answers_since(loan, 0, now).await.expect("tells");
    assert_eq!(told.answers[0].status, RequestStatus::Requested);
    assert!(told.answers[0].lines.is_empty());
}
