//! A section's table as a Parquet file, for those who read figures with a program.

use std::sync::Arc;

use parquet::{
    data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type},
    file::{metadata::KeyValue, properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};

use super::{Figure, Section};
use crate::archive::{ArchiveError, put};

/// The column that names the columns whose value is withheld in a row: elsewhere an absent value says that
/// there is nothing to say.
const WITHHELD: &str = "withheld";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Number,
    Text,
}

impl Section {
    /// The table as a Parquet file; what must be said of it stands in the file's metadata as `notes`.
    pub fn parquet(&self, notes: &[String]) -> Result<Vec<u8>, ArchiveError> {
        let kinds: Vec<Kind> = (0..self.columns.len()).map(|at| self.kind(at)).collect();
        let columns = self.columns.iter().zip(&kinds).map(|(column, kind)| {
            let name = column.name;
            match kind {
                Kind::Whole => format!("OPTIONAL INT64 {name};"),
                Kind::Number => format!("OPTIONAL DOUBLE {name};"),
                Kind::Text => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
            }
        });
        let columns: Vec<String> = columns.collect();
        let schema = format!(
            "message {} {{\n{}\nOPTIONAL BYTE_ARRAY {WITHHELD} (STRING);\n}}",
            self.id,
            columns.join("\n")
        );
        let said = KeyValue::new("notes".to_owned(), notes.join("\n"));
        let properties = WriterProperties::builder()
            .set_created_by("kairan version 1".to_owned())
            .set_key_value_metadata(Some(vec![said]))
            .build();
        let mut out = Vec::new();
        let schema = Arc::new(parse_message_type(&schema)?);
        let mut file = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
        let mut group = file.next_row_group()?;
        for (at, kind) in kinds.iter().enumerate() {
            let column = self.rows.iter().map(|row| &row[at]);
            match kind {
                Kind::Whole => put::<Int64Type>(&mut group, column.map(whole))?,
                Kind::Number => put::<DoubleType>(&mut group, column.map(number))?,
                Kind::Text => put::<ByteArrayType>(&mut group, column.map(text))?,
            }
        }
        let withheld = self.rows.iter().map(|row| self.withheld(row));
        put::<ByteArrayType>(&mut group, withheld)?;
        group.close()?;
        file.close()?;
        Ok(out)
    }

    fn kind(&self, at: usize) -> Kind {
        let values = self.rows.iter().map(|row| match row[at] {
            Figure::Name(_) | Figure::Term(..) => Kind::Text,
            Figure::Number(_) => Kind::Number,
            Figure::Count(_) | Figure::Withheld | Figure::Nothing => Kind::Whole,
        });
        values.fold(Kind::Whole, |a, b| match (a, b) {
            (Kind::Text, _) | (_, Kind::Text) => Kind::Text,
            (Kind::Number, _) | (_, Kind::Number) => Kind::Number,
            _ => Kind::Whole,
        })
    }

    fn withheld(&self, row: &[Figure]) -> Option<ByteArray> {
        let named = self.columns.iter().zip(row);
        let named: Vec<&str> = named
            .filter(|(_, figure)| **figure == Figure::Withheld)
            .map(|(column, _)| column.name)
            .collect();
        (!named.is_empty()).then(|| ByteArray::from(named.join(",").as_str()))
    }
}

fn whole(figure: &Figure) -> Option<i64> {
    match figure {
        Figure::Count(count) => Some(*count),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of loans and touches")]
fn number(figure: &Figure) -> Option<f64> {
    match figure {
        Figure::Count(count) => Some(*count as f64),
        Figure::Number(number) => Some(*number),
        _ => None,
    }
}

fn text(figure: &Figure) -> Option<ByteArray> {
    match figure {
        Figure::Withheld | Figure::Nothing => None,
        other => Some(ByteArray::from(other.written().as_str())),
    }
}
