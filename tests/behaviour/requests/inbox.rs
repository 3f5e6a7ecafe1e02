//! The inbox of a desk that has more to answer than a page shows.

use std::time::{Duration, Instant};

use kairan_backend::requests::queries::desk::{Desk, Question};
use kairan_tests::shop::Order;

use super::counter::{Counter, at, somebody};

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_shows_fifty_of_ten_thousand_in_no_time() {
    let counter = Counter::new().await;
    let (now, loan) = (at("2026-12-01T09:30"), somebody());
    let (version, _) = counter.shown(now).await;
    let order = Order::milk(&version, "20261202-1400-1600");
    counter.send(loan, &[order.json()], now).await;
    counter.copy_requests(9_999).await;
    let desk = Desk::Provider("shop".parse().expect("an id"));
    for (page, shown) in [(0, 50), (199, 50), (200, 0)] {
        let question = Question {
            page,
            ..Question::default()
        };
        let began = Instant::now();
        let found = counter.store.requests_of(&desk, &question).await;
        let found = found.expect("lists");
        let took = began.elapsed();
        assert_eq!((found.requests.len(), found.count), (shown, 10_000));
        // A page has 50 ms; this program is built for finding faults, and others run beside it.
        assert!(took < Duration::from_millis(500), "page {page}: {took:?}");
        println!("page {page}: {took:?}");
    }
    let none = Question {
        service: "garbage".to_owned(),
        ..Question::default()
    };
    let found = counter.store.requests_of(&desk, &none).await;
    assert_eq!(found.expect("lists").count, 0);
    let all = Question::default();
    let found = counter.store.requests_of(&Desk::Town, &all).await;
    let found = found.expect("lists");
    assert_eq!(found.count, 0, "the shop is not the town's");
}
