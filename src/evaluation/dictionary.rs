//! The data dictionary: every kind of usage record with its fields, made from the documentation of the
//! types themselves, so that it cannot say anything else than the program does.

use std::collections::HashMap;

use kairan_contract::{Event, WireRecord};
use serde::Serialize;
use serde_json::Value;
use utoipa::{PartialSchema as _, ToSchema as _};

/// The whole dictionary.
#[derive(Debug, Clone, Serialize)]
pub struct Dictionary {
    /// What every record says.
    pub record: Vec<Field>,
    /// The kinds, and what each says besides.
    pub kinds: Vec<Kind>,
}

/// A kind of record.
#[derive(Debug, Clone, Serialize)]
pub struct Kind {
    /// As it is written.
    pub kind: String,
    /// When it is written.
    pub meaning: String,
    /// The fields of its detail.
    pub fields: Vec<Field>,
    /// A detail of this kind.
    pub example: Value,
}

/// A field.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// As it is written.
    pub name: String,
    /// What it says.
    pub meaning: String,
    /// text, whole number, yes or no.
    pub form: String,
    /// The unit of a number; empty where it has none.
    pub unit: &'static str,
    /// The words that it may be; empty where it may be any.
    pub words: Vec<String>,
    /// Words that this version does not know may come besides.
    pub other_words: bool,
    /// It may be absent.
    pub optional: bool,
}

/// The dictionary of this version.
pub fn dictionary() -> Dictionary {
    let known = known_schemas();
    let record = fields_of(&as_json(&WireRecord::schema()), &known);
    let events = as_json(&Event::schema());
    let variants = events["oneOf"].as_array().cloned().unwrap_or_default();
    let examples: HashMap<String, Value> = Event::examples()
        .iter()
        .map(Event::to_parts)
        .map(|(kind, detail)| (kind, Value::Object(detail)))
        .collect();
    let kinds = variants.iter().map(|variant| {
        let kind = text(&variant["properties"]["kind"]["enum"][0]);
        Kind {
            meaning: text(&variant["description"]),
            fields: fields_of(&variant["properties"]["detail"], &known),
            example: examples.get(&kind).cloned().unwrap_or_default(),
            kind,
        }
    });
    Dictionary {
        record,
        kinds: kinds.collect(),
    }
}

impl Dictionary {
    /// One line a field, for a spreadsheet.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record([
            "kind",
            "field",
            "form",
            "unit",
            "words",
            "optional",
            "meaning",
            "example",
            "other_words",
        ])?;
        let yes_or_no = |it: bool| if it { "yes" } else { "no" };
        let mut line = |kind: &str, field: &Field, example: &Value| {
            let example = example.get(&field.name).map(ToString::to_string);
            out.write_record([
                kind,
                &field.name,
                &field.form,
                field.unit,
                &field.words.join(" "),
                yes_or_no(field.optional),
                &field.meaning,
                &example.unwrap_or_default(),
                yes_or_no(field.other_words),
            ])
        };
        for field in &self.record {
            line("(every kind)", field, &Value::Null)?;
        }
        for kind in &self.kinds {
            let itself = Field {
                name: String::new(),
                meaning: kind.meaning.clone(),
                form: String::new(),
                unit: "",
                words: Vec::new(),
                other_words: false,
                optional: false,
            };
            line(&kind.kind, &itself, &Value::Null)?;
            for field in &kind.fields {
                line(&kind.kind, field, &kind.example)?;
            }
        }
        out.into_inner().map_err(|error| error.into_error().into())
    }
}

fn as_json(schema: &impl Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn known_schemas() -> HashMap<String, Value> {
    let mut known = Vec::new();
    Event::schemas(&mut known);
    WireRecord::schemas(&mut known);
    known
        .iter()
        .map(|(name, schema)| (name.clone(), as_json(schema)))
        .collect()
}

fn fields_of(object: &Value, known: &HashMap<String, Value>) -> Vec<Field> {
    let required: Vec<String> = object["required"]
        .as_array()
        .map(|names| names.iter().map(text).collect())
        .unwrap_or_default();
    let Some(properties) = object["properties"].as_object() else {
        return Vec::new();
    };
    let fields = properties.iter().map(|(name, property)| {
        // What may be absent is told as one of nothing and something.
        let parts = property["oneOf"].as_array().cloned().unwrap_or_default();
        let inner = parts.iter().find(|part| part["type"] != "null");
        let inner = inner.unwrap_or(property);
        let target = inner["$ref"]
            .as_str()
            .and_then(|path| path.rsplit('/').next());
        let schema = target.and_then(|target| known.get(target)).unwrap_or(inner);
        let own = [property, inner, schema];
        let meaning = own.iter().find_map(|it| it["description"].as_str());
        let list = |key: &str| schema[key].as_array().filter(|it| !it.is_empty());
        let (closed, open) = (list("enum"), list("examples"));
        let words = closed.or(open).into_iter().flatten();
        Field {
            name: name.clone(),
            meaning: meaning.unwrap_or_default().replace('\n', " "),
            form: form_of(schema),
            unit: if name.ends_with("_ms") || name.ends_with("_at") {
                "ms"
            } else {
                ""
            },
            words: words.map(text).collect(),
            other_words: closed.is_none() && open.is_some(),
            optional: !required.contains(name),
        }
    });
    fields.collect()
}

fn form_of(schema: &Value) -> String {
    let kind = &schema["type"];
    let names: Vec<String> = match kind {
        Value::Array(names) => names.iter().map(text).collect(),
        other => vec![text(other)],
    };
    let name = names.iter().find(|name| *name != "null");
    match name.map_or("", String::as_str) {
        "integer" => "whole number",
        "boolean" => "yes or no",
        "object" => "object",
        _ => "text",
    }
    .to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use kairan_contract::ScreenName;

    use super::*;

    #[test]
    fn every_kind_and_every_field_is_told_with_an_example() {
        let dictionary = dictionary();
        let kinds: Vec<&str> = dictionary.kinds.iter().map(|it| it.kind.as_str()).collect();
        assert_eq!(kinds.len(), Event::KINDS.len());
        assert!(Event::KINDS.iter().all(|kind| kinds.contains(kind)));
        for kind in &dictionary.kinds {
            assert!(!kind.meaning.is_empty(), "{}", kind.kind);
            for field in &kind.fields {
                assert!(!field.meaning.is_empty(), "{}.{}", kind.kind, field.name);
                assert!(!field.form.is_empty());
                assert!(kind.example.get(&field.name).is_some());
            }
        }
        let left = dictionary.kinds.iter().find(|it| it.kind == "service_left");
        let dwell = left.and_then(|it| it.fields.iter().find(|field| field.name == "dwell_ms"));
        assert_eq!(
            dwell.map(|it| (it.form.as_str(), it.unit)),
            Some(("whole number", "ms"))
        );
        let how = left.and_then(|it| it.fields.iter().find(|field| field.name == "how"));
        assert_eq!(how.expect("how").words, ["home", "back", "idle", "alert"]);
        assert!(!how.expect("how").other_words);
        // The screens are told as far as they are known: a newer tablet has others.
        for kind in ["help_opened", "call_back_asked"] {
            let kind = dictionary.kinds.iter().find(|it| it.kind == kind);
            let fields = kind.expect("the kind").fields.iter();
            let screen = fields.filter(|it| it.name == "screen");
            for field in screen.clone() {
                assert_eq!(field.words, ScreenName::KNOWN);
                assert!(field.other_words);
            }
            assert_eq!(screen.count(), 1);
        }
        assert_eq!(dictionary.record.len(), 12);
        let csv = String::from_utf8(dictionary.csv().expect("writes")).expect("text");
        assert!(
            csv.contains("service_left,dwell_ms,whole number,ms,"),
            "{csv}"
        );
    }
}
