//! From the bytes that cities publish to text: UTF-8 with and without its mark, UTF-16, CP932; plain
//! or in a zip.

use std::io::Read as _;

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::SourceError;

/// The bytes of a table once it is unpacked; a larger one is none that a resident could read.
const UNPACKED_LIMIT: u64 = 20 * 1024 * 1024;
/// So many bytes are enough to tell UTF-16 by its noughts.
const SAMPLE: usize = 4096;

/// The text of a published file. A web page in its place is named as such.
pub fn text_of(bytes: &[u8]) -> Result<String, SourceError> {
    let unpacked;
    let bytes = if bytes.starts_with(b"PK\x03\x04") {
        unpacked = unzipped(bytes)?;
        unpacked.as_slice()
    } else {
        bytes
    };
    let mut text = decoded(bytes);
    if !text.contains('\n') {
        // Excel on a Mac ends its lines with a carriage return alone.
        text = text.replace('\r', "\n");
    }
    if text.trim().is_empty() {
        return Err(SourceError::NotUnderstood("the file is empty".to_owned()));
    }
    Ok(text)
}

/// The largest table in a zip.
fn unzipped(bytes: &[u8]) -> Result<Vec<u8>, SourceError> {
    let broken = |error: &dyn std::fmt::Display| {
        SourceError::NotUnderstood(format!("the zip cannot be opened ({error})"))
    };
    let mut archive =
        zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut largest: Option<(u64, usize)> = None;
    for index in 0..archive.len() {
        let Ok(file) = archive.by_index_raw(index) else {
            continue;
        };
        let name = String::from_utf8_lossy(file.name_raw()).to_ascii_lowercase();
        let is_table = [".csv", ".tsv", ".txt", ".ics"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if is_table && largest.is_none_or(|(size, _)| file.size() > size) {
            largest = Some((file.size(), index));
        }
    }
    let Some((_, index)) = largest else {
        return Err(SourceError::NotUnderstood(
            "the zip holds no file that ends in .csv, .tsv, .txt or .ics".to_owned(),
        ));
    };
    let file = archive.by_index(index).map_err(|error| broken(&error))?;
    let mut unpacked = Vec::new();
    // What the archive says of its size may be a lie, so the reading itself is bounded.
    file.take(UNPACKED_LIMIT + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| broken(&error))?;
    if unpacked.len() as u64 > UNPACKED_LIMIT {
        return Err(SourceError::NotUnderstood(
            "the table in the zip is larger than 20 MB".to_owned(),
        ));
    }
    Ok(unpacked)
}

fn decoded(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return text.into_owned();
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // A file with a few broken letters is still in the encoding in which the fewest are broken.
    [UTF_8, SHIFT_JIS, EUC_JP]
        .into_iter()
        .map(|encoding| encoding.decode_without_bom_handling(bytes).0.into_owned())
        .min_by_key(|text| text.matches('\u{fffd}').count())
        .unwrap_or_default()
}

/// In UTF-16 every comma and digit has a nought beside it, always on the same side.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if sample.len() < 4 {
        return None;
    }
    let noughts = |first: usize| {
        let side = sample.iter().skip(first).step_by(2);
        side.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (noughts(0), noughts(1));
    let many = sample.len() / 20;
    match (even > many, odd > many) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const TABLE: &str = "名称,電話番号\r\n中央公民館,099-200-1000\r\n";

    fn utf_16(big_endian: bool, mark: bool) -> Vec<u8> {
        let units = mark
            .then_some(0xfeff)
            .into_iter()
            .chain(TABLE.encode_utf16());
        units
            .flat_map(|unit| {
                if big_endian {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_encoding_that_cities_use_gives_the_same_text() {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, bytes) in [
            ("readme.pdf", b"pdf".as_slice()),
            ("data/list.CSV", &SHIFT_JIS.encode(TABLE).0),
        ] {
            zip.start_file(name, options).expect("starts");
            zip.write_all(bytes).expect("writes");
        }
        let zipped = zip.finish().expect("finishes").into_inner();
        for bytes in [
            TABLE.as_bytes().to_vec(),
            format!("\u{feff}{TABLE}").into_bytes(),
            SHIFT_JIS.encode(TABLE).0.into_owned(),
            EUC_JP.encode(TABLE).0.into_owned(),
            utf_16(true, true),
            utf_16(false, true),
            utf_16(true, false),
            utf_16(false, false),
            zipped,
        ] {
            assert_eq!(text_of(&bytes).expect("decodes"), TABLE);
        }
    }

    #[test]
    fn nothing_and_a_zip_without_a_table_are_named() {
        for bytes in [b"".as_slice(), b" \r\n", b"PK\x03\x04 broken"] {
            assert!(matches!(text_of(bytes), Err(SourceError::NotUnderstood(_))));
        }
    }
}
