//! Entities of a context broker (FIWARE NGSIv2 and NGSI-LD), as a regional data exchange offers
//! them: normalized, concise, or key-values; one or many.

mod attribute;
mod becomes;
mod found;
mod reader;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use kairan_contract::Position;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    draft::{Gleaned, Skipped},
    error::SourceError,
};
use attribute::id_of;
use found::{ENTITY_LIMIT, Found};
use reader::Reader;

pub use becomes::{Becomes, Mapping};

/// The entities of one answer that are looked at.
const READ_LIMIT: usize = 5_000;

/// Reads entities.
pub fn parse(
    bytes: &[u8],
    becomes: Becomes,
    mapping: &Mapping,
    near: Option<Position>,
    now: Timestamp,
    all: bool,
) -> Result<Gleaned, SourceError> {
    let entities = split(bytes)?;
    let reader = Reader {
        becomes,
        mapping,
        now,
        all,
    };
    let (mut skipped, mut found) = (Vec::new(), Found::default());
    for (index, entity) in entities.iter().enumerate() {
        if index >= READ_LIMIT {
            skipped.push(Skipped::told(format!(
                "{} entities are more than the {READ_LIMIT} that are read; the last are left out",
                entities.len()
            )));
            break;
        }
        let parsed: Result<Value, _> = serde_json::from_str(entity.get());
        let entity = parsed.unwrap_or_default();
        if let Err(why) = reader.take(&entity, near, &mut found) {
            let id = id_of(&entity).unwrap_or_default();
            skipped.push(Skipped::told(format!("entity {} {id}: {why}", index + 1)));
        }
    }
    let left_out = found.cut_places();
    skipped.extend(left_out);
    let count = found.articles.len() + found.measurements.len();
    if count > ENTITY_LIMIT {
        skipped.push(Skipped::told(format!(
            "{count} entities are more than the {ENTITY_LIMIT} that a tablet holds; the oldest are left out"
        )));
    }
    Ok(Gleaned {
        draft: found.into_draft(becomes),
        skipped,
    })
}

/// Entities in the wrapping of JSON-LD.
#[derive(Deserialize)]
struct Graph<'b> {
    #[serde(borrow, rename = "@graph")]
    graph: Vec<&'b RawValue>,
}

/// The entities one by one, not yet read: a broker may send thousands, of which few are wanted.
fn split(bytes: &[u8]) -> Result<Vec<&RawValue>, SourceError> {
    let not_understood = |error: &dyn std::fmt::Display| {
        SourceError::NotUnderstood(format!("these are no NGSI entities ({error})"))
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole: &RawValue = serde_json::from_slice(bytes).map_err(|error| not_understood(&error))?;
    if let Ok(Graph { graph }) = serde_json::from_str(whole.get()) {
        return Ok(graph);
    }
    if whole.get().starts_with('[') {
        return serde_json::from_str(whole.get()).map_err(|error| not_understood(&error));
    }
    let answer: Value =
        serde_json::from_str(whole.get()).map_err(|error| not_understood(&error))?;
    if id_of(&answer).is_some() {
        return Ok(vec![whole]);
    }
    let told: Vec<&str> = ["error", "title", "detail", "description"]
        .iter()
        .filter_map(|key| answer.get(*key)?.as_str())
        .collect();
    Err(SourceError::NotUnderstood(format!(
        "the broker answered without entities: {}",
        told.join(" — ")
    )))
}
