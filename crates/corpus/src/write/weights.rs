//! `weights.parquet`: how often records are to be drawn.

use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema};

use super::{ROWS, WriteError, write_parquet};

/// How often a record is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Its file, below the folder that the weights are in.
    pub file: String,
    /// Its row, counted from 0.
    pub row: u64,
    /// 0 to 1.
    pub weight: f32,
}

/// Writes `weights.parquet`: `file` string, `row` uint64, `weight` float32. Memory does not grow with the
/// number of rows.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_weights(
    path: &Path,
    mut weights: impl Iterator<Item = io::Result<Weight>>,
) -> Result<(), WriteError> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("row", DataType::UInt64, false),
        Field::new("weight", DataType::Float32, false),
    ]));
    write_parquet(path, &schema, |writer| {
        loop {
            let rows: Vec<Weight> = weights.by_ref().take(ROWS).collect::<io::Result<_>>()?;
            if rows.is_empty() {
                return Ok(());
            }
            let columns: Vec<ArrayRef> = vec![
                Arc::new(StringArray::from_iter_values(rows.iter().map(|w| &w.file))),
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|w| w.row))),
                Arc::new(Float32Array::from_iter_values(rows.iter().map(|w| w.weight))),
            ];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
    })
}
