//! Second pass: every record of a group.

use std::collections::BTreeMap;
use std::sync::Arc;

use toadstone_core::{Batch, Mark, Record, RecordId, Role, Sample};

use super::MARK;
use super::groups::Group;
use super::model::{Model, features, fold};
use super::write_up::finding;
use crate::detectors::shared::gather::SAMPLES;
use crate::detectors::shared::score::score;
use crate::detectors::shared::show::sample;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// The second pass. State: 16 bytes a marked record and the samples of each finding.
pub(super) struct MarkPass {
    fitted: Arc<(Model, Vec<Group>)>,
    notes: Vec<String>,
    marked: Vec<(u32, RecordId)>,
    samples: Vec<BTreeMap<RecordId, Sample>>,
}

impl MarkPass {
    pub(super) fn new(model: Model, groups: Vec<Group>, notes: Vec<String>) -> MarkPass {
        MarkPass::empty(Arc::new((model, groups)), notes)
    }

    fn empty(fitted: Arc<(Model, Vec<Group>)>, notes: Vec<String>) -> MarkPass {
        let samples = fitted.1.iter().map(|_| BTreeMap::new()).collect();
        MarkPass { fitted, notes, marked: Vec::new(), samples }
    }

    fn add(&mut self, marked: Vec<(u32, RecordId)>, samples: Vec<BTreeMap<RecordId, Sample>>) {
        self.marked.extend(marked);
        for (mine, theirs) in self.samples.iter_mut().zip(samples) {
            mine.extend(theirs);
            shorten(mine);
        }
    }

    fn look(&mut self, record: &Record<'_>) {
        let fitted = Arc::clone(&self.fitted);
        let (model, groups) = &*fitted;
        let Some(label) = record.get(Role::Label) else { return };
        let mut read = None;
        for (at, group) in groups.iter().enumerate() {
            let theirs = record.get(group.role) == Some(&*group.value);
            if !theirs || *model.labels[group.given as usize] != *label {
                continue;
            }
            // The group is beyond doubt, so its records need not be.
            let (cells, part) = read.get_or_insert_with(|| (features(record.input()), fold(record.input())));
            if model.reads_like(cells, *part, group.said) {
                self.marked.push((at as u32, record.id()));
                self.samples[at].insert(record.id(), sample(record, None, Some(Role::Label)));
                shorten(&mut self.samples[at]);
            }
        }
    }
}

fn shorten(samples: &mut BTreeMap<RecordId, Sample>) {
    while samples.len() > SAMPLES {
        samples.pop_last();
    }
}

impl Pass for MarkPass {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(MarkPass::empty(Arc::clone(&self.fitted), self.notes.clone()))
    }

    fn observe(&mut self, batch: &Batch) {
        batch.records().for_each(|record| self.look(&record));
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other = other.same::<MarkPass>();
        self.add(other.marked, other.samples);
    }

    fn conclude(mut self: Box<Self>) -> Result<Next, DetectError> {
        self.marked.sort_unstable();
        let (model, groups) = &*self.fitted;
        let score = |g: &Group| score(g.q, f64::from(g.texts) * g.usual, f64::from(g.wrong));
        let mark = |&(finding, id): &(u32, RecordId)| Mark {
            id,
            finding,
            score: score(&groups[finding as usize]),
            member: true,
        };
        let marks = self.marked.iter().map(mark).collect();
        let mut members = vec![0u64; groups.len()];
        self.marked.iter().for_each(|(at, _)| members[*at as usize] += 1);
        let findings = groups.iter().zip(members).zip(self.samples).map(|((group, members), samples)| {
            finding(group, &model.labels, members, samples.into_values().collect())
        });
        Ok(Next::Done(Outcome {
            findings: findings.collect(),
            marks,
            notes: self.notes,
            ..Outcome::default()
        }))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(MARK, &(&*self.fitted, &self.notes))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(MARK).whole(&(self.marked, self.samples))
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let (marked, samples) = Received::new(MARK, piece)?.whole()?;
        self.add(marked, samples);
        Ok(())
    }
}
