//! The demonstration's content as a tablet holds it, always of the same Sunday in November, and
//! every screen of the tablet with it.

use std::sync::Arc;

use jiff::Timestamp;
use kairan_contract::{Content, Manifest, ServiceId, Sha256};
use serde::Deserialize;

use crate::{
    library::Held,
    session::{Action, Connection, EnrolmentRefused, Session},
    settings::Choices,
};

const CONTENT: &[u8] = include_bytes!("../../assets/demonstration/tablet.json");
const PICTURE: &[u8] = include_bytes!("../../assets/demonstration/park.jpg");

#[derive(Deserialize)]
struct Demonstration {
    manifest: Manifest,
    contents: std::collections::HashMap<ServiceId, Content>,
}

/// Sunday, 22 November 2026, 15:24 in Japan.
pub fn now() -> Timestamp {
    Timestamp::constant(1_795_328_640, 0)
}

/// What the demonstration's tablet holds.
///
/// # Panics
/// If the file that is built in cannot be read, which a test rules out.
pub fn held() -> Held {
    let Demonstration { manifest, contents } = serde_json::from_slice(CONTENT)
        .expect("the demonstration's content is built in and tested");
    Held { manifest, contents }
}

/// A picture of the demonstration.
pub fn picture(sha256: Sha256) -> Option<&'static [u8]> {
    (Sha256::of(PICTURE) == sha256).then_some(PICTURE)
}

/// One screen with something on it.
#[derive(Clone)]
pub struct Scene {
    /// The name of its picture.
    pub name: &'static str,
    /// What it shows.
    pub session: Session,
}

/// Every screen, at its fullest and in its trouble.
///
/// # Panics
/// If the content that is built in lacks a tile, which a test rules out.
pub fn scenes() -> Vec<Scene> {
    let fresh = || {
        let mut session = Session::new(Some(Arc::new(held())), Choices::default(), true);
        session.connection = Connection::Online;
        session
    };
    let after = |actions: &[Action]| {
        let mut session = fresh();
        for action in actions {
            session.act(action.clone(), 0);
        }
        session
    };
    let tile = |id: &str| Action::OpenTile(id.parse().expect("an id of the demonstration"));
    let news = "city-news".parse().expect("an id of the demonstration");
    let article = |index: usize| match held().contents.get(&news) {
        Some(Content::Feed { articles }) => Action::OpenRow(articles[index].id.clone()),
        other => panic!("no news but {other:?}"),
    };
    let first_of = |id: &str| {
        let id: ServiceId = id.parse().expect("an id of the demonstration");
        let held = held();
        let rows = held
            .contents
            .get(&id)
            .map(|content| crate::screens::list::rows(content, &Choices::default(), now()));
        let first = rows
            .unwrap_or_default()
            .first()
            .map(|row| row.id.to_string());
        Action::OpenRow(first.expect("a row of the demonstration"))
    };
    let offline = {
        let mut session = fresh();
        session.connection = Connection::Offline(0);
        session.choices.last_contact = Some(Timestamp::constant(1_795_317_300, 0));
        session
    };
    let not_let_in = |actions: &[Action]| {
        let mut session = fresh();
        session.connection = Connection::NotLetIn;
        for action in actions {
            session.act(action.clone(), 0);
        }
        session
    };
    let full = {
        let mut session = fresh();
        session.connection = Connection::NotKept;
        session
    };
    let mut enrolling = Session::new(None, Choices::default(), false);
    let mut refused = enrolling.clone();
    "472".clone_into(&mut enrolling.enrolment.digits);
    refused.enrolment_refused(EnrolmentRefused::NotValid);
    let mut waiting = Session::new(None, Choices::default(), true);
    waiting.connection = Connection::Offline(0);
    let scenes = [
        ("home", fresh()),
        ("home-offline", offline),
        ("list", after(&[tile("city-news")])),
        ("article", after(&[tile("city-news"), article(0)])),
        ("article-list", after(&[tile("city-news"), article(1)])),
        ("page", after(&[tile("exercise")])),
        ("warnings", after(&[tile("warnings")])),
        ("departures", after(&[tile("bus")])),
        ("departure", after(&[tile("bus"), first_of("bus")])),
        ("events", after(&[tile("gatherings")])),
        (
            "event",
            after(&[tile("gatherings"), first_of("gatherings")]),
        ),
        ("places", after(&[tile("clinics")])),
        ("place", after(&[tile("clinics"), first_of("clinics")])),
        ("weather", after(&[tile("weather")])),
        ("help", after(&[Action::Help])),
        ("help-not-let-in", not_let_in(&[Action::Help])),
        (
            "enrolment-again",
            not_let_in(&[Action::Help, Action::EnrolAgain]),
        ),
        ("home-full", full),
        ("text-size", after(&[Action::TextSizes])),
        ("enrolment", enrolling),
        ("enrolment-refused", refused),
        ("waiting", waiting),
    ];
    scenes
        .into_iter()
        .map(|(name, session)| Scene { name, session })
        .collect()
}

#[cfg(test)]
mod tests {
    use kairan_contract::ScreenName;

    use super::*;

    #[test]
    fn every_screen_has_a_scene() {
        use ScreenName::{Article, Enrolment, Help, Home, List, TextSize, Waiting, Weather};
        let shown: Vec<ScreenName> = scenes()
            .iter()
            .map(|scene| scene.session.screen())
            .collect();
        for screen in [
            Home, List, Article, Weather, Help, TextSize, Enrolment, Waiting,
        ] {
            assert!(shown.contains(&screen), "{screen:?}");
        }
    }

    #[test]
    fn every_picture_of_the_content_is_built_in() {
        for content in held().contents.values() {
            for shown in content.pictures() {
                assert!(picture(shown.sha256).is_some());
            }
        }
    }
}
