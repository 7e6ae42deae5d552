//! Which domains lost more pages than base drift explains.

use toadstone_core::Became;

use super::fates::Fate;
use crate::chance::Drift;

/// Chance, all domains counted, below which a domain is named.
const LEVEL: f64 = 0.01;
/// Pages of a domain that must have been hit.
const LEAST: u64 = 3;
/// Share of pages of a domain that has no part in the estimate of base drift, if it is also beyond chance
/// there: several bought domains must not hide one another. Domains that merely drift more than others stay
/// in it, so that they count as what happens.
const SET_APART: f64 = 0.25;

/// Counts of one domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Places of its pages among the fates.
    pub(super) pages: std::ops::Range<usize>,
    /// Pages whose two contents could be compared.
    pub(super) compared: u64,
    pub(super) changes: Vec<(Became, u64)>,
}

impl Tally {
    pub(super) fn count(&self, change: Became) -> u64 {
        self.changes.iter().find(|(known, _)| *known == change).map_or(0, |(_, n)| *n)
    }

    /// Pages that the second look saw.
    pub(super) fn seen(&self) -> u64 {
        self.changes.iter().filter(|(change, _)| change.was_seen()).map(|(_, n)| n).sum()
    }
}

/// Counts every domain. `pages` are ordered by domain.
pub(super) fn tallies(pages: &[Fate], domains: usize) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); domains];
    for (at, fate) in pages.iter().enumerate() {
        let tally = &mut tallies[fate.domain];
        if tally.changes.is_empty() {
            tally.pages = at..at;
        }
        tally.pages.end = at + 1;
        tally.compared += u64::from(fate.change.was_seen() && fate.change != Became::Unknown);
        match tally.changes.iter_mut().find(|(known, _)| *known == fate.change) {
            Some((_, n)) => *n += 1,
            None => tally.changes.push((fate.change, 1)),
        }
    }
    tallies.iter_mut().for_each(|tally| tally.changes.sort_unstable());
    tallies
}

/// A domain beyond base drift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Beyond {
    pub(super) domain: usize,
    pub(super) hit: u64,
    pub(super) expected: f64,
    /// All domains counted.
    pub(super) chance: f64,
}

/// Domains of whose pages more had one of these `fates` than base drift explains, the surest first; and
/// the base rate.
///
/// Each domain is tested against the others: the tail of a beta-binomial whose rate and spread come from
/// them, times the number of domains (Bonferroni).
pub(super) fn beyond(tallies: &[Tally], fates: &[Became]) -> (Vec<Beyond>, f64) {
    let counts: Vec<(u64, u64)> =
        tallies.iter().map(|t| (t.compared, fates.iter().map(|fate| t.count(*fate)).sum())).collect();
    let tested = counts.iter().filter(|(pages, _)| *pages > 0).count() as f64;
    let all = Drift { within: 0.0, ..Drift::of(counts.iter().copied()) };
    let apart = |&(pages, hit): &(u64, u64)| {
        hit >= LEAST && hit as f64 >= SET_APART * pages as f64 && all.tail(pages, hit) * tested < LEVEL
    };
    let base = Drift::of(counts.iter().copied().filter(|count| !apart(count)));
    let test = |(domain, &(pages, hit)): (usize, &(u64, u64))| {
        // A domain that is no exception to the estimate is not tested against itself, either.
        let base = match apart(&(pages, hit)) {
            true => base,
            false => without(base, &counts, (pages, hit), apart),
        };
        let chance = (base.tail(pages, hit) * tested).min(1.0);
        Beyond { domain, hit, expected: pages as f64 * base.rate, chance }
    };
    let worth = counts.iter().enumerate().filter(|(_, (_, hit))| *hit >= LEAST);
    let mut beyond: Vec<Beyond> = worth.map(test).filter(|beyond| beyond.chance < LEVEL).collect();
    beyond
        .sort_by(|a, b| a.chance.total_cmp(&b.chance).then(b.hit.cmp(&a.hit)).then(a.domain.cmp(&b.domain)));
    (beyond, base.rate)
}

/// The base rate without one domain. The spread stays: it hardly depends on one of many, and where there
/// are few domains, it must not be estimated from fewer.
fn without(
    base: Drift,
    counts: &[(u64, u64)],
    own: (u64, u64),
    apart: impl Fn(&(u64, u64)) -> bool,
) -> Drift {
    let kept = counts.iter().filter(|count| !apart(count));
    let (n, k) = kept.fold((0, 0), |(n, k), (pages, hit)| (n + pages, k + hit));
    Drift { rate: ((k - own.1) as f64 + 0.5) / ((n - own.0) as f64 + 1.0), ..base }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(compared: u64, replaced: u64) -> Tally {
        Tally { pages: 0..0, compared, changes: vec![(Became::Replaced, replaced)] }
    }

    #[test]
    fn bought_domains_are_named_and_do_not_hide_one_another() {
        let mut tallies: Vec<Tally> = (0..500).map(|i| tally(5 + i % 60, u64::from(i % 17 == 0))).collect();
        assert_eq!(beyond(&tallies, &[Became::Replaced]).0, []);
        tallies.extend([tally(40, 38), tally(30, 10), tally(5, 5)]);
        let named: Vec<usize> = beyond(&tallies, &[Became::Replaced]).0.iter().map(|b| b.domain).collect();
        assert_eq!(named, [500, 501, 502]);
    }

    #[test]
    fn domains_that_always_drift_more_are_not_named() {
        let tallies: Vec<Tally> = (0..300).map(|i| tally(100, if i % 5 == 0 { 12 } else { 0 })).collect();
        assert_eq!(beyond(&tallies, &[Became::Replaced]).0, []);
    }
}
