//! The goods of a form, from the list beside it.

use std::path::PathBuf;

use kairan_sources::{
    beside::Role,
    open_data::goods::{self, BadGood, StockedGood},
};

use crate::{
    content::{Surroundings, file_beside},
    fault::{Fault, FormFault},
    table::{Faults, Placed},
};

/// Rows of one file that are told one by one.
const ROWS_TOLD: usize = 50;

/// Reads the list; none where it has faults, or where nobody reads it just now.
pub(super) fn goods(
    text: &Placed<&str>,
    around: &dyn Surroundings,
    faults: &mut Faults,
) -> Option<(PathBuf, Vec<StockedGood>)> {
    let file = file_beside(text, Role::Data, around, faults)?;
    let name = text.value.to_owned();
    let read = around
        .read(&file, Role::Data, goods::FILE_LIMIT)
        .and_then(|bytes| {
            let parsed = bytes.map(|bytes| goods::parse(&bytes));
            parsed.transpose().map_err(|error| error.to_string())
        });
    match read {
        Ok(None) => Some((file, Vec::new())),
        Ok(Some(Err(_))) | Err(_) if around.forgives() => Some((file, Vec::new())),
        Ok(Some(Ok(goods))) => Some((file, goods)),
        Ok(Some(Err(bad))) => {
            for row in bad.iter().take(ROWS_TOLD) {
                faults.add_elsewhere(goods_fault(&file, row));
            }
            None
        }
        Err(why) => {
            faults.add(FormFault::NoGoods { file: name, why }.into(), &text.span);
            None
        }
    }
}

/// A wrong row as a fault of its file.
pub fn goods_fault(file: &std::path::Path, row: &BadGood) -> Fault {
    Fault {
        file: Some(file.to_owned()),
        line: usize::try_from(row.line).unwrap_or(usize::MAX),
        column: 1,
        kind: FormFault::WrongGood(row.why.clone()).into(),
    }
}
