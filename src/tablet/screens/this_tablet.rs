//! The page of this tablet: what a helper asks for on the telephone.

use kairan_text::{message, tr};
use std::rc::Rc;

use jiff::Timestamp;
use kairan_contract::{Language, RequestKind};
use kairan_ui::{FactView, TabletView};
use slint::VecModel;

use super::{
    help::connection_in_words,
    neighbourhood::now_from,
    question::{loudness_in_words, pace_in_words},
    words::{in_japan, moment},
};
use crate::{
    machine::Machine,
    session::{RequestState, Session},
};

/// Connection, content, version and what the machine says of itself.
pub fn view(session: &Session, machine: &Machine, now: Timestamp) -> TabletView {
    let language = session.profile.language;
    let today = in_japan(now).date();
    let revision = session
        .content
        .as_ref()
        .map_or(0, |held| held.manifest.catalogue);
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
