//! Tables that a program handed over: what stays and what goes, in memory or as a stream of Arrow.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::SchemaRef;

use super::SplitError;
use super::packer::Packer;
use super::table::{IpcOut, Out, deal};
use crate::corpus::Corpus;
use crate::medium::Medium;
use crate::memory::Batches;
use crate::readers::arrow::tables::Tables;
use crate::stream::Packing;

/// A table without some of its records, and those.
#[derive(Debug)]
pub struct Divided {
    /// The columns of both.
    pub schema: SchemaRef,
    /// The records that stay, in their order.
    pub kept: Vec<RecordBatch>,
    /// The records that go, in theirs.
    pub aside: Vec<RecordBatch>,
}

impl Corpus {
    /// Divides a table that was handed over, in memory: `out` are the rows that go, ascending. Batches of which
    /// no row goes are shared, not copied.
    ///
    /// # Errors
    /// [`SplitError`]; also if the file is no table that was handed over.
    pub fn divide(&self, file: u32, out: &[u64]) -> Result<Divided, SplitError> {
        let Some(entry) = self.files.get(file as usize) else { return Err(SplitError::Changed) };
        let (mut kept, mut aside) = (Vec::new(), Vec::new());
        let schema = match &entry.medium {
            Medium::Table(batches) => {
                deal(numbered(batches), out, &mut kept, &mut aside)?;
                batches.schema().clone()
            }
            _ => {
                let tables = Tables::open(self.stream(entry)?)?;
                let schema = tables.schema();
                deal(tables.map(|batch| batch.map_err(SplitError::from)), out, &mut kept, &mut aside)?;
                schema
            }
        };
        Ok(Divided { schema, kept, aside })
    }
}

/// Writes a table in two files. `aside` is made only if a record goes.
pub(super) fn split(batches: &Batches, out: &[u64], kept: &Path, aside: &Path) -> Result<(), SplitError> {
    let stream = |path: &Path| -> Result<IpcOut, SplitError> {
        let file: Packer = super::create(path, Packing::None)?;
        Ok(IpcOut::Stream(Box::new(StreamWriter::try_new(file, batches.schema())?)))
    };
    match out {
        [] => deal(numbered(batches), out, stream(kept)?, &mut Vec::new()),
        _ => deal(numbered(batches), out, stream(kept)?, stream(aside)?),
    }
}

/// The batches, each with the row of its first record.
fn numbered(batches: &Batches) -> impl Iterator<Item = Result<(u64, RecordBatch), SplitError>> {
    let mut row = 0;
    (0..).map_while(|number| batches.get(number)).map(move |(batch, _)| {
        let first = row;
        row += batch.num_rows() as u64;
        Ok((first, batch.clone()))
    })
}

impl Out for &mut Vec<RecordBatch> {
    fn put(&mut self, batch: &RecordBatch) -> Result<(), SplitError> {
        if batch.num_rows() > 0 {
            self.push(batch.clone());
        }
        Ok(())
    }

    fn end(self) -> Result<(), SplitError> {
        Ok(())
    }
}
