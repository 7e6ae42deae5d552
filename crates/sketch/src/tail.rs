//! Whether the largest of some sizes is more than their heavy tail explains.
//!
//! Sizes of clusters in natural corpora follow a power law: a few licences and menus repeat
//! thousands of times. So "many copies" means nothing by itself; what counts is how far the largest
//! sizes stand above the tail that the others draw.

use serde::{Deserialize, Serialize};

/// Observations that stand for "an unknown corpus has a tail of index 1" (Zipf). They make the test
/// cautious where there are few clusters to learn from.
const PRIOR: f64 = 5.0;

/// Largest number of sizes that may stand out together.
const MOST: usize = 64;

/// Sizes that stand out, and the tail of the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standouts {
    /// Sizes above or equal to this stand out.
    pub from: u64,
    /// How many there are.
    pub count: usize,
    /// Size that the largest of the others would have, by their tail, with even odds.
    pub expected: f64,
    /// Chance that a tail like that of the others gives a size of [`Standouts::from`].
    pub chance: f64,
}

/// The largest sizes if chance, given the tail of the others, is below `level`.
///
/// `sizes` are the clusters of at least `least` members, as (size, number of clusters of that size)
/// in ascending order. The index of the tail is Hill's estimate over the others (Hill 1975), pulled
/// to 1 by [`PRIOR`] pseudo-observations; several large clusters do not hide one another, because
/// the fit leaves out all that are tested together (as in Rosner's test, 1983). O(64 n).
pub fn standouts(sizes: &[(u64, u64)], least: u64, level: f64) -> Option<Standouts> {
    let floor = least as f64 - 0.5;
    let total: u64 = sizes.iter().map(|&(_, n)| n).sum();
    let logs: f64 = sizes.iter().map(|&(size, n)| n as f64 * (size as f64 / floor).ln()).sum();
    let mut found = None;
    let (mut top, mut top_logs) = (0u64, 0.0);
    for &(size, n) in sizes.iter().rev() {
        top += n;
        top_logs += n as f64 * (size as f64 / floor).ln();
        // Those that stand out are the exception; where they are not, the tail is all there is.
        if top as usize > MOST || (top > 3 && top * 4 > total) {
            break;
        }
        let others = (total - top) as f64;
        let index = (others + PRIOR) / (logs - top_logs + PRIOR);
        let tries = others + 1.0;
        let chance = tries * (size as f64 / floor).powf(-index);
        if chance < level {
            let expected = floor * (tries / std::f64::consts::LN_2).powf(1.0 / index);
            found = Some(Standouts { from: size, count: top as usize, expected, chance });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zipf(clusters: u64, index: f64) -> Vec<(u64, u64)> {
        let mut counts = std::collections::BTreeMap::new();
        for i in 0..clusters {
            let u = (i as f64 + 0.5) / clusters as f64;
            *counts.entry((1.5 * u.powf(-1.0 / index)).round().max(2.0) as u64).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    #[test]
    fn a_heavy_tail_is_no_flood() {
        for index in [0.8, 1.0, 1.5, 3.0] {
            assert_eq!(standouts(&zipf(5000, index), 2, 0.01), None, "{index}");
        }
        assert_eq!(standouts(&[], 2, 0.01), None);
        assert_eq!(standouts(&[(2, 1)], 2, 0.01), None);
    }

    #[test]
    fn floods_above_a_light_tail_stand_out_together() {
        let mut sizes = zipf(200, 4.0);
        sizes.extend([(250, 1), (300, 2)]);
        let found = standouts(&sizes, 2, 0.01).unwrap();
        assert_eq!((found.from, found.count), (250, 3));
        assert!(found.chance < 1e-3 && found.expected < 20.0);
    }
}
