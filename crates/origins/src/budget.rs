//! How few sources an attacker has to control.

use toadstone_core::Budget;

/// Planted documents that suffice for a backdoor in a model of any size (Souly et al. 2025).
pub const SUFFICES: u64 = 250;

/// Numbers of planted records that are looked at.
pub const BUDGETS: [u64; 6] = [10, 50, 100, SUFFICES, 1000, 10_000];

/// What it takes to plant `records` among sources given as (records, number of sources with so many), in ascending order of records.
///
/// Whoever controls a source can replace every record that it has, so the fewest are found by
/// taking the largest first. O(n).
pub fn budget(records: u64, sizes: &[(u64, u64)]) -> Budget {
    let alone = sizes.iter().filter(|(size, _)| *size >= records).map(|(_, n)| n).sum();
    let (mut have, mut taken) = (0u64, 0u64);
    let mut fewest = None;
    for &(size, n) in sizes.iter().rev().filter(|(size, _)| *size > 0) {
        let needed = (records - have).div_ceil(size);
        if needed <= n {
            fewest = Some(taken + needed);
            break;
        }
        have += size * n;
        taken += n;
    }
    Budget { records, alone, fewest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_are_taken_first() {
        let sizes = [(1, 10), (20, 3), (100, 2)];
        let fewest = |records| budget(records, &sizes).fewest;
        assert_eq!([1, 100, 101, 200, 240, 241].map(fewest).map(Option::unwrap), [1, 1, 2, 2, 4, 5]);
        assert_eq!((fewest(270), fewest(271)), (Some(15), None));
        assert_eq!(budget(20, &sizes).alone, 5);
    }

    proptest! {
        /// Against every subset of sources.
        #[test]
        fn no_smaller_set_suffices(mut sizes in prop::collection::vec(1u64..30, 1..10), records in 1u64..120) {
            let subsets = 1u32..1 << sizes.len();
            let enough = |set: &u32| {
                let of = |at: usize| if set >> at & 1 == 1 { sizes[at] } else { 0 };
                (0..sizes.len()).map(of).sum::<u64>() >= records
            };
            let brute = subsets.filter(enough).map(|set| u64::from(set.count_ones())).min();
            let alone = sizes.iter().filter(|size| **size >= records).count() as u64;
            sizes.sort_unstable();
            let pairs: Vec<(u64, u64)> =
                sizes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect();
            prop_assert_eq!(budget(records, &pairs), Budget { records, alone, fewest: brute });
        }
    }
}
