//! What went wrong elsewhere, and must hold here: each test bears the number of its case.

use std::sync::Arc;

use jiff::SignedDuration;
use kairan_backend::requests::{
    queries::steps::{NotTaken, StepTaken},
    rules::machine::{Refusal, Step},
};
use kairan_contract::{Appointment, Proposal, Reason, RequestStatus, TelephoneNumber};
use kairan_tests::shop::{self, Order, about, to_proposal};

use super::counter::{Counter, at, somebody, words};

/// A Tuesday morning, and the windows of the day after.
const NOW: &str = "2026-12-01T09:30";
const MORNING: &str = "20261202-1000-1200";
const AFTERNOON: &str = "20261202-1400-1600";

#[tokio::test(flavor = "multi_thread")]
async fn case_1_and_2_of_two_hundred_at_once_exactly_one_has_the_last_piece() {
    for counter in Counter::on_both().await {
        let (now, counter) = (at(NOW), Arc::new(counter));
        let (version, form) = counter.shown(now).await;
        assert!(form.goods.iter().all(|it| !it.is_sold_out));
        let mut asking = Vec::new();
        for _ in 0..200 {
            let (loan, order) = (somebody(), Order::bread(&version, AFTERNOON));
            let counter = Arc::clone(&counter);
            asking.push(tokio::spawn(async move {
                counter.send(loan, &[order.json()], now).await;
                let answer = counter.answer(loan, order.id, now).await;
                (answer.status, answer.reason)
            }));
        }
        let (mut have_it, mut are_told) = (0, 0);
        for one in asking {
            match one.await.expect("asks") {
                (RequestStatus::Requested, None) => have_it += 1,
                (RequestStatus::Returned, Some(Reason::SoldOut)) => are_told += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((have_it, are_told), (1, 199));
        let (_, form) = counter.shown(now).await;
        let bread = form.goods.iter().find(|it| it.id.as_str() == "bread");
        assert!(bread.expect("is there").is_sold_out, "and the list says so");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_3_and_16_two_want_one_window_and_only_one_can_be_confirmed() {
    for counter in Counter::on_both().await {
        let now = at(NOW);
        let (version, _) = counter.shown(now).await;
        let (one, other) = (somebody(), somebody());
        let (first, second) = (
            Order::milk(&version, MORNING),
            Order::milk(&version, MORNING),
        );
        counter.send(one, &[first.json()], now).await;
        counter.send(other, &[second.json()], now).await;
        let told = counter.answer(other, second.id, now).await;
        assert_eq!(
            (told.status, told.reason),
            (RequestStatus::Returned, Some(Reason::Full))
        );
        let done = counter.step(first.id, 1, Step::Accept, now).await;
        assert_eq!(done.expect("is taken").status, RequestStatus::Confirmed);
        let refused = counter
            .step(second.id, told.revision, Step::Accept, now)
            .await;
        let Err(NotTaken::Refused(_, Refusal::NotFrom { status })) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(status, RequestStatus::Returned);
        let (_, form) = counter.shown(now).await;
        let full: Vec<&str> = form
            .windows
            .iter()
            .filter(|it| it.is_full)
            .map(|it| it.id.as_str())
            .collect();
        assert_eq!(full, [MORNING], "full is seen on the list");
        // Mended, it keeps its number, and has another window.
        let mended = Order {
            mends: Some(second.id),
            ..Order::milk(&version, AFTERNOON)
        };
        counter.send(other, &[mended.json()], now).await;
        let again = counter.answer(other, second.id, now).await;
        assert_eq!(
            (again.status, again.number, again.reason),
            (RequestStatus::Requested, told.number, None)
        );
        assert_eq!(
            again.appointment.map(|it| it.begins_at),
            Some(at("2026-12-02T14:00"))
        );
        assert_eq!(counter.told(other, now).await.answers.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_3_of_two_clerks_the_second_is_told_how_it_stands() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at(NOW), somebody());
        let (version, _) = counter.shown(now).await;
        let order = Order::milk(&version, AFTERNOON);
        counter.send(loan, &[order.json()], now).await;
        let done = counter.step(order.id, 1, Step::Accept, now).await;
        done.expect("is taken");
        let second = counter.step(order.id, 1, Step::Decline, now).await;
        let Err(NotTaken::Changed(present)) = second else {
            panic!("{second:?}")
        };
        assert_eq!(
            (present.status, present.revision),
            (RequestStatus::Confirmed, 2)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_4_places_are_held_until_the_time_for_an_answer_and_by_few_requests_of_one_loan() {
    for counter in Counter::on_both().await {
        let (now, one, other) = (at(NOW), somebody(), somebody());
        let (version, _) = counter.shown(now).await;
        let held = Order::milk(&version, MORNING);
        counter.send(one, &[held.json()], now).await;
        let by = counter.answer(one, held.id, now).await.answer_by;
        assert_eq!(by, Some(at("2026-12-01T13:30")), "four hours of opening");
        // One second before it is held, and with that second it is free again, by the clock alone.
        let just_before = by.expect("a time") - SignedDuration::from_secs(1);
        let wants = Order::milk(&version, MORNING);
        counter.send(other, &[wants.json()], just_before).await;
        let told = counter.answer(other, wants.id, just_before).await;
        assert_eq!(told.reason, Some(Reason::Full));
        let then = by.expect("a time");
        assert_eq!(counter.store.expire_requests(then).await.expect("ends"), 1);
        let again = Order {
            mends: Some(wants.id),
            ..Order::milk(&version, MORNING)
        };
        counter.send(other, &[again.json()], then).await;
        let status = counter.status(other, wants.id, then).await;
        assert_eq!(status, RequestStatus::Requested);
        // Two may be open, and no third.
        let orders: Vec<Order> = (0..2).map(|_| Order::milk(&version, AFTERNOON)).collect();
        for order in &orders {
            counter.send(other, &[order.json()], then).await;
        }
        let told = counter.told(other, then).await.answers;
        let last = told.last().expect("some");
        assert_eq!(
            (last.status, last.reason),
            (RequestStatus::Declined, Some(Reason::TooMany)),
            "{}",
            words(&told)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_5_what_nobody_answers_is_over_when_it_would_begin_and_the_resident_is_told() {
    for counter in Counter::on_both().await {
        // At half past seven there are two and a half hours left, and the shop opens at nine.
        let (now, loan) = (at("2026-12-02T07:30"), somebody());
        let (version, _) = counter.shown(now).await;
        let order = Order::milk(&version, MORNING);
        counter.send(loan, &[order.json()], now).await;
        let begins = at("2026-12-02T10:00");
        let told = counter.answer(loan, order.id, now).await;
        assert_eq!(
            (told.status, told.answer_by),
            (RequestStatus::Requested, Some(begins))
        );
        assert_eq!(counter.open().await.len(), 1);
        // Nobody has noted it yet: it is judged when it is looked at.
        let told = counter.answer(loan, order.id, begins).await;
        assert_eq!((told.status, told.revision), (RequestStatus::Expired, 2));
        assert_eq!(
            told.telephone.as_ref().map(TelephoneNumber::as_str),
            Some("0120-111-222")
        );
        let late = counter.step(order.id, 1, Step::Accept, begins).await;
        assert!(matches!(late, Err(NotTaken::Changed(_))), "{late:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_6_the_time_for_an_answer_is_counted_in_the_hours_of_the_shop() {
    let counter = Counter::new().await;
    // At half past five in the afternoon half an hour is left of the day: three and a half are left for the next.
    let (now, loan) = (at("2026-12-01T17:30"), somebody());
    let (version, _) = counter.shown(now).await;
    let order = Order::milk(&version, AFTERNOON);
    counter.send(loan, &[order.json()], now).await;
    let by = counter.answer(loan, order.id, now).await.answer_by;
    assert_eq!(by, Some(at("2026-12-02T12:30")));
    let night = at("2026-12-02T03:00");
    assert_eq!(
        counter.store.expire_requests(night).await.expect("looks"),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn case_7_and_8_the_same_sent_again_is_one_order_with_one_number() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at(NOW), somebody());
        let (version, _) = counter.shown(now).await;
        let order = Order::bread(&version, MORNING);
        let mut told = Vec::new();
        for _ in 0..3 {
            counter.send(loan, &[order.json(), order.json()], now).await;
            told.push(counter.told(loan, now).await);
        }
        assert_eq!(told[0], told[1], "nothing has happened twice");
        assert_eq!(told[1], told[2]);
        assert_eq!(told[0].answers.len(), 1);
        // Nor does a step that is sent again: what was decided in the meantime stands.
        counter
            .step(order.id, 1, Step::Accept, now)
            .await
            .expect("is taken");
        let late = at("2026-12-02T09:00");
        let cancel = about("cancel", order.id);
        counter
            .send(loan, std::slice::from_ref(&cancel), late)
            .await;
        let asked = counter.answer(loan, order.id, late).await;
        assert_eq!(asked.status, RequestStatus::LateCancelAsked);
        let denied = counter
            .step(order.id, asked.revision, Step::DenyCancel, late)
            .await;
        denied.expect("is taken");
        counter.send(loan, &[cancel], late).await;
        let status = counter.status(loan, order.id, late).await;
        assert_eq!(status, RequestStatus::Confirmed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_9_what_arrives_a_week_late_is_kept_and_answered_and_holds_up_nothing() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at(NOW), somebody());
        let (version, _) = counter.shown(now).await;
        let (late, next_week) = (Order::milk(&version, MORNING), at("2026-12-08T09:00"));
        let (newer, _) = counter.shown(next_week).await;
        let good = Order::milk(&newer, "20261209-1400-1600");
        let nonsense = Order {
            version: "0".repeat(64),
            ..Order::milk(&newer, "20261209-1400-1600")
        };
        let batch = [late.json(), nonsense.json(), good.json()];
        counter.send(loan, &batch, next_week).await;
        for (order, status, reason) in [
            (&late, RequestStatus::Returned, Some(Reason::TooLate)),
            (
                &nonsense,
                RequestStatus::Declined,
                Some(Reason::FormChanged),
            ),
            (&good, RequestStatus::Requested, None),
        ] {
            let told = counter.answer(loan, order.id, next_week).await;
            assert_eq!((told.status, told.reason), (status, reason));
            assert_eq!(told.asked_at, next_week);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_11_it_is_withdrawn_at_any_time_and_cancelled_in_time_or_by_a_person() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at(NOW), somebody());
        let (version, _) = counter.shown(now).await;
        // Withdrawn before it was confirmed: its window is free again, once.
        let withdrawn = Order::milk(&version, MORNING);
        let back = about("withdraw", withdrawn.id);
        counter
            .send(loan, &[withdrawn.json(), back.clone(), back], now)
            .await;
        let status = counter.status(loan, withdrawn.id, now).await;
        assert_eq!(status, RequestStatus::Withdrawn);
        // In time.
        let window = "20261203-1000-1200";
        let order = Order::milk(&version, window);
        counter.send(loan, &[order.json()], now).await;
        let done = counter.step(order.id, 1, Step::Accept, now).await;
        let until = done.expect("is taken").cancel_until;
        assert_eq!(until, Some(at("2026-12-02T10:00")));
        let in_time = at("2026-12-02T09:59");
        counter
            .send(loan, &[about("cancel", order.id)], in_time)
            .await;
        let status = counter.status(loan, order.id, in_time).await;
        assert_eq!(status, RequestStatus::Cancelled);
        // Too late: a person decides.
        let (version, form) = counter.shown(in_time).await;
        let free = form.windows.iter().find(|it| it.id.as_str() == window);
        assert!(!free.expect("is offered").is_full, "given back");
        let order = Order::milk(&version, window);
        counter.send(loan, &[order.json()], in_time).await;
        counter
            .step(order.id, 1, Step::Accept, in_time)
            .await
            .expect("is taken");
        let late = at("2026-12-02T10:00");
        counter.send(loan, &[about("cancel", order.id)], late).await;
        let asked = counter.answer(loan, order.id, late).await;
        assert_eq!(asked.status, RequestStatus::LateCancelAsked);
        let granted = counter.step(order.id, asked.revision, Step::GrantCancel, late);
        assert_eq!(
            granted.await.expect("is taken").status,
            RequestStatus::Cancelled
        );
        let (_, form) = counter.shown(late).await;
        assert!(
            form.windows.iter().all(|it| !it.is_full),
            "given back once more"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_15_when_answers_cross_the_first_counts_and_the_other_is_told() {
    for counter in Counter::on_both().await {
        let (now, loan, counter) = (at(NOW), somebody(), Arc::new(counter));
        let (version, _) = counter.shown(now).await;
        for _ in 0..10 {
            let order = Order::milk(&version, AFTERNOON);
            counter.send(loan, &[order.json()], now).await;
            let (desk, id) = (Arc::clone(&counter), order.id);
            let accepts = tokio::spawn(async move { desk.step(id, 1, Step::Accept, now).await });
            let withdraw = about("withdraw", order.id);
            counter.send(loan, &[withdraw], now).await;
            let accepted = accepts.await.expect("answers");
            let told = counter.answer(loan, order.id, now).await;
            // Confirmed first, it is cancelled in time; withdrawn first, the shop is told.
            match accepted {
                Ok(_) => assert_eq!((told.status, told.revision), (RequestStatus::Cancelled, 3)),
                Err(NotTaken::Changed(present)) => {
                    assert_eq!(present.status, RequestStatus::Withdrawn);
                    assert_eq!((told.status, told.revision), (RequestStatus::Withdrawn, 2));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_answered_with_yes_with_no_or_too_late() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at(NOW), somebody());
        let (version, _) = counter.shown(now).await;
        let until = at("2026-12-01T17:00");
        let new = Appointment {
            begins_at: at("2026-12-04T10:00"),
            ends_at: at("2026-12-04T12:00"),
        };
        let proposal = Proposal {
            appointment: Some(new),
            total: Some(500.try_into().expect("yen")),
            until,
        };
        for (accepts, answered_at, expected) in [
            (true, now, RequestStatus::Confirmed),
            (false, now, RequestStatus::Declined),
            (true, until, RequestStatus::Expired),
        ] {
            let order = Order::milk(&version, MORNING);
            counter.send(loan, &[order.json()], now).await;
            let taken = StepTaken {
                words: Some("その日は 休みです"),
                proposal: Some(proposal.clone()),
                ..StepTaken::default()
            };
            let done = counter
                .step_with(order.id, 1, Step::Propose, taken, now)
                .await;
            done.expect("is taken");
            let told = counter.answer(loan, order.id, now).await;
            assert_eq!(told.proposal.as_ref(), Some(&proposal));
            assert_eq!(told.words.as_deref(), Some("その日は 休みです"));
            // What was said to an older one is no answer to this.
            let stale = to_proposal(order.id, told.revision - 1, true);
            counter.send(loan, &[stale], now).await;
            assert_eq!(
                counter.status(loan, order.id, now).await,
                RequestStatus::Proposed
            );
            let answer = to_proposal(order.id, told.revision, accepts);
            counter.send(loan, &[answer], answered_at).await;
            let told = counter.answer(loan, order.id, answered_at).await;
            assert_eq!(told.status, expected);
            if expected == RequestStatus::Confirmed {
                assert_eq!((told.appointment, told.total), (Some(new), proposal.total));
                let day_before = new.begins_at - SignedDuration::from_hours(24);
                assert_eq!(told.cancel_until, Some(day_before));
            }
            // However it ended, the window in the morning is free for the next.
            let (_, form) = counter.shown(now).await;
            assert!(form.windows.iter().all(|it| !it.is_full));
            counter.send(loan, &[about("cancel", order.id)], now).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_19_what_is_over_stays_in_the_list_with_its_receipt() {
    let counter = Counter::new().await;
    let (now, loan) = (at(NOW), somebody());
    let (version, _) = counter.shown(now).await;
    let (expired, cancelled) = (
        Order::milk(&version, MORNING),
        Order::milk(&version, AFTERNOON),
    );
    counter
        .send(loan, &[expired.json(), cancelled.json()], now)
        .await;
    counter
        .send(loan, &[about("withdraw", cancelled.id)], now)
        .await;
    let later = at("2026-12-20T09:00");
    let told = counter.told(loan, later).await.answers;
    assert_eq!(told.len(), 2, "{}", words(&told));
    for answer in &told {
        assert!(answer.status.is_over());
        assert_eq!(answer.lines.len(), 3, "what was asked can be read");
        assert!(answer.lines[0].answer.contains("牛乳"));
        assert_eq!(answer.goods.len(), 1, "and be asked for again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_20_an_answer_is_read_by_the_version_that_was_filled_in() {
    for counter in Counter::on_both().await {
        let (now, loan) = (at(NOW), somebody());
        let (version, _) = counter.shown(now).await;
        // Another title, and the questions in other words.
        let text = format!("{}{}", shop::HEAD, shop::QUESTIONS);
        let text = text.replace("なにを お届けしますか。", "なにを とどけましょうか。");
        counter.council.write("shopping.toml", &text);
        counter.publish();
        let (newer, _) = counter.shown(now).await;
        assert_ne!(version, newer);
        let order = Order::milk(&version, AFTERNOON);
        counter.send(loan, &[order.json()], now).await;
        let told = counter.answer(loan, order.id, now).await;
        assert_eq!(told.status, RequestStatus::Requested);
        assert_eq!(told.lines[0].question, "なにを お届けしますか。");
        // A price that has changed since is told, and asked again.
        counter.sell(&shop::GOODS.replace("250", "260"));
        let order = Order::milk(&version, AFTERNOON);
        counter.send(loan, &[order.json()], now).await;
        let told = counter.answer(loan, order.id, now).await;
        assert_eq!(
            (told.status, told.reason),
            (RequestStatus::Returned, Some(Reason::PriceChanged))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_22_it_is_the_clock_of_the_backend_that_says_what_is_too_late() {
    let counter = Counter::new().await;
    let (now, loan) = (at(NOW), somebody());
    let (version, _) = counter.shown(now).await;
    // The tablet's clock says 2026-09; two hours before it begins nobody can ask any more.
    for (when, status) in [
        ("2026-12-02T07:59", RequestStatus::Requested),
        ("2026-12-02T08:00", RequestStatus::Returned),
        ("2026-12-02T10:30", RequestStatus::Returned),
    ] {
        let order = Order::milk(&version, MORNING);
        counter.send(loan, &[order.json()], at(when)).await;
        assert_eq!(
            counter.status(loan, order.id, at(when)).await,
            status,
            "{when}"
        );
        counter
            .send(loan, &[about("withdraw", order.id)], at(when))
            .await;
    }
}
