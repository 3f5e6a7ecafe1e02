//! The page of this tablet: what a helper asks for on the telephone.

use kairan_text::{message, tr};
use std::rc::Rc;

use jiff::Timestamp;
use kairan_contract::{Language, RequestKind, ScreenName};
use kairan_ui::{FactView, TabletView, TabletWindow, ThisTabletFace};
use slint::{ComponentHandle as _, Model as _, VecModel};

use super::{
    help::connection_in_words,
    neighbourhood::now_from,
    question::{loudness_in_words, pace_in_words},
    scene::{Scene, helper_page},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{in_japan, moment},
    machine::Machine,
    session::{Command, Effect, RequestState, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("tablet");

/// The page of this tablet, for helpers.
pub struct ThisTablet;

impl Screen for ThisTablet {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Tablet))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let view = view(context.session, context.machine, context.now);
        window.global::<ThisTabletFace>().set_view(view);
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = view(context.session, context.machine, context.now);
        spoken(view.facts.iter().flat_map(|fact| [fact.name, fact.value]))
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        match (command, session.route()) {
            (Command::Choose(index), Route::Tablet) => Some(session.choose_on_helper_page(*index)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "係の方が 使う ページです。「はじめ」を押すと もどります。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("tablet", helper_page())]
    }
}

/// Connection, content, version and what the machine says of itself.
pub fn view(session: &Session, machine: &Machine, now: Timestamp) -> TabletView {
    let language = session.profile.language;
    let today = in_japan(now).date();
    let revision = session
        .content
        .as_ref()
        .map_or(0, |snapshot| snapshot.manifest.catalogue);
    let contact = session.profile.last_contact;
    let contact = contact.map(|at| moment(language, at, today));
    let percent = machine.battery_percent.map(|percent| format!("{percent}%"));
    let unknown = tr(language, "わかりません");
    let yes_or_no = |yes: bool| {
        if yes {
            tr(language, "はい")
        } else {
            tr(language, "いいえ")
        }
    };
    let facts = [
        (
            message("つながり"),
            connection_in_words(session.connection, language).to_owned(),
        ),
        (
            message("さいごに つながったとき"),
            contact.unwrap_or_else(|| unknown.to_owned()),
        ),
        (message("内容の 版"), revision.to_string()),
        (
            message("プログラムの 版"),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
        (
            message("電池"),
            percent.unwrap_or_else(|| unknown.to_owned()),
        ),
        (message("画面"), screen_in_words(machine, language)),
        (
            message("声"),
            machine
                .silence
                .map_or_else(|| tr(language, "出ます").to_owned(), |why| why.to_string()),
        ),
        (
            message("使った記録"),
            yes_or_no(session.profile.consent == Some(true)).to_owned(),
        ),
    ];
    let facts: Vec<FactView> = facts
        .into_iter()
        .map(|(name, value)| FactView {
            name: name.tr(language).into(),
            value: value.into(),
        })
        .collect();
    // Where there is nothing to choose from, nobody is asked.
    let origin = if session.may_choose_neighbourhood() {
        now_from(session.origin(), language)
    } else {
        String::new()
    };
    TabletView {
        facts: Rc::new(VecModel::from(facts)).into(),
        loudness: loudness_in_words(language, session.profile.loudness).into(),
        pace: pace_in_words(language, session.profile.pace).into(),
        report: report_in_words(session).into(),
        origin: origin.into(),
    }
}

/// Pixels, and inches from corner to corner: by them a millimetre is a millimetre.
fn screen_in_words(machine: &Machine, language: Language) -> String {
    let (width, height) = machine.pixels;
    let inches = f64::from(machine.tenths_of_inches) / 10.0;
    tr!(
        language,
        "{width} × {height}、{inches}インチ",
        width,
        height,
        inches
    )
}

/// What became of the last report.
fn report_in_words(session: &Session) -> &'static str {
    let mut reports = session.requests.iter();
    let last = reports.rfind(|it| matches!(it.request.what, RequestKind::Report { .. }));
    let Some(last) = last else { return "" };
    let words = match last.state {
        RequestState::Writing => message("書きとめて います"),
        RequestState::NotWritten => message("今は お伝え できません"),
        RequestState::Waiting => message("つながると 届きます"),
        RequestState::Received => message("届きました"),
    };
    words.tr(session.profile.language)
}
