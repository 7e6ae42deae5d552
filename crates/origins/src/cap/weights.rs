//! Weights instead of removals: how often each record is to be drawn, so that no source has more than a
//! share of what is drawn.

use std::io;

use toadstone_core::{Control, RecordId, Source, SourceError};
use toadstone_sketch::{GroupBy, Groups};

use super::{CapOptions, Grouping, most, read, sizes};
use crate::axis::NOBODY;

/// A record, and the bits of its weight.
type Row = [u64; 3];

/// Records with a weight below 1, in the order of the input. All others have the weight 1.
pub struct Weights(Groups<2, 3>);

/// What weights there are.
pub enum Weighed {
    /// These.
    Weights(Weights),
    /// There are too few sources for such a share.
    Impossible {
        /// Named sources.
        sources: u64,
    },
}

impl Weights {
    /// The next record and its weight.
    ///
    /// # Errors
    /// The system's, where temporary files cannot be read.
    pub fn next_record(&mut self) -> io::Result<Option<(RecordId, f32)>> {
        let row: Option<Row> = self.0.next_row()?;
        Ok(row.map(|[file, row, bits]| (RecordId { file: file as u32, row }, f32::from_bits(bits as u32))))
    }
}

/// Weights with which no source has more than `share` of what is drawn, as if [`super::cap`] had cut
/// it: each record of a source that has too many gets the part of them that would stay. Two readings;
/// topics make no difference here.
///
/// # Errors
/// [`SourceError`].
pub fn weights(
    source: &dyn Source,
    files: &[String],
    options: &CapOptions,
    control: &Control,
) -> Result<Weighed, SourceError> {
    let grouping = Grouping { axis: options.axis, files, model: None };
    let sizes = sizes(source, &grouping, options.threads, control)?;
    let unnamed = sizes.get(&(0, NOBODY)).copied().unwrap_or(0);
    let named: Vec<u64> = sizes.iter().filter(|((_, key), _)| *key != NOBODY).map(|(_, n)| *n).collect();
    let Some(most) = most(&named, unnamed, options.share) else {
        return Ok(Weighed::Impossible { sources: named.len() as u64 });
    };
    let new = || GroupBy::<2, 3>::new(options.memory / options.threads.max(1), &options.temporary);
    let states = read(source, options.threads, control, new, |rows, batch| {
        for record in batch.records() {
            let key = options.axis.key(&record, files);
            let own = if key == NOBODY { 0 } else { sizes.get(&(0, key)).copied().unwrap_or(0) };
            if own > most {
                let weight = (most as f64 / own as f64) as f32;
                rows.push([u64::from(record.id().file), record.id().row, u64::from(weight.to_bits())]);
            }
        }
    })?;
    let rows = states.into_iter().reduce(|mut a, b| {
        a.merge(b);
        a
    });
    Ok(Weighed::Weights(Weights(rows.unwrap_or_else(new).finish()?)))
}
