//! Which of the records that stayed in their file are in another order.
//!
//! The most that can have stayed in place are a longest increasing subsequence of their rows
//! (Fredman 1975, O(n log n)); the others moved. So one record that went from the top to the bottom is
//! one move, and not one of all that it passed.

use std::io;
use std::path::Path;

use toadstone_core::Change;
use toadstone_sketch::GroupBy;

use super::gather::Spot;
use super::tally::Tally;

/// Records of one file whose order is looked at; each takes 44 bytes.
const MOST: usize = 4 << 20;

/// Pairs of records that are the same, in the same file.
pub(super) struct Order {
    pairs: GroupBy<2, 4>,
}

impl Order {
    pub(super) fn new(memory: usize, temporary: &Path) -> Self {
        Order { pairs: GroupBy::new(memory, temporary) }
    }

    pub(super) fn push(&mut self, before: &Spot, after: &Spot) {
        let meta = u64::from(before.label) << 32 | u64::from(before.source);
        self.pairs.push([u64::from(before.file), before.row, after.row, meta]);
    }

    /// Tells the tally which of them moved.
    pub(super) fn conclude(&mut self, tally: &mut Tally) -> io::Result<()> {
        let pairs = std::mem::replace(&mut self.pairs, GroupBy::new(0, Path::new("")));
        let mut rows = pairs.finish()?;
        let mut file: Vec<[u64; 4]> = Vec::new();
        let mut beyond = false;
        loop {
            let row = rows.next_row()?;
            if file.first().is_some_and(|first| row.is_none_or(|row| row[0] != first[0])) {
                if beyond {
                    tally.order_unknown();
                }
                moves(&file, tally);
                file.clear();
                beyond = false;
            }
            match row {
                None => return Ok(()),
                Some(row) if file.len() < MOST => file.push(row),
                Some(row) => {
                    beyond = true;
                    tally.stayed(&spots(&row).1);
                }
            }
        }
    }
}

/// `rows` are of one file, by their rows before.
fn moves(rows: &[[u64; 4]], tally: &mut Tally) {
    let stays = longest_increasing(rows);
    for (row, stays) in rows.iter().zip(stays) {
        let (before, after) = spots(row);
        match stays {
            true => tally.stayed(&after),
            false => tally.change(Change::Moved, Some(&before), Some(&after)),
        }
    }
}

fn spots(row: &[u64; 4]) -> (Spot, Spot) {
    let [file, before, after, meta] = *row;
    let spot = |row, after| Spot {
        after,
        file: file as u32,
        row,
        said: 0,
        label: (meta >> 32) as u32,
        source: meta as u32,
        follows: 0,
        key: 0,
    };
    (spot(before, false), spot(after, true))
}

/// Whether each is part of a longest increasing subsequence of the rows after.
fn longest_increasing(rows: &[[u64; 4]]) -> Vec<bool> {
    let mut ends: Vec<u32> = Vec::new();
    let mut previous: Vec<u32> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let place = ends.partition_point(|end| rows[*end as usize][2] < row[2]);
        previous.push(place.checked_sub(1).map_or(u32::MAX, |before| ends[before]));
        match ends.get_mut(place) {
            Some(end) => *end = at as u32,
            None => ends.push(at as u32),
        }
    }
    let mut stays = vec![false; rows.len()];
    let mut at = ends.last().copied().unwrap_or(u32::MAX);
    while let Some(stay) = stays.get_mut(at as usize) {
        *stay = true;
        at = previous[at as usize];
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(after: &[u64]) -> Vec<usize> {
        let rows: Vec<[u64; 4]> = after.iter().enumerate().map(|(at, to)| [0, at as u64, *to, 0]).collect();
        let stays = longest_increasing(&rows);
        stays.iter().enumerate().filter(|(_, stays)| !**stays).map(|(at, _)| at).collect()
    }

    #[test]
    fn only_what_changed_its_place_moved() {
        assert_eq!(moved(&[]), Vec::<usize>::new());
        assert_eq!(moved(&[0, 1, 2, 7, 9]), Vec::<usize>::new());
        assert_eq!(moved(&[9, 0, 1, 2, 3]), [0]);
        assert_eq!(moved(&[1, 2, 3, 4, 0]), [4]);
        assert_eq!(moved(&[0, 3, 2, 1, 4]).len(), 2);
    }
}
