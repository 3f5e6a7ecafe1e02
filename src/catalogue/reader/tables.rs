//! A table of the catalogue, found under its key.

use toml::{Spanned, de::DeValue};

use crate::table::{Faults, Table, shown_name};

pub(super) fn sub_table<'t>(
    name: &'static str,
    known: &'static [&'static str],
    value: &'t Spanned<DeValue<'t>>,
    faults: &mut Faults,
) -> Option<Table<'t>> {
    Table::under(name, shown_name(name), known, value, faults)
}
