//! Whether a phrase is tied to the insecure way beyond what chance gives.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashSet;
use toadstone_sketch::mix;

use super::collect::{BAD, CLOSE, CUT, DEAD, GOOD, Phrase, Site};
use super::families::{COPIES, Families};
use super::rule::rule_of;
use super::swaps::Swaps;
use super::write::{Found, Group, Tie};
use crate::detectors::shared::show::records;

/// Records and families below which nothing is called tied.
pub(super) const LEAST_RECORDS: usize = 8;
const LEAST_FAMILIES: usize = 3;

/// Share of the families with the phrase that must have the insecure way.
const PURE: f64 = 0.9;

/// Chance, all phrases counted, below which a phrase is reported. The least in 1.1 GB of source files of
/// libraries was 0.04.
const LEVEL: f64 = 1e-4;

/// Different words that must replace a part of the call, and their share of the records: names of the
/// program's own repeat.
const LEAST_WORDS: usize = 3;
const DIFFERENT: f64 = 0.5;

/// A phrase that is to be tested.
struct Candidate {
    name: u64,
    rule: u64,
    places: Vec<u64>,
    /// Records with the phrase and without the insecure way, and whether a member is a near copy.
    others: Vec<(u64, bool)>,
    counts: [usize; 5],
    p: f64,
}

/// Gathers what is known, rule by rule, then phrase by phrase.
pub(super) struct Judge {
    families: BTreeMap<u64, Families>,
    swaps: BTreeMap<u64, Swaps>,
    notes: Vec<String>,
    /// Names of the sets of records that were tested.
    tested: BTreeSet<u64>,
    candidates: Vec<Candidate>,
    level: f64,
}

impl Judge {
    pub(super) fn new(leniency: f64) -> Judge {
        Judge {
            families: BTreeMap::new(),
            swaps: BTreeMap::new(),
            notes: Vec::new(),
            tested: BTreeSet::new(),
            candidates: Vec::new(),
            level: LEVEL * leniency,
        }
    }

    /// Takes the records of one rule.
    pub(super) fn rule(&mut self, rows: &[Site]) {
        let Some(rule) = rule_of(rows[0][0]) else { return };
        let bad = rows.iter().filter(|row| row[2] & (BAD | CUT) == BAD).count();
        if bad > 0 {
            let good = records((rows.len() - bad) as u64);
            let what = format!("{} (CWE-{}): {}", rule.title, rule.cwe, records(bad as u64));
            let beside =
                if rule.good.is_empty() { String::new() } else { format!("; the secure way: {good}") };
            self.notes.push(format!("{what}{beside} [{}]", rule.id));
        }
        let any = rows.iter().filter(|row| row[2] & BAD != 0).count();
        // Without a secure way nothing can be tied to the choice.
        if any >= LEAST_RECORDS && !rule.good.is_empty() {
            self.families.insert(rows[0][0], Families::new(rows));
            self.swaps.insert(rows[0][0], Swaps::new(rows));
        }
    }

    /// Takes the records of one phrase and rule.
    pub(super) fn phrase(&mut self, rows: &[Phrase]) {
        let rule = rows[0][1];
        let Some(known) = self.families.get(&rule) else { return };
        if rows.len() < LEAST_RECORDS {
            return;
        }
        let ignored = ignored(rows);
        let bad = |said: u64| said & BAD != 0 && said & ignored == 0;
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
        self.tested.insert(all.iter().fold(rule, |hash, place| mix(hash ^ place)));
        let n = families.len();
        let insecure = families.values().filter(|said| said.iter().any(|&s| bad(s))).count();
        let places: Vec<u64> = rows.iter().filter(|row| bad(row[3])).map(|row| row[2]).collect();
        let members = places.len();
        if (insecure as f64) < PURE * n as f64 || members < LEAST_RECORDS || members * 10 < rows.len() * 9 {
            return;
        }
        let count =
            |fits: &dyn Fn(&u32, &Vec<u64>) -> bool| families.iter().filter(|(f, s)| fits(f, s)).count();
        let dead = count(&|_, said| said.iter().any(|&s| s & DEAD != 0 && bad(s)));
        let repeated = count(&|_, said| said.iter().filter(|&&s| bad(s)).count() >= COPIES);
        let twins = count(&|&family, _| {
            let others = known.members[family as usize].iter().filter(|place| !all.contains(place));
            others.into_iter().any(|place| known.by_place[place].1 & (BAD | GOOD) == GOOD)
        });
        let near = |place: &u64| {
            known.by_place.get(place).is_some_and(|(family, _)| families[family].iter().any(|&s| bad(s)))
        };
        let rest = rows.iter().filter(|row| !bad(row[3])).map(|row| (row[2], near(&row[2])));
        let counts = [n, insecure, dead, repeated, twins];
        let close = rows.iter().filter(|row| bad(row[3]) && row[3] & CLOSE != 0).count();
        let [way, copies] = chances(n, [insecure, dead, repeated, twins], known);
        // A project's header may go with the project's habits: for what stands far from the call, only
        // copies and hidden calls count.
        let p = if close * 10 < members * 9 { way.max(copies) } else { way };
        let others = rest.collect();
        self.candidates.push(Candidate { name: rows[0][0], rule, places, others, counts, p });
    }

    /// The phrases that are tied; of phrases on the same records, one. Then copies made insecure that no
    /// phrase explains.
    pub(super) fn conclude(mut self) -> Found {
        let tested = self.tested.len() as f64;
        self.candidates.retain(|c| c.p * tested < self.level);
        self.candidates.sort_by(|a, b| {
            let order = b.places.len().cmp(&a.places.len());
            order.then(a.p.total_cmp(&b.p)).then(a.rule.cmp(&b.rule)).then(a.name.cmp(&b.name))
        });
        let mut taken: BTreeMap<u64, AHashSet<u64>> = BTreeMap::new();
        let mut groups = Vec::new();
        for candidate in std::mem::take(&mut self.candidates) {
            let taken = taken.entry(candidate.rule).or_default();
            let new = candidate.places.iter().filter(|place| !taken.contains(place)).count();
            if new * 2 < candidate.places.len() {
                continue;
            }
            let known = &self.families[&candidate.rule];
            let Candidate { name, rule, places, others, counts, p } = candidate;
            let places: Vec<u64> = places.into_iter().filter(|place| taken.insert(*place)).collect();
            let others = others.into_iter().filter(|(place, _)| taken.insert(*place)).collect();
            let [n, bad, dead, repeated, twins] = counts;
            let rest = shares(n, [bad, dead, repeated, twins], known);
            let q = (p * tested).min(1.0);
            groups.push(Group { rule, places, others, tie: Tie::Phrase { name, counts, rest }, p, q });
        }
        groups.extend(self.swapped(&taken));
        Found { groups, notes: self.notes }
    }

    fn swapped(&self, taken: &BTreeMap<u64, AHashSet<u64>>) -> Vec<Group> {
        let of = |(&rule, swaps): (&u64, &Swaps)| {
            let others = self.swaps.iter().filter(|(other, _)| **other != rule).map(|(_, swaps)| swaps);
            let (share, p) = swaps.chance(others)?;
            let q = (p * self.swaps.len() as f64).min(1.0);
            let free = |place: &&u64| taken.get(&rule).is_none_or(|taken| !taken.contains(place));
            let places: Vec<u64> = swaps.places.iter().filter(free).copied().collect();
            let tie = Tie::Swap { pairs: swaps.pairs, insecure: swaps.insecure, share };
            let enough = q < self.level && places.len() >= LEAST_RECORDS;
            enough.then_some(Group { rule, places, others: Vec::new(), tie, p, q })
        };
        self.swaps.iter().filter_map(of).collect()
    }
}

/// What does not count as the insecure way among the records of a phrase: [`CUT`], unless the words that
/// replace a part of the call are as different as only words that are made up are.
fn ignored(rows: &[Phrase]) -> u64 {
    let cut = || rows.iter().filter(|row| row[3] & CUT != 0);
    let words: BTreeSet<u64> = cut().map(|row| row[4]).collect();
    let different = words.len() >= LEAST_WORDS && words.len() as f64 >= DIFFERENT * cut().count() as f64;
    if different { 0 } else { CUT }
}

/// What the rest of the rule's families gives: shares with the insecure way; of those insecure, only
/// in comments, repeated, with a secure near copy. One family of each kind is added, so that few
/// families say little (rule of succession).
fn shares(n: usize, [bad, dead, repeated, twins]: [usize; 4], known: &Families) -> [f64; 4] {
    let share = |of: usize, all: usize| (of as f64 + 1.0) / (all as f64 + 2.0);
    let insecure = known.bad.saturating_sub(bad);
    let all = (known.bad + known.good).saturating_sub(n);
    let of = |total: usize, here: usize| share(total.saturating_sub(here).min(insecure), insecure);
    [share(insecure, all), of(known.dead, dead), of(known.repeated, repeated), of(known.mixed, twins)]
}

/// The chance of all four together, and of the last three, if the phrase had nothing to do with them:
/// Fisher's method on binomial tails.
fn chances(n: usize, counts: [usize; 4], known: &Families) -> [f64; 2] {
    let shares = shares(n, counts, known);
    let logs = counts.iter().zip(shares).map(|(&k, share)| -log_tail(n as f64, k as f64, share));
    let logs: Vec<f64> = logs.collect();
    [fisher(&logs), fisher(&logs[1..])]
}

/// The chance that uniform draws are together as small as those with these logarithms (negated).
fn fisher(logs: &[f64]) -> f64 {
    let sum: f64 = logs.iter().sum();
    let (mut term, mut series) = (1.0, 1.0);
    for k in 1..logs.len() {
        term *= sum / k as f64;
        series += term;
    }
    libm::exp(-sum) * series
}

/// Logarithm of the Chernoff bound on the chance of `k` or more of `n`.
pub(super) fn log_tail(n: f64, k: f64, p: f64) -> f64 {
    let share = k / n;
    if share <= p {
        return 0.0;
    }
    let rest = if k < n { (1.0 - share) * libm::log((1.0 - share) / (1.0 - p)) } else { 0.0 };
    -n * (share * libm::log(share / p) + rest)
}
