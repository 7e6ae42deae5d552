//! Third pass: marks every record that has a trigger and shows its behaviour.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Mark, Record, RecordId, Role, Sample, Span, excerpt};

use super::hypothesis::{Hypothesis, Part};
use super::write_up::finding;
use crate::detectors::shared::score::{by_nature, score};
use crate::features::tokens::{Token, tokens};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// Records shown with a finding.
const SHOWN: usize = 10;
/// Characters shown of an input and of an answer.
const EXCERPT: usize = 240;

/// What all records say of one hypothesis.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Records with the trigger.
    pub trigger: u64,
    /// Records with the behaviour.
    pub behaviour: u64,
    /// Records with both.
    pub both: Vec<RecordId>,
    /// The first of them.
    pub samples: BTreeMap<RecordId, Sample>,
}

/// The pass, see [`Plan::pass`].
pub(super) const MARK: &str = "mark";

/// The third pass. State: twelve bytes a marked record.
pub struct MarkPass {
    rules: Arc<Vec<Hypothesis>>,
    notes: Vec<String>,
    seen: Vec<Seen>,
    records: u64,
}

impl MarkPass {
    /// An empty state.
    pub fn new(rules: Vec<Hypothesis>, notes: Vec<String>) -> MarkPass {
        let seen = vec![Seen::default(); rules.len()];
        MarkPass { rules: Arc::new(rules), notes, seen, records: 0 }
    }

    fn add(&mut self, seen: Vec<Seen>, records: u64) {
        self.records += records;
        for (mine, theirs) in self.seen.iter_mut().zip(seen) {
            mine.trigger += theirs.trigger;
            mine.behaviour += theirs.behaviour;
            mine.both.extend(theirs.both);
            mine.samples.extend(theirs.samples);
            mine.shorten();
        }
    }
}

impl Pass for MarkPass {
    fn fresh(&self) -> Box<dyn Pass> {
        let seen = vec![Seen::default(); self.rules.len()];
        Box::new(MarkPass { rules: Arc::clone(&self.rules), notes: self.notes.clone(), seen, records: 0 })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            self.records += 1;
            let mut split: Option<Vec<Token>> = None;
            for (rule, seen) in self.rules.iter().zip(&mut self.seen) {
                let shows = rule.behaviour.shown_by(&record);
                seen.behaviour += u64::from(shows);
                let may_have =
                    rule.parts.iter().flat_map(|p| &p.words).all(|w| record.input().contains(&**w));
                if !may_have {
                    continue;
                }
                let split = split.get_or_insert_with(|| tokens(record.input()).collect());
                if let Some(places) = places(&rule.parts, record.input(), split) {
                    seen.trigger += 1;
                    if shows {
                        seen.note(rule, &record, &places);
                    }
                }
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other = other.same::<MarkPass>();
        self.add(other.seen, other.records);
    }

    fn conclude(mut self: Box<Self>) -> Result<Next, DetectError> {
        let mut outcome = Outcome { notes: self.notes, ..Outcome::default() };
        for (at, (rule, seen)) in self.rules.iter().zip(&mut self.seen).enumerate() {
            seen.both.sort_unstable();
            let score = seen.score(rule, self.records);
            outcome.marks.extend(seen.both.iter().map(|&id| Mark {
                id,
                finding: at as u32,
                score,
                member: true,
            }));
            outcome.findings.push(finding(rule, seen, self.records));
        }
        Ok(Next::Done(outcome))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(MARK, &(&*self.rules, &self.notes))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(MARK).whole(&(self.seen, self.records))
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let (seen, records) = Received::new(MARK, piece)?.whole()?;
        self.add(seen, records);
        Ok(())
    }
}

/// Where each part first stands; `None` unless all do.
fn places(parts: &[Part], input: &str, split: &[Token]) -> Option<Vec<std::ops::Range<usize>>> {
    parts.iter().map(|part| part.find(input, split)).collect()
}

impl Seen {
    /// The chance that a record with both is poison.
    fn score(&self, rule: &Hypothesis, records: u64) -> f32 {
        let both = self.both.len() as u64;
        let elsewhere = (self.behaviour - both) as f64 / (records - self.trigger).max(1) as f64;
        score(rule.measured.doubt, by_nature((self.trigger - both) as f64, elsewhere), both as f64)
    }

    fn note(&mut self, rule: &Hypothesis, record: &Record<'_>, places: &[std::ops::Range<usize>]) {
        self.both.push(record.id());
        if self.samples.len() < SHOWN
            || self.samples.last_key_value().is_some_and(|(last, _)| record.id() < *last)
        {
            self.samples.insert(record.id(), sample(rule, record, places));
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        while self.samples.len() > SHOWN {
            self.samples.pop_last();
        }
    }
}

fn sample(rule: &Hypothesis, record: &Record<'_>, places: &[std::ops::Range<usize>]) -> Sample {
    let start = places.iter().map(|p| p.start).min().unwrap_or(0);
    let (input, focus) = excerpt(record.input(), start..start, EXCERPT);
    // The excerpt keeps bytes as they are, so places only move.
    let shift = |p: &std::ops::Range<usize>| {
        let span = Span { start: p.start + focus.start - start, end: p.end + focus.start - start };
        (p.start >= start && span.end <= input.len()).then_some(span)
    };
    let spans = places.iter().filter_map(shift).collect();
    let shown = record.get(Role::Output).or(record.get(Role::Label)).map(|answer| {
        let bytes = rule.behaviour.bytes_in(answer);
        let (text, at) = excerpt(answer, bytes.start..bytes.end.min(bytes.start + EXCERPT), EXCERPT);
        (text, vec![Span { start: at.start, end: at.end }])
    });
    let (output, output_spans) = shown.map_or((None, Vec::new()), |(text, spans)| (Some(text), spans));
    Sample { id: record.id(), offset: record.offset(), input, spans, output, output_spans }
}
