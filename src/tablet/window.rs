//! The only bridge between the tablet and its face: [`show`] fills the face's properties from a
//! session, [`connect`] turns the face's callbacks into actions.

use std::rc::Rc;

use jiff::Timestamp;
use kairan_contract::{Content, Language, ScreenName, Sha256, TextSize, joined_by_phrase};
use kairan_ui::{Face, Phrases, Screen, TabletWindow, TextSizeChoice, Theme, Touches};
use slint::{ComponentHandle as _, Image, VecModel};

use crate::{
    items::is_list,
    screens::{alert, article, enrolment, head, help, home, list, top, weather},
    session::{Action, Place, Session},
};

/// What the tablet does when a finger does something.
pub trait Hands {
    /// Whether a tap counts now; one that does not is counted.
    fn accepts_touch(&self) -> bool;
    /// A finger slid too far for a tap.
    fn slid(&self);
    /// A page was turned.
    fn turned(&self);
    /// A tap asks for something.
    fn act(&self, action: Action);
}

/// Turns the face's callbacks into actions.
pub fn connect(window: &TabletWindow, hands: &Rc<impl Hands + 'static>) {
    join_phrases(window);

    let touches = window.global::<Touches>();
    let held = Rc::clone(hands);
    touches.on_accepted(move || held.accepts_touch());
    let held = Rc::clone(hands);
    touches.on_slid(move || held.slid());

    let held = Rc::clone(hands);
    touches.on_turned(move || held.turned());

    let face = window.global::<Face>();
    let simple = |action: Action| {
        let held = Rc::clone(hands);
        move || held.act(action.clone())
    };
    let (held, weak) = (Rc::clone(hands), window.as_weak());
    face.on_go_home(move || {
        // はじめ is the first page of the tiles; もどる leads back to the page one came from.
        if let Some(window) = weak.upgrade() {
            window.global::<Face>().set_home_page(0);
        }
        held.act(Action::Home);
    });
    face.on_go_back(simple(Action::Back));
    face.on_open_help(simple(Action::Help));
    face.on_open_text_size(simple(Action::TextSizes));
    face.on_article_end_seen(simple(Action::ArticleEndSeen));
    face.on_enrolment_correct(simple(Action::Correct));
    face.on_enrol_again(simple(Action::EnrolAgain));
    face.on_alert_understood(simple(Action::AlertUnderstood));
    let held = Rc::clone(hands);
    face.on_choose_text_size(move |choice| held.act(Action::ChooseTextSize(size_of(choice))));
    let held = Rc::clone(hands);
    let weak = window.as_weak();
    face.on_open_tile(move |id| {
        if let Some(window) = weak.upgrade() {
            window.global::<Face>().set_list_offset(0.0);
        }
        // The face only knows ids that it was given.
        if let Ok(id) = id.as_str().parse() {
            held.act(Action::OpenTile(id));
        }
    });
    let held = Rc::clone(hands);
    face.on_open_row(move |id| held.act(Action::OpenRow(id.into())));
    let held = Rc::clone(hands);
    face.on_enrolment_digit(move |digit| {
        if let Some(digit) = digit.chars().next() {
            held.act(Action::Digit(digit));
        }
    });
}

/// Lets every word on the face break between its phrases.
pub fn join_phrases(window: &TabletWindow) {
    window
        .global::<Phrases>()
        .on_joined(|text| joined_by_phrase(&text).into());
}

/// Shows a session. `picture` has the pictures that are ready, an empty one for those that are
/// coming, and none for those that cannot be shown.
pub fn show(
    window: &TabletWindow,
    session: &Session,
    now: Timestamp,
    picture: impl Fn(Sha256) -> Option<Image>,
) {
    let face = window.global::<Face>();
    let screen = session.screen();
    let language = session.choices.language;
    speak(language);
    // Before the tablet is let in nobody has chosen a size, and the number pad needs the room.
    let size = if screen == ScreenName::Enrolment {
        TextSize::Standard
    } else {
        session.choices.text_size
    };
    window.global::<Theme>().set_text_scale(scale_of(size));
    face.set_text_size(choice_of(session.choices.text_size));
    show_top(window, session, now);
    match screen {
        ScreenName::Waiting => face.set_waiting_message(top::waiting(session).into()),
        ScreenName::Enrolment => {
            let behind = session.may_go_back();
            face.set_enrolment(enrolment::view(&session.enrolment, behind, language));
        }
        ScreenName::Home => {
            if let Some(held) = &session.held {
                let tiles = home::tiles(held, &session.choices, session.heard_lately(), now);
                face.set_tiles(Rc::new(VecModel::from(tiles)).into());
            }
        }
        ScreenName::List | ScreenName::Article | ScreenName::Weather => {
            show_service(&face, session, now, picture);
        }
        ScreenName::Help => {
            if let Place::Help(from) = session.place() {
                face.set_help(help::view(session, *from));
            }
        }
        ScreenName::Alert => {
            if let (Some(alert), Some(held)) = (session.alert(), &session.held) {
                face.set_alert(alert::view(alert, held, now, language));
            }
        }
        ScreenName::TextSize => {}
    }
    // Last, so that a screen is never seen with what the one before it showed.
    face.set_screen(match screen {
        ScreenName::Waiting => Screen::Waiting,
        ScreenName::Enrolment => Screen::Enrolment,
        ScreenName::Home => Screen::Home,
        ScreenName::List => Screen::List,
        ScreenName::Article => Screen::Article,
        ScreenName::Weather => Screen::Weather,
        ScreenName::Help => Screen::Help,
        ScreenName::TextSize => Screen::TextSize,
        ScreenName::Alert => Screen::Alert,
    });
}

/// Shows what stands on top of every screen: the clock, the weather, trouble.
pub fn show_top(window: &TabletWindow, session: &Session, now: Timestamp) {
    let face = window.global::<Face>();
    face.set_top(top::view(session, now));
    face.set_trouble(top::trouble(session, now).into());
}

fn show_service(
    face: &Face,
    session: &Session,
    now: Timestamp,
    picture: impl Fn(Sha256) -> Option<Image>,
) {
    let (Place::Service(id) | Place::Article(id, _)) = session.place() else {
        return;
    };
    let Some(held) = &session.held else { return };
    let Some((entry, content)) = held.service(id) else {
        return;
    };
    let language = session.choices.language;
    face.set_head(head::view(
        entry,
        held,
        session.heard_lately(),
        now,
        language,
    ));
    match (session.place(), content) {
        (Place::Service(_), Some(content)) if is_list(content) => {
            let rows = list::rows(content, &session.choices, now);
            face.set_rows(Rc::new(VecModel::from(rows)).into());
        }
        (Place::Service(_), Some(Content::Weather(forecast))) => {
            face.set_weather(weather::view(forecast, now, language));
        }
        _ => face.set_article(match session.article() {
            Some((_, found)) => article::view(&found, now, language, picture),
            None => article::not_here_yet(&entry.service.title, language),
        }),
    }
}

/// From now on the face's own words are in this language.
fn speak(language: Language) {
    let tag = match language {
        // The face is written in Japanese.
        Language::Japanese => "",
        Language::English => "en",
    };
    if let Err(error) = slint::select_bundled_translation(tag) {
        tracing::error!(%error, "the face does not speak this language");
    }
}

/// How much larger letters of a size are than the standard.
fn scale_of(size: TextSize) -> f32 {
    match size {
        TextSize::Standard => 1.0,
        TextSize::Large => 1.25,
        TextSize::Largest => 1.5,
    }
}

fn choice_of(size: TextSize) -> TextSizeChoice {
    match size {
        TextSize::Standard => TextSizeChoice::Standard,
        TextSize::Large => TextSizeChoice::Large,
        TextSize::Largest => TextSizeChoice::Largest,
    }
}

fn size_of(choice: TextSizeChoice) -> TextSize {
    match choice {
        TextSizeChoice::Standard => TextSize::Standard,
        TextSizeChoice::Large => TextSize::Large,
        TextSizeChoice::Largest => TextSize::Largest,
    }
}
