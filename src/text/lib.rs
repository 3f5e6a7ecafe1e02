//! Words for people, as every room that shows or speaks them needs them: in which language, where a line may break,
//! how far it is.

mod languages;
mod message;
pub mod phrase;
mod way;

pub use languages::{
    in_every_language, language_name, language_of_locale, languages, next_language, spoken_language,
};
pub use message::{Message, Places, message, message_in, tr, tr_in};
pub use phrase::{joined_by_phrase, phrases};
pub use way::way_in_words;
