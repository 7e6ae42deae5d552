//! Sources that brought much at once.

use std::collections::BTreeMap;

use toadstone_core::{Burst, day};
use toadstone_sketch::chance::binomial_tail;

/// Lengths of the windows that are looked at, in days.
const WINDOWS: [i64; 3] = [1, 7, 30];
/// Least records of a source with a time.
const LEAST: u64 = 25;
/// Least share of a source's records in the window, and how many times what the corpus has there.
const SHARE: f64 = 0.5;
const OFTENER: f64 = 3.0;
/// Level of the test against the corpus, all windows of all sources counted.
const LEVEL: f64 = 1e-6;
/// Sources that at most one in so many may equal: where all sources come in bursts, none stands out.
const RARE: f64 = 0.02;

/// Bursts, each with the index of its source, the least likely first. `days` has each source's records by day, ascending; `all` those of
/// the whole corpus. O(days of all sources).
pub(crate) fn bursts(days: &[Vec<(i64, u64)>], all: &BTreeMap<i64, u64>) -> Vec<(usize, Burst)> {
    let total: u64 = all.values().sum();
    let before: Vec<(i64, u64)> = all
        .iter()
        .scan(0, |sum, (&day, &n)| {
            *sum += n;
            Some((day, *sum))
        })
        .collect();
    let upto =
        |day: i64| before.partition_point(|(d, _)| *d <= day).checked_sub(1).map_or(0, |at| before[at].1);
    let tested: Vec<(usize, u64)> = days
        .iter()
        .enumerate()
        .map(|(source, days)| (source, days.iter().map(|(_, n)| n).sum()))
        .filter(|(_, n)| *n >= LEAST)
        .collect();
    let tries = (tested.len() * WINDOWS.len() * all.len().max(1)) as f64;
    let mut found: BTreeMap<usize, Burst> = BTreeMap::new();
    for length in WINDOWS {
        let densest: Vec<(i64, u64)> =
            tested.iter().map(|(source, _)| densest(&days[*source], length)).collect();
        let mut shares: Vec<f64> =
            densest.iter().zip(&tested).map(|((_, k), (_, n))| *k as f64 / *n as f64).collect();
        shares.sort_unstable_by(f64::total_cmp);
        for ((first, k), (source, n)) in densest.into_iter().zip(&tested) {
            let (k_, n_) = (k as f64, *n as f64);
            let inside = upto(first + length - 1) - upto(first - 1) - k;
            let outside = (total - n).max(1) as f64;
            // As if one more of the others' records were in the window: none is no proof of none.
            let expected = n_ * (inside as f64 + 1.0) / (outside + 1.0);
            let chance = (binomial_tail(n_, k_, (expected / n_).min(1.0)) * tries).min(1.0);
            let equals = shares.len() - shares.partition_point(|share| *share < k_ / n_) - 1;
            let others = equals as f64 / (shares.len() - 1).max(1) as f64;
            let stands_out = k_ >= SHARE * n_ && k_ >= OFTENER * expected && chance < LEVEL && others <= RARE;
            if stands_out && found.get(source).is_none_or(|burst| chance < burst.chance) {
                let from = day(first * 86_400);
                let burst = Burst { from, days: length, records: k, of: *n, expected, chance, others };
                found.insert(*source, burst);
            }
        }
    }
    let mut found: Vec<(usize, Burst)> = found.into_iter().collect();
    found.sort_by(|(_, a), (_, b)| a.chance.total_cmp(&b.chance).then(b.records.cmp(&a.records)));
    found
}

/// First day and records of the window with the most records; the earliest of equals.
fn densest(days: &[(i64, u64)], length: i64) -> (i64, u64) {
    let (mut best, mut sum, mut from) = ((0, 0), 0, 0);
    for &(last, n) in days {
        sum += n;
        while days[from].0 <= last - length {
            sum -= days[from].1;
            from += 1;
        }
        if sum > best.1 {
            best = (days[from].0, sum);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    type Days = Vec<(i64, u64)>;

    fn corpus(sources: usize, burst: Option<(usize, i64, u64)>) -> (Vec<Days>, BTreeMap<i64, u64>) {
        let mut days: Vec<Days> =
            (0..sources).map(|s| (0..40).map(|at| (at * 9 + s as i64 % 7, 1)).collect()).collect();
        if let Some((source, day, n)) = burst {
            days[source] = vec![(3, 10), (day, n)];
        }
        let mut all = BTreeMap::new();
        for (day, n) in days.iter().flatten() {
            *all.entry(*day).or_default() += n;
        }
        (days, all)
    }

    #[test]
    fn one_source_that_comes_at_once_stands_out_and_many_do_not() {
        let (days, all) = corpus(100, Some((17, 200, 60)));
        let found = bursts(&days, &all);
        assert_eq!(found.len(), 1);
        let (source, burst) = &found[0];
        assert_eq!((*source, burst.records, burst.of, burst.days), (17, 60, 70, 1));
        let (days, all) = corpus(100, None);
        assert_eq!(bursts(&days, &all), []);
        let once: Vec<Vec<(i64, u64)>> = (0..100).map(|s| vec![(s, 30)]).collect();
        let all = once.iter().flatten().copied().collect();
        assert_eq!(bursts(&once, &all), [], "where all come in bursts, none stands out");
    }

    #[test]
    fn the_densest_window() {
        assert_eq!(densest(&[(1, 5), (3, 4), (4, 4), (30, 6)], 2), (3, 8));
        assert_eq!(densest(&[(1, 5), (3, 4), (4, 4), (30, 6)], 7), (1, 13));
    }
}
