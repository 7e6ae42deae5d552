//! Parquet: only the columns that are needed are decoded. A chunk is a row group.

use std::io;

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use super::{Chunk, Failure, Format, Nature, Reader, Setup, Sink, Work};
use crate::cell::{Table, guarded};
use crate::medium::Medium;
use crate::options::Limits;
use crate::parse::Wanted;
use crate::rejected::{Place, Reason, Rejected};
use crate::stream::{Packing, Stream};

const FORMAT_NAME: &str = "parquet";
/// Bytes that the rows decoded together should have, as far as the file tells.
const BATCH_BYTES: u64 = 4 << 20;
/// Most rows decoded together: the file may tell less than the truth.
const BATCH_ROWS: u64 = 1024;

pub(super) const FORMAT: Format =
    Format { name: FORMAT_NAME, extensions: &["parquet", "pq"], nature: Nature::Table, open };

fn open(setup: &Setup<'_>) -> Result<Box<dyn Reader>, Failure> {
    if setup.packing != Packing::None {
        let why = format!("a Parquet file inside {}; decompress it first", setup.packing.name());
        return Err(Failure::Unreadable(why));
    }
    let handle = setup.medium.open()?;
    let metadata = guarded(|| ArrowReaderMetadata::load(&handle, ArrowReaderOptions::new()));
    let metadata =
        metadata.map_err(|why| Failure::Unreadable(format!("not a readable Parquet file: {why}")))?;
    if metadata.metadata().row_groups().iter().any(|group| group.num_rows() < 0) {
        return Err(Failure::Unreadable(
            "not a readable Parquet file: a row group of negative length".to_owned(),
        ));
    }
    let digest = setup.digest.then_some(setup.limits);
    Ok(Box::new(ParquetReader { medium: setup.medium.clone(), metadata, group: 0, row: 0, digest }))
}

struct ParquetReader {
    medium: Medium,
    metadata: ArrowReaderMetadata,
    group: usize,
    row: u64,
    /// Set if the file is to be digested.
    digest: Option<Limits>,
}

impl Reader for ParquetReader {
    fn next(&mut self) -> Result<Option<Chunk>, Failure> {
        let Some(group) = self.metadata.metadata().row_groups().get(self.group) else { return Ok(None) };
        let rows = group.num_rows().unsigned_abs();
        let disk = group
            .columns()
            .iter()
            .map(|c| c.compressed_size().max(0).unsigned_abs())
            .fold(0, u64::saturating_add);
        let work = Group {
            medium: self.medium.clone(),
            metadata: self.metadata.clone(),
            group: self.group,
            row: self.row,
            rows,
            disk,
        };
        self.group += 1;
        self.row = self.row.saturating_add(rows);
        Ok(Some(Chunk { work: Some(Box::new(work)), rejected: Vec::new(), disk }))
    }

    fn finish(&mut self) -> io::Result<Option<u128>> {
        match self.digest {
            Some(limits) => Stream::new(self.medium.open()?, Packing::None, limits, true)?.finish(),
            None => Ok(None),
        }
    }
}

/// A row group.
struct Group {
    medium: Medium,
    metadata: ArrowReaderMetadata,
    group: usize,
    /// Row of its first row.
    row: u64,
    rows: u64,
    disk: u64,
}

impl Group {
    fn batches(
        &self,
        wanted: Wanted<'_>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, String>> + use<>, String> {
        let metadata = self.metadata.metadata();
        let schema = metadata.file_metadata().schema_descr();
        let roots = schema.root_schema().get_fields().iter().enumerate();
        let roots = roots.filter(|(_, field)| wanted.has(field.name())).map(|(at, _)| at);
        let mask = ProjectionMask::roots(schema, roots);
        let size = metadata.row_group(self.group).total_byte_size().max(1).unsigned_abs();
        let batch = (BATCH_BYTES / (size / self.rows.max(1)).max(1)).clamp(1, BATCH_ROWS) as usize;
        let handle = self.medium.open().map_err(|error| error.to_string())?;
        let mut reader = guarded(|| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(handle, self.metadata.clone())
                .with_row_groups(vec![self.group])
                .with_projection(mask)
                .with_batch_size(batch)
                .build()
        })?;
        Ok(std::iter::from_fn(move || guarded(|| reader.next().transpose()).transpose()))
    }

    /// Refuses the rows of the group from `done` on.
    fn refuse(&self, done: u64, reason: Reason, sink: &mut dyn Sink) {
        let place = Place { row: self.row + done, line: None, offset: None };
        sink.reject(Rejected::new(Some(place), reason, &[]).spanning((self.rows - done).max(1)));
    }
}

impl Work for Group {
    fn parse(self: Box<Self>, wanted: Wanted<'_>, limits: &Limits, sink: &mut dyn Sink) {
        let damaged = |why| Reason::Damaged { format: FORMAT_NAME, why };
        let batches = match self.batches(wanted) {
            Ok(batches) => batches,
            Err(why) => return self.refuse(0, damaged(why), sink),
        };
        let (mut done, mut size) = (0, 0);
        for batch in batches {
            if sink.full() {
                return;
            }
            let batch = match batch {
                Ok(batch) => batch,
                Err(why) => return self.refuse(done, damaged(why), sink),
            };
            size += batch.get_array_memory_size() as u64;
            if size > limits.free && size > self.disk.saturating_mul(limits.ratio) {
                return self.refuse(done, Reason::Bomb { ratio: limits.ratio }, sink);
            }
            let table = Table::new(&batch, wanted);
            let rows = (batch.num_rows() as u64).min(self.rows - done);
            for row in 0..rows {
                let place = Place { row: self.row + done + row, line: None, offset: None };
                sink.row(place, &table.row(row as usize), None);
            }
            done += rows;
        }
        if done < self.rows {
            self.refuse(done, damaged("fewer rows than the file says".to_owned()), sink);
        }
    }
}
