//! Totals by key with bounded memory.

use std::io;
use std::path::Path;

use ahash::AHashMap;

use crate::group_by::{GroupBy, Groups};

/// Adds up numbers for each key, however many keys there are.
///
/// A row is `WIDTH` words, of which the first `KEY` are the key; the caller's function folds the rest
/// of one row into another and has to be associative and commutative. Totals stay in a table until it
/// outgrows the allowed memory; then they are put aside as rows of a [`GroupBy`], which brings equal
/// keys together again at the end. So a key that is frequent costs one entry and not one row for each
/// time it is seen. O(1) for each row; O(k log k) at the end for k keys that were put aside.
#[derive(Debug)]
pub struct Totals<const KEY: usize, const WIDTH: usize> {
    table: AHashMap<[u64; KEY], [u64; WIDTH]>,
    limit: usize,
    fold: fn(&mut [u64; WIDTH], &[u64; WIDTH]),
    aside: GroupBy<KEY, WIDTH>,
}

impl<const KEY: usize, const WIDTH: usize> Totals<KEY, WIDTH> {
    /// Empty totals that hold at most about `memory` bytes and spill to `folder`.
    pub fn new(memory: usize, folder: &Path, fold: fn(&mut [u64; WIDTH], &[u64; WIDTH])) -> Self {
        // A table has up to twice the entries that it holds, and a byte of its own for each.
        let entry = 2 * (8 * (KEY + WIDTH) + 1);
        Totals {
            table: AHashMap::new(),
            limit: (memory / 2 / entry).max(64),
            fold,
            aside: GroupBy::new(memory / 2, folder),
        }
    }

    /// Empty totals with the same parameters.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Totals { table: AHashMap::new(), limit: self.limit, fold: self.fold, aside: self.aside.fresh() }
    }

    /// Folds a row into the total of its key.
    pub fn add(&mut self, row: [u64; WIDTH]) {
        let key: [u64; KEY] = std::array::from_fn(|at| row[at]);
        match self.table.get_mut(&key) {
            Some(total) => (self.fold)(total, &row),
            None => {
                if self.table.len() >= self.limit {
                    self.put_aside();
                }
                self.table.insert(key, row);
            }
        }
    }

    /// Adds all totals of `other`.
    pub fn merge(&mut self, other: Self) {
        for row in other.table.into_values() {
            self.add(row);
        }
        self.aside.merge(other.aside);
    }

    fn put_aside(&mut self) {
        for (_, row) in self.table.drain() {
            self.aside.push(row);
        }
    }

    /// The totals as rows, several of a key where some were put aside.
    pub(crate) fn into_rows(mut self) -> GroupBy<KEY, WIDTH> {
        self.put_aside();
        self.aside
    }

    /// Hands every key's total to `each`, by ascending key.
    ///
    /// # Errors
    /// What the system said when temporary files could not be written or read.
    pub fn conclude(self, mut each: impl FnMut(&[u64; WIDTH])) -> io::Result<()> {
        let fold = self.fold;
        let mut groups: Groups<KEY, WIDTH> = self.into_rows().finish()?;
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            let Some((total, rest)) = rows.split_first_mut() else { continue };
            rest.iter().for_each(|row| fold(total, row));
            each(total);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn fold(total: &mut [u64; 3], row: &[u64; 3]) {
        total[1] += row[1];
        total[2] = total[2].max(row[2]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_split_and_memory_give_the_totals_of_a_map(
            rows in prop::collection::vec((0u64..300, 0u64..9, 0u64..1000), 0..3000),
            parts in 1usize..5,
            memory in prop::sample::select(vec![0usize, 1 << 14, 1 << 20]),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut states: Vec<Totals<1, 3>> =
                (0..parts).map(|_| Totals::new(memory, folder.path(), fold)).collect();
            let mut expected: BTreeMap<u64, [u64; 3]> = BTreeMap::new();
            for (at, &(key, n, top)) in rows.iter().enumerate() {
                states[at % parts].add([key, n, top]);
                fold(expected.entry(key).or_insert([key, 0, 0]), &[key, n, top]);
            }
            let whole = states.into_iter().reduce(|mut a, b| { a.merge(b); a }).unwrap();
            let mut found = Vec::new();
            whole.conclude(|total| found.push(*total)).unwrap();
            prop_assert_eq!(found, expected.into_values().collect::<Vec<_>>());
        }
    }
}
