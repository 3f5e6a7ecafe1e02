//! Rows on the face, changed one by one.

use std::rc::Rc;

use slint::{Model as _, ModelRc, VecModel};

/// The same model with other rows in it. A finger may rest on a row while the minute changes: a new
/// model would take the row away from under it, and the touch would be lost.
pub fn refilled<T: Clone + PartialEq + 'static>(shown: &ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    let Some(model) = shown.as_any().downcast_ref::<VecModel<T>>() else {
        return Rc::new(VecModel::from(rows)).into();
    };
    while model.row_count() > rows.len() {
        model.remove(model.row_count() - 1);
    }
    for (index, row) in rows.into_iter().enumerate() {
        if index >= model.row_count() {
            model.push(row);
        } else if model.row_data(index).as_ref() != Some(&row) {
            model.set_row_data(index, row);
        }
    }
    shown.clone()
}
