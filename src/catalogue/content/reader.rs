//! Where content is fetched from, by whom, and how often.

use std::path::PathBuf;

use url::Url;

use super::{
    settings::{are_digits, kind, near_name, not_a_code},
    surroundings::{Surroundings, file_beside},
    word::Word,
};
use crate::{
    fault::FaultKind,
    table::{Faults, Placed, Table},
};
use kairan_sources::{
    beside::{Refused, Role},
    source::{Access, ContentSource, Location},
};

/// Where the JMA publishes.
const JMA: &str = "https://www.jma.go.jp/bosai/";

pub(super) struct Reader<'r> {
    pub(super) around: &'r dyn Surroundings,
}

impl Reader<'_> {
    pub(super) fn source(
        &self,
        word: Word,
        table: &Table,
        faults: &mut Faults,
    ) -> Option<ContentSource> {
        let every_minutes = match word {
            Word::Page | Word::Audio | Word::Questionnaire | Word::Form => None,
            _ => table.number(
                "every_minutes",
                word.shortest_pace(),
                word.longest_pace(),
                faults,
            ),
        };
        let role = word.role();
        // Every part is read before any is missed, so that all faults are told at once.
        let location = match word {
            Word::Page | Word::Audio | Word::Questionnaire | Word::Form => table
                .need_text("file", faults)
                .and_then(|text| self.file(&text, role, faults))
                .map(Location::File),
            Word::Weather => self.of_the_jma(table, "forecast/data/forecast", faults),
            Word::Warnings => self.of_the_jma(table, "warning/data/r8", faults),
            _ => table
                .need_text("url", faults)
                .and_then(|text| self.location(&text, faults)),
        };
        let access = match word {
            Word::Entities => self.access(table, location.as_ref(), faults),
            _ => Some(Access::default()),
        };
        let kind = kind(word, table, faults);
        let near_name = match word {
            Word::Places | Word::Entities => near_name(table, faults),
            _ => None,
        };
        Some(ContentSource {
            location: location?,
            every_minutes: every_minutes.unwrap_or(word.pace()),
            access: access?,
            kind: kind?,
            near_name,
        })
    }

    fn of_the_jma(&self, table: &Table, folder: &str, faults: &mut Faults) -> Option<Location> {
        if let Some(url) = table.text("url", faults) {
            return self.location(&url, faults);
        }
        let office = table.need_text("office", faults)?;
        if !are_digits(office.value, 6) {
            faults.add(
                not_a_code(
                    "office",
                    &office,
                    "a forecast office of six digits such as 270000",
                ),
                &office.span,
            );
            return None;
        }
        let address = format!("{JMA}{folder}/{}.json", office.value);
        Url::parse(&address).ok().map(Location::Web)
    }

    fn access(
        &self,
        table: &Table,
        location: Option<&Location>,
        faults: &mut Faults,
    ) -> Option<Access> {
        let header = |key, faults: &mut Faults| {
            let text = table.text(key, faults)?;
            if text.value.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Some(text.value.to_owned());
            }
            faults.add(
                not_a_code(
                    key,
                    &text,
                    "a word of letters, digits and signs without blanks",
                ),
                &text.span,
            );
            None
        };
        let tenant = header("tenant", faults);
        let service_path = header("service_path", faults);
        let token_file = match table.text("token_file", faults) {
            Some(text) => {
                let file = self.file(&text, Role::Token, faults)?;
                if let Some(Location::Web(url)) = location
                    && !self.around.lets(&file, url)
                {
                    let kind = FaultKind::NoContent(text.value.to_owned(), Refused::ForElsewhere);
                    faults.add(kind, &text.span);
                    return None;
                }
                Some(file)
            }
            None => None,
        };
        Some(Access {
            tenant,
            service_path,
            token_file,
        })
    }

    fn location(&self, text: &Placed<&str>, faults: &mut Faults) -> Option<Location> {
        if !text.value.contains("://") {
            return self.file(text, Role::Data, faults).map(Location::File);
        }
        match Url::parse(text.value) {
            Ok(url) if url.scheme() == "https" && url.host_str().is_some() => {
                Some(Location::Web(url))
            }
            _ => {
                faults.add(FaultKind::NotHttps(text.value.to_owned()), &text.span);
                None
            }
        }
    }

    fn file(&self, text: &Placed<&str>, role: Role, faults: &mut Faults) -> Option<PathBuf> {
        file_beside(text, role, self.around, faults)
    }
}
