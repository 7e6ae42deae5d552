//! Caps: no source keeps more than a share.

use std::path::PathBuf;

use ahash::AHashMap;
use toadstone_core::{Batch, Control, Observe, RecordId, Role, Source, SourceError};
use toadstone_sketch::{GroupBy, mix};
use xxhash_rust::xxh3::xxh3_64;

use crate::axis::{Axis, NOBODY};

/// How records over a cap are to be found.
#[derive(Debug, Clone)]
pub struct CapOptions {
    /// What counts as a source.
    pub axis: Axis,
    /// The share of what stays that no source may exceed, above 0 and below 1.
    pub share: f64,
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory; what needs more goes to temporary files.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
}

/// What a cap does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capped {
    /// These records are over it, ascending; each source keeps at most `most` records.
    Over {
        /// The records that have to go.
        gone: Vec<RecordId>,
        /// Records that a source keeps at most.
        most: u64,
    },
    /// There are too few sources: even if all were of one size, each would have more.
    Impossible {
        /// Named sources.
        sources: u64,
    },
}

/// The largest number of records that a source may keep so that no source has more than `share` of
/// all that is kept; `None` if there is none. `sizes` are the records of the named sources, and
/// `unnamed` records belong to none and stay.
///
/// What is kept shrinks as sources are cut, so the number is the largest fixed point of
/// most <= share x (unnamed + sum of min(size, most)); applied to what it leaves, it changes nothing.
/// O(n log n).
pub fn most(sizes: &[u64], unnamed: u64, share: f64) -> Option<u64> {
    let kept = |most: u64| unnamed + sizes.iter().map(|size| (*size).min(most)).sum::<u64>();
    let fits = |most: u64| most as f64 <= share * kept(most) as f64;
    let largest = sizes.iter().copied().max().unwrap_or(0);
    // What is kept is concave in `most`, so those that fit are an interval from 0 on.
    let (mut low, mut high) = (0, largest);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle) { low = middle } else { high = middle - 1 }
    }
    (low > 0 || largest == 0).then_some(low)
}

/// A source, a draw, and the record.
type Row = [u64; 4];

/// Finds the records over a cap; two readings. Of a source that has too many, those stay whose
/// content has the smallest hashes: a draw that does not depend on any order, and that leaves the
/// same records when it is made again.
///
/// # Errors
/// [`SourceError`].
pub fn cap(
    source: &dyn Source,
    files: &[String],
    options: &CapOptions,
    control: &Control,
) -> Result<Capped, SourceError> {
    let sizes = sizes(source, files, options, control)?;
    let unnamed = sizes.get(&NOBODY).copied().unwrap_or(0);
    let named: Vec<u64> = sizes.iter().filter(|(key, _)| **key != NOBODY).map(|(_, n)| *n).collect();
    let Some(most) = most(&named, unnamed, options.share) else {
        return Ok(Capped::Impossible { sources: named.len() as u64 });
    };
    let over = |key: u64| key != NOBODY && sizes.get(&key).is_some_and(|n| *n > most);
    let new = || GroupBy::<1, 4>::new(options.memory / options.threads.max(1), &options.temporary);
    let states = read(source, options.threads, control, new, |state, batch| {
        for record in batch.records() {
            let key = options.axis.key(&record, files);
            if over(key) {
                let text = |role| record.get(role).map_or(0, |text: &str| xxh3_64(text.as_bytes()));
                let draw = [Role::Input, Role::Output, Role::Rejected, Role::Label]
                    .into_iter()
                    .fold(0, |draw, role| mix(draw ^ text(role)));
                let id = record.id();
                state.push([key, draw, u64::from(id.file), id.row]);
            }
        }
    })?;
    let mut rows = states
        .into_iter()
        .reduce(|mut a, b| {
            a.merge(b);
            a
        })
        .unwrap_or_else(new)
        .finish()?;
    let mut gone = Vec::new();
    let mut current = (NOBODY, 0);
    while let Some([key, _, file, row]) = rows.next_row()? as Option<Row> {
        current = if current.0 == key { (key, current.1 + 1) } else { (key, 1) };
        if current.1 > most {
            gone.push(RecordId { file: file as u32, row });
        }
    }
    gone.sort_unstable();
    Ok(Capped::Over { gone, most })
}

/// Records of each source. Memory: an entry for each.
fn sizes(
    source: &dyn Source,
    files: &[String],
    options: &CapOptions,
    control: &Control,
) -> Result<AHashMap<u64, u64>, SourceError> {
    let states = read(source, options.threads, control, AHashMap::new, |state, batch| {
        for record in batch.records() {
            *state.entry(options.axis.key(&record, files)).or_insert(0) += 1;
        }
    })?;
    let mut sizes: AHashMap<u64, u64> = AHashMap::new();
    for (key, n) in states.into_iter().flatten() {
        *sizes.entry(key).or_insert(0) += n;
    }
    Ok(sizes)
}

fn read<S: Send>(
    source: &dyn Source,
    threads: usize,
    control: &Control,
    new: impl Fn() -> S,
    observe: impl Fn(&mut S, &Batch) + Sync,
) -> Result<Vec<S>, SourceError> {
    let mut states: Vec<S> = (0..threads.max(1)).map(|_| new()).collect();
    let observe = &observe;
    let workers =
        states.iter_mut().map(|s| Box::new(move |batch: &Batch| observe(s, batch)) as Observe<'_>).collect();
    source.read(workers, control)?;
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_number_that_fits() {
        assert_eq!(most(&[100, 100, 100, 100], 0, 0.25), Some(100));
        assert_eq!(most(&[1000, 10, 10, 10], 70, 0.5), Some(100));
        assert_eq!(most(&[1000, 10, 10], 0, 0.5), Some(20));
        assert_eq!(most(&[50, 50], 0, 0.4), None, "two sources cannot have less than a half each");
        assert_eq!(most(&[], 10, 0.5), Some(0));
    }

    proptest! {
        #[test]
        fn a_fixed_point_and_the_largest(
            sizes in prop::collection::vec(1u64..400, 1..40),
            unnamed in 0u64..300,
            percent in 1u32..100,
        ) {
            let share = f64::from(percent) / 100.0;
            let kept = |most: u64| unnamed + sizes.iter().map(|size| (*size).min(most)).sum::<u64>();
            let largest = sizes.iter().copied().max().unwrap();
            let brute = (1..=largest).rev().find(|most| *most as f64 <= share * kept(*most) as f64);
            prop_assert_eq!(most(&sizes, unnamed, share), brute);
            if let Some(found) = brute {
                let after: Vec<u64> = sizes.iter().map(|size| (*size).min(found)).collect();
                let again = most(&after, unnamed, share).unwrap();
                prop_assert!(again >= *after.iter().max().unwrap(), "nothing goes the second time");
            }
        }
    }
}
