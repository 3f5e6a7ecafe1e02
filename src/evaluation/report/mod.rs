//! A report: every figure with its definition, its interval and how many loans it is about, with small
//! groups withheld; as a page, as tables for a spreadsheet, and as JSON. The same evidence gives the
//! same bytes.

mod charts;
mod columnar;
mod coming;
mod figures;
mod groups;
mod manner;
mod offers;
pub mod page;
mod provider_kind;

use kairan_contract::Language;
use kairan_text::{Message, languages};
use serde::{Serialize, Serializer};
use serde_json::Value;

pub use figures::{Circumstances, report};
pub use page::html;

/// Words as a report has them: in every language at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(Message);

impl Words {
    /// In Japanese, which stands first.
    pub fn japanese(self) -> &'static str {
        self.0.tr(Language::JAPANESE)
    }

    /// In the languages that stand beside it.
    pub fn beside(self) -> impl Iterator<Item = (Language, &'static str)> {
        languages().skip(1).map(move |it| (it, self.0.tr(it)))
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(languages().map(|it| (it, self.0.tr(it))))
    }
}

/// A value in a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// A name as an operator or a council gave it.
    Name(String),
    /// A word of our own: as it stands in files, and for people.
    Term(&'static str, Message),
    /// A count.
    Count(i64),
    /// A number, rounded to what can be said.
    Number(f64),
    /// Withheld, because it is about too few loans or would tell of them.
    Withheld,
    /// There is nothing to say.
    Nothing,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in files.
    pub name: &'static str,
    /// Its heading.
    pub words: Words,
}

/// One indicator: its definition, its table, and how it is drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Its name in files.
    pub id: &'static str,
    /// Its heading.
    pub title: Words,
    /// What is counted, in a sentence.
    pub definition: Words,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Figure>>,
    /// Options of an ECharts chart; none where the table says it all.
    pub chart: Option<Value>,
}

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// The cohort that it is about; all where it is absent.
    pub cohort: Option<String>,
    /// Below so many loans a figure is withheld.
    pub threshold: i64,
    /// What must be said with every figure, such as that the records are simulated.
    pub notes: Vec<String>,
    /// Loans in scope.
    pub loans: Figure,
    /// Of these, residents who withdrew.
    pub withdrawn: Figure,
    /// The indicators.
    pub sections: Vec<Section>,
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Nothing => serializer.serialize_none(),
            Self::Name(_) | Self::Term(..) | Self::Withheld => {
                serializer.serialize_str(&self.written())
            }
        }
    }
}

impl Figure {
    /// As it is written in a file; what is withheld is an asterisk.
    pub fn written(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Term(word, _) => (*word).to_owned(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => format!("{number}"),
            Self::Withheld => "*".to_owned(),
            Self::Nothing => String::new(),
        }
    }

    /// As it stands beside a chart.
    fn label(&self) -> String {
        match self {
            Self::Term(_, words) => {
                let words: Vec<&str> = languages().map(|it| words.tr(it)).collect();
                words.join(" ")
            }
            other => other.written(),
        }
    }

    /// The number to draw, if there is one.
    fn drawn(&self) -> Value {
        match self {
            Self::Count(count) => (*count).into(),
            Self::Number(number) => (*number).into(),
            _ => Value::Null,
        }
    }
}

impl Section {
    /// The table for a spreadsheet, with what must be said of it in front.
    pub fn csv(&self, notes: &[String]) -> Result<Vec<u8>, csv::Error> {
        let mut out = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        for note in notes {
            out.write_record([format!("# {note}")])?;
        }
        out.write_record(self.columns.iter().map(|column| column.name))?;
        for row in &self.rows {
            out.write_record(row.iter().map(Figure::written))?;
        }
        out.into_inner().map_err(|error| error.into_error().into())
    }

    /// The place of a column.
    fn at(&self, name: &str) -> usize {
        let known = self.columns.iter().position(|column| column.name == name);
        known.unwrap_or(0)
    }

    /// The values of a column of the rows that `keep` lets through, to be drawn.
    fn drawn(&self, name: &str, keep: impl Fn(&[Figure]) -> bool) -> Vec<Value> {
        let at = self.at(name);
        let rows = self.rows.iter().filter(|row| keep(row));
        rows.map(|row| row[at].drawn()).collect()
    }

    /// The names of a column of the rows that `keep` lets through.
    fn names(&self, name: &str, keep: impl Fn(&[Figure]) -> bool) -> Vec<String> {
        let at = self.at(name);
        let rows = self.rows.iter().filter(|row| keep(row));
        rows.map(|row| row[at].label()).collect()
    }
}
