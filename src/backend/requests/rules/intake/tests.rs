//! What is judged against what was shown, and against what is on offer when it arrives.

use kairan_catalogue::form::zone;
use serde_json::json;

use super::*;

fn at(local: &str) -> Timestamp {
    let local: jiff::civil::DateTime = local.parse().expect("a time");
    zone().to_timestamp(local).expect("a time")
}

fn shop() -> Form {
    serde_json::from_value(json!({
        "id": "shopping", "title": "買い物", "purpose": "お届けします。", "send": "たのむ", "next": "返事が来ます。",
        "delivery_fee": 200, "needs": ["name"],
        "questions": [
            { "id": "goods", "words": "なにを", "type": "goods", "kinds": 5, "pieces": 20 },
            { "id": "window", "words": "いつ", "type": "window" },
        ],
        "goods": [{ "id": "milk", "name": "牛乳", "price": 250, "most": 5 }],
        "windows": [{
            "id": "w-1", "begins_at": at("2026-12-03T10:00"), "ends_at": at("2026-12-03T12:00"),
            "ask_until": at("2026-12-02T17:00"),
        }],
    }))
    .expect("a form")
}

fn asked() -> RequestForm {
    serde_json::from_value(json!({
        "service": "shop", "form": "shopping", "version": "0".repeat(64), "total": 450,
        "person": { "name": "やまだ はな" },
        "answers": [
            { "question": "goods", "type": "goods", "goods": [{ "good": "milk", "amount": 1, "price": 250 }] },
            { "question": "window", "type": "window", "window": "w-1" },
        ],
    }))
    .expect("a request")
}

fn judged(asked: &RequestForm, on_offer: Option<&Form>, now: &str) -> Judgement {
    let (shown, zone) = (shop(), zone());
    let around = Circumstances {
        shown: Some(&shown),
        on_offer,
        is_served: true,
        open: 0,
        open_at_once: 2,
        now: at(now),
        zone: &zone,
    };
    judge(asked, around)
}

const BEFORE: &str = "2026-12-01T09:00";

#[test]
fn what_fits_takes_its_goods_and_its_window() {
    let Judgement::Fits(wanted) = judged(&asked(), Some(&shop()), BEFORE) else {
        panic!("fits")
    };
    assert_eq!(wanted.total.map(Yen::amount), Some(450));
    assert_eq!(wanted.goods.len(), 1);
    assert_eq!(wanted.window, Some("w-1".parse().expect("an id")));
}

#[test]
fn what_has_changed_since_it_was_shown_is_sent_back_with_why() {
    type Change = fn(&mut Form);
    let changes: [(Change, Reason); 8] = [
        (
            |it| it.goods[0].price = 260.try_into().expect("yen"),
            Reason::PriceChanged,
        ),
        (
            |it| it.delivery_fee = Some(300.try_into().expect("yen")),
            Reason::PriceChanged,
        ),
        (|it| it.goods[0].is_sold_out = true, Reason::SoldOut),
        (|it| it.goods.clear(), Reason::SoldOut),
        (|it| it.windows[0].is_full = true, Reason::Full),
        (|it| it.windows.clear(), Reason::TooLate),
        (|it| it.closes_at = Some(at(BEFORE)), Reason::Closed),
        (
            |it| it.opens_at = Some(at("2026-12-02T09:00")),
            Reason::Closed,
        ),
    ];
    for (change, reason) in changes {
        let mut now = shop();
        change(&mut now);
        let expected = match reason {
            Reason::Closed => Judgement::Declined(reason),
            _ => Judgement::Returned(reason),
        };
        assert_eq!(judged(&asked(), Some(&now), BEFORE), expected);
    }
    assert_eq!(
        judged(&asked(), None, BEFORE),
        Judgement::Declined(Reason::Closed)
    );
}

#[test]
fn case_20_who_fills_in_a_form_while_it_is_republished_is_answered() {
    let mut now = shop();
    now.questions.truncate(1);
    now.title = "お買い物".to_owned();
    assert!(matches!(
        judged(&asked(), Some(&now), BEFORE),
        Judgement::Fits(_)
    ));
}

#[test]
fn case_22_and_9_it_is_the_backends_clock_that_judges() {
    for late in ["2026-12-02T17:00", "2026-12-10T09:00"] {
        let judged = judged(&asked(), Some(&shop()), late);
        assert_eq!(judged, Judgement::Returned(Reason::TooLate), "{late}");
    }
}

#[test]
fn what_no_tablet_of_ours_sends_is_declined_and_not_lost() {
    type Change = fn(&mut RequestForm);
    let changes: [Change; 7] = [
        |it| it.answers.clear(),
        |it| it.person = kairan_contract::PersonalData::default(),
        |it| it.total = Some(449.try_into().expect("yen")),
        |it| it.form = "other".parse().expect("an id"),
        |it| {
            let AnswerValue::Goods { goods } = &mut it.answers[0].value else {
                panic!("goods")
            };
            goods[0].amount = 6;
        },
        |it| {
            let AnswerValue::Goods { goods } = &mut it.answers[0].value else {
                panic!("goods")
            };
            goods[0].price = 1.try_into().expect("yen");
        },
        |it| {
            let one = it.answers[0].clone();
            it.answers = vec![one; 31];
        },
    ];
    for change in changes {
        let mut asked = asked();
        change(&mut asked);
        let declined = Judgement::Declined(Reason::FormChanged);
        assert_eq!(judged(&asked, Some(&shop()), BEFORE), declined);
    }
}

#[test]
fn case_4_who_has_enough_open_and_whom_it_is_not_for_are_told() {
    let (shown, zone) = (shop(), zone());
    let around = Circumstances {
        shown: Some(&shown),
        on_offer: Some(&shown),
        is_served: true,
        open: 2,
        open_at_once: 2,
        now: at(BEFORE),
        zone: &zone,
    };
    assert_eq!(
        judge(&asked(), around),
        Judgement::Declined(Reason::TooMany)
    );
    let around = Circumstances {
        is_served: false,
        open: 0,
        ..around
    };
    assert_eq!(
        judge(&asked(), around),
        Judgement::Declined(Reason::NotForYou)
    );
    let around = Circumstances {
        is_served: true,
        shown: None,
        ..around
    };
    assert_eq!(
        judge(&asked(), around),
        Judgement::Declined(Reason::FormChanged)
    );
}
