//! The values of one entity, in whichever of the four forms a broker writes them.

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use kairan_contract::Position;
use serde_json::Value;

pub(super) fn id_of(entity: &Value) -> Option<&str> {
    entity.get("id").or(entity.get("@id"))?.as_str()
}

/// The value at `address.streetAddress`, through the wrapping of either standard.
pub(super) fn at_path<'e>(entity: &'e Value, path: &str) -> Option<&'e Value> {
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
pub(super) fn unwrapped(value: &Value) -> &Value {
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

pub(super) fn as_text(value: &Value) -> Option<String> {
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
pub(super) fn point(value: &Value) -> Option<Position> {
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
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(local).ok()
    })
}

pub(super) fn unit_code(attribute: &Value) -> Option<&str> {
    attribute
        .get("unitCode")
        .or_else(|| attribute.pointer("/metadata/unitCode/value"))?
        .as_str()
}

/// The sign for a code of UN/CEFACT; another code stands as it is.
pub(super) fn unit_of(code: &str) -> Option<String> {
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
