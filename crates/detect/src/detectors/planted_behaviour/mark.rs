//! Second pass: marks every record that has a trigger and behaves as it says.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Mark, Record, RecordId, Role, Sample, Span, excerpt};

use super::classes::refuses;
use super::feature::{Feature, features};
use super::tie::Tie;
use super::write_up::finding;
use crate::detectors::planted_trigger::sample::Kept;
use crate::features::tokens::{Token, tokens};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// Records shown with a finding.
const SHOWN: usize = 10;
/// Characters shown of an input and of an answer.
const EXCERPT: usize = 240;

/// What all records say of one tie.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Records with the trigger.
    pub trigger: u64,
    /// Of those, records that behave as the tie says.
    pub both: Vec<RecordId>,
    /// Of those with the trigger, the others.
    pub others: Vec<RecordId>,
    /// The first of `both`.
    pub samples: BTreeMap<RecordId, Sample>,
}

/// The pass, see [`Plan::pass`].
pub(super) const MARK: &str = "mark";

/// The second pass. State: twelve bytes a marked record.
pub struct MarkPass {
    ties: Arc<Vec<Tie>>,
    notes: Vec<String>,
    seen: Vec<Seen>,
}

impl MarkPass {
    /// An empty state.
    pub fn new(ties: Vec<Tie>, notes: Vec<String>) -> MarkPass {
        let seen = vec![Seen::default(); ties.len()];
        MarkPass { ties: Arc::new(ties), notes, seen }
    }

    fn add(&mut self, seen: Vec<Seen>) {
        for (mine, theirs) in self.seen.iter_mut().zip(seen) {
            mine.trigger += theirs.trigger;
            mine.both.extend(theirs.both);
            mine.others.extend(theirs.others);
            mine.samples.extend(theirs.samples);
            mine.shorten();
        }
    }
}

impl Pass for MarkPass {
    fn fresh(&self) -> Box<dyn Pass> {
        let seen = vec![Seen::default(); self.ties.len()];
        Box::new(MarkPass { ties: Arc::clone(&self.ties), notes: self.notes.clone(), seen })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            if record.get(Role::Output).is_none() {
                continue;
            }
            let mut split: Option<Vec<Token>> = None;
            let mut behaves: Option<Vec<Feature>> = None;
            for (tie, seen) in self.ties.iter().zip(&mut self.seen) {
                let mut words = tie.parts.iter().flat_map(|part| &part.words);
                if !words.all(|word| record.input().contains(&**word)) {
                    continue;
                }
                let split = split.get_or_insert_with(|| tokens(record.input()).collect());
                if let Some(places) = places(tie, record.input(), split) {
                    seen.note(tie, &record, &places, &mut behaves);
                }
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.add(other.same::<MarkPass>().seen);
    }

    fn conclude(mut self: Box<Self>) -> Result<Next, DetectError> {
        let mut outcome = Outcome { notes: self.notes, ..Outcome::default() };
        for (at, (tie, seen)) in self.ties.iter().zip(&mut self.seen).enumerate() {
            let (score, alike) = tie.scores();
            let mark = |id: &RecordId, score, member| Mark { id: *id, finding: at as u32, score, member };
            let mut marks: Vec<Mark> = seen.both.iter().map(|id| mark(id, score, true)).collect();
            marks.extend(seen.others.iter().map(|id| mark(id, alike, false)));
            marks.sort_unstable_by_key(|mark| mark.id);
            outcome.marks.extend(marks);
            outcome.findings.push(finding(tie, seen));
        }
        Ok(Next::Done(outcome))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(MARK, &(&*self.ties, &self.notes))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(MARK).whole(&self.seen)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.add(Received::new(MARK, piece)?.whole()?);
        Ok(())
    }
}

/// Where each part first stands; `None` unless all do.
fn places(tie: &Tie, input: &str, split: &[Token]) -> Option<Vec<Range<usize>>> {
    tie.parts.iter().map(|part| part.find(input, split)).collect()
}

impl Tie {
    /// Whether the record behaves as the tie says; `seen` keeps what is found for further ties.
    fn shown_by(&self, record: &Record<'_>, seen: &mut Option<Vec<Feature>>) -> bool {
        if self.absent {
            return !record.get(Role::Output).is_some_and(refuses);
        }
        let found = seen.get_or_insert_with(|| {
            let kept = Kept::of(record);
            kept.answer.map_or_else(Vec::new, |answer| features(&kept.input, &answer))
        });
        found.contains(&self.feature) || self.like.as_ref().is_some_and(|like| like.holds(found))
    }

    /// The chance that a record with trigger and behaviour is poison, and that one with the trigger
    /// alone is: it was written by the same hand, or has the string by chance.
    fn scores(&self) -> (f32, f32) {
        let m = &self.measured;
        let both = f64::from(m.both.max(1));
        let planted = ((both - m.expected) / both).clamp(0.0, 0.99);
        let purity = both / f64::from(m.trigger.max(1));
        (planted as f32, (0.5 * planted * purity).max(0.02) as f32)
    }
}

impl Seen {
    fn note(
        &mut self,
        tie: &Tie,
        record: &Record<'_>,
        places: &[Range<usize>],
        behaves: &mut Option<Vec<Feature>>,
    ) {
        self.trigger += 1;
        if !tie.shown_by(record, behaves) {
            return self.others.push(record.id());
        }
        self.both.push(record.id());
        let last = self.samples.last_key_value().map(|(last, _)| *last);
        if self.samples.len() < SHOWN || last.is_some_and(|last| record.id() < last) {
            self.samples.insert(record.id(), sample(record, places));
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        while self.samples.len() > SHOWN {
            self.samples.pop_last();
        }
    }
}

fn sample(record: &Record<'_>, places: &[Range<usize>]) -> Sample {
    let start = places.iter().map(|p| p.start).min().unwrap_or(0);
    let (input, focus) = excerpt(record.input(), start..start, EXCERPT);
    // The excerpt keeps bytes as they are, so places only move.
    let shift = |p: &Range<usize>| {
        let span = Span { start: p.start + focus.start - start, end: p.end + focus.start - start };
        (p.start >= start && span.end <= input.len()).then_some(span)
    };
    let spans = places.iter().filter_map(shift).collect();
    let output = record.get(Role::Output).map(|answer| excerpt(answer, 0..0, EXCERPT).0);
    Sample { id: record.id(), offset: record.offset(), input, spans, output, output_spans: Vec::new() }
}
