//! Tables of Arrow: Parquet files and Arrow IPC. Every value and the schema stay the same; the file
//! around them is written anew, with the compression that it had.

use std::fs::File;
use std::path::Path;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::filter::filter_record_batch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::WriterProperties;

use super::SplitError;
use super::packer::Packer;
use crate::cell::guarded;
use crate::corpus::{Corpus, Entry};
use crate::readers::arrow::tables::Tables;

/// Rows that are decoded together.
const ROWS: usize = 1024;

/// Takes the batches of one of the two files.
pub(crate) trait Out {
    fn put(&mut self, batch: &RecordBatch) -> Result<(), SplitError>;
    fn end(self) -> Result<(), SplitError>;
}

/// Deals the rows of batches out, in order. `out` are the rows that go, ascending.
pub(super) fn deal(
    batches: impl Iterator<Item = Result<(u64, RecordBatch), SplitError>>,
    out: &[u64],
    mut kept: impl Out,
    mut aside: impl Out,
) -> Result<(), SplitError> {
    let mut gone = 0;
    for batch in batches {
        let (row, batch) = batch?;
        let rows = row..row + batch.num_rows() as u64;
        let going: Vec<bool> = rows.map(|row| out.binary_search(&row).is_ok()).collect();
        let number = going.iter().filter(|going| **going).count();
        gone += number;
        if number == 0 {
            kept.put(&batch)?;
            continue;
        }
        let going = BooleanArray::from(going);
        let staying = going.iter().map(|going| going.map(|going| !going)).collect();
        kept.put(&select(&batch, &staying)?)?;
        aside.put(&select(&batch, &going)?)?;
    }
    if gone != out.len() {
        return Err(SplitError::Changed);
    }
    kept.end()?;
    aside.end()
}

fn select(batch: &RecordBatch, rows: &BooleanArray) -> Result<RecordBatch, SplitError> {
    guarded(|| filter_record_batch(batch, rows)).map_err(SplitError::Table)
}

impl From<ArrowError> for SplitError {
    fn from(error: ArrowError) -> Self {
        SplitError::Table(error.to_string())
    }
}

impl From<parquet::errors::ParquetError> for SplitError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        SplitError::Table(error.to_string())
    }
}

pub(super) fn parquet(entry: &Entry, out: &[u64], kept: &Path, aside: &Path) -> Result<(), SplitError> {
    let table = ParquetTable::open(entry)?;
    let (kept, aside) = (table.writer(kept)?, table.writer(aside)?);
    deal(table.batches, out, kept, aside)
}

/// A Parquet file that is being read, and what another like it is written with.
pub(crate) struct ParquetTable {
    pub(crate) batches: Box<dyn Iterator<Item = Result<(u64, RecordBatch), SplitError>>>,
    schema: SchemaRef,
    properties: WriterProperties,
}

impl ParquetTable {
    pub(crate) fn open(entry: &Entry) -> Result<ParquetTable, SplitError> {
        let handle = entry.medium.open()?;
        let builder =
            guarded(|| ParquetRecordBatchReaderBuilder::try_new(handle)).map_err(SplitError::Table)?;
        let (schema, properties) = (builder.schema().clone(), properties(builder.metadata()));
        let reader = guarded(|| builder.with_batch_size(ROWS).build()).map_err(SplitError::Table)?;
        let mut row = 0;
        let batches = reader.map(move |batch| {
            let batch = batch?;
            let first = row;
            row += batch.num_rows() as u64;
            Ok((first, batch))
        });
        Ok(ParquetTable { batches: Box::new(batches), schema, properties })
    }

    pub(crate) fn writer(&self, path: &Path) -> Result<ArrowWriter<File>, SplitError> {
        let (schema, properties) = (self.schema.clone(), Some(self.properties.clone()));
        Ok(ArrowWriter::try_new(File::create_new(path)?, schema, properties)?)
    }
}

/// As the input was written, as far as it tells.
fn properties(metadata: &ParquetMetaData) -> WriterProperties {
    let groups = metadata.row_groups();
    let rows = groups.iter().map(|group| group.num_rows().max(1).unsigned_abs() as usize).max();
    let mut builder = WriterProperties::builder().set_max_row_group_row_count(Some(rows.unwrap_or(1 << 20)));
    for column in groups.first().map_or(&[][..], |group| group.columns()) {
        builder = builder.set_column_compression(column.column_path().clone(), column.compression());
    }
    builder.build()
}

impl Out for ArrowWriter<File> {
    fn put(&mut self, batch: &RecordBatch) -> Result<(), SplitError> {
        Ok(self.write(batch)?)
    }

    fn end(mut self) -> Result<(), SplitError> {
        self.finish()?;
        self.inner().sync_all()?;
        Ok(())
    }
}

/// An Arrow file that is being written: with a footer, or a stream.
pub(crate) enum IpcOut {
    File(Box<FileWriter<Packer>>),
    Stream(Box<StreamWriter<Packer>>),
}

pub(super) fn arrow(
    corpus: &Corpus,
    entry: &Entry,
    out: &[u64],
    kept: &Path,
    aside: &Path,
) -> Result<(), SplitError> {
    let tables = Tables::open(corpus.stream(entry)?)?;
    let (kept, aside) = (IpcOut::like(kept, entry, &tables)?, IpcOut::like(aside, entry, &tables)?);
    deal(tables.map(|batch| batch.map_err(SplitError::from)), out, kept, aside)
}

impl IpcOut {
    /// A new file like one that is being read.
    pub(crate) fn like(path: &Path, entry: &Entry, tables: &Tables) -> Result<IpcOut, SplitError> {
        let (schema, compression, footer) = (tables.schema(), tables.compression(), tables.has_footer());
        let options = IpcWriteOptions::default().try_with_compression(compression)?;
        let file = super::create(path, entry.packing)?;
        Ok(match footer {
            true => IpcOut::File(Box::new(FileWriter::try_new_with_options(file, &schema, options)?)),
            false => IpcOut::Stream(Box::new(StreamWriter::try_new_with_options(file, &schema, options)?)),
        })
    }
}

impl Out for IpcOut {
    fn put(&mut self, batch: &RecordBatch) -> Result<(), SplitError> {
        match self {
            IpcOut::File(writer) => writer.write(batch)?,
            IpcOut::Stream(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    fn end(self) -> Result<(), SplitError> {
        let file = match self {
            IpcOut::File(mut writer) => {
                writer.finish()?;
                writer.into_inner()?
            }
            IpcOut::Stream(mut writer) => {
                writer.finish()?;
                writer.into_inner()?
            }
        };
        Ok(file.finish()?)
    }
}
