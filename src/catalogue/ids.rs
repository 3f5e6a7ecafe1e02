//! Ids of the catalogue: each once, and none that is not there.

use std::collections::HashMap;

use super::{
    fault::FaultKind,
    table::{Faults, Table},
};

/// The ids of one kind of table and the line where each stands.
pub struct Ids {
    of: &'static str,
    lines: HashMap<String, usize>,
    in_order: Vec<String>,
}

impl Ids {
    pub fn new(of: &'static str) -> Self {
        Self {
            of,
            lines: HashMap::new(),
            in_order: Vec::new(),
        }
    }

    /// The id of `table`; doubled ids are a fault.
    pub fn take<T: TryFrom<String>>(&mut self, table: &Table, faults: &mut Faults) -> Option<T> {
        let text = table.need_text("id", faults)?;
        let Ok(id) = T::try_from(text.value.to_owned()) else {
            faults.add(FaultKind::BadId(text.value.to_owned()), &text.span);
            return None;
        };
        let line = faults.line_of(&text.span);
        if let Some(&first_line) = self.lines.get(text.value) {
            let kind = FaultKind::DoubledId {
                id: text.value.to_owned(),
                first_line,
            };
            faults.add(kind, &text.span);
            return None;
        }
        self.lines.insert(text.value.to_owned(), line);
        self.in_order.push(text.value.to_owned());
        Some(id)
    }

    /// The id that `table` names at `key`, which must be one of these.
    pub fn named<T: TryFrom<String>>(
        &self,
        table: &Table,
        key: &'static str,
        faults: &mut Faults,
    ) -> Option<T> {
        let text = table.need_text(key, faults)?;
        if !self.lines.contains_key(text.value) {
            let kind = FaultKind::UnknownId {
                of: self.of,
                id: text.value.to_owned(),
                known: self.in_order.clone(),
            };
            faults.add(kind, &text.span);
            return None;
        }
        T::try_from(text.value.to_owned()).ok()
    }
}
