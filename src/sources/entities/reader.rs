//! From one entity to an article, a place or a measurement.

use jiff::Timestamp;
use kairan_contract::{Block, Measurement, Place, Position};
use serde_json::Value;

use super::{
    attribute::{as_text, at_path, id_of, moment, point, unit_code, unit_of},
    becomes::{Becomes, Mapping},
    found::Found,
};
use crate::{
    draft::{DraftArticle, DraftBlock},
    open_data::words::{telephone, whole_number},
};

/// Letters of a headline; a longer one is no headline.
const TITLE_LIMIT: usize = 200;

pub(super) struct Reader<'m> {
    pub(super) becomes: Becomes,
    pub(super) mapping: &'m Mapping,
    pub(super) now: Timestamp,
    pub(super) all: bool,
}

impl Reader<'_> {
    pub(super) fn take(
        &self,
        entity: &Value,
        near: Option<Position>,
        found: &mut Found,
    ) -> Result<(), String> {
        let id = id_of(entity).ok_or("it has no id")?.to_owned();
        let until = at_path(entity, "validTo").and_then(as_text);
        let until = until.and_then(|text| moment(&text));
        if let Some(until) = until.filter(|until| *until < self.now && !self.all) {
            return Err(format!("it was valid until {until}"));
        }
        match self.becomes {
            Becomes::Articles => found.articles.push(self.article(entity, id)?),
            Becomes::Places => found.places.push(self.place(entity, id, near)?),
            Becomes::Measurements => found.measurements.push(self.measurement(entity, id)?),
        }
        Ok(())
    }

    /// What stands under `field`: in the attribute that the catalogue names, or else in the first
    /// known one that the entity has.
    fn value<'e>(&self, entity: &'e Value, field: &str) -> Option<&'e Value> {
        if let Some(attribute) = self.mapping.get(field) {
            return at_path(entity, attribute);
        }
        let (_, known) = self
            .becomes
            .fields()
            .iter()
            .find(|(known, _)| *known == field)?;
        known
            .iter()
            .find_map(|attribute| at_path(entity, attribute))
    }

    fn text(&self, entity: &Value, field: &str) -> Option<String> {
        as_text(self.value(entity, field)?)
    }

    fn article(&self, entity: &Value, id: String) -> Result<DraftArticle, String> {
        let title = self.text(entity, "title").ok_or("it has no title")?;
        let text = self.text(entity, "text").filter(|text| *text != title);
        Ok(DraftArticle {
            id,
            title: title.replace('\n', " ").chars().take(TITLE_LIMIT).collect(),
            published: self
                .text(entity, "published")
                .and_then(|text| moment(&text)),
            body: text
                .into_iter()
                .map(|text| DraftBlock::Words(Block::Paragraph { text }))
                .collect(),
        })
    }

    fn place(&self, entity: &Value, id: String, near: Option<Position>) -> Result<Place, String> {
        let name = self.text(entity, "name").ok_or("it has no name")?;
        let position = self.value(entity, "position").and_then(point);
        let address = self.text(entity, "address");
        if position.is_none() && address.is_none() {
            return Err("it has neither position nor address".to_owned());
        }
        Ok(Place {
            id,
            name,
            reading: self.text(entity, "reading"),
            offers: self.text(entity, "offers"),
            address,
            metres: position
                .zip(near)
                .map(|(there, here)| here.metres_to(there)),
            position,
            telephone: self
                .text(entity, "telephone")
                .and_then(|number| telephone(&number)),
            opening: self.text(entity, "opening"),
            safe_from: Vec::new(),
            capacity: self
                .text(entity, "capacity")
                .and_then(|number| whole_number(&number)),
            note: self.text(entity, "note"),
        })
    }

    fn measurement(&self, entity: &Value, id: String) -> Result<Measurement, String> {
        let value = self.text(entity, "value").ok_or("it has no value")?;
        let code = self
            .attribute(entity, "value")
            .and_then(unit_code)
            .and_then(unit_of);
        let observed_within = || {
            let attribute = self.attribute(entity, "value")?;
            let within = attribute
                .get("observedAt")
                .or_else(|| attribute.pointer("/metadata/TimeInstant/value"))?;
            as_text(within)
        };
        let observed = self.text(entity, "observed_at").or_else(observed_within);
        Ok(Measurement {
            name: self.text(entity, "name").unwrap_or_else(|| id.clone()),
            id,
            value,
            unit: self.text(entity, "unit").or(code),
            observed_at: observed.and_then(|text| moment(&text)),
            position: self.value(entity, "position").and_then(point),
        })
    }

    /// The attribute itself, with what stands beside its value.
    fn attribute<'e>(&self, entity: &'e Value, field: &str) -> Option<&'e Value> {
        if let Some(attribute) = self.mapping.get(field) {
            return entity.get(attribute);
        }
        let (_, known) = self
            .becomes
            .fields()
            .iter()
            .find(|(known, _)| *known == field)?;
        known.iter().find_map(|attribute| entity.get(*attribute))
    }
}
