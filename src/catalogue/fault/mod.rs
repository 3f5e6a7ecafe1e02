//! What can be wrong with a catalogue, where, and how to mend it, in words for a clerk.

mod kind;
mod words;

use std::{fmt, ops::Range, path::Path};

use kairan_contract::Language;

pub use kind::{Expected, FaultKind};

/// One fault and the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub kind: FaultKind,
}

impl FaultKind {
    /// Puts the fault at the place in `text` where `span` begins.
    pub fn at(self, text: &str, span: &Range<usize>) -> Fault {
        let mut start = span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Fault {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            kind: self,
        }
    }
}

impl Fault {
    /// The fault as one line: `services.toml:LINE:COLUMN: what is wrong — how to mend it`.
    pub fn line_for(&self, path: &Path, language: Language) -> String {
        format!(
            "{}:{}:{}: {}",
            path.display(),
            self.line,
            self.column,
            self.in_words(language)
        )
    }

    /// The fault without its place.
    pub fn in_words(&self, language: Language) -> String {
        self.kind.in_words(language)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wrong, mend) = self.kind.wrong_and_mend(Language::ENGLISH);
        write!(f, "{}:{}: {wrong} — {mend}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters() {
        let text = "一行目\n  二 = 3\n";
        let at = text.find('3').expect("stands there");
        let fault = FaultKind::PeriodEndsBeforeItBegins.at(text, &(at..at + 1));
        assert_eq!((fault.line, fault.column), (2, 7));
    }
}
