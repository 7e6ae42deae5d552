//! `quality.parquet`: the records that fail rules of quality.

use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Float32Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema};

use super::{ROWS, WriteError, write_parquet};

/// A record that fails rules of quality.
#[derive(Debug, Clone, PartialEq)]
pub struct LowQuality {
    /// Its file, as in the run's list of inputs.
    pub file: String,
    /// Its row, counted from 0.
    pub row: u64,
    /// The rules that it fails, and what each of them measured.
    pub rules: Vec<(&'static str, f32)>,
}

/// Writes `quality.parquet`: `file` string, `row` uint64, `rules` list of strings and `values` list of
/// float32, which go together. Memory does not grow with the number of records.
///
/// # Errors
/// [`WriteError`], also for what `records` gives; nothing is left behind then.
pub fn write_quality(
    path: &Path,
    records: impl IntoIterator<Item = io::Result<LowQuality>>,
) -> Result<(), WriteError> {
    let item = |of| Arc::new(Field::new("item", of, false));
    let (rule, value) = (item(DataType::Utf8), item(DataType::Float32));
    let list = |name, item: &Arc<Field>| Field::new(name, DataType::List(Arc::clone(item)), false);
    let fields = vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("row", DataType::UInt64, false),
        list("rules", &rule),
        list("values", &value),
    ];
    let schema = Arc::new(Schema::new(fields));
    let mut records = records.into_iter();
    write_parquet(path, &schema, |writer| {
        loop {
            let chunk: Vec<LowQuality> = records.by_ref().take(ROWS).collect::<io::Result<_>>()?;
            if chunk.is_empty() {
                return Ok(());
            }
            let mut rules = ListBuilder::new(StringBuilder::new()).with_field(Arc::clone(&rule));
            let mut values = ListBuilder::new(Float32Builder::new()).with_field(Arc::clone(&value));
            for record in &chunk {
                rules.append_value(record.rules.iter().map(|(rule, _)| Some(*rule)));
                values.append_value(record.rules.iter().map(|(_, value)| Some(*value)));
            }
            let columns: Vec<ArrayRef> = vec![
                Arc::new(StringArray::from_iter_values(chunk.iter().map(|r| &r.file))),
                Arc::new(UInt64Array::from_iter_values(chunk.iter().map(|r| r.row))),
                Arc::new(rules.finish()),
                Arc::new(values.finish()),
            ];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
    })
}
