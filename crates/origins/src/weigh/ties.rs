//! The test: is a finding tied to an origin?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::Mark;
use toadstone_sketch::chance::binomial_tail;

use super::tally::{By, Tally};
use crate::axis::NOBODY;

/// Level of the test, all values of all columns that the finding's records have counted.
const LEVEL: f64 = 1e-3;
/// Least records from one origin, their least share of the finding, and how many times more than
/// chance gives.
const LEAST: u64 = 3;
const SHARE: f64 = 0.1;
const OFTENER: f64 = 2.0;
/// Values that are named.
pub(super) const NAMED: usize = 3;

/// What a tie is seen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sign {
    /// How many of the finding's records come from an origin.
    Members,
    /// How high the finding scores what comes from there.
    Scores,
}

/// One value that too many of a finding's records have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Value {
    pub(crate) key: u64,
    /// The finding's records that have it.
    pub(crate) records: u64,
    /// What the sign says: a number of records, or a mean score.
    pub(crate) observed: f64,
    /// What chance gives, by the labels of the records.
    pub(crate) expected: f64,
    pub(crate) chance: f64,
    /// The chance, all values of all columns counted.
    pub(crate) corrected: f64,
}

/// A finding's tie to the values of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tie {
    pub(crate) sign: Sign,
    pub(crate) by: By,
    /// Its place among the columns.
    pub(crate) column: usize,
    /// The least likely first.
    pub(crate) values: Vec<Value>,
}

impl Tie {
    pub(crate) fn keys(&self) -> impl Iterator<Item = (By, u64)> + '_ {
        self.values.iter().map(|value| (self.by, value.key))
    }
}

/// The column that a finding is tied to most, if it is. What is expected follows the labels of the
/// finding's records: a source that has most records of a label has most findings about it, too.
/// `about` names a column that the finding is about itself.
pub(crate) fn tie(
    finding: u32,
    marks: &[Mark],
    tally: &Tally,
    columns: &[By],
    about: Option<&str>,
) -> Option<Tie> {
    let members = marks.iter().filter(|mark| mark.finding == finding && mark.member);
    let mut labels: BTreeMap<u64, u64> = BTreeMap::new();
    let mut seen: BTreeMap<(usize, u64), u64> = BTreeMap::new();
    let mut all = 0;
    for (label, keys) in members.filter_map(|mark| tally.marked.get(&mark.id)) {
        all += 1;
        *labels.entry(*label).or_default() += 1;
        for (column, &key) in keys.iter().enumerate().filter(|(_, key)| **key != NOBODY) {
            *seen.entry((column, key)).or_default() += 1;
        }
    }
    let n = all as f64;
    let mut best: Option<Tie> = None;
    for (column, &by) in columns.iter().enumerate().filter(|(_, by)| Some(by.name()) != about) {
        let of_column = seen.range((column, 0)..=(column, u64::MAX));
        let weigh = |(&(_, key), &records): (&(usize, u64), &u64)| {
            let share = |(label, n): (&u64, &u64)| {
                let with = tally.counts.get(&(column, key, *label)).copied().unwrap_or(0);
                *n as f64 * with as f64 / tally.labels.get(label).copied().unwrap_or(1).max(1) as f64
            };
            let expected: f64 = labels.iter().map(share).sum();
            let k = records as f64;
            let chance = binomial_tail(n, k, expected / n);
            let corrected = (chance * seen.len() as f64).min(1.0);
            let tied = records >= LEAST && k >= SHARE * n && k >= OFTENER * expected && corrected < LEVEL;
            tied.then_some(Value { key, records, observed: k, expected, chance, corrected })
        };
        let mut values: Vec<Value> = of_column.filter_map(weigh).collect();
        values.sort_by(|a, b| a.chance.total_cmp(&b.chance).then(a.key.cmp(&b.key)));
        values.truncate(NAMED);
        let stronger = |tie: &Tie| values.first().is_some_and(|value| value.chance < tie.values[0].chance);
        if !values.is_empty() && best.as_ref().is_none_or(stronger) {
            best = Some(Tie { sign: Sign::Members, by, column, values });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Axis;
    use toadstone_core::RecordId;
    use toadstone_sketch::mix;

    /// 4,000 records of 40 origins, and findings of 60 records each that are drawn at random; in the
    /// first `tied` of them, a half comes from one origin. Labels go with origins.
    fn drawn(findings: u64, tied: u64) -> Vec<Option<Tie>> {
        let origin = |row: u64| 1 + mix(row) % 40;
        let label = |row: u64| u64::from(origin(row) > 20 || row.is_multiple_of(3));
        let mut tally = Tally::default();
        for row in 0..4000 {
            *tally.counts.entry((0, origin(row), label(row))).or_default() += 1;
            *tally.labels.entry(label(row)).or_default() += 1;
        }
        let mut marks = Vec::new();
        for finding in 0..findings {
            let draw = |at: u64| mix(finding * 1000 + at) % 4000;
            let own = (0..).map(draw).filter(|row| origin(*row) == 7).take(30);
            let any = (500..).map(draw).filter(|row| label(*row) == 1);
            let rows: Vec<u64> =
                if finding < tied { own.chain(any.take(30)).collect() } else { any.take(60).collect() };
            for row in rows {
                let id = RecordId { file: finding as u32, row };
                tally.marked.insert(id, (label(row), Box::new([origin(row)])));
                marks.push(Mark { id, finding: finding as u32, score: 0.9, member: true });
            }
        }
        let columns = [By::Axis(Axis::Source)];
        (0..findings as u32).map(|finding| tie(finding, &marks, &tally, &columns, None)).collect()
    }

    #[test]
    fn ties_are_found_and_chance_is_none() {
        let found = drawn(40, 5);
        assert!(found[..5].iter().all(|tie| tie.as_ref().is_some_and(|tie| tie.values[0].key == 7)));
        // At a level of one in a thousand, with a bound in place of the chance: none of 2,000.
        let false_ones = drawn(2000, 0).into_iter().flatten().count();
        assert!(false_ones <= 2, "{false_ones}");
    }

    #[test]
    fn what_a_finding_is_about_is_no_tie() {
        let marks = [Mark { id: RecordId { file: 0, row: 0 }, finding: 0, score: 0.9, member: true }];
        let columns = [By::Axis(Axis::Annotator)];
        assert_eq!(tie(0, &marks, &Tally::default(), &columns, Some("annotator")), None);
    }
}
