//! Reads the first records of a file.

use crate::options::Limits;
use crate::parse::Wanted;
use crate::readers::{Failure, Format, Setup, Sink};
use crate::rejected::{Place, Rejected};
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
