//! Reads back what a scan left.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::cell::guarded;
use crate::write::{Duplicate, Named, SuspiciousRecord};

/// Why a table of a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The system's reason.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is no such table.
    #[error("{0}")]
    Table(String),
}

/// Reads `records.parquet`.
///
/// # Errors
/// [`LoadError`], also where a column is missing or of another type.
pub fn read_records(path: &Path) -> Result<Vec<SuspiciousRecord>, LoadError> {
    rows(path, &["file", "row", "score", "quarantine", "findings", "scores", "members"], |batch, out| {
        let (files, rows) = (text(batch, 0)?, number(batch, 1)?);
        let scores = batch.column(2).as_primitive_opt::<Float32Type>()?;
        let quarantine = batch.column(3).as_boolean_opt()?;
        for at in 0..batch.num_rows() {
            let list = |column: usize| Some(batch.column(column).as_list_opt::<i32>()?.value(at));
            let (ids, each, members) = (list(4)?, list(5)?, list(6)?);
            let (ids, each, members) = (
                ids.as_string_opt::<i32>()?.clone(),
                each.as_primitive_opt::<Float32Type>()?.clone(),
                members.as_boolean_opt()?.clone(),
            );
            if each.len() != ids.len() || members.len() != ids.len() {
                return None;
            }
            let named = |i: usize| Named {
                finding: ids.value(i).to_owned(),
                score: each.value(i),
                member: members.value(i),
            };
            out.push(SuspiciousRecord {
                file: files.value(at).to_owned(),
                row: rows.value(at),
                score: scores.value(at),
                quarantine: quarantine.value(at),
                findings: (0..ids.len()).map(named).collect(),
            });
        }
        Some(())
    })
}

/// Reads `duplicates.parquet`.
///
/// # Errors
/// [`LoadError`], also where a column is missing or of another type.
pub fn read_duplicates(path: &Path) -> Result<Vec<Duplicate>, LoadError> {
    rows(path, &["kind", "file", "row", "survivor_file", "survivor_row"], |batch, out| {
        let (kinds, files, rows) = (text(batch, 0)?, text(batch, 1)?, number(batch, 2)?);
        let (survivor_files, survivor_rows) = (text(batch, 3)?, number(batch, 4)?);
        out.extend((0..batch.num_rows()).map(|at| Duplicate {
            kind: kinds.value(at).to_owned(),
            file: files.value(at).to_owned(),
            row: rows.value(at),
            survivor_file: survivor_files.value(at).to_owned(),
            survivor_row: survivor_rows.value(at),
        }));
        Some(())
    })
}

fn text(batch: &RecordBatch, column: usize) -> Option<&arrow_array::StringArray> {
    batch.column(column).as_string_opt::<i32>()
}

fn number(batch: &RecordBatch, column: usize) -> Option<&arrow_array::UInt64Array> {
    batch.column(column).as_primitive_opt::<UInt64Type>()
}

/// The rows of a table that has these columns; `take` gives nothing if their types are others.
fn rows<T>(
    path: &Path,
    columns: &[&str],
    take: impl Fn(&RecordBatch, &mut Vec<T>) -> Option<()>,
) -> Result<Vec<T>, LoadError> {
    let file = File::open(path)?;
    let reader =
        guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)?.build()).map_err(LoadError::Table)?;
    let mut out = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| LoadError::Table(error.to_string()))?;
        let schema = batch.schema();
        let place =
            |name: &&str| schema.index_of(name).map_err(|_| LoadError::Table(format!("no column `{name}`")));
        let places = columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let batch = batch.project(&places).map_err(|error| LoadError::Table(error.to_string()))?;
        take(&batch, &mut out).ok_or_else(|| LoadError::Table("a column of another type".to_owned()))?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::{write_duplicates, write_records};

    #[test]
    fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let named = |i: u64| Named { finding: format!("f{i}"), score: 0.25, member: i == 0 };
        let record = |row: u64| SuspiciousRecord {
            file: "a".into(),
            row,
            score: 0.5,
            quarantine: row.is_multiple_of(2),
            findings: (0..row % 3).map(named).collect(),
        };
        let records: Vec<_> = (0..3000).map(record).collect();
        write_records(&path, &records).unwrap();
        assert_eq!(read_records(&path).unwrap(), records);
        assert!(matches!(read_duplicates(&path), Err(LoadError::Table(why)) if why == "no column `kind`"));
        let duplicate = |row| Duplicate {
            kind: "exact".into(),
            file: "a".into(),
            row,
            survivor_file: "b".into(),
            survivor_row: 7,
        };
        let duplicates: Vec<_> = (0..2000).map(duplicate).collect();
        write_duplicates(&path, duplicates.clone()).unwrap();
        assert_eq!(read_duplicates(&path).unwrap(), duplicates);
        std::fs::write(&path, b"no table").unwrap();
        assert!(read_records(&path).is_err());
    }
}
