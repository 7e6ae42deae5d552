//! Counting changes, and where they concentrate.

use std::collections::{BTreeMap, BTreeSet};

use toadstone_core::{Change, ChangeAxis, ChangeConcentration, ChangeExample, ChangedRecord, Changes};
use toadstone_sketch::chance::binomial_tail;

use super::gather::Spot;
use super::intern::{Interner, NONE};

/// Changes of each kind that are listed.
const EXAMPLES: usize = 20;
/// Least changes that can be said to concentrate.
const LEAST: u64 = 5;
/// Chance, corrected for the number of tests, below which a concentration is told. Two states of a
/// data set rarely have more than some hundred sources that change, and one false alarm in a thousand
/// comparisons is one that nobody will see.
const LEVEL: f64 = 1e-3;
/// Ways from label to label that are listed.
const WAYS: usize = 20;

/// An example in an order that does not depend on when it was found.
type Example = ((u32, u64), Option<Spot>, Option<Spot>);

/// What became of the records.
#[derive(Debug, Default)]
pub(super) struct Tally {
    before: u64,
    after: u64,
    unchanged: u64,
    counts: BTreeMap<Change, u64>,
    ways: BTreeMap<(u32, u32), u64>,
    /// Records by axis, value, and whether they are of the state after.
    records: BTreeMap<(ChangeAxis, u32, bool), u64>,
    changed: BTreeMap<(Change, ChangeAxis, u32), u64>,
    examples: BTreeMap<Change, BTreeSet<Example>>,
    copies: u64,
    unordered: bool,
}

impl Tally {
    /// Counts a record that was read.
    pub(super) fn record(&mut self, spot: &Spot) {
        *(if spot.after { &mut self.after } else { &mut self.before }) += 1;
        for (axis, value) in axes(spot) {
            *self.records.entry((axis, value, spot.after)).or_default() += 1;
        }
    }

    /// A record that is as it was.
    pub(super) fn stayed(&mut self, _: &Spot) {
        self.unchanged += 1;
    }

    /// More copies of one content than are compared.
    pub(super) fn too_many(&mut self, total: u64, compared: u64) {
        self.copies += total - compared;
    }

    /// A file with more records than are put in order.
    pub(super) fn order_unknown(&mut self) {
        self.unordered = true;
    }

    /// A record that changed.
    pub(super) fn change(&mut self, change: Change, before: Option<&Spot>, after: Option<&Spot>) {
        *self.counts.entry(change).or_default() += 1;
        if let (Change::Relabelled, Some(before), Some(after)) = (change, before, after) {
            *self.ways.entry((before.label, after.label)).or_default() += 1;
        }
        // What is added is seen beside all that is there after; everything else beside what was there.
        let Some(spot) = before.or(after) else { return };
        for (axis, value) in axes(spot) {
            *self.changed.entry((change, axis, value)).or_default() += 1;
        }
        let examples = self.examples.entry(change).or_default();
        examples.insert(((spot.file, spot.row), before.copied(), after.copied()));
        if examples.len() > EXAMPLES {
            examples.pop_last();
        }
    }

    /// Writes down what was counted.
    pub(super) fn tell(self, files: &[String], labels: &Interner, sources: &Interner, changes: &mut Changes) {
        changes.records_before = self.before;
        changes.records_after = self.after;
        changes.unchanged = self.unchanged;
        changes.counts = Change::ALL
            .into_iter()
            .map(|kind| (kind, self.counts.get(&kind).copied().unwrap_or(0)))
            .collect();
        let text = |axis, value| match axis {
            ChangeAxis::Label => labels.text(value),
            ChangeAxis::Source => sources.text(value),
        };
        let none = || "(none)".to_owned();
        changes.relabelled = self
            .ways
            .iter()
            .map(|((from, to), count)| {
                (labels.text(*from).unwrap_or_else(none), labels.text(*to).unwrap_or_else(none), *count)
            })
            .collect();
        changes.relabelled.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
        changes.relabelled.truncate(WAYS);
        changes.concentrations = self.concentrations(&text);
        let record = |spot: &Spot| ChangedRecord {
            file: files.get(spot.file as usize).cloned().unwrap_or_default(),
            row: spot.row,
            label: labels.text(spot.label),
            source: sources.text(spot.source),
        };
        for (change, examples) in &self.examples {
            changes.examples.extend(examples.iter().map(|(_, before, after)| ChangeExample {
                change: *change,
                before: before.as_ref().map(record),
                after: after.as_ref().map(record),
            }));
        }
        if self.copies > 0 {
            changes
                .notes
                .push(format!("{} copies of contents with very many copies were not compared", self.copies));
        }
        if self.unordered {
            changes.notes.push(
                "in files of more than 4,194,304 records, the order of the later ones was not compared"
                    .to_owned(),
            );
        }
    }

    /// Values in which more changes stand than drawing without replacement puts there: the tail of the
    /// hypergeometric distribution, bounded by that of the binomial (Hoeffding 1963, section 6), times
    /// the number of tests.
    fn concentrations(&self, text: &dyn Fn(ChangeAxis, u32) -> Option<String>) -> Vec<ChangeConcentration> {
        let tests = self.changed.len() as f64;
        let mut found = Vec::new();
        for ((change, axis, value), changed) in &self.changed {
            let after = *change == Change::Added;
            let population = if after { self.after } else { self.before };
            let records = self.records.get(&(*axis, *value, after)).copied().unwrap_or(0);
            let drawn = self.counts.get(change).copied().unwrap_or(0);
            if *changed < LEAST || population == 0 || records >= population {
                continue;
            }
            let share = records as f64 / population as f64;
            let chance = tests * binomial_tail(drawn as f64, *changed as f64, share);
            if chance < LEVEL {
                let value = text(*axis, *value).unwrap_or_else(|| "(none)".to_owned());
                let expected = drawn as f64 * share;
                found.push(ChangeConcentration {
                    change: *change,
                    axis: *axis,
                    value,
                    changed: *changed,
                    expected,
                    records,
                    chance,
                });
            }
        }
        found.sort_by(|a, b| {
            a.chance
                .total_cmp(&b.chance)
                .then_with(|| (a.change, a.axis, &a.value).cmp(&(b.change, b.axis, &b.value)))
        });
        found
    }
}

fn axes(spot: &Spot) -> impl Iterator<Item = (ChangeAxis, u32)> {
    [(ChangeAxis::Source, spot.source), (ChangeAxis::Label, spot.label)]
        .into_iter()
        .filter(|(_, value)| *value != NONE)
}
