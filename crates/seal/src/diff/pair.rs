//! Which record of one state is which of the other.

use std::io;

use toadstone_core::Change;
use toadstone_sketch::{GroupBy, mix};

use super::gather::Spot;
use super::moved::Order;
use super::tally::Tally;
use super::{DiffError, Options};

/// Copies of one content that are compared one by one; of more, only the numbers are.
const MOST_COPIES: usize = 1 << 16;
/// One of two records of the same content: the row is the key.
type Left = GroupBy<1, 7>;

/// Pairs records, and tells the tally what became of each.
pub(super) struct Pairer<'p> {
    tally: Tally,
    options: &'p Options<'p>,
    order: Order,
    /// What has no partner of the same content.
    left: Left,
}

impl<'p> Pairer<'p> {
    pub(super) fn new(tally: Tally, options: &'p Options<'p>) -> Self {
        let left = GroupBy::new(options.memory / 8, options.temporary);
        Pairer { tally, options, order: Order::new(options.memory / 8, options.temporary), left }
    }

    /// Pairs records of the same content.
    pub(super) fn by_content(&mut self, records: GroupBy<4, 10>) -> Result<(), DiffError> {
        let mut groups = records.finish()?;
        let mut rows = Vec::new();
        while let Some(total) = groups.next_group(&mut rows, MOST_COPIES)? {
            self.check()?;
            let spots: Vec<Spot> = rows.iter().map(|row| Spot::from_words(&row[4..])).collect();
            if total as usize > spots.len() {
                self.tally.too_many(total, spots.len() as u64);
            }
            let (after, before): (Vec<Spot>, Vec<Spot>) = spots.into_iter().partition(|spot| spot.after);
            self.same_content(before, after);
        }
        Ok(())
    }

    fn check(&self) -> Result<(), DiffError> {
        if self.options.control.stopped() { Err(DiffError::Interrupted) } else { Ok(()) }
    }

    /// The best partners first: nothing changed; only the file; only the label or source.
    fn same_content(&mut self, before: Vec<Spot>, after: Vec<Spot>) {
        let (before, after) =
            self.take(before, after, |spot| (spot.file, spot.said), |this, a, b| this.order.push(&a, &b));
        let (before, after) = self.take(
            before,
            after,
            |spot| (0, spot.said),
            |this, a, b| this.tally.change(Change::Moved, Some(&a), Some(&b)),
        );
        let differ = |this: &mut Self, a: Spot, b: Spot| {
            let change = if a.label == b.label { Change::Reattributed } else { Change::Relabelled };
            this.tally.change(change, Some(&a), Some(&b));
        };
        let (before, after) = self.take(before, after, |spot| (spot.file, 0), differ);
        let (before, after) = self.take(before, after, |_| (0, 0), differ);
        before.iter().chain(&after).for_each(|spot| self.leave(spot));
    }

    /// Pairs those that agree in `what`, in the order of their rows, and gives back the others.
    fn take(
        &mut self,
        mut before: Vec<Spot>,
        mut after: Vec<Spot>,
        what: impl Fn(&Spot) -> (u32, u64),
        mut found: impl FnMut(&mut Self, Spot, Spot),
    ) -> (Vec<Spot>, Vec<Spot>) {
        if before.is_empty() || after.is_empty() {
            return (before, after);
        }
        let order = |spot: &Spot| (what(spot), spot.file, spot.row);
        before.sort_unstable_by_key(order);
        after.sort_unstable_by_key(order);
        let (mut left_before, mut left_after) = (Vec::new(), Vec::new());
        let (mut a, mut b) = (before.into_iter().peekable(), after.into_iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match what(x).cmp(&what(y)) {
                std::cmp::Ordering::Less => left_before.extend(a.next()),
                std::cmp::Ordering::Greater => left_after.extend(b.next()),
                std::cmp::Ordering::Equal => {
                    if let (Some(x), Some(y)) = (a.next(), b.next()) {
                        found(self, x, y);
                    }
                }
            }
        }
        left_before.extend(a);
        left_after.extend(b);
        (left_before, left_after)
    }

    fn leave(&mut self, spot: &Spot) {
        let by = if spot.key != 0 { spot.key } else { spot.follows };
        self.left.push(keyed(mix(u64::from(spot.file)) ^ mix(by), spot));
    }

    /// Pairs what is left as edited: by identifier or by the record before it, then by the row.
    pub(super) fn conclude(mut self, options: &Options<'_>) -> Result<Tally, DiffError> {
        let fresh = GroupBy::new(options.memory / 8, options.temporary);
        let left = std::mem::replace(&mut self.left, fresh);
        let mut by_row: Left = GroupBy::new(options.memory / 8, options.temporary);
        self.edited(left, |spot| by_row.push(keyed(mix(u64::from(spot.file)) ^ mix(spot.row), spot)))?;
        let mut alone = Vec::new();
        self.edited(by_row, |spot| alone.push(*spot))?;
        for spot in alone {
            match spot.after {
                true => self.tally.change(Change::Added, None, Some(&spot)),
                false => self.tally.change(Change::Removed, Some(&spot), None),
            }
        }
        self.order.conclude(&mut self.tally)?;
        Ok(self.tally)
    }

    fn edited(&mut self, left: Left, mut alone: impl FnMut(&Spot)) -> io::Result<()> {
        let mut groups = left.finish()?;
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            let spots = rows.iter().map(|row| Spot::from_words(&row[1..]));
            let (after, before): (Vec<Spot>, Vec<Spot>) = spots.partition(|spot| spot.after);
            let pairs = before.len().min(after.len());
            for (a, b) in before.iter().zip(&after) {
                self.tally.change(Change::Edited, Some(a), Some(b));
            }
            before[pairs..].iter().chain(&after[pairs..]).for_each(&mut alone);
        }
        Ok(())
    }
}

fn keyed(key: u64, spot: &Spot) -> [u64; 7] {
    let words = spot.words();
    std::array::from_fn(|at| if at == 0 { key } else { words[at - 1] })
}
