//! `services.toml`: read, checked with line and column, watched for changes.

pub mod bundle;
mod catalogue;
pub mod changes;
mod content;
pub mod dry_run;
pub mod edit;
mod fault;
mod ids;
mod loading;
mod reader;
mod table;
mod title;

pub use catalogue::{Audiences, Catalogue, EvaluationSettings, Neighbourhoods, Recipient, Whom};
pub use content::{NotThere, Surroundings, list_beside};
pub use fault::{Expected, Fault, FaultKind};
pub use loading::{CatalogueError, read_text, source_settings};
pub use reader::read;
pub use table::{Faults, Placed, Table};
