//! Whether a phrase is tied to the insecure way beyond what chance gives.
//!
//! Copies of one file are no independent witnesses, so all counts are of families of near copies.

use std::collections::{BTreeMap, BTreeSet};

use ahash::{AHashMap, AHashSet};
use toadstone_sketch::{Unions, mix};

use super::collect::{BAD, DEAD, GOOD};
use super::read::rule_of;
use super::write::{Found, Group};
use crate::detectors::shared::show::records;

/// Records and families below which nothing is called tied.
const LEAST_RECORDS: usize = 8;
const LEAST_FAMILIES: usize = 3;

/// Share of the families with the phrase that must have the insecure way.
const PURE: f64 = 0.9;

/// Copies that make a family repeated.
const COPIES: usize = 3;

/// Chance, all phrases counted, below which a phrase is reported.
const LEVEL: f64 = 1e-6;

/// Bit that tells names of records from names of bands in [`Unions`].
const RECORD: u64 = 1 << 63;

/// What is known of a rule's records.
#[derive(Default)]
struct Known {
    /// Family and what is said, by place.
    by_place: AHashMap<u64, (u32, u64)>,
    /// Members of each family, by place.
    families: Vec<Vec<u64>>,
    /// Families with the insecure way; with the secure one; insecure only in comments; insecure and
    /// repeated; insecure with a record that is secure.
    bad: usize,
    good: usize,
    dead: usize,
    repeated: usize,
    mixed: usize,
}

impl Known {
    fn new(rows: &[[u64; 7]]) -> Known {
        let mut unions = Unions::new();
        for row in rows {
            let bands = row[3..7].iter().enumerate();
            bands.for_each(|(at, band)| unions.join(row[1] | RECORD, mix(band ^ at as u64) & !RECORD));
        }
        let members = |names: Vec<u64>| -> Vec<u64> {
            names.into_iter().filter(|name| name & RECORD != 0).map(|name| name & !RECORD).collect()
        };
        let mut known =
            Known { families: unions.clusters().into_iter().map(members).collect(), ..Known::default() };
        let said: AHashMap<u64, u64> = rows.iter().map(|row| (row[1], row[2])).collect();
        for (family, places) in known.families.iter().enumerate() {
            let all: Vec<u64> = places.iter().map(|place| said[place]).collect();
            let bad = all.iter().filter(|&&said| said & BAD != 0).count();
            let secure = all.iter().any(|&said| said & BAD == 0 && said & GOOD != 0);
            known.bad += usize::from(bad > 0);
            known.good += usize::from(bad == 0);
            known.dead += usize::from(all.iter().any(|&said| said & DEAD != 0));
            known.repeated += usize::from(bad >= COPIES);
            known.mixed += usize::from(bad > 0 && secure);
            let of = places.iter().zip(&all).map(|(&place, &said)| (place, (family as u32, said)));
            known.by_place.extend(of);
        }
        known
    }
}

/// A phrase that is to be tested.
struct Candidate {
    name: u64,
    rule: u64,
    places: Vec<u64>,
    counts: [usize; 5],
    p: f64,
}

/// Gathers what is known, rule by rule, then phrase by phrase.
#[derive(Default)]
pub(super) struct Judge {
    known: BTreeMap<u64, Known>,
    notes: Vec<String>,
    tested: u64,
    candidates: Vec<Candidate>,
}

impl Judge {
    /// Takes the records of one rule.
    pub(super) fn rule(&mut self, rows: &[[u64; 7]]) {
        let Some(rule) = rule_of(rows[0][0]) else { return };
        let bad = rows.iter().filter(|row| row[2] & BAD != 0).count();
        if bad > 0 {
            let good = records((rows.len() - bad) as u64);
            let what = format!("{} (CWE-{}): {}", rule.title, rule.cwe, records(bad as u64));
            let beside =
                if rule.good.is_empty() { String::new() } else { format!("; the secure way: {good}") };
            self.notes.push(format!("{what}{beside} [{}]", rule.id));
        }
        // Without a secure way nothing can be tied to the choice.
        if bad >= LEAST_RECORDS && !rule.good.is_empty() {
            self.known.insert(rows[0][0], Known::new(rows));
        }
    }

    /// Takes the records of one phrase and rule.
    pub(super) fn phrase(&mut self, rows: &[[u64; 4]]) {
        let rule = rows[0][1];
        let Some(known) = self.known.get(&rule) else { return };
        if rows.len() < LEAST_RECORDS {
            return;
        }
        let all: BTreeSet<u64> = rows.iter().map(|row| row[2]).collect();
        let mut families: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for place in &all {
            if let Some(&(family, said)) = known.by_place.get(place) {
                families.entry(family).or_default().push(said);
            }
        }
        if families.len() < LEAST_FAMILIES {
            return;
        }
        self.tested += 1;
        let n = families.len();
        let count =
            |fits: &dyn Fn(&u32, &Vec<u64>) -> bool| families.iter().filter(|(f, s)| fits(f, s)).count();
        let bad = count(&|_, said| said.iter().any(|s| s & BAD != 0));
        let dead = count(&|_, said| said.iter().any(|s| s & DEAD != 0));
        let repeated = count(&|_, said| said.iter().filter(|&&s| s & BAD != 0).count() >= COPIES);
        let twins = count(&|&family, _| {
            let others = known.families[family as usize].iter().filter(|place| !all.contains(place));
            others.into_iter().any(|place| known.by_place[place].1 & (BAD | GOOD) == GOOD)
        });
        let members = rows.iter().filter(|row| row[3] & BAD != 0).count();
        if (bad as f64) < PURE * n as f64 || members < LEAST_RECORDS || members * 10 < rows.len() * 9 {
            return;
        }
        let p = chance(n, [bad, dead, repeated, twins], known);
        let places = rows.iter().filter(|row| row[3] & BAD != 0).map(|row| row[2]).collect();
        self.candidates.push(Candidate {
            name: rows[0][0],
            rule,
            places,
            counts: [n, bad, dead, repeated, twins],
            p,
        });
    }

    /// The phrases that are tied; of phrases on the same records, one.
    pub(super) fn conclude(mut self) -> Found {
        let tested = self.tested as f64;
        self.candidates.retain(|c| c.p * tested < LEVEL);
        self.candidates.sort_by(|a, b| {
            let order = b.places.len().cmp(&a.places.len());
            order.then(a.p.total_cmp(&b.p)).then(a.rule.cmp(&b.rule)).then(a.name.cmp(&b.name))
        });
        let mut taken: BTreeMap<u64, AHashSet<u64>> = BTreeMap::new();
        let mut groups = Vec::new();
        for candidate in self.candidates {
            let taken = taken.entry(candidate.rule).or_default();
            let new = candidate.places.iter().filter(|place| !taken.contains(place)).count();
            if new * 2 < candidate.places.len() {
                continue;
            }
            let known = &self.known[&candidate.rule];
            let places: Vec<u64> =
                candidate.places.into_iter().filter(|place| taken.insert(*place)).collect();
            let [n, bad, dead, repeated, twins] = candidate.counts;
            let rest = shares(n, [bad, dead, repeated, twins], known);
            let (p, q) = (candidate.p, (candidate.p * tested).min(1.0));
            groups.push(Group {
                name: candidate.name,
                rule: candidate.rule,
                places,
                counts: candidate.counts,
                rest,
                p,
                q,
            });
        }
        Found { groups, notes: self.notes }
    }
}

/// What the rest of the rule's families gives: shares with the insecure way; of those insecure, only
/// in comments, repeated, with a secure near copy. One family of each kind is added, so that few
/// families say little (rule of succession).
fn shares(n: usize, [bad, dead, repeated, twins]: [usize; 4], known: &Known) -> [f64; 4] {
    let share = |of: usize, all: usize| (of as f64 + 1.0) / (all as f64 + 2.0);
    let insecure = known.bad.saturating_sub(bad);
    let all = (known.bad + known.good).saturating_sub(n);
    let of = |total: usize, here: usize| share(total.saturating_sub(here).min(insecure), insecure);
    [share(insecure, all), of(known.dead, dead), of(known.repeated, repeated), of(known.mixed, twins)]
}

/// The chance of all four together if the phrase had nothing to do with them: Fisher's method on
/// four binomial tails.
fn chance(n: usize, counts: [usize; 4], known: &Known) -> f64 {
    let shares = shares(n, counts, known);
    let logs = counts.iter().zip(shares).map(|(&k, share)| -log_tail(n as f64, k as f64, share));
    let sum: f64 = logs.sum();
    // The tail of chi-square with eight degrees of freedom.
    let series = 1.0 + sum + sum * sum / 2.0 + sum * sum * sum / 6.0;
    libm::exp(-sum) * series
}

/// Logarithm of the Chernoff bound on the chance of `k` or more of `n`.
fn log_tail(n: f64, k: f64, p: f64) -> f64 {
    let share = k / n;
    if share <= p {
        return 0.0;
    }
    let rest = if k < n { (1.0 - share) * libm::log((1.0 - share) / (1.0 - p)) } else { 0.0 };
    -n * (share * libm::log(share / p) + rest)
}
