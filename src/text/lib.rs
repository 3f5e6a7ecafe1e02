//! Words for people, as every room that shows or speaks them needs them: where a line may break, how far it is.

pub mod phrase;
mod way;

pub use phrase::{joined_by_phrase, phrases};
pub use way::way_in_words;
