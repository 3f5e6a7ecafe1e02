//! `services.toml`: read, checked with line and column, edited, compared.

pub mod bundle;
mod catalogue;
pub mod changes;
mod content;
pub mod dry_run;
pub mod edit;
mod fault;
pub mod form;
mod ids;
mod loading;
pub mod opening_hours;
mod reader;
mod table;
mod title;

pub use catalogue::{Audiences, Catalogue, EvaluationSettings, Neighbourhoods, Recipient, Whom};
pub use content::{NotThere, Surroundings, read_beside};
pub use fault::{Expected, Fault, FaultKind, FormFault};
pub use loading::{CatalogueError, read_text, source_settings};
pub use reader::read;
pub use table::{Faults, Placed, Table};
