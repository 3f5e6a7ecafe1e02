//! The catalogue in the console: changed in a draft, looked at, published when it says what it should, and brought
//! back with one press. A room of pages: the list, the form, the trial, the publication.

mod audience;
mod content;
pub mod drafting;
mod exchange;
mod form;
mod icons;
mod list;
mod publishing;
pub mod scope;
mod taking_over;
pub mod text;
mod trying;
mod words;

pub use exchange::{archive, file, import};
pub use form::{edit, keep_entry};
pub use list::{discard, go_on, list, move_entry, remove_entry, switch};
pub use publishing::{bring_back, plan, publish, revision, revisions, unplan};
pub use taking_over::{send_back, take_over};
pub use trying::try_tile;
