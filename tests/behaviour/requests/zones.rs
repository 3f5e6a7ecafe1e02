//! Case 13: times are those of Japan wherever the program runs, around midnight and the turn of the year.

use std::process::Command;

use kairan_contract::RequestStatus;
use kairan_tests::shop::Order;

use super::counter::{Counter, at, somebody};

/// What says when something is too late, and until when somebody answers.
const TESTS: [&str; 4] = [
    "requests::cases::case_5_what_nobody_answers_is_over_when_it_would_begin_and_the_resident_is_told",
    "requests::cases::case_6_the_time_for_an_answer_is_counted_in_the_hours_of_the_shop",
    "requests::cases::case_22_it_is_the_clock_of_the_backend_that_says_what_is_too_late",
    "requests::zones::case_13_the_turn_of_the_day_and_of_the_year_is_japans",
];

#[test]
fn case_13_the_same_is_so_in_every_time_zone_of_the_process() {
    let program = std::env::current_exe().expect("this program");
    for zone in [
        "UTC",
        "America/New_York",
        "Asia/Tokyo",
        "Australia/Lord_Howe",
    ] {
        let run = Command::new(&program)
            .args(["--exact", "--test-threads", "1"])
            .args(TESTS)
            .env("TZ", zone)
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(run.status.success(), "{zone}: {said}");
        assert!(said.contains("4 passed"), "{zone}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_13_the_turn_of_the_day_and_of_the_year_is_japans() {
    let counter = Counter::new().await;
    for (now, first, begins) in [
        // Half past midnight in Japan is the day before in UTC.
        ("2026-12-02T00:30", "20261202-1000-1200", "2026-12-02T10:00"),
        ("2026-12-02T08:59", "20261202-1400-1600", "2026-12-02T14:00"),
        ("2026-12-31T23:30", "20270101-1000-1200", "2027-01-01T10:00"),
        ("2027-01-01T00:30", "20270101-1000-1200", "2027-01-01T10:00"),
        ("2028-02-28T23:30", "20280229-1000-1200", "2028-02-29T10:00"),
        // Where others put their clocks forward.
        ("2027-03-14T23:30", "20270315-1000-1200", "2027-03-15T10:00"),
    ] {
        let (loan, now) = (somebody(), at(now));
        let (version, form) = counter.shown(now).await;
        assert_eq!(form.windows[0].id.as_str(), first);
        assert_eq!(form.windows[0].begins_at, at(begins));
        let order = Order::milk(&version, first);
        counter.send(loan, &[order.json()], now).await;
        let told = counter.answer(loan, order.id, now).await;
        assert_eq!(told.status, RequestStatus::Requested, "{first}");
        let window = &told.lines[1].answer;
        let (day, time) = begins.split_once('T').expect("a time");
        assert!(window.starts_with(&format!("{day} {time}")), "{window}");
        let back = kairan_tests::shop::about("withdraw", order.id);
        counter.send(loan, &[back], now).await;
    }
}
