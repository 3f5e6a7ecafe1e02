//! Every status with every step and everybody who might take it, and any number of them one after the other.

use std::collections::BTreeMap;

use kairan_contract::RequestStatus;
use strum::IntoEnumIterator as _;

use super::*;

/// What may happen, as answering.md draws it: from where, by which step, to where, and by whom: **R**esident, **H**elper,
/// **C**lerk, **P**rovider, **A**pi, **S**ystem. Nothing else does.
const DRAWN: &[(&str, &str, &str, &str)] = &[
    ("requested", "accept", "confirmed", "CPAS"),
    ("requested", "propose", "proposed", "CPAS"),
    ("requested", "decline", "declined", "CPAS"),
    ("requested", "return", "returned", "CPAS"),
    ("requested", "wait", "waiting_list", "CPAS"),
    ("requested", "expire", "expired", "S"),
    ("requested", "withdraw", "withdrawn", "RH"),
    ("requested", "ring_back", "done", "HC"),
    ("proposed", "propose", "proposed", "CPAS"),
    ("proposed", "decline", "declined", "CPAS"),
    ("proposed", "expire", "expired", "S"),
    ("proposed", "accept_proposal", "confirmed", "RH"),
    ("proposed", "refuse_proposal", "declined", "RH"),
    ("proposed", "withdraw", "withdrawn", "RH"),
    ("returned", "send_again", "requested", "RH"),
    ("returned", "decline", "declined", "CPAS"),
    ("returned", "expire", "expired", "S"),
    ("returned", "withdraw", "withdrawn", "RH"),
    ("waiting_list", "accept", "confirmed", "CPAS"),
    ("waiting_list", "propose", "proposed", "CPAS"),
    ("waiting_list", "decline", "declined", "CPAS"),
    ("waiting_list", "expire", "expired", "S"),
    ("waiting_list", "withdraw", "withdrawn", "RH"),
    ("drawn", "accept", "confirmed", "CPAS"),
    ("drawn", "propose", "proposed", "CPAS"),
    ("drawn", "decline", "declined", "CPAS"),
    ("drawn", "expire", "expired", "S"),
    ("drawn", "withdraw", "withdrawn", "RH"),
    ("confirmed", "cancel", "cancelled", "RH"),
    ("confirmed", "cancel_late", "late_cancel_asked", "RH"),
    ("confirmed", "call_off", "cancelled", "CPA"),
    ("confirmed", "finish", "done", "CPA"),
    ("confirmed", "miss_person", "no_show", "CPA"),
    ("late_cancel_asked", "grant_cancel", "cancelled", "CPA"),
    ("late_cancel_asked", "deny_cancel", "confirmed", "CPA"),
    ("late_cancel_asked", "call_off", "cancelled", "CPA"),
    ("late_cancel_asked", "finish", "done", "CPA"),
    ("late_cancel_asked", "miss_person", "no_show", "CPA"),
];

fn letter(actor: Actor) -> char {
    match actor {
        Actor::Resident => 'R',
        Actor::Helper => 'H',
        Actor::Clerk => 'C',
        Actor::Provider => 'P',
        Actor::Api => 'A',
        Actor::System => 'S',
    }
}

#[test]
fn every_step_of_everybody_leads_where_it_is_drawn_and_nowhere_else() {
    let drawn: BTreeMap<(&str, &str), (&str, &str)> = DRAWN
        .iter()
        .map(|(from, step, to, by)| ((*from, *step), (*to, *by)))
        .collect();
    assert_eq!(drawn.len(), DRAWN.len(), "each is drawn once");
    let mut taken = 0;
    for status in RequestStatus::iter() {
        for step in Step::iter() {
            let arrow = drawn.get(&(status.into(), step.into()));
            for actor in Actor::iter() {
                let led = after(status, step, actor);
                match arrow {
                    None => assert_eq!(
                        led,
                        Err(Refusal::NotFrom { status }),
                        "{status:?} {step:?} {actor:?}"
                    ),
                    Some((to, by)) if by.contains(letter(actor)) => {
                        let led = led.expect("is drawn");
                        assert_eq!(<&str>::from(led), *to, "{status:?} {step:?} {actor:?}");
                        taken += 1;
                    }
                    Some(_) => assert_eq!(
                        led,
                        Err(Refusal::NotBy { status }),
                        "{status:?} {step:?} {actor:?}"
                    ),
                }
            }
        }
    }
    let all: usize = DRAWN.iter().map(|(.., by)| by.len()).sum();
    assert_eq!(taken, all, "every arrow that is drawn is there");
}

#[test]
fn what_is_over_gives_its_place_back_unless_it_was_used() {
    for status in RequestStatus::iter().filter(|it| it.is_over()) {
        let was_used = matches!(status, RequestStatus::Done | RequestStatus::NoShow);
        assert_eq!(holds_its_place(status), was_used, "{status:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_row_of_steps_leaves_the_machine(steps in proptest::collection::vec((0_usize..18, 0_usize..6), 0..60)) {
        let (every, everybody): (Vec<Step>, Vec<Actor>) = (Step::iter().collect(), Actor::iter().collect());
        let mut status = RequestStatus::Requested;
        let mut revision = 1_u32;
        for (step, actor) in steps {
            let before = (status, revision);
            match after(status, every[step % every.len()], everybody[actor]) {
                Ok(next) => {
                    proptest::prop_assert!(!status.is_over(), "{status:?} is over");
                    proptest::prop_assert!(!matches!(next, RequestStatus::Unknown));
                    (status, revision) = (next, revision + 1);
                }
                Err(Refusal::NotFrom { status: told } | Refusal::NotBy { status: told }) => {
                    proptest::prop_assert_eq!(told, status, "a refusal says how it stands");
                    proptest::prop_assert_eq!((status, revision), before);
                }
            }
        }
    }
}
