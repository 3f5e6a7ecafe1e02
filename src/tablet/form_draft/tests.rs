//! A form from its first question to what is sent, whatever is changed, delivered or pressed meanwhile.

use kairan_contract::Content;
use proptest::prelude::*;

use super::*;
use crate::demonstration::{held_with_forms, now};

fn form(service: &str) -> Form {
    let held = held_with_forms();
    let id: ServiceId = service.parse().expect("an id");
    match held.contents.get(&id) {
        Some(Content::Form(form)) => form.clone(),
        _ => panic!("the demonstration has no form there"),
    }
}

fn draft(service: &str) -> FormDraft {
    let id = service.parse().expect("an id");
    FormDraft::new(id, form(service), Sha256::of(b"one"))
}

fn question(id: &str) -> QuestionId {
    id.parse().expect("an id")
}

fn place(id: &str) -> FormPlace {
    FormPlace::Question(question(id), AnswerPart::Whole)
}

/// Chooses what stands at this place.
fn choose(draft: &mut FormDraft, id: &str, index: usize) -> Step {
    let asked = draft
        .form
        .question(&question(id))
        .cloned()
        .expect("it is asked");
    let offered = draft.offered(&asked, &AnswerPart::Whole, now());
    draft.choose(&asked, &AnswerPart::Whole, &offered[index])
}

fn more(draft: &mut FormDraft, good: &str) -> bool {
    let good = good.to_owned().try_into().expect("an id");
    let question = draft.form.questions[0].id.clone();
    draft.change_amount(&question, &good, true)
}

/// 買い物, answered to its end.
fn shopping() -> FormDraft {
    let mut draft = draft("shopping");
    assert!(more(&mut draft, "rice-2"));
    assert!(more(&mut draft, "milk-1"));
    choose(&mut draft, "window", 0);
    choose(&mut draft, "absent", 1);
    draft
}

#[test]
fn the_questions_come_one_after_the_other_and_then_what_is_told_and_all_together() {
    let mut draft = draft("shopping");
    assert_eq!(draft.first_place(), place("goods"));
    more(&mut draft, "rice-2");
    assert_eq!(
        draft.place_after(&question("goods"), false),
        place("window")
    );
    choose(&mut draft, "window", 0);
    choose(&mut draft, "absent", 1);
    assert_eq!(draft.place_after(&question("absent"), false), place("note"));
    assert_eq!(
        draft.place_after(&question("note"), false),
        FormPlace::Person
    );
    draft.is_person_confirmed = true;
    assert_eq!(
        draft.place_after(&question("note"), false),
        FormPlace::Check
    );
}

#[test]
fn an_answer_that_leads_elsewhere_keeps_the_answers_of_the_others() {
    let mut draft = draft("bus-booking");
    choose(&mut draft, "about", 0);
    choose(&mut draft, "how", 1);
    choose(&mut draft, "parking", 0);
    choose(&mut draft, "people", 0);
    choose(&mut draft, "when", 3);
    choose(&mut draft, "consent", 0);
    assert_eq!(draft.request(&PersonalData::default()).answers.len(), 6);
    // 電話で 話す passes over two of them …
    choose(&mut draft, "how", 0);
    assert_eq!(draft.request(&PersonalData::default()).answers.len(), 4);
    assert_eq!(draft.place_after(&question("how"), true), FormPlace::Person);
    // … and who changes their mind finds them again.
    choose(&mut draft, "how", 1);
    assert_eq!(draft.request(&PersonalData::default()).answers.len(), 6);
}

#[test]
fn who_mends_is_asked_only_what_the_new_answer_leads_to() {
    let mut draft = draft("bus-booking");
    choose(&mut draft, "about", 0);
    choose(&mut draft, "how", 0);
    choose(&mut draft, "when", 3);
    choose(&mut draft, "consent", 0);
    choose(&mut draft, "about", 1);
    assert_eq!(
        draft.place_after(&question("about"), true),
        FormPlace::Person
    );
    choose(&mut draft, "how", 2);
    assert_eq!(draft.place_after(&question("how"), true), place("people"));
}

#[test]
fn goods_stay_within_what_can_be_had() {
    let mut draft = draft("shopping");
    let counted = (0..20).filter(|_| more(&mut draft, "rice-2")).count();
    assert_eq!(counted, 3, "three bags for one resident");
    assert!(!more(&mut draft, "battery-4"), "sold out");
    assert!(!more(&mut draft, "no-such-good"));
    assert_eq!(draft.total().map(Yen::amount), Some(3 * 1_580 + 200));
    let rice = "rice-2".to_owned().try_into().expect("an id");
    for _ in 0..5 {
        draft.change_amount(&question("goods"), &rice, false);
    }
    assert_eq!(draft.value(&question("goods")), None);
    let mut draft = self::draft("garbage");
    let all = [
        "chair", "chair", "futon", "futon", "chair", "chair", "chair", "chair", "futon", "futon",
        "fan",
    ];
    let taken = all.iter().filter(|good| more(&mut draft, good)).count();
    assert_eq!(taken, 10, "ten pieces at once");
}

#[test]
fn a_number_stays_within_its_bounds() {
    let mut draft = draft("bus-booking");
    let id = question("people");
    assert_eq!(draft.number(&id), 1);
    assert!(!draft.change_number(&id, false));
    let ups = (0..9).filter(|_| draft.change_number(&id, true)).count();
    assert_eq!((ups, draft.number(&id)), (4, 5));
}

#[test]
fn what_is_delivered_meanwhile_changes_nothing_until_it_is_taken_over() {
    let mut draft = shopping();
    let before = draft.clone();
    let mut newer = form("shopping");
    newer.goods[0].price = Yen::try_from(1_700).expect("a price");
    newer.questions[2].words = "お留守の ときは？".to_owned();
    assert_eq!(draft, before);
    draft.renew(&newer, Sha256::of(b"two"), now());
    assert_eq!(draft.notice, Some(DraftNotice::PriceChanged));
    assert_eq!(draft.answers.len(), before.answers.len());
    assert_eq!(draft.total().map(Yen::amount), Some(1_700 + 238 + 200));
    assert_eq!(draft.misfit(now()), None);
}

#[test]
fn what_a_newer_form_does_not_take_is_told_and_asked_again_from_there() {
    let mut draft = shopping();
    let mut newer = form("shopping");
    newer.goods.retain(|it| it.id.as_str() != "milk-1");
    draft.renew(&newer, Sha256::of(b"two"), now());
    assert_eq!(draft.notice, Some(DraftNotice::SoldOut));
    assert_eq!(draft.chosen(&question("goods")).len(), 1);

    let mut draft = shopping();
    newer.windows[0].is_full = true;
    draft.renew(&newer, Sha256::of(b"three"), now());
    assert_eq!(draft.first_place(), place("window"));

    let mut draft = shopping();
    let mut other = form("shopping");
    if let AnswerType::OneOf { choices } = &mut other.questions[2].answer {
        choices.remove(1);
    }
    draft.renew(&other, Sha256::of(b"four"), now());
    assert_eq!(draft.notice, Some(DraftNotice::Changed));
    assert_eq!(draft.first_place(), place("absent"));
}

#[test]
fn a_window_that_has_passed_meanwhile_is_asked_again() {
    let mut draft = shopping();
    let late = "2026-11-22T08:00:00Z".parse().expect("a time");
    assert_eq!(draft.drop_misfits(late), Some(DraftNotice::TooLate));
    assert_eq!(draft.first_place(), place("window"));
}

#[test]
fn only_what_a_form_needs_of_the_resident_travels() {
    let person = crate::screens::form_scenes::person();
    let sent = draft("bus-booking").request(&person).person;
    assert!(sent.name.is_some() && sent.telephone.is_some() && sent.address.is_none());
    assert!(draft("fraud").request(&person).person.is_empty());
}

#[test]
fn a_form_of_a_newer_backend_is_not_asked_here() {
    let mut form = form("shopping");
    assert!(FormDraft::can_ask(&form));
    form.questions[1].answer = AnswerType::Unknown;
    assert!(!FormDraft::can_ask(&form));
}

#[test]
fn a_birthday_is_found_by_its_era() {
    let today = Date::constant(2026, 11, 22);
    for (era, year, expected) in [
        (Era::Showa, 15, Some(1940)),
        (Era::Showa, 64, Some(1989)),
        (Era::Showa, 65, None),
        (Era::Taisho, 15, Some(1926)),
        (Era::Heisei, 1, Some(1989)),
        (Era::Heisei, 31, Some(2019)),
        (Era::Reiwa, 8, Some(2026)),
        (Era::Reiwa, 9, None),
        (Era::Showa, 0, None),
        (Era::Showa, i16::MAX, None),
        (Era::Showa, i16::MIN, None),
    ] {
        assert_eq!(birth_year(era, year, today), expected, "{era:?} {year}");
    }
}

proptest! {
    /// Whatever is pressed, in whatever order: what is asked next is a question of the form or its end, what stands in the
    /// answers fits, and what is asked is answered or still to be answered.
    #[test]
    fn whatever_is_pressed_no_answer_is_nonsense(
        service in prop::sample::select(vec!["shopping", "garbage", "bus-booking"]),
        touches in prop::collection::vec((0_usize..30, 0_usize..20, any::<bool>()), 0..80),
    ) {
        let mut draft = draft(service);
        let mut at = draft.first_place();
        for (index, good, is_more) in touches {
            let FormPlace::Question(id, _) = at.clone() else {
                at = draft.form.questions.first().map_or(FormPlace::Check, FormDraft::at);
                continue;
            };
            let asked = draft.form.question(&id).cloned().expect("a question of the form");
            let good = draft.form.goods.get(good).map(|it| it.id.clone());
            if let Some(good) = good {
                draft.change_amount(&id, &good, is_more);
            }
            let offered = draft.offered(&asked, &AnswerPart::Whole, now());
            let Some(chosen) = offered.get(index) else { continue };
            if draft.choose(&asked, &AnswerPart::Whole, chosen) == Step::Answered {
                at = draft.place_after(&id, is_more);
            }
            let wrong = draft.misfit(now());
            prop_assert!(wrong.is_none_or(|it| it.kind == kairan_contract::MisfitKind::Missing));
        }
    }
}
