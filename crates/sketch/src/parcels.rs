//! Rows of a group-by and of totals as bytes, for another process.

use std::io;

use crate::group_by::GroupBy;
use crate::mix;
use crate::totals::Totals;

/// Bytes of all parcels that are being filled, and least bytes of one.
const FILLING: usize = 8 << 20;
const LEAST: usize = 16 << 10;

impl<const KEY: usize, const WIDTH: usize> GroupBy<KEY, WIDTH> {
    /// Hands out all rows as bytes. Rows with equal keys go to the same one of `buckets`. A parcel has at
    /// most 8 MiB, less where there are many buckets; the words are little-endian.
    ///
    /// # Errors
    /// What the system said of temporary files, or what `each` gives.
    pub fn parcels(self, buckets: u32, mut each: impl FnMut(u32, &[u8]) -> io::Result<()>) -> io::Result<()> {
        let buckets = buckets.max(1);
        let full = (FILLING / buckets as usize).max(LEAST);
        let mut parcels: Vec<Vec<u8>> = vec![Vec::new(); buckets as usize];
        let mut rows = self.finish()?;
        while let Some(row) = rows.next_row()? {
            // The digests that make keys are no even numbers for every remainder.
            let bucket = (mix(row[0]) % u64::from(buckets)) as u32;
            let parcel = &mut parcels[bucket as usize];
            row.iter().for_each(|word| parcel.extend_from_slice(&word.to_le_bytes()));
            if parcel.len() >= full {
                each(bucket, parcel)?;
                parcel.clear();
            }
        }
        let rest = (0..).zip(&parcels).filter(|(_, parcel)| !parcel.is_empty());
        for (bucket, parcel) in rest {
            each(bucket, parcel)?;
        }
        Ok(())
    }

    /// Adds the rows of a parcel, each as `mend` leaves it; `false`, and nothing is added, if these are not
    /// whole rows or `mend` refuses one.
    #[must_use]
    pub fn load(&mut self, parcel: &[u8], mut mend: impl FnMut(&mut [u64; WIDTH]) -> bool) -> bool {
        let rows: Option<Vec<_>> = rows(parcel).map(|rows| rows.collect());
        let Some(mut rows) = rows else { return false };
        let whole = rows.iter_mut().all(&mut mend);
        if whole {
            rows.into_iter().for_each(|row| self.push(row));
        }
        whole
    }

    /// Keeps the groups of which `keep` says so, and of these the first `cap` rows. For a state that has all
    /// rows of its keys. `keep` gets the kept rows and how many there were.
    ///
    /// # Errors
    /// What the system said of temporary files.
    pub fn prune(
        &mut self,
        cap: usize,
        mut keep: impl FnMut(&[[u64; WIDTH]], u64) -> bool,
    ) -> io::Result<()> {
        let fresh = self.fresh();
        let mut groups = std::mem::replace(self, fresh).finish()?;
        let mut rows = Vec::new();
        while let Some(total) = groups.next_group(&mut rows, cap)? {
            if keep(&rows, total) {
                rows.drain(..).for_each(|row| self.push(row));
            }
        }
        Ok(())
    }
}

impl<const KEY: usize, const WIDTH: usize> Totals<KEY, WIDTH> {
    /// Hands out all totals as bytes, see [`GroupBy::parcels`]. A key may be in several parcels.
    ///
    /// # Errors
    /// As there.
    pub fn parcels(self, buckets: u32, each: impl FnMut(u32, &[u8]) -> io::Result<()>) -> io::Result<()> {
        self.into_rows().parcels(buckets, each)
    }

    /// Folds the totals of a parcel in; `false`, and nothing is added, if these are not whole rows.
    #[must_use]
    pub fn load(&mut self, parcel: &[u8]) -> bool {
        rows(parcel).map(|rows| rows.for_each(|row| self.add(row))).is_some()
    }
}

fn rows<const WIDTH: usize>(parcel: &[u8]) -> Option<impl Iterator<Item = [u64; WIDTH]> + '_> {
    let (words, rest) = parcel.as_chunks::<8>();
    let whole = rest.is_empty() && words.len().is_multiple_of(WIDTH);
    let row = |row: &[[u8; 8]]| std::array::from_fn(|at| u64::from_le_bytes(row[at]));
    whole.then(|| words.chunks_exact(WIDTH).map(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Small = GroupBy<1, 2>;

    fn all(group_by: Small) -> Vec<[u64; 2]> {
        let mut rows = group_by.finish().unwrap();
        std::iter::from_fn(|| rows.next_row().unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn rows_that_travel_in_any_buckets_are_the_same(
            rows in prop::collection::vec((0u64..40, any::<u64>()), 0..600),
            buckets in 0u32..9,
            memory in prop::sample::select(vec![0usize, 1 << 20]),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut from = Small::new(memory, folder.path());
            rows.iter().for_each(|&(key, rest)| from.push([key, rest]));
            let mut reached: Vec<Small> = (0..buckets.max(1)).map(|_| from.fresh()).collect();
            let mut to = from.fresh();
            from.parcels(buckets, |bucket, parcel| {
                assert!(reached[bucket as usize].load(parcel, |_| true));
                Ok(())
            }).unwrap();
            let mut of_key = std::collections::BTreeMap::new();
            for (bucket, rows) in reached.into_iter().enumerate() {
                for row in all(rows) {
                    prop_assert_eq!(*of_key.entry(row[0]).or_insert(bucket), bucket, "a key has one bucket");
                    to.push(row);
                }
            }
            let mut expected: Vec<[u64; 2]> = rows.iter().map(|&(key, rest)| [key, rest]).collect();
            expected.sort_unstable();
            prop_assert_eq!(all(to), expected);
        }
    }

    #[test]
    fn what_is_no_row_is_refused_and_groups_are_pruned() {
        let folder = tempfile::tempdir().unwrap();
        let mut rows = Small::new(0, folder.path());
        assert!(!rows.load(&[0; 15], |_| true) && !rows.load(&[0; 8], |_| true));
        assert!(!rows.load(&[0; 16], |_| false));
        for row in [[1, 5], [2, 1], [2, 9], [2, 3], [3, 0], [3, 0]] {
            rows.push(row);
        }
        rows.prune(2, |_, total| total > 1).unwrap();
        assert_eq!(all(rows), [[2, 1], [2, 3], [3, 0], [3, 0]]);
    }
}
