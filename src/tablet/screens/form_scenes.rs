//! Forms, what is asked for with them, and what is answered, as they are drawn, looked at and tested.

use std::sync::Arc;

use kairan_contract::{
    Address, AddressParts, Content, KanaName, PersonalData, Request, RequestAnswer, RequestId,
    RequestKind, TelephoneNumber, Yen,
};
use uuid::Uuid;

use super::scene::{id, tile};
use crate::{
    demonstration::{held_with_forms, now, put_form},
    kept_request::{KeptRequest, RequestState},
    library::ContentSnapshot,
    personal::Personal,
    profile::Profile,
    session::{Command, Connection, Session},
};

/// What is known of the demonstration's resident.
///
/// # Panics
/// Never: it is a name, a number and an address.
pub fn person() -> PersonalData {
    let address = AddressParts {
        neighbourhood: "旭ヶ丘".to_owned(),
        block: "2-14".to_owned(),
        building: Some("ひだまりそう 203".to_owned()),
    };
    PersonalData {
        name: KanaName::try_from("おおさわ はなこ".to_owned()).ok(),
        telephone: TelephoneNumber::try_from("0612345678".to_owned()).ok(),
        address: Address::try_from(address).ok(),
    }
}

fn own(name: &str, argument: &str) -> Command {
    Command::Own(name.to_owned(), argument.to_owned())
}

/// A tablet with forms, after some touches that lie a second apart.
fn after(content: ContentSnapshot, about: PersonalData, touches: &[Command]) -> Session {
    let mut session = Session::new(Some(Arc::new(content)), Profile::practised(), true);
    session.connection = Connection::Online;
    session.personal = Arc::new(Personal {
        about,
        ..Personal::default()
    });
    touch(&mut session, touches, 0);
    session
}

fn touch(session: &mut Session, touches: &[Command], after_ms: u64) {
    for (second, command) in (1..).zip(touches) {
        session.update(command.clone(), now(), after_ms + second * 1000);
    }
}

/// The first page of a form, after some touches.
pub fn with_forms(service: &str, touches: &[Command]) -> Session {
    let all: Vec<Command> = std::iter::once(tile(service))
        .chain(touches.iter().cloned())
        .collect();
    after(held_with_forms(), person(), &all)
}

/// Somebody has begun, and left.
pub fn form_begun() -> Session {
    let touches = [
        own("form-intro", "0"),
        Command::Choose(0),
        own("form-more", "rice-2"),
        Command::Home,
        tile("shopping"),
    ];
    with_forms("shopping", &touches)
}

/// A form for which it is too late.
pub fn form_closed() -> Session {
    let mut content = held_with_forms();
    let shopping = id("shopping");
    if let Some(Content::Form(form)) = content.contents.get_mut(&shopping) {
        form.closes_at = Some(now());
    }
    after(content, person(), &[tile("shopping")])
}

/// The touches that lead through a form, step by step.
fn steps(which: &str) -> Vec<Vec<Command>> {
    let choose = |place| vec![Command::Choose(place)];
    match which {
        "consultation" => vec![
            vec![own("form-intro", "0")],
            vec![Command::Choose(0), Command::Choose(2)],
            choose(5),
            choose(1),
            choose(0),
            choose(0),
            choose(2),
            choose(0),
        ],
        "bulky" => vec![
            vec![
                own("form-intro", "0"),
                own("form-more", "chair"),
                own("form-more", "futon"),
            ],
            vec![own("form-more", "chair")],
            choose(0),
            choose(14),
            choose(1),
            choose(3),
            choose(0),
            choose(0),
        ],
        "visit" => vec![
            vec![own("form-intro", "0")],
            choose(3),
            choose(1),
            vec![own("type", "0"), own("type", "4"), own("typed", "")],
            choose(4),
            choose(9),
            vec![own("typed", "")],
        ],
        _ => vec![
            vec![own("form-intro", "0")],
            vec![
                Command::Choose(0),
                own("form-more", "rice-2"),
                own("form-more", "bread-6"),
                own("form-more", "bread-6"),
            ],
            choose(0),
            // The groups of the goods, and behind them the key that goes on.
            choose(5),
            choose(0),
            choose(1),
            [4, 5, 2, 9, 7, 5]
                .iter()
                .map(|place| own("type", &place.to_string()))
                .collect(),
            vec![own("typed", "")],
            choose(0),
        ],
    }
}

/// A form after so many of its steps.
pub fn form_steps(which: &str, count: usize) -> Session {
    let (service, about) = match which {
        "consultation" => ("bus-booking", person()),
        "bulky" => ("garbage", person()),
        "visit" => ("fraud", person()),
        "shopping-unknown" => ("shopping", PersonalData::default()),
        _ => ("shopping", person()),
    };
    let touches = steps(which).into_iter().take(count + 1).flatten();
    let touches: Vec<Command> = std::iter::once(tile(service)).chain(touches).collect();
    after(held_with_forms(), about, &touches)
}

/// All answers together: after a price has changed, or of something that is only noted.
pub fn check_of(which: &str) -> Session {
    if which == "bulky" {
        return form_steps("bulky", 7);
    }
    let mut session = form_steps("shopping", 8);
    let mut content = held_with_forms();
    let shopping = id("shopping");
    if let Some(Content::Form(form)) = content.contents.get(&shopping) {
        let mut form = form.clone();
        form.goods[0].price = Yen::try_from(1_680).unwrap_or_default();
        put_form(&mut content, &shopping, form);
    }
    session.set_content(Arc::new(content), 90_000);
    touch(&mut session, &[own("form-send", "")], 95_000);
    session
}

/// Whom to ring in place of filling in a form.
pub fn with_telephone() -> Session {
    with_forms("shopping", &[own("form-intro", "1")])
}

/// What is told of the resident, filled in or not, as a helper sees it.
pub fn about_me(is_known: bool) -> Session {
    let about = if is_known {
        person()
    } else {
        PersonalData::default()
    };
    after(held_with_forms(), about, &[own("about-me", "")])
}

/// Something of わたしのこと that is typed.
pub fn typing_about(which: usize) -> Session {
    let nothing = PersonalData::default();
    let keys = |keys: &[&str]| keys.iter().map(|key| own("type", key)).collect::<Vec<_>>();
    let touches = match which {
        // はなこ, and then the row of か once more.
        0 => [
            vec![Command::Choose(0)],
            keys(&["5", "0", "4", "5", "1", "9"]),
        ]
        .concat(),
        1 => [
            vec![Command::Choose(0)],
            keys(&["5", "0", "4", "5", "1", "9", "1"]),
        ]
        .concat(),
        2 => [vec![Command::Choose(1)], keys(&["9", "5", "0", "1", "2"])].concat(),
        _ => {
            let town = vec![Command::Choose(2), Command::Choose(0), Command::Choose(0)];
            [town, keys(&["1", "line", "0", "3"])].concat()
        }
    };
    let all = [vec![own("about-me", "")], touches].concat();
    after(held_with_forms(), nothing, &all)
}

/// The part of the town of the resident's address, after so many touches.
pub fn home_town(count: usize) -> Session {
    let touches = [own("about-me", ""), Command::Choose(2), Command::Choose(0)];
    after(
        held_with_forms(),
        PersonalData::default(),
        &touches[..2 + count],
    )
}

fn request_id(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

/// The form that was sent last, as the tablet keeps it.
fn sent(which: &str, state: RequestState) -> (Session, KeptRequest) {
    let (count, service) = match which {
        "bulky" => (7, "garbage"),
        _ => (8, "shopping"),
    };
    let session = form_steps(which, count);
    let draft = session.personal.draft(&id(service)).cloned();
    let made = draft.map(|draft| draft.request(&person()));
    let kept = KeptRequest {
        request: Request {
            id: request_id(1),
            made_at: now().as_millisecond(),
            what: made.map_or(
                RequestKind::Withdraw {
                    request: request_id(1),
                },
                RequestKind::Form,
            ),
        },
        state,
    };
    (session, kept)
}

// What is asked for, and of whom, in the demonstration.
const SHOPPING: &str = "買い物";
const SHOP: &str = "ひだまりスーパー";
const BULKY: &str = "粗大ごみ";
const ADVICE: &str = "相談";
const CITY: &str = "ひだまり市";

fn answer(number: u128, status: &str, more: serde_json::Value) -> RequestAnswer {
    let mut told = serde_json::json!({
        "request": Uuid::from_u128(number), "revision": 2, "number": "12345674", "service": "shopping",
        "form": "shopping", "title": SHOPPING, "provider": SHOP, "telephone": "06-0000-1234",
        "status": status, "since": "2026-11-22T06:00:00Z", "asked_at": "2026-11-22T05:30:00Z",
        "total": 2116,
    });
    if let (Some(told), serde_json::Value::Object(more)) = (told.as_object_mut(), more) {
        told.extend(more);
    }
    serde_json::from_value(told).unwrap_or_else(|why| panic!("no answer of ours: {why}"))
}

fn answered(which: &str) -> RequestAnswer {
    let morning =
        serde_json::json!({"begins_at": "2026-11-23T01:00:00Z", "ends_at": "2026-11-23T03:00:00Z"});
    let afternoon =
        serde_json::json!({"begins_at": "2026-11-24T05:00:00Z", "ends_at": "2026-11-24T07:00:00Z"});
    match which {
        "arrived" => answer(
            1,
            "requested",
            serde_json::json!({"answer_by": "2026-11-23T03:00:00Z"}),
        ),
        "bulky" => answer(
            1,
            "requested",
            serde_json::json!({
                "answer_by": "2026-11-25T08:00:00Z", "service": "garbage", "form": "bulky-waste", "title": BULKY, "provider": CITY, "number_is_written_on": true, "total": 600,
            }),
        ),
        "proposed" => answer(
            1,
            "proposed",
            serde_json::json!({
                "proposal": {"appointment": afternoon, "total": 2316, "until": "2026-11-22T09:00:00Z"},
                "words": "その時間は いっぱいです。",
            }),
        ),
        "returned" => answer(1, "returned", serde_json::json!({"reason": "sold_out"})),
        "expired" => answer(1, "expired", serde_json::json!({})),
        "done" => answer(1, "done", serde_json::json!({})),
        "cancel-late" => answer(
            1,
            "confirmed",
            serde_json::json!({"appointment": morning, "cancel_until": "2026-11-22T06:00:00Z"}),
        ),
        _ => answer(
            1,
            "confirmed",
            serde_json::json!({"appointment": morning, "cancel_until": "2026-11-22T08:00:00Z"}),
        ),
    }
}

/// One thing that was asked for, or all of them, in a certain state.
pub fn request_scene(which: &str) -> Session {
    if which == "every-status" {
        return every_status();
    }
    let state = match which {
        "waits" => RequestState::Waiting,
        _ => RequestState::Received,
    };
    let form = if which == "bulky" {
        "bulky"
    } else {
        "shopping"
    };
    let (_, kept) = sent(form, state);
    let mut session = with_forms("shopping", &[Command::Home]);
    session.requests = vec![kept];
    if !matches!(which, "waits" | "noted") {
        let known = if matches!(which, "withdrawing" | "withdraw") {
            "arrived"
        } else {
            which
        };
        session.set_answers(vec![answered(known)]);
    }
    if which == "withdrawing" {
        session.requests.push(KeptRequest {
            request: Request {
                id: request_id(2),
                made_at: now().as_millisecond() + 1,
                what: RequestKind::Withdraw {
                    request: request_id(1),
                },
            },
            state: RequestState::Waiting,
        });
    }
    touch(
        &mut session,
        &[own("requests", ""), own("open-request", "0")],
        10_000,
    );
    // The key that ends it stands last.
    let last = session.request_actions(now()).len().saturating_sub(1);
    if matches!(which, "withdraw" | "cancel-late") {
        touch(&mut session, &[Command::Choose(last)], 20_000);
    }
    session
}

/// お願いしたこと, with something in it or empty.
pub fn requests_of(has_some: bool) -> Session {
    let mut session = if has_some {
        request_scene("confirmed")
    } else {
        with_forms("shopping", &[Command::Home])
    };
    if has_some {
        let call = KeptRequest {
            request: Request {
                id: request_id(5),
                made_at: now().as_millisecond() - 60_000,
                what: RequestKind::CallBack {
                    screen: kairan_contract::ScreenName::named("help"),
                },
            },
            state: RequestState::Waiting,
        };
        session.requests.push(call);
        let mut answers = session.answers.clone();
        answers.push(answer(
            7,
            "proposed",
            serde_json::json!({
                "proposal": {"total": 2316, "until": "2026-11-22T09:00:00Z"},
                "asked_at": "2026-11-20T05:30:00Z", "title": ADVICE, "provider": CITY,
            }),
        ));
        session.set_answers(answers);
    }
    touch(&mut session, &[own("requests", "")], 30_000);
    session
}

/// The board of reminders with something that is confirmed.
pub fn with_appointment() -> Session {
    let mut session = request_scene("confirmed");
    touch(&mut session, &[Command::Reminders], 40_000);
    session
}

fn every_status() -> Session {
    let mut session = requests_of(false);
    let all = [
        "requested",
        "proposed",
        "returned",
        "waiting_list",
        "drawn",
        "not_drawn",
        "confirmed",
        "done",
        "no_show",
        "declined",
        "expired",
        "withdrawn",
        "cancelled",
        "late_cancel_asked",
        "frozen",
    ];
    let answers = (10..).zip(all);
    let answers = answers.map(|(number, status)| answer(number, status, serde_json::json!({})));
    session.set_answers(answers.collect());
    session
}
