//! Emergencies and drills: one person writes, another releases, and either says that it is over. What tablets have
//! shown is counted from what they confirm. A room of pages: the list, the form with texts to begin from, the last
//! question before it is sent, the sending.

mod asking;
mod form;
mod list;
mod reach;
mod sending;
mod texts;
mod which;

pub use asking::ask;
pub use form::{form, write};
pub use list::list;
pub use sending::{end, let_go, picture, release};
