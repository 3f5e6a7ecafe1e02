//! Which questions are asked, what fits, and what it comes to.

use jiff::{Timestamp, tz::TimeZone};

use super::*;
use crate::{GoodId, WindowId};

const NOW: &str = "2026-12-01T01:00:00Z";

fn form() -> Form {
    let text = r#"{
        "id": "shopping", "title": "買い物", "purpose": "届けます。", "send": "たのむ", "next": "返事が 来ます。",
        "delivery_fee": 200,
        "questions": [
            {"id": "how", "words": "どうしますか。", "type": "one_of", "choices": [
                {"id": "bring", "words": "届ける"},
                {"id": "talk", "words": "電話で話す", "leads_to": {"question": "telephone"}},
                {"id": "nothing", "words": "なにもいらない", "leads_to": "check"}]},
            {"id": "goods", "words": "なにを。", "type": "goods", "kinds": 2, "pieces": 5},
            {"id": "when", "words": "いつ。", "type": "window"},
            {"id": "telephone", "words": "電話は。", "type": "telephone", "is_optional": true}
        ],
        "goods": [
            {"id": "49-1", "name": "牛乳", "price": 198, "most": 3},
            {"id": "49-2", "name": "米", "price": 2380, "most": 1},
            {"id": "49-3", "name": "卵", "price": 258, "most": 3, "is_sold_out": true}
        ],
        "windows": [
            {"id": "thu", "begins_at": "2026-12-03T01:00:00Z", "ends_at": "2026-12-03T03:00:00Z", "ask_until": "2026-12-02T08:00:00Z"},
            {"id": "wed", "begins_at": "2026-12-02T01:00:00Z", "ends_at": "2026-12-02T03:00:00Z", "ask_until": "2026-12-01T01:00:00Z"},
            {"id": "fri", "begins_at": "2026-12-04T01:00:00Z", "ends_at": "2026-12-04T03:00:00Z", "ask_until": "2026-12-03T08:00:00Z", "is_full": true}
        ]
    }"#;
    serde_json::from_str(text).expect("a form")
}

fn answer(question: &str, value: AnswerValue) -> Answer {
    Answer {
        question: question.parse().expect("an id"),
        value,
    }
}

fn how(choice: &str) -> Answer {
    answer(
        "how",
        AnswerValue::OneOf {
            choice: choice.parse().expect("an id"),
        },
    )
}

fn goods(amounts: &[(&str, u16, u32)]) -> Answer {
    let amounts = amounts.iter().map(|(good, amount, price)| GoodAmount {
        good: GoodId::try_from((*good).to_owned()).expect("an id"),
        amount: *amount,
        price: Yen::try_from(*price).expect("a price"),
    });
    answer(
        "goods",
        AnswerValue::Goods {
            goods: amounts.collect(),
        },
    )
}

fn window(id: &str) -> Answer {
    let id: WindowId = id.parse().expect("an id");
    answer("when", AnswerValue::Window { window: id })
}

fn ids(form: &Form, answers: &[Answer]) -> Vec<String> {
    let asked = form.path(answers).into_iter();
    asked.map(|it| it.id.to_string()).collect()
}

#[test]
fn a_choice_leads_to_a_later_question_or_to_the_check_page() {
    let form = form();
    assert_eq!(ids(&form, &[]), ["how"]);
    assert_eq!(ids(&form, &[how("bring")]), ["how", "goods"]);
    assert_eq!(ids(&form, &[how("talk")]), ["how", "telephone"]);
    assert_eq!(ids(&form, &[how("nothing")]), ["how"]);
    assert!(form.is_complete(&[how("nothing")]));
    assert!(
        form.is_complete(&[how("talk")]),
        "what is optional may stay empty"
    );
    assert!(!form.is_complete(&[how("bring")]));
}

#[test]
fn an_answer_to_a_question_that_is_passed_over_does_not_count() {
    let form = form();
    let answers = [goods(&[("49-1", 2, 198)]), window("thu"), how("talk")];
    assert_eq!(form.counting(&answers), [how("talk")]);
    assert_eq!(form.total(&answers), None);
    let answers = [how("bring"), goods(&[("49-1", 2, 198)]), window("thu")];
    assert_eq!(form.total(&answers).map(Yen::amount), Some(596));
}

#[test]
fn what_does_not_fit_is_named() {
    use MisfitKind::{Full, Missing, Nonsense, SoldOut, TooLate};
    let form = form();
    let now: Timestamp = NOW.parse().expect("a time");
    let milk = || goods(&[("49-1", 2, 198)]);
    for (answers, expected) in [
        (vec![how("bring"), milk(), window("thu")], None),
        (vec![], Some(("how", Missing))),
        (vec![how("dance")], Some(("how", Nonsense))),
        (vec![how("bring"), milk()], Some(("when", Missing))),
        (
            vec![how("bring"), milk(), window("wed")],
            Some(("when", TooLate)),
        ),
        (
            vec![how("bring"), milk(), window("fri")],
            Some(("when", Full)),
        ),
        (
            vec![how("bring"), milk(), window("sun")],
            Some(("when", Nonsense)),
        ),
        (
            vec![how("bring"), goods(&[("49-3", 1, 258)]), window("thu")],
            Some(("goods", SoldOut)),
        ),
        (
            vec![how("bring"), goods(&[]), window("thu")],
            Some(("goods", Nonsense)),
        ),
        (
            vec![how("bring"), goods(&[("49-1", 4, 198)]), window("thu")],
            Some(("goods", Nonsense)),
        ),
        (
            vec![how("bring"), goods(&[("49-1", 65_535, 198)]), window("thu")],
            Some(("goods", Nonsense)),
        ),
        (
            vec![how("bring"), goods(&[("49-1", 1, 1)]), window("thu")],
            Some(("goods", Nonsense)),
        ),
        (
            vec![
                how("bring"),
                goods(&[("49-1", 1, 198), ("49-1", 1, 198)]),
                window("thu"),
            ],
            Some(("goods", Nonsense)),
        ),
        (
            vec![
                how("talk"),
                answer("telephone", AnswerValue::YesNo { yes: true }),
            ],
            Some(("telephone", Nonsense)),
        ),
    ] {
        let found = form.misfit(&answers, now, &TimeZone::UTC);
        let found = found.map(|it| (it.question.to_string(), it.kind));
        let expected = expected.map(|(question, kind)| (question.to_owned(), kind));
        assert_eq!(found, expected, "{:?}", ids(&form, &answers));
    }
}

#[test]
fn a_type_of_a_newer_backend_is_read_and_fits_nothing() {
    let text = r#"{"id": "q", "words": "？", "type": "fingerprint"}"#;
    let question: FormQuestion = serde_json::from_str(text).expect("reads");
    assert_eq!(question.answer, AnswerType::Unknown);
}

#[test]
fn what_is_told_of_a_resident_stands_in_no_log() {
    let text = r#"{"name": "おおさか はなこ", "telephone": "06-1234-5678",
        "address": {"neighbourhood": "本町一丁目", "block": "2-3", "building": "メゾン 101"}}"#;
    let person: PersonalData = serde_json::from_str(text).expect("reads");
    assert_eq!(format!("{person:?}"), "PersonalData(…)");
    assert_eq!(
        format!("{:?} {:?}", person.name, person.address),
        "Some(KanaName(…)) Some(Address(…))"
    );
    assert!(person.only(&[PersonalField::Name]).telephone.is_none());
    for wrong in [
        r#"{"name": "大阪 花子"}"#,
        r#"{"name": "はなこ😀"}"#,
        r#"{"name": "は\u0007な"}"#,
        r#"{"address": {"neighbourhood": "本町", "block": "二の三"}}"#,
        r#"{"address": {"neighbourhood": "本\n町", "block": "2"}}"#,
    ] {
        let error = serde_json::from_str::<PersonalData>(wrong).expect_err("refused");
        assert!(!error.to_string().contains('花'), "{error}");
    }
}
