//! Files that a scan leaves. Each is written beside its place and moved there when it is whole, so
//! that nothing half written can be taken for a result.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float32Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Float32Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// Rows that are put into columns together.
pub(crate) const ROWS: usize = 64 << 10;

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

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system's reason.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The encoder's reason.
    #[error("{0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The encoder's reason.
    #[error("{0}")]
    Arrow(#[from] arrow_schema::ArrowError),
}

/// Writes `records.parquet`: `file` string, `row` uint64, `score` float32, `quarantine` bool,
/// `findings` list of strings, and two lists that go with it: `scores` list of float32 and `members`
/// list of bool. The same records give the same bytes.
///
/// # Errors
/// [`WriteError`]; nothing is left behind then.
pub fn write_records(path: &Path, records: &[SuspiciousRecord]) -> Result<(), WriteError> {
    let list = |name, of| (name, Arc::new(Field::new("item", of, false)));
    let lists = [
        list("findings", DataType::Utf8),
        list("scores", DataType::Float32),
        list("members", DataType::Boolean),
    ];
    let mut fields = vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("row", DataType::UInt64, false),
        Field::new("score", DataType::Float32, false),
        Field::new("quarantine", DataType::Boolean, false),
    ];
    let of = |(name, item): &(&str, Arc<Field>)| Field::new(*name, DataType::List(Arc::clone(item)), false);
    fields.extend(lists.iter().map(of));
    let schema = Arc::new(Schema::new(fields));
    let [findings, scores, members] = lists.map(|(_, item)| item);
    write_parquet(path, &schema, |writer| {
        for records in records.chunks(ROWS) {
            let mut named = ListBuilder::new(StringBuilder::new()).with_field(Arc::clone(&findings));
            let mut score = ListBuilder::new(Float32Builder::new()).with_field(Arc::clone(&scores));
            let mut member = ListBuilder::new(BooleanBuilder::new()).with_field(Arc::clone(&members));
            for record in records {
                named.append_value(record.findings.iter().map(|f| Some(&f.finding)));
                score.append_value(record.findings.iter().map(|f| Some(f.score)));
                member.append_value(record.findings.iter().map(|f| Some(f.member)));
            }
            let columns: Vec<ArrayRef> = vec![
                Arc::new(StringArray::from_iter_values(records.iter().map(|r| &r.file))),
                Arc::new(UInt64Array::from_iter_values(records.iter().map(|r| r.row))),
                Arc::new(Float32Array::from_iter_values(records.iter().map(|r| r.score))),
                Arc::new(records.iter().map(|r| Some(r.quarantine)).collect::<BooleanArray>()),
                Arc::new(named.finish()),
                Arc::new(score.finish()),
                Arc::new(member.finish()),
            ];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
        Ok(())
    })
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

pub(crate) type Writer<'w> = ArrowWriter<&'w mut File>;

pub(crate) fn write_parquet(
    path: &Path,
    schema: &SchemaRef,
    rows: impl FnOnce(&mut Writer<'_>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    // No version and no time: equal results are equal files.
    let properties = WriterProperties::builder()
        .set_created_by("toadstone".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .build();
    let mut temporary = beside(path)?;
    let mut writer = ArrowWriter::try_new(temporary.as_file_mut(), Arc::clone(schema), Some(properties))?;
    rows(&mut writer)?;
    writer.close()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that appears at `path` only when it is whole. An existing file is replaced.
///
/// # Errors
/// The system's, or what `content` returns; nothing is left behind then.
pub fn write_atomically(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut temporary = beside(path)?;
    content(temporary.as_file_mut())?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file in the folder of `path`, with the permissions of any new file.
fn beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".toadstone-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

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

    #[test]
    fn a_failure_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        assert!(write_atomically(&path, |_| Err(io::Error::other("no"))).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        write_atomically(&path, |out| out.write_all(b"yes")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"yes");
    }
}
