//! Tables of a lineage: what descends from poison, and what no gate lets pass.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};

use super::{ROWS, WriteError, write_parquet};

/// A record that is poison, or descends from one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaintedRecord {
    /// Its file, as in the list of inputs.
    pub file: String,
    /// Its row, counted from 0.
    pub row: u64,
    /// Steps from the nearest root; 0 for a root.
    pub distance: u32,
    /// Its generation.
    pub generation: u32,
    /// File of the nearest root.
    pub root_file: String,
    /// Row of the nearest root.
    pub root_row: u64,
    /// Why that is a root.
    pub cause: String,
}

/// A record that a validation gate stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedRecord {
    /// Its file, as in the list of inputs.
    pub file: String,
    /// Its row, counted from 0.
    pub row: u64,
    /// The gate.
    pub gate: String,
}

/// Writes `taint.parquet`: `file` string, `row` uint64, `distance` uint32, `generation` uint32,
/// `root_file` string, `root_row` uint64, `cause` string. Memory does not grow with the number of rows.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_tainted(
    path: &Path,
    records: impl IntoIterator<Item = TaintedRecord>,
) -> Result<(), WriteError> {
    let field = |name, of| Field::new(name, of, false);
    let fields = vec![
        field("file", DataType::Utf8),
        field("row", DataType::UInt64),
        field("distance", DataType::UInt32),
        field("generation", DataType::UInt32),
        field("root_file", DataType::Utf8),
        field("root_row", DataType::UInt64),
        field("cause", DataType::Utf8),
    ];
    table(path, fields, records, |rows| {
        vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.file))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|r| r.row))),
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|r| r.distance))),
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|r| r.generation))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.root_file))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|r| r.root_row))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.cause))),
        ]
    })
}

/// Writes `gates.parquet`: `file` string, `row` uint64, `gate` string.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_stopped(
    path: &Path,
    records: impl IntoIterator<Item = StoppedRecord>,
) -> Result<(), WriteError> {
    let field = |name, of| Field::new(name, of, false);
    let fields =
        vec![field("file", DataType::Utf8), field("row", DataType::UInt64), field("gate", DataType::Utf8)];
    table(path, fields, records, |rows| {
        vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.file))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|r| r.row))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.gate))),
        ]
    })
}

fn table<T>(
    path: &Path,
    fields: Vec<Field>,
    records: impl IntoIterator<Item = T>,
    columns: impl Fn(&[T]) -> Vec<ArrayRef>,
) -> Result<(), WriteError> {
    let schema = Arc::new(Schema::new(fields));
    let mut records = records.into_iter();
    write_parquet(path, &schema, |writer| {
        loop {
            let rows: Vec<T> = records.by_ref().take(ROWS).collect();
            if rows.is_empty() {
                return Ok(());
            }
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns(&rows))?)?;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    #[test]
    fn tables_have_the_public_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let columns = |path: &Path| {
            let file = std::fs::File::open(path).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            let name = |f: &Arc<Field>| format!("{} {}", f.name(), f.data_type());
            let names: Vec<String> = reader.schema().fields().iter().map(name).collect();
            (names.join(", "), reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum::<usize>())
        };
        let tainted = |row| TaintedRecord {
            file: "a".into(),
            row,
            distance: 1,
            generation: 2,
            root_file: "b".into(),
            root_row: 0,
            cause: "c".into(),
        };
        write_tainted(&path, (0..100_000).map(tainted)).unwrap();
        let public = "file Utf8, row UInt64, distance UInt32, generation UInt32, root_file Utf8, root_row UInt64, cause Utf8";
        assert_eq!(columns(&path), (public.to_owned(), 100_000));
        write_stopped(&path, [StoppedRecord { file: "a".into(), row: 1, gate: "echo".into() }]).unwrap();
        assert_eq!(columns(&path), ("file Utf8, row UInt64, gate Utf8".to_owned(), 1));
    }
}
