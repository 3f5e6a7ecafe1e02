//! What can be wrong with a catalogue.

use kairan_sources::{beside::Refused, open_data::neighbourhoods::BadRow};
use kairan_text::Message;

use super::form::FormFault;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The file is no TOML here.
    Syntax(String),
    /// A key that means nothing here.
    UnknownKey {
        /// As written.
        key: String,
        /// The known key that looks most like it.
        nearest: Option<&'static str>,
        /// All keys that are known here.
        known: Vec<&'static str>,
    },
    /// A key without which the table means nothing.
    MissingKey {
        /// The table, such as `[[service]]`.
        table: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A value of another type than it should have.
    WrongType {
        /// The key.
        key: String,
        /// What it should be.
        expected: Expected,
    },
    /// A text that must not be empty.
    Empty(String),
    /// An id that is written in letters an id cannot have.
    BadId(String),
    /// Two tables with the same id.
    DoubledId {
        /// The id.
        id: String,
        /// Where it stands first.
        first_line: usize,
    },
    /// An id that no table has.
    UnknownId {
        /// What it should be the id of.
        of: &'static str,
        /// As written.
        id: String,
        /// The ids that there are.
        known: Vec<String>,
    },
    /// A date that is none.
    BadDate(String),
    /// `until` lies before `from`.
    PeriodEndsBeforeItBegins,
    /// A host inside a private network that nobody has allowed on the server.
    HostForElsewhere(String),
    /// An icon that tablets do not carry.
    UnknownIcon {
        /// As written.
        icon: String,
        /// The icon whose name looks most like it.
        nearest: Option<&'static str>,
    },
    /// A title that does not fit its tile in the largest letters.
    TitleTooLong(String),
    /// A summary or name that is too long to be shown.
    TextTooLong {
        /// The key.
        key: String,
        /// The greatest number of letters.
        limit: usize,
    },
    /// A reading that is not in kana.
    BadReading(String),
    /// A word for the voice that is written in hiragana alone, and so stands within others.
    NotAWord(String),
    /// A word for the voice that has a reading already.
    ReadTwice(String),
    /// A colour that is none.
    BadColour(String),
    /// A colour on which a white icon cannot be made out.
    PaleColour(String),
    /// A municipality's code that is none.
    BadAreaCode(String),
    /// A telephone number that is none.
    BadTelephone(String),
    /// A word that is not one of a few.
    NotOneOf {
        /// The key.
        key: String,
        /// As written.
        value: String,
        /// The words that are known.
        known: Vec<&'static str>,
    },
    /// A position that is none.
    BadPosition,
    /// An address that does not begin with https://.
    NotHttps(String),
    /// A file that leads out of the folder of the catalogue.
    FileElsewhere(String),
    /// A file that is not there.
    MissingFile(String),
    /// A file that holds no list of 町丁目.
    NoNeighbourhoods {
        /// The file.
        file: String,
        /// What its reader says.
        why: String,
    },
    /// A row of such a list that is not taken as it stands.
    NeighbourhoodRow {
        /// The file.
        file: String,
        /// The row.
        row: BadRow,
    },
    /// More such rows.
    NeighbourhoodRows {
        /// The file.
        file: String,
        /// How many more.
        more: usize,
    },
    /// Distances are measured from a point that has no name.
    NoNearName,
    /// A name of a point that is not given.
    NameOfNoPoint,
    /// A file that may not be shown, or a token that may not go there.
    NoContent(String, Refused),
    /// A number that is too small or too large.
    OutOfRange {
        /// The key.
        key: String,
        /// The smallest.
        least: u32,
        /// The greatest.
        most: u32,
    },
    /// A value that a setting of the server cannot have. It is not shown: it may be a secret.
    Unfit {
        /// The key.
        key: String,
        /// How it is written.
        written: Message,
    },
    /// Two settings of which only one can hold.
    Doubled(&'static str, &'static str),
    /// Something about a form.
    Form(FormFault),
}

/// The types that a value can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A text in quotes.
    Text,
    /// A whole number.
    Number,
    /// A list of texts.
    Texts,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
    /// The name of a stop, or a short list of them.
    Stops,
    /// Yes or no.
    Flag,
    /// Until when something can be done, before something else.
    Before,
}

impl From<FormFault> for FaultKind {
    fn from(fault: FormFault) -> Self {
        Self::Form(fault)
    }
}
