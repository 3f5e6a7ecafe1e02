//! The only bridge between the tablet and its face: [`show`] fills the face's properties from a
//! session, [`connect`] turns the face's callbacks into commands.

use std::{ops::Range, rc::Rc};

use jiff::Timestamp;
use kairan_contract::{Language, Sha256, TextSize};
use kairan_text::{joined_by_phrase, spoken_language};
use kairan_ui::{Aloud, ArticleFace, Face, HomeFace, Phrases, TabletWindow, Theme, Touches};
use slint::{ComponentHandle as _, Image};

use crate::{
    machine::Machine,
    screens::{look, standing, top},
    session::{Command, Session},
};

/// What the tablet does when a finger does something.
pub trait InputHandler {
    /// A finger comes down, on something or on nothing.
    fn put_down(&self) {}
    /// A tap asks for something. Says whether it counts; one that does not is counted.
    fn tap(&self, command: Command) -> bool;
    /// A finger slid too far for a tap.
    fn slid(&self);
    /// A finger lifts from something else than it came down on.
    fn overtaken(&self) {}
    /// No finger, but the face itself has something to tell.
    fn told(&self, _command: Command) {}
}

/// Turns the face's callbacks into commands.
pub fn connect(window: &TabletWindow, hands: &Rc<impl InputHandler + 'static>) {
    join_phrases(window);

    let touches = window.global::<Touches>();
    let hand = Rc::clone(hands);
    touches.on_put_down(move || hand.put_down());
    let hand = Rc::clone(hands);
    touches.on_slid(move || hand.slid());
    let hand = Rc::clone(hands);
    touches.on_overtaken(move || hand.overtaken());
    let hand = Rc::clone(hands);
    touches.on_tap(move |name, argument| {
        let command = Command::read(&name, &argument);
        if command.is_none() {
            tracing::warn!(%name, %argument, "the face asks for something that cannot be");
        }
        command.is_some_and(|command| hand.tap(command))
    });
    let hand = Rc::clone(hands);
    let article = window.global::<ArticleFace>();
    article.on_end_seen(move || hand.told(Command::ArticleEndSeen));
}

/// Which tiles stand on the page of home.
pub fn tiles_shown(window: &TabletWindow) -> Range<usize> {
    let face = window.global::<HomeFace>();
    let first = usize::try_from(face.get_first_tile()).unwrap_or(0);
    let shown = usize::try_from(face.get_shown_tiles()).unwrap_or(0);
    first..first + shown
}

/// Marks what is being read aloud, and nothing else.
pub fn show_aloud(window: &TabletWindow, session: &Session) {
    let aloud = window.global::<Aloud>();
    aloud.set_speaking(session.narration().is_some());
    let passage = session.narration().map_or("", |aloud| aloud.passage());
    aloud.set_passage(passage.into());
}

/// Asks for another touch, or no more.
pub fn show_whether_asked_again(window: &TabletWindow, session: &Session) {
    let face = window.global::<Face>();
    face.set_touch_again(session.asks_again());
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
    machine: &Machine,
    now: Timestamp,
    picture: impl Fn(Sha256) -> Option<Image>,
) {
    let face = window.global::<Face>();
    let screen = standing(session);
    speak(session.profile.language);
    let size = if screen.has_standard_letters() {
        TextSize::Standard
    } else {
        session.profile.text_size
    };
    window.global::<Theme>().set_text_scale(scale_of(size));
    show_top(window, session, now);
    show_aloud(window, session);
    show_whether_asked_again(window, session);
    face.set_may_go_back(session.may_go_back());
    let context = look(session, tiles_shown(window), machine, now);
    screen.show(window, &context, &picture);
    // Last, so that a screen is never seen with what the one before it showed.
    face.set_screen(screen.name().as_str().into());
}

/// Shows what stands on top of every screen: the clock, the weather, trouble.
pub fn show_top(window: &TabletWindow, session: &Session, now: Timestamp) {
    let face = window.global::<Face>();
    face.set_top(top::view(session, now));
    face.set_trouble(top::trouble(session, now).into());
}

/// From now on the face's own words are in this language. Chosen once more it changes nothing.
fn speak(language: Language) {
    let tag = match spoken_language(language) {
        // The face is written in Japanese.
        Language::JAPANESE => String::new(),
        translated => translated.to_string(),
    };
    if let Err(error) = slint::select_bundled_translation(&tag) {
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
