//! `recheck.parquet`: one row for every page that is not identical.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use toadstone_corpus::{WriteError, write_parquet};

use super::PageChange;

/// Rows that are put into columns together.
const ROWS: usize = 64 << 10;

/// Writes `recheck.parquet`: `url`, `domain` string; `file` string and `row` uint64 of the first look;
/// `change` string; `score` float32; `left` and `strange` float32, null where texts were not compared; `why`
/// string, null where the page was seen; `first_seen`, `second_seen` int64, seconds since 1970, null where
/// unknown. `files` are the names of the files of the first look. Equal results are equal files.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_changes(path: &Path, changes: &[PageChange], files: &[String]) -> Result<(), WriteError> {
    let field = |name: &str, of: DataType, null: bool| Field::new(name, of, null);
    let schema = Arc::new(Schema::new(vec![
        field("url", DataType::Utf8, false),
        field("domain", DataType::Utf8, false),
        field("file", DataType::Utf8, false),
        field("row", DataType::UInt64, false),
        field("change", DataType::Utf8, false),
        field("score", DataType::Float32, false),
        field("left", DataType::Float32, true),
        field("strange", DataType::Float32, true),
        field("why", DataType::Utf8, true),
        field("first_seen", DataType::Int64, true),
        field("second_seen", DataType::Int64, true),
    ]));
    write_parquet(path, &schema, |writer| {
        for rows in changes.chunks(ROWS) {
            let text = |of: fn(&PageChange) -> &str| -> ArrayRef {
                Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
            };
            let share = |of: fn(&PageChange) -> Option<f64>| -> ArrayRef {
                Arc::new(rows.iter().map(|row| of(row).map(|share| share as f32)).collect::<Float32Array>())
            };
            let time = |of: fn(&PageChange) -> Option<i64>| -> ArrayRef {
                Arc::new(rows.iter().map(of).collect::<Int64Array>())
            };
            let file = |row: &PageChange| files.get(row.at.file as usize).map_or("", String::as_str);
            let columns: Vec<ArrayRef> = vec![
                text(|row| &row.url),
                text(|row| &row.domain),
                Arc::new(StringArray::from_iter_values(rows.iter().map(file))),
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.at.row))),
                text(|row| row.change.name()),
                Arc::new(Float32Array::from_iter_values(rows.iter().map(|row| row.score))),
                share(|row| row.left),
                share(|row| row.strange),
                Arc::new(rows.iter().map(|row| row.why.as_deref()).collect::<StringArray>()),
                time(|row| row.first_seen),
                time(|row| row.second_seen),
            ];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
        Ok(())
    })
}
