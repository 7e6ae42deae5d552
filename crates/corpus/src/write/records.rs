//! `records.parquet`: the records that findings name.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float32Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Float32Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::{ROWS, WriteError, write_parquet};

/// One record that some finding marks.
#[derive(Debug, Clone, PartialEq)]
pub struct SuspiciousRecord {
    /// Its file, as in the run's list of inputs.
    pub file: String,
    /// Its row, counted from 0.
    pub row: u64,
    /// How suspicious, 0 to 1.
    pub score: f32,
    /// Whether it is to be set aside.
    pub quarantine: bool,
    /// The findings that mark it.
    pub findings: Vec<Named>,
}

/// What one finding says of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Id of the finding.
    pub finding: String,
    /// The score that it gives the record.
    pub score: f32,
    /// Whether the record is one of the finding's, or only looks like them.
    pub member: bool,
}

/// Writes `records.parquet`, the rows of [`records_batch`]. The same records give the same bytes.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_records(path: &Path, records: &[SuspiciousRecord]) -> Result<(), WriteError> {
    let schema = records_batch(&[])?.schema();
    write_parquet(path, &schema, |writer| {
        for records in records.chunks(ROWS) {
            writer.write(&records_batch(records)?)?;
        }
        Ok(())
    })
}

/// Records as columns: `file` string, `row` uint64, `score` float32, `quarantine` bool, `findings` list of
/// strings, and two lists that go with it: `scores` list of float32 and `members` list of bool.
///
/// # Errors
/// Arrow's, if the lists are longer than a batch can hold.
pub fn records_batch(records: &[SuspiciousRecord]) -> Result<RecordBatch, ArrowError> {
    let item = |of| Arc::new(Field::new("item", of, false));
    let (id, chance, flag) = (item(DataType::Utf8), item(DataType::Float32), item(DataType::Boolean));
    let mut named = ListBuilder::new(StringBuilder::new()).with_field(id);
    let mut score = ListBuilder::new(Float32Builder::new()).with_field(chance);
    let mut member = ListBuilder::new(BooleanBuilder::new()).with_field(flag);
    for record in records {
        named.append_value(record.findings.iter().map(|f| Some(&f.finding)));
        score.append_value(record.findings.iter().map(|f| Some(f.score)));
        member.append_value(record.findings.iter().map(|f| Some(f.member)));
    }
    let columns: [(&str, ArrayRef); 7] = [
        ("file", Arc::new(StringArray::from_iter_values(records.iter().map(|r| &r.file)))),
        ("row", Arc::new(UInt64Array::from_iter_values(records.iter().map(|r| r.row)))),
        ("score", Arc::new(Float32Array::from_iter_values(records.iter().map(|r| r.score)))),
        ("quarantine", Arc::new(records.iter().map(|r| Some(r.quarantine)).collect::<BooleanArray>())),
        ("findings", Arc::new(named.finish())),
        ("scores", Arc::new(score.finish())),
        ("members", Arc::new(member.finish())),
    ];
    let field = |(name, array): &(&str, ArrayRef)| Field::new(*name, array.data_type().clone(), false);
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), columns.into_iter().map(|(_, array)| array).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use std::fs::File;

    fn record(row: u64) -> SuspiciousRecord {
        let named = |i| Named { finding: format!("finding-{i}"), score: 0.5, member: i == 0 };
        let findings = (0..row % 3).map(named).collect();
        SuspiciousRecord {
            file: "a.csv".into(),
            row,
            score: 0.5,
            quarantine: row.is_multiple_of(2),
            findings,
        }
    }

    #[test]
    fn records_have_the_public_columns_and_equal_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.parquet"), dir.path().join("b.parquet"));
        let records: Vec<_> = (0..100_000).map(record).collect();
        write_records(&a, &records).unwrap();
        write_records(&b, &records).unwrap();
        assert_eq!(std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&a).unwrap()).unwrap();
        let types: Vec<String> =
            reader.schema().fields().iter().map(|f| format!("{} {}", f.name(), f.data_type())).collect();
        assert_eq!(types[..4], ["file Utf8", "row UInt64", "score Float32", "quarantine Boolean"]);
        assert!(types[4].starts_with("findings List("), "{}", types[4]);
        let rows: usize = reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(rows, records.len());
        write_records(&a, &[]).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
