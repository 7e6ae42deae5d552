//! A sample of bounded size that does not depend on how the records were split.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::{Record, RecordId, Role};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Something that takes up memory.
pub(crate) trait Size {
    /// Bytes, about.
    fn size(&self) -> usize;
}

/// A sample: the records with the smallest priorities that fit a budget of bytes together.
///
/// Priorities come from the content of a record ([`priority`]), so the sample does not depend on
/// how the records were split (bottom-k sampling; Cohen and Kaplan, 2007).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sample<T> {
    kept: BTreeMap<(u64, RecordId), T>,
    budget: usize,
    bytes: usize,
    seen: u64,
}

impl<T: Size> Sample<T> {
    /// An empty sample of at most `budget` bytes, and one record more.
    pub(crate) fn new(budget: usize) -> Sample<T> {
        Sample { kept: BTreeMap::new(), budget, bytes: 0, seen: 0 }
    }

    /// An empty sample with the same budget.
    pub(crate) fn fresh(&self) -> Sample<T> {
        Sample::new(self.budget)
    }

    /// Looks at one record; `keep` is called if it belongs to the sample so far.
    pub(crate) fn observe(&mut self, priority: u64, id: RecordId, keep: impl FnOnce() -> T) {
        self.seen += 1;
        let place = (priority, id);
        let full = self.bytes >= self.budget;
        if full && self.kept.last_key_value().is_some_and(|(last, _)| place > *last) {
            return;
        }
        self.insert(place, keep());
    }

    fn insert(&mut self, place: (u64, RecordId), kept: T) {
        self.bytes += kept.size();
        self.kept.insert(place, kept);
        // One record more than fits is kept: what stays is then the same in whatever order they came.
        while let Some(entry) = self.kept.last_entry() {
            let without = self.bytes - entry.get().size();
            if without < self.budget {
                break;
            }
            self.bytes = without;
            entry.remove();
        }
    }

    /// Adds another sample.
    pub(crate) fn merge(&mut self, other: Sample<T>) {
        self.seen += other.seen;
        for (place, kept) in other.kept {
            self.insert(place, kept);
        }
    }

    /// The records in the order of the input, and how many there were to choose from.
    pub(crate) fn conclude(self) -> (Vec<(RecordId, T)>, u64) {
        let mut kept: Vec<_> = self.kept.into_iter().map(|((_, id), kept)| (id, kept)).collect();
        kept.sort_unstable_by_key(|(id, _)| *id);
        (kept, self.seen)
    }
}

/// A hash of all that is learnt from, for sampling by content and not by place.
pub(crate) fn priority(record: &Record<'_>) -> u64 {
    let of = |role| record.get(role).map_or(0, |text| xxh3_64(text.as_bytes()));
    [Role::Input, Role::Output, Role::Rejected, Role::Label]
        .into_iter()
        .fold(7, |state, role| xxh3_64_with_seed(&u64::to_le_bytes(of(role)), state))
}

/// The largest place in `text` that is not beyond `at` and lies between two characters.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}
