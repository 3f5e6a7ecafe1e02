//! Entities of a context broker (FIWARE NGSIv2 and NGSI-LD), as a regional data exchange offers
//! them: normalized, concise, or key-values; one or many.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use kairan_contract::{Block, Measurement, Place, Position};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    Draft, DraftArticle, DraftBlock, Gleaned, Skipped, SourceError,
    open_data::{
        places,
        words::{telephone, whole_number},
    },
};

/// The articles or values that a tablet holds of one source.
const ENTITY_LIMIT: usize = 200;
/// The entities of one answer that are looked at.
const READ_LIMIT: usize = 5_000;
/// Letters of a headline; a longer one is no headline.
const TITLE_LIMIT: usize = 200;

/// What the entities become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// Articles: `title`, `text`, `published`.
    Articles,
    /// Places: `name`, `reading`, `offers`, `address`, `position`, `telephone`, `opening`,
    /// `capacity`, `note`.
    Places,
    /// Measurements: `name`, `value`, `unit`, `observed_at`, `position`.
    Measurements,
}

impl Becomes {
    /// Every kind with the word for it in the catalogue.
    pub const ALL: [(&'static str, Self); 3] = [
        ("articles", Self::Articles),
        ("places", Self::Places),
        ("measurements", Self::Measurements),
    ];

    /// What the catalogue may say under `map`, with the attributes of the Smart Data Models that
    /// are taken without it.
    pub fn fields(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Articles => &[
                (
                    "title",
                    &[
                        "title",
                        "headline",
                        "name",
                        "description",
                        "subCategory",
                        "category",
                    ],
                ),
                ("text", &["description", "text", "articleBody", "summary"]),
                (
                    "published",
                    &[
                        "dateIssued",
                        "datePublished",
                        "dateObserved",
                        "validFrom",
                        "dateModified",
                        "dateCreated",
                    ],
                ),
            ],
            Self::Places => &[
                ("name", &["name", "title", "alternateName"]),
                ("reading", &["nameKana", "reading", "name_kana"]),
                ("offers", &["category", "serviceType"]),
                (
                    "address",
                    &["address", "address.streetAddress", "areaServed"],
                ),
                ("position", &["location", "position"]),
                (
                    "telephone",
                    &["contactPoint.telephone", "telephone", "phone"],
                ),
                ("opening", &["openingHours", "openingHoursSpecification"]),
                ("capacity", &["capacity", "totalSpotNumber"]),
                ("note", &["description", "note"]),
            ],
            Self::Measurements => &[
                ("name", &["name", "stationName", "refDevice", "description"]),
                (
                    "value",
                    &[
                        "value",
                        "temperature",
                        "level",
                        "currentLevel",
                        "relativeHumidity",
                    ],
                ),
                ("unit", &["unit", "unitText"]),
                (
                    "observed_at",
                    &["dateObserved", "observedAt", "dateModified"],
                ),
                ("position", &["location", "position"]),
            ],
        }
    }
}

/// Which attribute holds what.
pub type Mapping = BTreeMap<String, String>;

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

#[derive(Default)]
struct Found {
    articles: Vec<DraftArticle>,
    places: Vec<Place>,
    measurements: Vec<Measurement>,
}

impl Found {
    /// The nearest first, and as many as a tablet holds.
    fn cut_places(&mut self) -> Option<Skipped> {
        self.places
            .sort_by_key(|place| place.metres.unwrap_or(u32::MAX));
        places::cut(&mut self.places)
    }

    fn into_draft(mut self, becomes: Becomes) -> Draft {
        match becomes {
            Becomes::Articles => {
                self.articles
                    .sort_by_key(|article| std::cmp::Reverse(article.published));
                self.articles.truncate(ENTITY_LIMIT);
                Draft::Feed(self.articles)
            }
            Becomes::Places => Draft::Places(self.places),
            Becomes::Measurements => {
                self.measurements.truncate(ENTITY_LIMIT);
                Draft::Measurements(self.measurements)
            }
        }
    }
}

struct Reader<'m> {
    becomes: Becomes,
    mapping: &'m Mapping,
    now: Timestamp,
    all: bool,
}

impl Reader<'_> {
    fn take(
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

fn id_of(entity: &Value) -> Option<&str> {
    entity.get("id").or(entity.get("@id"))?.as_str()
}

/// The value at `address.streetAddress`, through the wrapping of either standard.
fn at_path<'e>(entity: &'e Value, path: &str) -> Option<&'e Value> {
    // An attribute may itself have a dot in its name.
    if let Some(attribute) = entity.get(path) {
        return Some(unwrapped(attribute));
    }
    let mut value = entity;
    for part in path.split('.') {
        value = unwrapped(value.get(part)?);
    }
    Some(value)
}

/// The value without what a broker wraps around it.
fn unwrapped(value: &Value) -> &Value {
    // Of an attribute that is given several times the one without a dataset of its own is meant.
    if let Value::Array(values) = value
        && values
            .first()
            .is_some_and(|first| first.get("type").is_some())
    {
        let plain = values.iter().find(|value| value.get("datasetId").is_none());
        return plain.or(values.first()).map_or(value, unwrapped);
    }
    let Value::Object(object) = value else {
        return value;
    };
    for key in ["value", "@value", "object"] {
        if let Some(inner) = object.get(key) {
            return unwrapped(inner);
        }
    }
    if let Some(Value::Object(languages)) = object.get("languageMap") {
        let japanese = languages.iter().find(|(code, _)| code.starts_with("ja"));
        let japanese = japanese
            .map(|(_, text)| text)
            .or_else(|| languages.get("@none"))
            .or_else(|| languages.values().next());
        return japanese.unwrap_or(value);
    }
    value
}

fn as_text(value: &Value) -> Option<String> {
    let text = match unwrapped(value) {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "はい".to_owned(),
        Value::Bool(false) => "いいえ".to_owned(),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().filter_map(as_text).collect();
            texts.join("、")
        }
        Value::Object(object) => {
            // An address in parts, the widest first, as it is written in Japan.
            let parts = ["addressRegion", "addressLocality", "streetAddress"];
            let texts: Vec<String> = parts
                .iter()
                .filter_map(|part| as_text(object.get(*part)?))
                .collect();
            texts.concat()
        }
        Value::Null => String::new(),
    };
    (!text.is_empty()).then_some(text)
}

/// GeoJSON, which writes the longitude first, or `geo:point`, which writes the latitude first.
fn point(value: &Value) -> Option<Position> {
    match value {
        Value::String(text) => {
            let (latitude, longitude) = text.split_once(',')?;
            Position::new(
                latitude.trim().parse().ok()?,
                longitude.trim().parse().ok()?,
            )
            .ok()
        }
        Value::Object(object) => {
            let mut coordinates = object.get("coordinates")?;
            // Of a line or an area the first corner stands for all of it.
            while let Some(Value::Array(inner)) = coordinates.get(0) {
                if inner.is_empty() {
                    return None;
                }
                coordinates = coordinates.get(0)?;
            }
            Position::new(coordinates.get(1)?.as_f64()?, coordinates.get(0)?.as_f64()?).ok()
        }
        _ => None,
    }
}

/// With an offset or Z; without either it is UTC, as NGSI says.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(local).ok()
    })
}

fn unit_code(attribute: &Value) -> Option<&str> {
    attribute
        .get("unitCode")
        .or_else(|| attribute.pointer("/metadata/unitCode/value"))?
        .as_str()
}

/// The sign for a code of UN/CEFACT; another code stands as it is.
fn unit_of(code: &str) -> Option<String> {
    let sign = match code {
        // A bare number.
        "C62" => return None,
        "CEL" => "℃",
        "P1" => "%",
        "MTR" => "m",
        "CMT" => "cm",
        "MMT" => "mm",
        "KMH" => "km/h",
        "MTS" => "m/s",
        "GQ" => "µg/m³",
        "A97" => "hPa",
        other => other,
    };
    Some(sign.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: &Value, becomes: Becomes, mapping: &[(&str, &str)]) -> Gleaned {
        let mapping = mapping
            .iter()
            .map(|(field, attribute)| ((*field).to_owned(), (*attribute).to_owned()))
            .collect();
        let bytes = serde_json::to_vec(document).expect("JSON");
        parse(
            &bytes,
            becomes,
            &mapping,
            None,
            Timestamp::UNIX_EPOCH,
            false,
        )
        .expect("reads")
    }

    #[test]
    fn both_standards_give_the_same_article() {
        let old = json!({ "id": "a", "type": "Alert", "description": { "type": "Text", "value": "道路が通れません" },
            "subCategory": { "type": "Text", "value": "通行止め" }, "dateIssued": { "type": "DateTime", "value": "2026-11-23T09:25:55.00Z" } });
        let new = json!([{ "id": "a", "type": "Alert", "description": { "type": "Property", "value": "道路が通れません" },
            "subCategory": { "type": "LanguageProperty", "languageMap": { "en": "closed", "ja": "通行止め" } },
            "dateIssued": { "type": "Property", "value": { "@type": "DateTime", "@value": "2026-11-23T09:25:55.00Z" } } }]);
        let plain = json!([{ "id": "a", "type": "Alert", "description": "道路が通れません", "subCategory": "通行止め", "dateIssued": "2026-11-23T09:25:55" }]);
        let mapping = [("title", "subCategory")];
        let first = read(&old, Becomes::Articles, &mapping).draft;
        assert_eq!(read(&new, Becomes::Articles, &mapping).draft, first);
        assert_eq!(read(&plain, Becomes::Articles, &mapping).draft, first);
        let Draft::Feed(articles) = first else {
            panic!("no articles")
        };
        assert_eq!(articles[0].title, "通行止め");
        assert_eq!(articles[0].body.len(), 1);
        assert_eq!(articles[0].published, "2026-11-23T09:25:55Z".parse().ok());
    }

    #[test]
    fn places_have_their_longitude_first_in_geojson_and_last_in_a_point() {
        let gleaned = read(
            &json!([
                { "id": "a", "name": { "value": "中央公民館" }, "location": { "type": "geo:json", "value": { "type": "Point", "coordinates": [135.2, 35.1] } },
                  "address": { "value": { "addressLocality": "ひだまり市", "streetAddress": "本町1" } } },
                { "id": "b", "name": "北公民館", "location": "35.3, 135.4" },
                { "id": "c", "name": "どこか" },
                { "name": "だれか" }
            ]),
            Becomes::Places,
            &[],
        );
        let Draft::Places(places) = &gleaned.draft else {
            panic!("no places")
        };
        let at: Vec<f64> = places
            .iter()
            .filter_map(|place| Some(place.position?.latitude()))
            .collect();
        assert_eq!(at, [35.1, 35.3]);
        assert_eq!(places[0].address.as_deref(), Some("ひだまり市本町1"));
        assert_eq!(gleaned.skipped.len(), 2);
    }

    #[test]
    fn measurements_with_their_unit_and_time() {
        let gleaned = read(
            &json!([{ "id": "s", "name": "ひだまり川", "level": { "type": "Property", "value": 1.25, "unitCode": "MTR", "observedAt": "2026-11-23T00:00:00Z" } }]),
            Becomes::Measurements,
            &[("value", "level")],
        );
        let Draft::Measurements(measurements) = gleaned.draft else {
            panic!("no measurements")
        };
        assert_eq!(measurements[0].value, "1.25");
        assert_eq!(measurements[0].unit.as_deref(), Some("m"));
        assert_eq!(
            measurements[0].observed_at,
            "2026-11-23T00:00:00Z".parse().ok()
        );
    }

    #[test]
    fn what_is_over_goes_and_the_nearest_stay() {
        let alert = json!([{ "id": "a", "title": "通行止め", "validTo": { "type": "DateTime", "value": "2026-11-22T00:00:00Z" } }]);
        let bytes = serde_json::to_vec(&alert).expect("JSON");
        let now = "2026-11-23T00:00:00Z".parse().expect("a time");
        let count = |all| {
            let gleaned = parse(&bytes, Becomes::Articles, &Mapping::new(), None, now, all);
            match gleaned.expect("reads").draft {
                Draft::Feed(articles) => articles.len(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!((count(false), count(true)), (0, 1));
        let mut places: Vec<Value> = (0..250)
            .map(|id| json!({ "id": format!("far {id}"), "name": "遠い", "location": "36.0, 138.0" }))
            .collect();
        places.push(json!({ "id": "near", "name": "近い", "location": "34.5, 135.5" }));
        let graph = serde_json::to_vec(&json!({ "@context": [], "@graph": places })).expect("JSON");
        let near = Position::new(34.5, 135.5).ok();
        let gleaned = parse(&graph, Becomes::Places, &Mapping::new(), near, now, false);
        let Draft::Places(found) = gleaned.expect("reads").draft else {
            panic!("no places")
        };
        // Who lives far away has the far ones near: none is left out.
        assert_eq!((found.len(), found[0].id.as_str()), (251, "near"));
    }

    #[test]
    fn an_attribute_given_twice_is_the_one_without_a_dataset() {
        let twice = json!([{ "id": "a", "name": [
            { "type": "Property", "datasetId": "urn:x", "value": "べつの名" }, { "type": "Property", "value": "中央公民館" }],
            "location": { "type": "GeoProperty", "value": { "type": "Point", "coordinates": [135.2, 35.1] } } }]);
        let Draft::Places(places) = read(&twice, Becomes::Places, &[]).draft else {
            panic!("no places")
        };
        assert_eq!(places[0].name, "中央公民館");
    }

    #[test]
    fn an_answer_without_entities_says_what_the_broker_says() {
        let refused = br#"{"error":"NotFound","description":"no tenant orden"}"#;
        let error = parse(
            refused,
            Becomes::Articles,
            &Mapping::new(),
            None,
            Timestamp::UNIX_EPOCH,
            false,
        )
        .map(|_| ())
        .expect_err("refused");
        assert!(error.to_string().contains("no tenant orden"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_ends_in_a_panic(text in "[\\[\\]{}\":,0-9a-zA-Z.]{0,200}") {
            for (_, becomes) in Becomes::ALL {
                let _ = parse(text.as_bytes(), becomes, &Mapping::new(), None, Timestamp::UNIX_EPOCH, false);
                let wrapped = format!(r#"[{{"id":"a","name":"b","location":{text},"value":{text}}}]"#);
                let _ = parse(wrapped.as_bytes(), becomes, &Mapping::new(), None, Timestamp::UNIX_EPOCH, false);
            }
        }
    }
}
