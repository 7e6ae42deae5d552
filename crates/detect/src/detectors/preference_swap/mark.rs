//! Second pass: marks every record of a finding, and every pair that contradicts the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Mark, Record, RecordId, Role, Sample};

use super::agreement::{Agreement, Vote, item};
use super::attributes::differences;
use super::model::{Model, chance, features};
use super::origins::Group;
use super::promoted::{Promoted, is_in, words};
use super::prompts::{Tied, asked};
use super::tastes::Taste;
use super::write_tilts::{taste, wins};
use super::write_up::{contradicting, finding, put_there};
use super::{MARK, answers, fold};
use crate::detectors::shared::gather::SAMPLES;
use crate::detectors::shared::show::sample;
use crate::features::tokens::tokens;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// Share of turned pairs that is assumed of pairs of which nothing else is known. It orders nothing:
/// a larger one raises all scores.
const ASSUMED: f64 = 0.05;
/// Chance of being turned from which on a pair is shown as contradicting, and is mentioned at all.
const CLEAR: f64 = 0.2;
const MENTIONED: f64 = 0.02;

/// Highest score of a record.
const SUREST: f64 = 0.99;

/// The second pass. State: 24 bytes a record and the samples of each finding.
pub(super) struct MarkPass {
    fitted: Arc<Fitted>,
    notes: Vec<String>,
    marks: Vec<Mark>,
    samples: BTreeMap<(u32, RecordId), Sample>,
    seen: Seen,
}

/// What was learnt and found. Findings are numbered: groups, strings, tastes, names, and last what has
/// no cause.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Fitted {
    pub(super) model: Option<Model>,
    pub(super) agreement: Agreement,
    pub(super) groups: Vec<Group>,
    pub(super) strings: Vec<Tied>,
    pub(super) tastes: Vec<Taste>,
    pub(super) promoted: Vec<Promoted>,
}

impl Fitted {
    fn causes(&self) -> usize {
        self.groups.len() + self.strings.len() + self.tastes.len() + self.promoted.len()
    }

    /// What the others prefer, in log-odds of the preference as it stands.
    fn margin(&self, record: &Record<'_>, chosen: &str, rejected: &str) -> f64 {
        let learnt = |model: &Model| model.margin(&features(chosen, rejected), fold(record));
        let vote = |annotator| Vote { item: item(record), first: chosen < rejected, annotator };
        let voted = record.get(Role::Annotator).map_or(0.0, |who| self.agreement.margin(&vote(who)));
        self.model.as_ref().map_or(0.0, learnt) + voted
    }
}

/// Counts over all pairs.
#[derive(Default, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) pairs: u64,
    pub(super) against: u64,
}

impl MarkPass {
    pub(super) fn new(fitted: Fitted, notes: Vec<String>) -> MarkPass {
        MarkPass::empty(Arc::new(fitted), notes)
    }

    fn empty(fitted: Arc<Fitted>, notes: Vec<String>) -> MarkPass {
        MarkPass { fitted, notes, marks: Vec::new(), samples: BTreeMap::new(), seen: Seen::default() }
    }

    fn add(&mut self, marks: Vec<Mark>, samples: BTreeMap<(u32, RecordId), Sample>, seen: Seen) {
        self.marks.extend(marks);
        self.samples.extend(samples);
        self.seen.pairs += seen.pairs;
        self.seen.against += seen.against;
    }

    fn look(&mut self, record: &Record<'_>) {
        let Some((chosen, rejected)) = answers(record) else { return };
        let fitted = Arc::clone(&self.fitted);
        let margin = fitted.margin(record, chosen, rejected);
        self.seen.pairs += 1;
        self.seen.against += u64::from(margin < 0.0);
        let mut at = 0..;
        for (group, finding) in fitted.groups.iter().zip(at.by_ref()) {
            if record.get(group.role) == Some(&*group.value) {
                self.note(record, finding, turned(group.turned, margin), true);
            }
        }
        let asked = asked(record);
        let tokens: Vec<_> = if fitted.strings.is_empty() { Vec::new() } else { tokens(asked).collect() };
        for (tied, finding) in fitted.strings.iter().zip(at.by_ref()) {
            if tied.part.find(asked, &tokens).is_some() {
                self.note(record, finding, (1.0 - tied.q).min(SUREST), true);
            }
        }
        for (taste, finding) in fitted.tastes.iter().zip(at.by_ref()) {
            if record.get(taste.role) == Some(&*taste.value)
                && differences(chosen, rejected)[taste.attribute] == taste.sign()
            {
                self.note(record, finding, turned(taste.decided() / 2.0, margin), true);
            }
        }
        let only = if fitted.promoted.is_empty() { Default::default() } else { words(chosen, rejected) };
        for (name, finding) in fitted.promoted.iter().zip(at.by_ref()) {
            if is_in(&only[0], &name.words[0]) {
                self.note(record, finding, (1.0 - name.q).min(SUREST), true);
            }
        }
        let score = turned(ASSUMED, margin);
        if score >= MENTIONED {
            self.note(record, fitted.causes() as u32, score, score >= CLEAR);
        }
    }

    fn note(&mut self, record: &Record<'_>, finding: u32, score: f64, member: bool) {
        let id = record.id();
        self.marks.push(Mark { id, finding, score: score as f32, member });
        if member {
            let last = self.samples.range((finding, LEAST)..=(finding, MOST)).nth(SAMPLES - 1);
            if last.is_none_or(|((_, last), _)| id < *last) {
                self.samples.insert((finding, id), sample(record, None, Some(Role::Output)));
            }
        }
    }

    /// The first samples of a finding.
    fn samples(&self, finding: u32) -> Vec<Sample> {
        let all = self.samples.range((finding, LEAST)..=(finding, MOST));
        all.take(SAMPLES).map(|(_, sample)| sample.clone()).collect()
    }
}

const LEAST: RecordId = RecordId { file: 0, row: 0 };
const MOST: RecordId = RecordId { file: u32::MAX, row: u64::MAX };

/// The chance that a pair is turned round, where a `share` of its like is.
fn turned(share: f64, margin: f64) -> f64 {
    let (turned, honest) = (share * chance(-margin), (1.0 - share) * chance(margin));
    turned / (turned + honest).max(1e-12)
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
        self.add(other.marks, other.samples, other.seen);
    }

    fn conclude(mut self: Box<Self>) -> Result<Next, DetectError> {
        self.marks.sort_unstable_by_key(|mark| (mark.finding, mark.id));
        let fitted = Arc::clone(&self.fitted);
        let last = fitted.causes();
        let mut members = vec![0u64; last + 1];
        self.marks.iter().filter(|m| m.member).for_each(|m| members[m.finding as usize] += 1);
        let of = |at: usize| (members[at], self.samples(at as u32));
        let mut at = 0..last;
        let mut findings = Vec::new();
        findings.extend(fitted.groups.iter().zip(at.by_ref()).map(|(group, at)| finding(group, of(at))));
        findings.extend(fitted.strings.iter().zip(at.by_ref()).map(|(tied, at)| put_there(tied, of(at))));
        findings.extend(fitted.tastes.iter().zip(at.by_ref()).map(|(found, at)| taste(found, of(at))));
        findings.extend(fitted.promoted.iter().zip(at.by_ref()).map(|(name, at)| wins(name, of(at))));
        if members[last] > 0 {
            findings.push(contradicting(self.seen, CLEAR, of(last)));
        } else {
            self.marks.retain(|mark| (mark.finding as usize) < last);
        }
        Ok(Next::Done(Outcome { findings, marks: self.marks, notes: self.notes, ..Outcome::default() }))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(MARK, &(&*self.fitted, &self.notes))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(MARK).whole(&(self.marks, self.samples, self.seen))
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let (marks, samples, seen) = Received::new(MARK, piece)?.whole()?;
        self.add(marks, samples, seen);
        Ok(())
    }
}
