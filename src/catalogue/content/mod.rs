//! `[service.content]`: where the content of a tile comes from, and how it is read.

mod reader;
mod settings;
mod surroundings;
mod word;

use toml::{Spanned, de::DeValue};

use crate::{
    fault::{Expected, FaultKind},
    table::{Faults, Table},
};
use kairan_sources::source::ContentSource;
use reader::Reader;
use word::{EVERY_KEY, KINDS, Word, kind_in};

pub use surroundings::{Anything, NotThere, Surroundings, file_beside, read_beside};

/// Reads `[service.content]`.
pub fn content<'t>(
    value: &'t Spanned<DeValue<'t>>,
    around: &dyn Surroundings,
    faults: &mut Faults,
) -> Option<ContentSource> {
    let DeValue::Table(table) = value.get_ref() else {
        let kind = FaultKind::WrongType {
            key: "content".to_owned(),
            expected: Expected::Table,
        };
        faults.add(kind, &value.span());
        return None;
    };
    let word = kind_in(table);
    let keys = word.map_or(EVERY_KEY, Word::keys);
    let table = Table::new("[service.content]", keys, table, value.span(), faults);
    let word = table.need_one_of("kind", &KINDS, faults)?;
    Reader { around }.source(word, &table, faults)
}
