//! `duplicates.parquet`: copies.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema};

use super::{ROWS, WriteError, write_parquet};

/// A copy of another record, and the one copy that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// `exact`, `near`, ...
    pub kind: String,
    /// File of the copy.
    pub file: String,
    /// Row of the copy, counted from 0.
    pub row: u64,
    /// File of the copy that stays.
    pub survivor_file: String,
    /// Row of the copy that stays.
    pub survivor_row: u64,
}

/// Writes `duplicates.parquet`: `kind` string, `file` string, `row` uint64, `survivor_file` string,
/// `survivor_row` uint64. Memory does not grow with the number of duplicates. Returns that number.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_duplicates(
    path: &Path,
    duplicates: impl IntoIterator<Item = Duplicate>,
) -> Result<u64, WriteError> {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let number = |name| Field::new(name, DataType::UInt64, false);
    let fields =
        vec![text("kind"), text("file"), number("row"), text("survivor_file"), number("survivor_row")];
    let schema = Arc::new(Schema::new(fields));
    let mut duplicates = duplicates.into_iter();
    let mut written = 0;
    write_parquet(path, &schema, |writer| {
        loop {
            let rows: Vec<Duplicate> = duplicates.by_ref().take(ROWS).collect();
            if rows.is_empty() {
                return Ok(());
            }
            written += rows.len() as u64;
            let columns: Vec<ArrayRef> = vec![
                Arc::new(StringArray::from_iter_values(rows.iter().map(|d| &d.kind))),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|d| &d.file))),
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|d| d.row))),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|d| &d.survivor_file))),
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|d| d.survivor_row))),
            ];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
    })?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use std::fs::File;

    #[test]
    fn duplicates_are_streamed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.parquet");
        let duplicate = |row| Duplicate {
            kind: "exact".into(),
            file: "a".into(),
            row,
            survivor_file: "b".into(),
            survivor_row: 0,
        };
        assert_eq!(write_duplicates(&path, (0..200_000).map(duplicate)).unwrap(), 200_000);
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 200_000);
    }
}
