//! Every screen of the tablet with the demonstration's content, at its fullest and in its trouble: what
//! is drawn, looked at and tested.

use std::sync::Arc;

use jiff::Timestamp;
use kairan_contract::{Content, Hazard, ServiceId};

use crate::{
    demonstration::{held, make_real, now},
    screens::list,
    session::{Action, Connection, EnrolmentRefused, Session},
    settings::Choices,
};

/// One screen with something on it.
#[derive(Clone)]
pub struct Scene {
    /// The name of its picture.
    pub name: &'static str,
    /// What it shows.
    pub session: Session,
}

/// Every screen.
///
/// # Panics
/// If the content that is built in lacks a tile, which a test rules out.
pub fn scenes() -> Vec<Scene> {
    let online = Connection::Online;
    let row = |id: &str, index: usize| [tile(id), nth(id, index)];
    let scenes = [
        ("home", at(online, &[])),
        ("home-offline", offline()),
        ("home-full", at(Connection::NotKept, &[])),
        ("alert", alarmed()),
        ("list", at(online, &[tile("city-news")])),
        ("article", at(online, &row("city-news", 0))),
        ("article-list", at(online, &row("city-news", 1))),
        ("page", at(online, &[tile("exercise")])),
        ("warnings", at(online, &[tile("warnings")])),
        ("departures", at(online, &[tile("bus")])),
        ("departure", at(online, &row("bus", 0))),
        ("events", at(online, &[tile("gatherings")])),
        ("event", at(online, &row("gatherings", 0))),
        ("places", at(online, &[tile("clinics")])),
        ("place", at(online, &row("clinics", 0))),
        ("weather", at(online, &[tile("weather")])),
        ("help", at(online, &[Action::Help])),
        ("help-not-let-in", at(Connection::NotLetIn, &[Action::Help])),
        (
            "enrolment-again",
            at(Connection::NotLetIn, &[Action::Help, Action::EnrolAgain]),
        ),
        ("text-size", at(online, &[Action::TextSizes])),
        ("enrolment", enrolling()),
        ("enrolment-refused", refused()),
        ("waiting", waiting()),
    ];
    scenes
        .into_iter()
        .map(|(name, session)| Scene { name, session })
        .collect()
}

/// A tablet of the demonstration after some touches.
fn at(connection: Connection, actions: &[Action]) -> Session {
    let mut session = Session::new(Some(Arc::new(held())), Choices::default(), true);
    session.connection = connection;
    for action in actions {
        session.act(action.clone(), 0);
    }
    session
}

fn id(text: &str) -> ServiceId {
    text.parse().expect("an id of the demonstration")
}

fn tile(service: &str) -> Action {
    Action::OpenTile(id(service))
}

/// A row of a tile's list.
fn nth(service: &str, index: usize) -> Action {
    let held = held();
    let content = held.contents.get(&id(service)).expect("a tile");
    let rows = list::rows(content, &Choices::default(), now());
    Action::OpenRow(rows[index].id.to_string())
}

fn offline() -> Session {
    let mut session = at(Connection::Offline(0), &[]);
    session.choices.last_contact = Some(Timestamp::constant(1_795_317_300, 0));
    session
}

fn alarmed() -> Session {
    let mut held = held();
    make_real(&mut held, &[("49", 4)]);
    if let Some(Content::Places { places }) = held.contents.get_mut(&id("clinics")) {
        "ひだまり小学校".clone_into(&mut places[1].name);
        places[1].safe_from = vec![Hazard::Landslide, Hazard::Earthquake];
    }
    let mut session = Session::new(Some(Arc::new(held)), Choices::default(), true);
    session.watch(now(), 0);
    session
}

fn enrolling() -> Session {
    let mut session = Session::new(None, Choices::default(), false);
    "472".clone_into(&mut session.enrolment.digits);
    session
}

fn refused() -> Session {
    let mut session = Session::new(None, Choices::default(), false);
    session.enrolment_refused(EnrolmentRefused::NotValid);
    session
}

fn waiting() -> Session {
    let mut session = Session::new(None, Choices::default(), true);
    session.connection = Connection::Offline(0);
    session
}

#[cfg(test)]
mod tests {
    use kairan_contract::ScreenName;

    use super::*;

    #[test]
    fn every_screen_has_a_scene() {
        use ScreenName::{Alert, Article, Enrolment, Help, Home, List, TextSize, Waiting, Weather};
        let shown: Vec<ScreenName> = scenes()
            .iter()
            .map(|scene| scene.session.screen())
            .collect();
        for screen in [
            Alert, Home, List, Article, Weather, Help, TextSize, Enrolment, Waiting,
        ] {
            assert!(shown.contains(&screen), "{screen:?}");
        }
    }
}
