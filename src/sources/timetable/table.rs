//! One file of a GTFS zip, read row by row without being held.

use std::io::{Cursor, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};
use zip::{ZipArchive, read::ZipFile};

use crate::{draft::Skipped, error::SourceError};

/// The bytes of one file once it is unpacked.
const UNPACKED_LIMIT: u64 = 256 * 1024 * 1024;
/// The bytes of one line; a file with a longer one was made to fill the memory.
const LINE_LIMIT: usize = 256 * 1024;
/// Rows that cannot be used; a file with more of them is none of GTFS.
const UNUSABLE_LIMIT: usize = 1_000_000;
/// Rows that are left out and told one by one; more of them only fill a screen.
const TOLD_LIMIT: usize = 500;

/// The zip.
pub struct Zip<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// A file that is there and cannot be unpacked.
    unreadable: Option<&'static str>,
}

impl<'b> Zip<'b> {
    /// Opens the zip in `bytes`.
    pub fn open(bytes: &'b [u8]) -> Result<Self, SourceError> {
        ZipArchive::new(Cursor::new(bytes))
            .map(|archive| Self {
                archive,
                unreadable: None,
            })
            .map_err(|error| SourceError::NotUnderstood(format!("this is no GTFS zip ({error})")))
    }

    /// Opens the file `name`, wherever in the zip it lies; `None` if there is none.
    pub fn table(&mut self, name: &'static str) -> Option<Table<'_, 'b>> {
        let index = self.index_of(name)?;
        if self.archive.by_index(index).is_err() {
            self.unreadable = Some(name);
            return None;
        }
        let file = self.archive.by_index(index).ok()?;
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(Lines::new(file.take(UNPACKED_LIMIT)));
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).ok()?;
        let columns = header
            .iter()
            .map(|column| {
                text_of(column)
                    .trim_start_matches('\u{feff}')
                    .trim_matches('"')
                    .to_ascii_lowercase()
            })
            .collect();
        Some(Table {
            name,
            columns,
            reader,
            record: ByteRecord::new(),
        })
    }
}

impl Zip<'_> {
    /// A file that is there and cannot be unpacked.
    pub fn unreadable(&self) -> Option<&'static str> {
        self.unreadable
    }

    /// The file of this name that lies least deep.
    fn index_of(&mut self, name: &str) -> Option<usize> {
        let mut found: Option<(usize, usize)> = None;
        for index in 0..self.archive.len() {
            let Ok(file) = self.archive.by_index_raw(index) else {
                continue;
            };
            let path = file.name_raw();
            let is_it = path.rsplit(|byte| *byte == b'/').next() == Some(name.as_bytes());
            if is_it && found.is_none_or(|(length, _)| path.len() < length) {
                found = Some((path.len(), index));
            }
        }
        found.map(|(_, index)| index)
    }
}

/// The bytes of one file, bounded.
type Unpacked<'z, 'b> = std::io::Take<ZipFile<'z, Cursor<&'b [u8]>>>;

/// One file.
pub struct Table<'z, 'b> {
    name: &'static str,
    columns: Vec<String>,
    reader: Reader<Lines<Unpacked<'z, 'b>>>,
    record: ByteRecord,
}

impl Table<'_, '_> {
    /// Where the column `name` stands.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Hands every row to `take`, which says why it leaves one out. A file that breaks off keeps
    /// what came before.
    pub fn each(
        mut self,
        skipped: &mut Vec<Skipped>,
        mut take: impl FnMut(&Row) -> Result<(), String>,
    ) {
        let (mut more, mut unusable) = (0_usize, 0_usize);
        let mut skip = |line: u64, why: String| {
            if skipped.len() < TOLD_LIMIT {
                skipped.push(Skipped {
                    file: Some(self.name.to_owned()),
                    line: Some(line),
                    why,
                });
            } else {
                more += 1;
            }
        };
        loop {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let line = self.reader.position().line();
                    skip(line, format!("the rest cannot be read ({error})"));
                    break;
                }
            }
            if self.record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            let line = self.record.position().map_or(0, csv::Position::line);
            if let Err(why) = take(&Row(&self.record)) {
                unusable += 1;
                if unusable > UNUSABLE_LIMIT {
                    skip(
                        line,
                        "too many rows cannot be used; the rest is not read".to_owned(),
                    );
                    break;
                }
                skip(line, why);
            }
        }
        if more > 0 {
            skipped.push(Skipped::told(format!(
                "{more} more rows of {} are left out",
                self.name
            )));
        }
    }
}

/// Passes bytes on as long as their lines end.
struct Lines<R> {
    inner: R,
    since_line_end: usize,
}

impl<R> Lines<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            since_line_end: 0,
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let read = &buffer[..length];
        self.since_line_end = match read.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => length - at - 1,
            None => self.since_line_end + length,
        };
        if self.since_line_end > LINE_LIMIT {
            return Err(std::io::Error::other("a line is longer than 256 kB"));
        }
        Ok(length)
    }
}

/// One row.
pub struct Row<'r>(&'r ByteRecord);

impl Row<'_> {
    /// What stands in `column`; nothing where there is no such column or nothing in it.
    pub fn text(&self, column: Option<usize>) -> Option<String> {
        let bytes = self.0.get(column?)?;
        let text = text_of(bytes);
        let text = text.trim_matches(['\u{3000}', ' ', '"']);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The bytes in `column`, empty where there are none.
    pub fn bytes(&self, column: Option<usize>) -> &[u8] {
        column
            .and_then(|column| self.0.get(column))
            .unwrap_or_default()
    }
}

/// GTFS is UTF-8; a file that is not is nearly always CP932.
fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}
