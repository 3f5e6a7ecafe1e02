//! One day's records as a Parquet file, and back. The same rows give the same bytes.

use std::sync::Arc;

use bytes::Bytes;
use parquet::{
    basic::Compression,
    column::reader::get_typed_column_reader,
    data_type::{ByteArray, ByteArrayType, DataType, Int64Type},
    errors::ParquetError,
    file::{
        properties::{EnabledStatistics, WriterProperties},
        reader::{FileReader, RowGroupReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::{parser::parse_message_type, types::SchemaDescriptor},
};

use crate::row::{Cell, ColumnKind, Row};

/// Rows that are read and written in one go.
const ROWS_PER_GROUP: usize = 65_536;

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no Parquet file, or a broken one.
    #[error("the Parquet file cannot be read or written: {0}")]
    Parquet(#[from] ParquetError),
    /// It holds something else.
    #[error("the Parquet file does not hold usage records of this version")]
    OtherColumns,
}

/// The columns as Parquet's own language writes them.
fn schema() -> String {
    let columns = Row::COLUMNS.iter().map(|(name, kind)| match kind {
        ColumnKind::Text => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
        ColumnKind::Number => format!("OPTIONAL INT64 {name};"),
    });
    let columns: Vec<String> = columns.collect();
    format!("message usage_record {{\n{}\n}}", columns.join("\n"))
}

/// The rows as a file.
pub fn write(rows: &[Row]) -> Result<Vec<u8>, ArchiveError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("kairan version 1".to_owned())
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let mut out = Vec::new();
    let schema = Arc::new(parse_message_type(&schema())?);
    let mut file = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
    for part in rows.chunks(ROWS_PER_GROUP) {
        let cells: Vec<Vec<Cell>> = part.iter().map(Row::cells).collect();
        let mut group = file.next_row_group()?;
        for (index, (_, kind)) in Row::COLUMNS.iter().enumerate() {
            let column = cells.iter().map(|row| row[index]);
            match kind {
                ColumnKind::Text => {
                    let texts = column.map(|cell| match cell {
                        Cell::Text(text) => text.map(ByteArray::from),
                        Cell::Number(_) => None,
                    });
                    put::<ByteArrayType>(&mut group, texts)?;
                }
                ColumnKind::Number => {
                    let numbers = column.map(|cell| match cell {
                        Cell::Number(number) => number,
                        Cell::Text(_) => None,
                    });
                    put::<Int64Type>(&mut group, numbers)?;
                }
            }
        }
        group.close()?;
    }
    file.close()?;
    Ok(out)
}

/// Writes the next column of a group.
pub(crate) fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    column: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ArchiveError> {
    // A level of 1 says that there is a value, 0 that there is none.
    let (mut levels, mut values) = (Vec::<i16>::new(), Vec::<T::T>::new());
    for value in column {
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    let mut writer = group.next_column()?.ok_or(ArchiveError::OtherColumns)?;
    let typed = writer.typed::<T>();
    typed.write_batch(values.as_slice(), Some(levels.as_slice()), None)?;
    writer.close()?;
    Ok(())
}

/// The rows of a file.
pub fn read(bytes: impl Into<Bytes>) -> Result<Vec<Row>, ArchiveError> {
    let file = SerializedFileReader::new(bytes.into())?;
    let wanted = SchemaDescriptor::new(Arc::new(parse_message_type(&schema())?));
    let shape = |schema: &SchemaDescriptor| -> Vec<_> {
        let columns = schema.columns().iter();
        columns
            .map(|it| (it.name().to_owned(), it.physical_type(), it.max_def_level()))
            .collect()
    };
    if shape(file.metadata().file_metadata().schema_descr()) != shape(&wanted) {
        return Err(ArchiveError::OtherColumns);
    }
    let mut rows = Vec::new();
    for index in 0..file.num_row_groups() {
        let group = file.get_row_group(index)?;
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let mut columns = Vec::with_capacity(Row::COLUMNS.len());
        for (index, (_, kind)) in Row::COLUMNS.iter().enumerate() {
            columns.push(match kind {
                ColumnKind::Text => Column::Texts(take::<ByteArrayType>(&*group, index, count)?),
                ColumnKind::Number => Column::Numbers(take::<Int64Type>(&*group, index, count)?),
            });
        }
        for at in 0..count {
            let cells = columns.iter().map(|column| column.cell(at));
            let cells = cells.collect::<Result<Vec<_>, ParquetError>>()?;
            rows.push(Row::from_cells(cells).ok_or(ArchiveError::OtherColumns)?);
        }
    }
    Ok(rows)
}

enum Column {
    Texts(Vec<Option<ByteArray>>),
    Numbers(Vec<Option<i64>>),
}

impl Column {
    fn cell(&self, at: usize) -> Result<Cell<'_>, ParquetError> {
        Ok(match self {
            Self::Texts(texts) => Cell::Text(match &texts[at] {
                Some(text) => Some(text.as_utf8()?),
                None => None,
            }),
            Self::Numbers(numbers) => Cell::Number(numbers[at]),
        })
    }
}

fn take<T: DataType>(
    group: &dyn RowGroupReader,
    index: usize,
    count: usize,
) -> Result<Vec<Option<T::T>>, ArchiveError> {
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(index)?);
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let (read, _, _) = reader.read_records(count, Some(&mut levels), None, &mut values)?;
    if read != count || levels.len() != count {
        return Err(ArchiveError::OtherColumns);
    }
    let mut values = values.into_iter();
    let values = levels.iter().map(|level| match level {
        1 => values.next(),
        _ => None,
    });
    Ok(values.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        (1..=70_000)
            .map(|sequence| Row {
                tablet: Some("a".to_owned()),
                sequence: Some(sequence),
                kind: Some("service_left".to_owned()),
                dwell_ms: (sequence % 3 == 0).then_some(sequence * 10),
                service: (sequence % 2 == 0).then(|| "バス".to_owned()),
                ..Row::default()
            })
            .collect()
    }

    #[test]
    fn what_is_written_is_read_back_and_the_same_rows_give_the_same_bytes() {
        let rows = rows();
        let bytes = write(&rows).expect("writes");
        assert_eq!(write(&rows).expect("writes"), bytes);
        assert!(bytes.len() < 1_000_000, "{} bytes", bytes.len());
        assert!(read(bytes).expect("reads") == rows);
        assert_eq!(read(write(&[]).expect("writes")).expect("reads"), []);
    }

    #[test]
    fn a_file_of_nothing_or_of_half_is_refused_in_words() {
        let whole = write(&rows()).expect("writes");
        for bytes in [
            Vec::new(),
            whole[..whole.len() / 2].to_vec(),
            b"PAR1PAR1".to_vec(),
        ] {
            assert!(read(bytes).is_err());
        }
        let mut spoilt = whole;
        let middle = spoilt.len() / 2;
        spoilt[middle] ^= 0xff;
        // Whatever a damaged byte does, it is no panic; that the rows differ is found by comparing.
        let _ = read(spoilt);
    }
}
