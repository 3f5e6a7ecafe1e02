//! What is put together of requests and answers, and what can be done with it.

use kairan_contract::{Request, ScreenName};
use uuid::Uuid;

use super::*;
use crate::dates::in_japan;

const NOW: &str = "2026-11-22T06:24:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

fn id(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

fn kept(number: u128, what: RequestKind) -> KeptRequest {
    KeptRequest {
        request: Request {
            id: id(number),
            made_at: i64::try_from(number).expect("small"),
            what,
        },
        state: RequestState::Waiting,
    }
}

fn call(number: u128) -> KeptRequest {
    kept(
        number,
        RequestKind::CallBack {
            screen: ScreenName::named("help"),
        },
    )
}

fn form(number: u128, mends: Option<u128>) -> KeptRequest {
    let what = serde_json::json!({
        "service": "shopping", "form": "shopping", "version": "00".repeat(32), "answers": [],
        "mends": mends.map(Uuid::from_u128),
    });
    kept(
        number,
        RequestKind::Form(serde_json::from_value(what).expect("a form")),
    )
}

fn answer(number: u128, revision: u32, status: &str) -> RequestAnswer {
    serde_json::from_value(serde_json::json!({
        "request": Uuid::from_u128(number), "revision": revision, "number": "00000000",
        "title": "買い物", "provider": "ひだまりスーパー", "status": status,
        "since": NOW, "asked_at": "2026-11-22T05:00:00Z",
        "proposal": {"until": "2026-11-22T09:00:00Z"},
        "appointment": {"begins_at": "2026-11-23T01:00:00Z", "ends_at": "2026-11-23T03:00:00Z"},
    }))
    .expect("an answer")
}

fn follow_ups(requests: &[KeptRequest], answers: &[RequestAnswer]) -> Vec<Option<FollowUpKind>> {
    let all = asked(requests, answers).into_iter();
    all.map(|it| it.since.map(|since| since.kind)).collect()
}

#[test]
fn what_was_said_of_a_request_stands_with_it_until_the_backend_has_taken_it_up() {
    let withdraw = kept(2, RequestKind::Withdraw { request: id(1) });
    let requests = [form(1, None), withdraw];
    let expected = [Some(FollowUpKind::Withdraw)];
    assert_eq!(follow_ups(&requests, &[]), expected);
    assert_eq!(
        follow_ups(&requests, &[answer(1, 1, "requested")]),
        expected
    );
    assert_eq!(follow_ups(&requests, &[answer(1, 2, "withdrawn")]), [None]);
    let accept = RequestKind::Proposal {
        request: id(1),
        revision: 2,
        accepts: true,
    };
    let requests = [form(1, None), kept(2, accept)];
    let expected = [Some(FollowUpKind::Accept)];
    assert_eq!(follow_ups(&requests, &[answer(1, 2, "proposed")]), expected);
    assert_eq!(follow_ups(&requests, &[answer(1, 4, "proposed")]), [None]);
    let requests = [form(1, None), form(3, Some(1))];
    let expected = [Some(FollowUpKind::Mend)];
    assert_eq!(follow_ups(&requests, &[answer(1, 2, "returned")]), expected);
    assert_eq!(follow_ups(&requests, &[answer(1, 3, "requested")]), [None]);
}

#[test]
fn what_another_tablet_of_the_loan_asked_for_and_a_call_back_stand_there_too() {
    let requests = [call(1)];
    let answers = [answer(9, 2, "confirmed")];
    let all = asked(&requests, &answers);
    let ids: Vec<RequestId> = all.iter().map(|it| it.id).collect();
    assert_eq!(ids, [id(9), id(1)]);
    assert!(all[0].kept.is_none() && all[1].answer.is_none());
}

#[test]
fn only_what_can_be_done_is_offered() {
    use RequestAction::{Accept, Again, Cancel, Mend, Refuse, Withdraw};
    for (status, expected) in [
        ("requested", vec![Withdraw]),
        ("proposed", vec![Accept, Refuse, Withdraw]),
        ("returned", vec![Mend, Withdraw]),
        ("waiting_list", vec![Withdraw]),
        ("drawn", vec![Withdraw]),
        ("not_drawn", vec![Again]),
        ("confirmed", vec![Cancel]),
        ("done", vec![Again]),
        ("no_show", vec![Again]),
        ("declined", vec![Again]),
        ("expired", vec![Again]),
        ("withdrawn", vec![Again]),
        ("cancelled", vec![Again]),
        ("late_cancel_asked", vec![]),
        ("frozen", vec![]),
    ] {
        let (requests, answers) = ([form(1, None)], [answer(1, 1, status)]);
        let all = asked(&requests, &answers);
        assert_eq!(all[0].actions(true, now()), expected, "{status}");
    }
    let answers = [answer(1, 1, "proposed")];
    let all = asked(&[], &answers);
    let late = "2026-11-22T09:00:00Z".parse().expect("a time");
    assert_eq!(
        all[0].actions(true, late),
        [Withdraw],
        "the proposal is over"
    );
}

#[test]
fn a_resident_is_reminded_the_evening_before_and_two_hours_before() {
    let answers = [answer(1, 2, "confirmed"), answer(2, 2, "proposed")];
    let due = |at: &str, reminded: &[&str]| {
        let at: Timestamp = at.parse().expect("a time");
        let is_reminded =
            |_, day: jiff::civil::Date| reminded.iter().any(|it| day.to_string() == *it);
        appointment_due(&answers, at, in_japan, is_reminded).map(|(id, _)| id)
    };
    // It begins on the 23rd at ten o'clock in Japan.
    assert_eq!(due("2026-11-22T08:59:00Z", &[]), None);
    assert_eq!(due("2026-11-22T09:00:00Z", &[]), Some(id(1)));
    assert_eq!(due("2026-11-22T10:00:00Z", &["2026-11-22"]), None);
    assert_eq!(due("2026-11-22T22:59:00Z", &["2026-11-22"]), None);
    assert_eq!(due("2026-11-22T23:00:00Z", &["2026-11-22"]), Some(id(1)));
    assert_eq!(due("2026-11-22T23:30:00Z", &["2026-11-23"]), None);
    assert_eq!(due("2026-11-23T01:00:00Z", &[]), None);
}
