//! What a tie says of each record.

use ahash::AHashMap;
use toadstone_core::Mark;

use super::tally::Tally;
use super::ties::Tie;
use crate::axis::NOBODY;

/// A chance from which on a record belongs to a finding that scores records by degrees.
const MEMBER: f64 = 0.5;
/// What no score exceeds, and what no score falls below.
const SUREST: f64 = 0.99;
const FAINTEST: f64 = 0.005;
/// Records as planted as the average that are added to every origin: a small one says little.
const PRIOR: f64 = 5.0;
/// Rounds of expectation and maximisation; the shares settle in a few.
const ROUNDS: usize = 20;

/// Moves the scores of a finding's records: a score is the chance that a record is planted if nothing
/// is known of its origin; here the share of planted records in its origin takes the place of the
/// share in all (Bayes' rule, by odds). The shares are those that maximise the likelihood of the
/// scores (expectation maximisation, Dempster, Laird and Rubin 1977); records without a score count as
/// not planted. No record loses its membership. Returns how many become members.
pub(crate) fn rescore(finding: u32, tie: &Tie, marks: &mut [Mark], tally: &Tally) -> u64 {
    let key = |mark: &Mark| tally.marked.get(&mark.id).map_or(NOBODY, |(_, keys)| keys[tie.column]);
    let own: Vec<(usize, u64, f64)> = marks
        .iter()
        .enumerate()
        .filter(|(_, mark)| mark.finding == finding)
        .map(|(at, mark)| (at, key(mark), f64::from(mark.score).clamp(FAINTEST, SUREST)))
        .collect();
    let by_degrees = own.iter().any(|(at, _, _)| !marks[*at].member);
    let mut sizes: AHashMap<u64, f64> = AHashMap::new();
    for ((column, key, _), n) in &tally.counts {
        if *column == tie.column {
            *sizes.entry(*key).or_default() += *n as f64;
        }
    }
    let all: f64 = tally.labels.values().map(|n| *n as f64).sum();
    let average = (own.iter().map(|(_, _, score)| score).sum::<f64>() / all).clamp(1e-9, 0.5);
    let mut shares: AHashMap<u64, f64> = AHashMap::new();
    let moved = |shares: &AHashMap<u64, f64>, key: u64, score: f64| {
        let share = shares.get(&key).copied().unwrap_or(average);
        let odds = score / (1.0 - score) * odds(share) / odds(average);
        odds / (1.0 + odds)
    };
    for _ in 0..ROUNDS {
        let mut planted: AHashMap<u64, f64> = AHashMap::new();
        for &(_, key, score) in own.iter().filter(|(_, key, _)| *key != NOBODY) {
            *planted.entry(key).or_default() += moved(&shares, key, score);
        }
        shares = planted
            .into_iter()
            .map(|(key, planted)| {
                let size = sizes.get(&key).copied().unwrap_or(0.0).max(planted);
                (key, ((planted + PRIOR * average) / (size + PRIOR)).clamp(1e-9, SUREST))
            })
            .collect();
    }
    let mut promoted = 0;
    for (at, key, score) in own {
        let chance = moved(&shares, key, score).clamp(FAINTEST, SUREST);
        marks[at].score = chance as f32;
        if by_degrees && chance >= MEMBER && !marks[at].member {
            marks[at].member = true;
            promoted += 1;
        }
    }
    promoted
}

fn odds(share: f64) -> f64 {
    share / (1.0 - share)
}
