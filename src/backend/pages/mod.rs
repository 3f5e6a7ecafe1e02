//! What all pages share: their frame, who looks at them and what they may, and how a page says no.

mod addresses;
mod error;
mod expired;
mod forms;
mod frame;
mod language;
pub mod layers;
mod may;
pub mod paths;
pub mod queries;
pub mod rights;
pub mod session;
pub mod shared;
pub mod spreadsheet;
pub mod upload;

pub use addresses::{Pages, SaysWhoFirst};
pub use error::PageError;
pub use forms::Faults;
pub use frame::{Frame, in_japan, kept_as, shown};
pub use language::PageLanguage;
pub use may::{Anybody, May};
pub use rights::{Right, Role};
pub use session::SignedIn;
