//! What a touch asks for: one list, by the names that the face uses.

use std::str::FromStr;

use kairan_contract::{ScreenName, ServiceId, TextSize};
use serde::{Deserialize as _, de::IntoDeserializer as _};

/// What a command is about, as the face says it.
trait Argument: Sized {
    fn read(text: &str) -> Option<Self>;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:literal $variant:ident $(($argument:ty))?,)+) => {
        /// What a touch asks for.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Command {
            $($(#[$doc])* $variant $(($argument))?,)+
            /// What one screen alone knows: its name for it, and what it is about.
            Own(String, String),
        }

        impl Command {
            /// The commands that every screen may name.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// What the face asks for; none where it is about something that it cannot be about.
            pub fn read(name: &str, argument: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant $((<$argument as Argument>::read(argument)?))?),)+
                    own => Some(Self::Own(own.to_owned(), argument.to_owned())),
                }
            }
        }
    };
}

commands! {
    /// はじめ.
    "home" Home,
    /// もどる.
    "back" Back,
    /// 困ったとき.
    "help" Help,
    /// 文字の大きさ.
    "text-sizes" TextSizes,
    /// One of the sizes.
    "choose-text-size" ChooseTextSize(TextSize),
    /// 読み上げ: read what is on the screen, or stop.
    "read-aloud" ReadAloud,
    /// A screen that keeps nothing of its own.
    "open" Open(ScreenName),
    /// A tile.
    "open-tile" OpenTile(ServiceId),
    /// The tablet's own tile, くすりと 予定.
    "reminders" Reminders,
    /// The tablet's own tile, 市からの お便り.
    "messages" Messages,
    /// A row of a list, by its id.
    "open-row" OpenRow(String),
    /// The end of the article stood on the screen.
    "article-end-seen" ArticleEndSeen,
    /// A page was turned with まえ or つぎ.
    "turned" Turned,
    /// A digit of a code or PIN.
    "digit" Digit(char),
    /// Takes the last digit back.
    "correct" Correct,
    /// Six digits are the whole code.
    "send-short" SendShort,
    /// わかりました, on a warning that has taken over.
    "alert-understood" AlertUnderstood,
    /// 助けがほしい, on a warning that has taken over.
    "alert-help" AlertHelp,
    /// The number pad once more, for a tablet that its backend does not know any more.
    "enrol-again" EnrolAgain,
    /// Asks whether a helper is to ring.
    "call-back" CallBack,
    /// A warning to practise with.
    "practise-warning" PractiseWarning,
    /// First use once more.
    "repeat-first-use" RepeatFirstUse,
    /// The other language.
    "switch-language" SwitchLanguage,
    /// The helper's page.
    "helper-page" HelperPage,
    /// An answer to the question on the screen, by its place.
    "choose" Choose(usize),
    /// A new reminder.
    "new-reminder" NewReminder,
    /// A reminder of the board, by its place.
    "open-reminder" OpenReminder(usize),
    /// When to be asked how one is.
    "check-in-time" CheckInTime,
    /// The time on the screen, by so many minutes.
    "move-time" MoveTime(i32),
    /// The time on the screen is the right one.
    "time-chosen" TimeChosen,
    /// The large field of the practice.
    "practise-tap" PractiseTap,
    /// のみました, できました.
    "due-done" DueDone,
    /// あとで.
    "due-later" DueLater,
    /// Somebody is there after all.
    "wake" Wake,
    /// Start, pause or go on with the programme.
    "programme-run" ProgrammeRun,
    /// A step of the programme on or back.
    "programme-step" ProgrammeStep(i32),
}

/// What is read as its type reads itself.
macro_rules! parsed {
    ($($argument:ty),+) => {
        $(impl Argument for $argument {
            fn read(text: &str) -> Option<Self> {
                Self::from_str(text).ok()
            }
        })+
    };
}

parsed!(ScreenName, ServiceId, String, usize, i32);

impl Argument for char {
    fn read(text: &str) -> Option<Self> {
        text.chars().next()
    }
}

impl Argument for TextSize {
    fn read(text: &str) -> Option<Self> {
        let text: serde::de::value::StrDeserializer<serde::de::value::Error> =
            text.into_deserializer();
        Self::deserialize(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_names_commands_and_what_they_are_about() {
        for (name, argument, expected) in [
            ("home", "", Some(Command::Home)),
            ("choose", "3", Some(Command::Choose(3))),
            ("choose", "-1", None),
            ("move-time", "-60", Some(Command::MoveTime(-60))),
            ("digit", "7", Some(Command::Digit('7'))),
            ("digit", "", None),
            ("open-tile", "@reminders", None),
            (
                "choose-text-size",
                "largest",
                Some(Command::ChooseTextSize(TextSize::Largest)),
            ),
            ("choose-text-size", "huge", None),
        ] {
            assert_eq!(Command::read(name, argument), expected, "{name} {argument}");
        }
    }
}
