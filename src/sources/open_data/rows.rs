//! The rows of a table, each with the line on which it begins.

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Columns, KnownColumns, Named};
use crate::{draft::Skipped, error::SourceError};

/// The names of the columns stand in one of the first so many rows; above them some cities put a
/// title.
const HEADER_WITHIN: usize = 10;
/// A cell with more lines than this is a quotation mark that nobody closed.
const LINES_IN_A_CELL: usize = 60;
/// So often reading begins anew after such a mark; a file with more of them is no table.
const NEW_BEGINNINGS: usize = 20;
/// The bytes of one line.
const LINE_LIMIT: usize = 1024 * 1024;
/// The cells of one row; one with more is none.
const CELL_LIMIT: usize = 1_000;
/// The rows of one file; a longer one is none that a resident could use.
const ROW_LIMIT: usize = 200_000;

/// One row.
#[derive(Debug)]
pub struct Row {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// Its cells.
    pub cells: StringRecord,
}

/// A table whose columns are known.
#[derive(Debug)]
pub struct Rows {
    /// Where what stands.
    pub columns: Columns,
    /// The rows below the names.
    pub below: Vec<Row>,
    /// What could not be read as a row.
    pub skipped: Vec<Skipped>,
}

impl Rows {
    /// Reads a table. Without the column `needed` nothing in it can be used.
    pub fn read(
        text: &str,
        known: KnownColumns,
        named: &Named,
        needed: &'static str,
    ) -> Result<Self, SourceError> {
        check_lines(text)?;
        let (mut rows, skipped) = split(text);
        let Some(header) = header_of(&rows, known, named, needed) else {
            return Err(SourceError::NotUnderstood(
                "the table has no rows".to_owned(),
            ));
        };
        let Header {
            columns,
            names,
            last,
        } = header;
        let header = rows[last].cells.clone();
        let columns = columns.name(named, &names, known)?;
        if !columns.has(needed) {
            return Err(SourceError::NotUnderstood(format!(
                "no column is known to hold the {needed}; the columns are: {} — say which in the catalogue: columns.{needed} = \"…\"",
                shortened(&names)
            )));
        }
        rows.drain(..=last);
        rows.retain(|row| {
            let is_blank = row.cells.iter().all(|cell| cell.trim().is_empty());
            !is_blank && row.cells != header
        });
        Ok(Self {
            columns,
            below: rows,
            skipped,
        })
    }
}

/// The names of the columns, and the last row in which they stand.
struct Header {
    columns: Columns,
    names: Vec<String>,
    last: usize,
}

/// The row of names: the one with the most that are known, of those that hold what is needed. Where
/// cells are joined, the names stand in two rows.
fn header_of(rows: &[Row], known: KnownColumns, named: &Named, needed: &str) -> Option<Header> {
    let read = |names: Vec<String>, last: usize| {
        let columns = Columns::find(names.iter().map(String::as_str), known);
        Header {
            columns,
            names,
            last,
        }
    };
    let names_of =
        |index: usize| -> Vec<String> { rows[index].cells.iter().map(str::to_owned).collect() };
    let mut candidates = Vec::new();
    for index in 0..rows.len().min(HEADER_WITHIN) {
        let one = read(names_of(index), index);
        if let Some(below) = rows.get(index + 1)
            && one.columns.has(needed)
            && one.columns.text(&below.cells, needed).is_none()
        {
            let mut names = one.names.clone();
            for (name, below) in names.iter_mut().zip(below.cells.iter()) {
                if !below.trim().is_empty() {
                    below.clone_into(name);
                }
            }
            let both = read(names, index + 1);
            if both.columns.count() > one.columns.count() && both.columns.has(needed) {
                candidates.push(both);
            }
        }
        candidates.push(one);
    }
    let worth = |header: &Header| {
        let chosen = named.values().filter(|name| {
            let mut names = header.names.iter();
            names.any(|cell| super::columns::plain(cell) == super::columns::plain(name))
        });
        let chosen = chosen.count();
        let holds_it = header.columns.has(needed) || chosen > 0;
        (
            holds_it,
            header.columns.count() + chosen,
            std::cmp::Reverse(header.last),
        )
    };
    candidates.into_iter().max_by_key(worth)
}

/// A line of a megabyte was made to fill the memory.
fn check_lines(text: &str) -> Result<(), SourceError> {
    let too_long = text.lines().position(|line| line.len() > LINE_LIMIT);
    too_long.map_or(Ok(()), |line| {
        Err(SourceError::NotUnderstood(format!(
            "line {} is longer than 1 MB; this is no table",
            line + 1
        )))
    })
}

fn shortened(names: &[String]) -> String {
    let joined = names.join(", ");
    match joined.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", &joined[..end]),
        None => joined,
    }
}

/// Splits a text into rows. After a quotation mark that nobody closed reading begins anew on the
/// next line, so that the mark loses one row and not the rest of the file.
fn split(text: &str) -> (Vec<Row>, Vec<Skipped>) {
    let delimiter = delimiter_of(text);
    let (mut rows, mut skipped) = (Vec::new(), Vec::new());
    let (mut from, mut line_before) = (0, 0);
    for _ in 0..=NEW_BEGINNINGS {
        let Some(open) = split_from(text, from, line_before, delimiter, &mut rows, &mut skipped)
        else {
            return (rows, skipped);
        };
        skipped.push(Skipped {
            file: None,
            line: Some(open.line),
            why: "a quotation mark is not closed".to_owned(),
        });
        let Some(next) = text[open.at..].find('\n') else {
            return (rows, skipped);
        };
        from = open.at + next + 1;
        line_before = open.line;
    }
    skipped.push(Skipped {
        file: None,
        line: Some(line_before + 1),
        why: "too many quotation marks are not closed; the rest is not read".to_owned(),
    });
    (rows, skipped)
}

/// Where a quotation mark stands that nobody closed.
struct Open {
    at: usize,
    line: u64,
}

fn split_from(
    text: &str,
    from: usize,
    line_before: u64,
    delimiter: u8,
    rows: &mut Vec<Row>,
    told: &mut Vec<Skipped>,
) -> Option<Open> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(&text.as_bytes()[from..]);
    let rest = &text[from..];
    let mut last: Option<(Open, usize)> = None;
    // The text is UTF-8 and the reader takes rows of any length, so nothing can fail here.
    for record in reader.records().map_while(Result::ok) {
        if rows.len() >= ROW_LIMIT {
            told.push(Skipped::told(format!(
                "the table has more than {ROW_LIMIT} rows; the rest is not read"
            )));
            return None;
        }
        let at = record.position().map_or(0, csv::Position::byte);
        let byte = usize::try_from(at).unwrap_or(0);
        // The reader passes over blank lines before the row, and does not count them as its own.
        let skipped = rest[byte..].len() - rest[byte..].trim_start_matches(['\r', '\n']).len();
        let blank = rest[byte..byte + skipped].matches('\n').count() as u64;
        let line = line_before + record.position().map_or(1, csv::Position::line) + blank;
        let open = Open {
            at: from + byte + skipped,
            line,
        };
        let width = rows.first().map_or(0, |row| row.cells.len());
        if record
            .iter()
            .any(|cell| swallows_rows(cell, width, delimiter))
        {
            return Some(open);
        }
        last = Some((open, rows.len()));
        if record.len() > CELL_LIMIT {
            told.push(Skipped::row(line, "it has too many cells".to_owned()));
            continue;
        }
        rows.push(Row {
            line,
            cells: record,
        });
    }
    // A mark that is open at the end of the file has swallowed what lies after it.
    let (open, row) = last?;
    let rest = text[open.at..].trim_end();
    let is_open = rest.matches('"').count() % 2 == 1 && rest.contains('\n');
    is_open.then(|| {
        rows.truncate(row);
        open
    })
}

/// Whether a cell is so long, or its lines look so much like rows, that a quotation mark before it was
/// not closed.
fn swallows_rows(cell: &str, width: usize, delimiter: u8) -> bool {
    let lines = cell.matches('\n').count();
    if lines > LINES_IN_A_CELL {
        return true;
    }
    let like_a_row = |line: &str| {
        let cells = line.bytes().filter(|byte| *byte == delimiter).count() + 1;
        width >= 3 && cells + 1 >= width
    };
    lines > 0 && cell.lines().skip(1).any(like_a_row)
}

/// Tabs, commas or semicolons, whichever the first line has most of.
fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let count = |letter: u8| {
        let first = first.unwrap_or_default();
        first.bytes().filter(|byte| *byte == letter).count()
    };
    // Equal counts go to the comma, which stands last.
    *b"\t;,"
        .iter()
        .max_by_key(|letter| count(**letter))
        .unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: KnownColumns = &[("name", &["名称"]), ("address", &["住所"])];

    fn read(text: &str) -> Rows {
        Rows::read(text, KNOWN, &Named::new(), "name").expect("reads")
    }

    fn lines(rows: &Rows) -> Vec<(u64, &str)> {
        rows.below
            .iter()
            .map(|row| (row.line, &row.cells[0]))
            .collect()
    }

    #[test]
    fn titles_blank_lines_and_broken_lines_inside_cells_keep_the_numbers_right() {
        let rows = read("施設一覧,,\n\n名称,住所\r\nあ,\"一\n二\"\n\n,,\nい,三\n");
        assert_eq!(lines(&rows), [(4, "あ"), (8, "い")]);
        let rows = read("名称\t住所\nう\t四,五\n");
        assert_eq!(&rows.below[0].cells[1], "四,五");
    }

    #[test]
    fn a_quotation_mark_that_nobody_closed_loses_one_row() {
        use std::fmt::Write as _;
        let mut text = "名称,住所\nあ,一\nい,\"二\n".to_owned();
        for number in 0..200 {
            writeln!(text, "行{number},三").expect("writes");
        }
        let rows = read(&text);
        assert_eq!(rows.below.len(), 201);
        assert_eq!(rows.skipped.len(), 1);
        assert_eq!(rows.skipped[0].line, Some(3));
        assert_eq!(rows.below[1].line, 4);
    }

    #[test]
    fn a_mark_that_is_open_near_the_end_loses_one_row_too() {
        for rows in [
            "い,\"二,x\nう,三,x\nえ,四,x\n",
            "い,\"二,x\nう,三,x\nえ,\"四\",x\n",
        ] {
            let rows = read(&format!("名称,住所,電話\nあ,一,x\n{rows}"));
            let names: Vec<&str> = rows.below.iter().map(|row| &row.cells[0]).collect();
            assert_eq!(names, ["あ", "う", "え"]);
            assert_eq!(rows.skipped[0].line, Some(3));
        }
    }

    #[test]
    fn a_table_without_the_needed_column_names_those_it_has() {
        let error = Rows::read("a,b\n1,2\n", KNOWN, &Named::new(), "name");
        assert!(error.is_err_and(|error| error.to_string().contains("a, b")));
    }
}
