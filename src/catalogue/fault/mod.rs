//! What can be wrong with a catalogue, where, and how to mend it, in words for a clerk.

mod form;
mod kind;
mod words;

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

use kairan_contract::Language;

pub use form::FormFault;
pub use kind::{Expected, FaultKind};

/// One fault and the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file beside the catalogue in which it stands; the catalogue itself where there is none.
    pub file: Option<PathBuf>,
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
            file: None,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            kind: self,
        }
    }
}

impl Fault {
    /// The fault as one line: `services.toml:LINE:COLUMN: what is wrong — how to mend it`. A file beside the catalogue
    /// at `path` is named in its place.
    pub fn line_for(&self, path: &Path, language: Language) -> String {
        let beside = self
            .file
            .as_ref()
            .map(|file| path.with_file_name("").join(file));
        format!(
            "{}:{}:{}: {}",
            beside.as_deref().unwrap_or(path).display(),
            self.line,
            self.column,
            self.in_words(language)
        )
    }

    /// The fault without its place in the catalogue; one in a file beside it with its place there.
    pub fn in_words(&self, language: Language) -> String {
        let words = self.kind.in_words(language);
        match &self.file {
            Some(file) => format!("{}:{}: {words}", file.display(), self.line),
            None => words,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wrong, mend) = self.kind.wrong_and_mend(Language::ENGLISH);
        if let Some(file) = &self.file {
            write!(f, "{}:", file.display())?;
        }
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
