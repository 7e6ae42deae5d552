//! Group-by with bounded memory.

use std::io;
use std::path::{Path, PathBuf};

use crate::runs::{Merge, Run, SpillFile};

/// Rows kept in memory however little is allowed.
const LEAST_ROWS: usize = 64;

/// Brings rows with equal keys together.
///
/// A row is `WIDTH` words, of which the first `KEY` are the key: a 64-bit digest is `KEY = 1`, a
/// 128-bit one `KEY = 2`. Rows beyond the allowed memory are sorted and written to a temporary file
/// as a run; [`GroupBy::finish`] merges the runs (external merge sort, Knuth, The Art of Computer
/// Programming 3, 5.4). Against partitioning by hash this needs no second partitioning when a part
/// is too large, and one giant key does no harm: its rows are streamed.
///
/// Pushing n rows takes O(n log n) time; memory stays within what was allowed plus the caller's
/// buffer for one group. Temporary files have no name and vanish with the last handle, also after a
/// panic. A failed write is kept and returned by [`GroupBy::finish`]; until then rows are dropped.
#[derive(Debug)]
pub struct GroupBy<const KEY: usize, const WIDTH: usize> {
    rows: Vec<[u64; WIDTH]>,
    limit: usize,
    folder: PathBuf,
    file: Option<SpillFile>,
    runs: Vec<Run>,
    failed: Option<io::Error>,
}

impl<const KEY: usize, const WIDTH: usize> GroupBy<KEY, WIDTH> {
    const WELL_FORMED: () = assert!(KEY > 0 && KEY <= WIDTH);

    /// An empty group-by that holds at most `memory` bytes of rows and spills to `folder`.
    pub fn new(memory: usize, folder: &Path) -> Self {
        let () = Self::WELL_FORMED;
        GroupBy {
            rows: Vec::new(),
            limit: (memory / (8 * WIDTH)).max(LEAST_ROWS),
            folder: folder.to_owned(),
            file: None,
            runs: Vec::new(),
            failed: None,
        }
    }

    /// An empty group-by with the same parameters.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::new(self.memory(), &self.folder)
    }

    /// Bytes of rows held in memory at most.
    pub fn memory(&self) -> usize {
        self.limit * 8 * WIDTH
    }

    /// Adds a row.
    pub fn push(&mut self, row: [u64; WIDTH]) {
        if self.rows.len() == self.rows.capacity() {
            if self.rows.len() >= self.limit {
                self.spill();
            } else {
                let more = self.rows.len().max(LEAST_ROWS).min(self.limit - self.rows.len());
                self.rows.reserve_exact(more);
            }
        }
        self.rows.push(row);
    }

    /// Keeps an error for [`GroupBy::finish`]; the first one counts.
    pub fn fail(&mut self, error: io::Error) {
        self.failed.get_or_insert(error);
    }

    /// Adds all rows of `other`.
    pub fn merge(&mut self, mut other: Self) {
        if self.rows.len() < other.rows.len() && self.limit == other.limit {
            std::mem::swap(&mut self.rows, &mut other.rows);
        }
        for row in other.rows {
            self.push(row);
        }
        self.runs.append(&mut other.runs);
        self.failed = self.failed.take().or(other.failed);
    }

    fn spill(&mut self) {
        if let Err(error) = self.try_spill() {
            self.fail(error);
        }
        self.rows.clear();
    }

    fn try_spill(&mut self) -> io::Result<()> {
        if self.failed.is_some() {
            return Ok(());
        }
        self.rows.sort_unstable();
        if self.file.is_none() {
            self.file = Some(SpillFile::create(&self.folder)?);
        }
        if let Some(file) = &mut self.file {
            self.runs.push(file.append(self.rows.iter().copied().map(Ok))?);
        }
        Ok(())
    }

    /// All rows by ascending key, and by ascending rest within a key.
    ///
    /// # Errors
    /// What the system said when temporary files could not be written or read.
    pub fn finish(mut self) -> io::Result<Groups<KEY, WIDTH>> {
        if !self.runs.is_empty() {
            self.spill();
            self.rows = Vec::new();
        }
        if let Some(error) = self.failed {
            return Err(error);
        }
        let memory = self.limit * 8 * WIDTH;
        let from = if self.runs.is_empty() {
            self.rows.sort_unstable();
            From::Memory(self.rows.into_iter())
        } else {
            From::Files(Merge::new(self.runs, memory, &self.folder)?)
        };
        Ok(Groups { from, ahead: None, started: false })
    }
}

enum From<const WIDTH: usize> {
    Memory(std::vec::IntoIter<[u64; WIDTH]>),
    Files(Merge<WIDTH>),
}

/// The groups of a [`GroupBy`], by ascending key.
pub struct Groups<const KEY: usize, const WIDTH: usize> {
    from: From<WIDTH>,
    ahead: Option<[u64; WIDTH]>,
    started: bool,
}

impl<const KEY: usize, const WIDTH: usize> Groups<KEY, WIDTH> {
    /// Fills `rows` with the next group, in ascending order, and returns how many rows the group
    /// has; `None` after the last.
    ///
    /// A group of more than `cap` rows gives its first `cap`; the number returned is exact.
    ///
    /// # Errors
    /// What the system said when a temporary file could not be read.
    pub fn next_group(&mut self, rows: &mut Vec<[u64; WIDTH]>, cap: usize) -> io::Result<Option<u64>> {
        rows.clear();
        if !self.started {
            self.started = true;
            self.ahead = self.next_row()?;
        }
        let Some(first) = self.ahead.take() else { return Ok(None) };
        rows.push(first);
        let mut total = 1;
        loop {
            match self.next_row()? {
                Some(row) if row[..KEY] == first[..KEY] => {
                    total += 1;
                    if rows.len() < cap {
                        rows.push(row);
                    }
                }
                following => {
                    self.ahead = following;
                    return Ok(Some(total));
                }
            }
        }
    }

    /// The next row, in ascending order, where no group of it is wanted. Not to be mixed with
    /// [`Groups::next_group`], which reads one row ahead.
    ///
    /// # Errors
    /// What the system said when a temporary file could not be read.
    pub fn next_row(&mut self) -> io::Result<Option<[u64; WIDTH]>> {
        match &mut self.from {
            From::Memory(rows) => Ok(rows.next()),
            From::Files(merge) => merge.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Small = GroupBy<1, 2>;

    fn all(group_by: Small) -> Vec<Vec<[u64; 2]>> {
        let mut groups = group_by.finish().unwrap();
        let mut out = Vec::new();
        let mut rows = Vec::new();
        while let Some(total) = groups.next_group(&mut rows, usize::MAX).unwrap() {
            assert_eq!(total as usize, rows.len());
            out.push(rows.clone());
        }
        out
    }

    fn expected(rows: &[[u64; 2]]) -> Vec<Vec<[u64; 2]>> {
        let mut map: BTreeMap<u64, Vec<[u64; 2]>> = BTreeMap::new();
        for row in rows {
            map.entry(row[0]).or_default().push(*row);
        }
        map.values_mut().for_each(|group| group.sort_unstable());
        map.into_values().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_split_order_and_memory_give_the_groups_of_a_map(
            rows in prop::collection::vec([0u64..40, 0u64..1000], 0..3000),
            parts in 1usize..6,
            memory in prop::sample::select(vec![0usize, 4096, 1 << 20]),
            backwards in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut states: Vec<Small> = (0..parts).map(|_| Small::new(memory, folder.path())).collect();
            for (i, row) in rows.iter().enumerate() {
                states[(i * 7 + row[1] as usize) % parts].push(*row);
            }
            if backwards {
                states.reverse();
            }
            let whole = states.into_iter().reduce(|mut a, b| { a.merge(b); a }).unwrap();
            prop_assert_eq!(all(whole), expected(&rows));
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn more_runs_than_can_be_open_are_merged_in_rounds() {
        let folder = tempfile::tempdir().unwrap();
        let mut group_by = Small::new(0, folder.path());
        let rows: Vec<[u64; 2]> = (0..20_000u64).map(|i| [crate::mix(i) % 500, i]).collect();
        rows.iter().for_each(|row| group_by.push(*row));
        assert!(group_by.runs.len() > 300);
        assert_eq!(all(group_by), expected(&rows));
    }

    #[test]
    fn a_giant_group_is_capped_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let mut group_by = Small::new(0, folder.path());
        (0..10_000).rev().for_each(|i| group_by.push([7, i]));
        group_by.push([8, 0]);
        let mut groups = group_by.finish().unwrap();
        let mut rows = Vec::new();
        assert_eq!(groups.next_group(&mut rows, 3).unwrap(), Some(10_000));
        assert_eq!(rows, [[7, 0], [7, 1], [7, 2]]);
        assert_eq!(groups.next_group(&mut rows, 3).unwrap(), Some(1));
        assert_eq!(groups.next_group(&mut rows, 3).unwrap(), None);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_at_the_end() {
        let mut group_by = Small::new(0, Path::new("/nonexistent/folder"));
        (0..1000).for_each(|i| group_by.push([i, i]));
        assert!(group_by.finish().is_err());
        let mut sane = Small::new(1 << 20, Path::new("/nonexistent/folder"));
        sane.push([1, 1]);
        assert_eq!(all(sane), [[[1, 1]]]);
    }
}
