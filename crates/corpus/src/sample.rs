//! Reads the first records of a file.

use parquet::file::reader::{ChunkReader, Length};

use crate::medium::Medium;
use crate::options::Limits;
use crate::parse::Wanted;
use crate::readers::{Failure, Format, Setup, Sink};
use crate::rejected::{Place, Rejected};
use crate::stream::Packing;
use crate::value::Fields;

/// Records that are enough to recognise the columns.
const ENOUGH: usize = 200;
/// Bytes of text that are enough, if there is a record.
const ENOUGH_BYTES: usize = 4 << 20;
/// Bytes of input that are parsed together.
const CHUNK: usize = 128 << 10;

#[derive(Default)]
struct Sampler {
    rows: Vec<Fields<'static>>,
    bytes: usize,
}

impl Sink for Sampler {
    fn row(&mut self, _: Place, fields: &Fields<'_>, _: Option<&[u8]>) {
        // Some readers ask only between batches; what is recognised must not depend on their size.
        if self.full() {
            return;
        }
        self.bytes += fields.size();
        self.rows.push(fields.to_static());
    }

    fn reject(&mut self, _: Rejected) {}

    fn full(&self) -> bool {
        self.rows.len() >= ENOUGH || self.bytes >= ENOUGH_BYTES
    }
}

/// The first records that can be read; none if no record can. Reads on until it has one.
///
/// # Errors
/// [`Failure`] if the file cannot be read at all.
pub(crate) fn sample(format: &Format, setup: &Setup<'_>) -> Result<Vec<Fields<'static>>, Failure> {
    let limits = Limits { chunk: setup.limits.chunk.min(CHUNK), ..setup.limits };
    let mut reader = (format.open)(&Setup { limits, ..*setup })?;
    let mut sampler = Sampler::default();
    while !sampler.full()
        && let Some(chunk) = reader.next()?
    {
        if let Some(work) = chunk.work {
            work.parse(Wanted::All, &limits, &mut sampler);
        }
    }
    Ok(sampler.rows)
}

/// Records from the end of a file of lines, where what came later may have other columns: generated data
/// begins with its seeds, which name no parent. None if the file is short, compressed or of another format.
pub(crate) fn last(format: &Format, setup: &Setup<'_>) -> Vec<Fields<'static>> {
    if format.name != "jsonl" || setup.packing != Packing::None {
        return Vec::new();
    }
    let end = || -> Option<Medium> {
        let handle = setup.medium.open().ok()?;
        let start = handle.len().checked_sub(CHUNK as u64).filter(|start| *start > CHUNK as u64)?;
        let bytes = handle.get_bytes(start, CHUNK).ok()?;
        let line = bytes.iter().position(|byte| *byte == b'\n')?;
        Some(Medium::Memory(bytes.slice(line + 1..)))
    };
    let Some(medium) = end() else { return Vec::new() };
    let mut rows = sample(format, &Setup { medium: &medium, ..*setup }).unwrap_or_default();
    rows.truncate(ENOUGH);
    rows
}
