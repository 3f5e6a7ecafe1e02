//! Open data of municipalities: tables in three generations of column names, in any encoding.
//!
//! Columns are found by their names, never by their place. One bad row is left out and told with
//! its line; it never loses the file.

mod columns;
mod encoding;
pub mod events;
pub mod goods;
pub mod neighbourhoods;
pub mod places;
mod rows;
mod when;
pub mod words;

pub use columns::Named;
pub use encoding::text_of;
