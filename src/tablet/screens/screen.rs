//! What a screen is: a name for the records, what it shows, what is said of it, its help, and what a command does
//! to it.

use std::ops::Range;

use jiff::Timestamp;
use kairan_contract::{Language, ScreenName, Sha256};
use kairan_text::tr;
use kairan_ui::TabletWindow;
use slint::Image;

use super::scene::Scene;
use crate::{
    machine::Machine,
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// What a screen may look at.
pub struct ScreenContext<'s> {
    /// Where the resident is, and everything that is shown.
    pub session: &'s Session,
    /// What the machine says of itself.
    pub machine: &'s Machine,
    /// What time it is.
    pub now: Timestamp,
    /// Which tiles stand on the page of home.
    pub tiles: Range<usize>,
    /// What the screen is for from which help was asked.
    pub purpose: &'static str,
}

impl ScreenContext<'_> {
    /// In which language the resident reads.
    pub fn language(&self) -> Language {
        self.session.profile.language
    }
}

/// When a command is given, and on which screen.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// What time it is.
    pub now: Timestamp,
    /// By the program's own clock, in milliseconds.
    pub now_ms: u64,
    /// The screen that stands.
    pub screen: ScreenName,
}

/// The pictures that are ready, an empty one for those that are coming, and none for those that cannot be shown.
pub type Pictures<'p> = &'p dyn Fn(Sha256) -> Option<Image>;

/// A screen of the tablet.
pub trait Screen: Sync {
    /// Its name in records, and on the face.
    fn name(&self) -> ScreenName;

    /// Whether it is what the session shows. Of several it is the first in the registry.
    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Own(name)) if *name == self.name())
    }

    /// Fills its part of the face.
    fn show(&self, _window: &TabletWindow, _context: &ScreenContext, _pictures: Pictures) {}

    /// What stands on it, in the order in which it is read aloud.
    fn describe(&self, _context: &ScreenContext) -> Vec<Passage> {
        Vec::new()
    }

    /// What it is for, to somebody who asks for help there.
    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "内容が 届くのを 待っています。しばらく このままに しておいてください。",
        )
    }

    /// Its letters have the standard size, whatever the resident chose: it needs the room.
    fn has_standard_letters(&self) -> bool {
        false
    }

    /// The scenes in which it is drawn and tested: at its fullest, and in its trouble.
    fn scenes(&self) -> Vec<Scene>;

    /// The names of the commands that this screen alone knows.
    fn own_commands(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a command does, if it is one of this screen: given on it, or leading to it.
    fn update(
        &self,
        _session: &mut Session,
        _command: &Command,
        _given: Given,
    ) -> Option<Vec<Effect>> {
        None
    }
}

/// Texts that are read as they stand; what is empty is not read.
pub fn spoken<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<Passage> {
    let texts = texts.into_iter();
    texts
        .filter(|text| !text.as_ref().trim().is_empty())
        .map(|text| Passage::of(text.as_ref()))
        .collect()
}
