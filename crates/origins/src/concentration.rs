//! How unevenly records are spread over sources.

use toadstone_core::{Concentration, Rank};

/// The concentration of sources given as (records, number of sources with so many), in ascending order of records.
/// `None` if there is no record. O(n).
pub fn concentration(sizes: &[(u64, u64)]) -> Option<Concentration> {
    let sources: u64 = sizes.iter().map(|(_, n)| n).sum();
    let total: f64 = sizes.iter().map(|&(size, n)| size as f64 * n as f64).sum();
    let largest = sizes.last().filter(|(size, _)| *size > 0)?.0 as f64 / total;
    let square = |&(size, n): &(u64, u64)| n as f64 * (size as f64 / total).powi(2);
    let herfindahl: f64 = sizes.iter().map(square).sum();
    // Ranks from the smallest: the sum of rank times size gives the area under the Lorenz curve.
    let (mut before, mut ranked) = (0.0, 0.0);
    for &(size, n) in sizes {
        let n = n as f64;
        ranked += size as f64 * n * (before + (n + 1.0) / 2.0);
        before += n;
    }
    let count = sources as f64;
    let gini = (2.0 * ranked / (count * total) - (count + 1.0) / count).max(0.0);
    Some(Concentration { sources, largest, herfindahl, effective: 1.0 / herfindahl, gini })
}

/// Numbers of sources for which [`ranks`] says how much they have: 1, 2, 5, 10, ...
fn steps() -> impl Iterator<Item = u64> {
    (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10u64.pow(power)))
}

/// Records of the 1, 2, 5, 10, ... and of all sources, the largest first. `sizes` as in
/// [`concentration()`].
pub fn ranks(sizes: &[(u64, u64)]) -> Vec<Rank> {
    let all: u64 = sizes.iter().map(|(_, n)| n).sum();
    let upto = |sources: u64| {
        let (mut left, mut records) = (sources, 0);
        for &(size, n) in sizes.iter().rev() {
            records += size * left.min(n);
            left -= left.min(n);
        }
        Rank { sources, records }
    };
    steps().take_while(|step| *step < all).chain((all > 0).then_some(all)).map(upto).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values() {
        let equal = concentration(&[(5, 4)]).unwrap();
        assert_eq!((equal.herfindahl, equal.effective, equal.gini), (0.25, 4.0, 0.0));
        let one = concentration(&[(9, 1)]).unwrap();
        assert_eq!((one.largest, one.effective, one.gini), (1.0, 1.0, 0.0));
        let uneven = concentration(&[(1, 1), (2, 1), (3, 1), (4, 1)]).unwrap();
        assert!((uneven.herfindahl - 0.3).abs() < 1e-12 && (uneven.gini - 0.25).abs() < 1e-12);
        assert_eq!(concentration(&[]), None);
    }

    #[test]
    fn ranks_go_from_the_largest_to_all() {
        let found: Vec<(u64, u64)> =
            ranks(&[(1, 9), (10, 2), (50, 1)]).into_iter().map(|r| (r.sources, r.records)).collect();
        assert_eq!(found, [(1, 50), (2, 60), (5, 72), (10, 77), (12, 79)]);
        assert_eq!(ranks(&[]), []);
    }

    proptest! {
        #[test]
        fn as_by_definition(mut sizes in prop::collection::vec(1u64..500, 1..60)) {
            sizes.sort_unstable();
            let pairs: Vec<(u64, u64)> =
                sizes.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect();
            let found = concentration(&pairs).unwrap();
            let (n, total) = (sizes.len() as f64, sizes.iter().sum::<u64>() as f64);
            let apart: f64 = sizes.iter().flat_map(|a| sizes.iter().map(move |b| a.abs_diff(*b) as f64)).sum();
            prop_assert!((found.gini - apart / (2.0 * n * total)).abs() < 1e-9);
            prop_assert!(found.effective <= n + 1e-9 && found.effective >= 1.0 - 1e-9);
        }
    }
}
