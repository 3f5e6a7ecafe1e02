//! The catalogue in the database: its revisions, the drafts of it, and what waits for its date.

pub mod catalogues;
pub mod drafts;
pub mod plans;

pub use catalogues::last_in_force;
pub use drafts::{CatalogueDraft, Revision};
pub use plans::{PlannedCatalogue, Waiting};
