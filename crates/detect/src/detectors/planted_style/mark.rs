//! Second pass: the chance of every record to be planted.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Mark as Marked, Record, RecordId, Role, Sample};

use super::gather::fold_of;
use super::second::{self, Second};
use super::test::Found;
use super::text::{Prompt, ends, start};
use super::views::{Sides, Views};
use super::write_up::{Style, finding};
use crate::detectors::planted_trigger::behaviour::Behaviour;
use crate::detectors::shared::gather::SAMPLES;
use crate::detectors::shared::show;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass};

/// A record belongs to the finding from this chance on.
const MEMBER: f64 = 0.5;
/// A score below this is none.
const LEAST: f64 = 0.02;

/// A second population and the label or the stretch of answer that it has.
#[derive(Serialize, Deserialize)]
pub struct Rule {
    /// What it has.
    pub behaviour: Behaviour,
    /// Its style, as a person reads it.
    pub style: Style,
    /// The test that found it.
    pub found: Found,
    /// The views that the test looked at.
    pub views: Arc<Views>,
}

impl Rule {
    /// The chance that a record that shows the behaviour is planted.
    fn score(&self, record: &Record<'_>) -> f64 {
        match self.behaviour {
            Behaviour::Label(_) => self.score_text(&start(record.input())),
            Behaviour::Answer(..) => self.score_text(&Prompt::new(&ends(record.input()))),
        }
    }

    fn score_text(&self, text: &impl Sides) -> f64 {
        let (content, style) = self.views.features(text);
        self.found.mixture.says(fold_of(text.content()), &content, &style).membership()
    }

    /// The field that shows the behaviour.
    fn shown_in(&self) -> Role {
        if matches!(self.behaviour, Behaviour::Label(_)) { Role::Label } else { Role::Output }
    }
}

/// The pass, see [`Plan::pass`].
pub(super) const MARK: &str = "mark";

/// The second pass. State: 16 bytes a marked record.
pub struct Mark {
    found: Arc<(Vec<Rule>, Option<Second>)>,
    notes: Vec<String>,
    seen: Vec<Seen>,
    second: second::Seen,
}

/// What all records say of one rule.
#[derive(Default, Serialize, Deserialize)]
pub struct Seen {
    scores: Vec<(RecordId, f32)>,
    /// The first members.
    pub samples: BTreeMap<RecordId, Sample>,
}

impl Seen {
    /// Records that belong to the group, and the sum of their scores.
    pub fn members(&self) -> (u64, f64) {
        let members = self.scores.iter().filter(|s| f64::from(s.1) >= MEMBER);
        members.fold((0, 0.0), |(n, sum), s| (n + 1, sum + f64::from(s.1)))
    }
}

impl Mark {
    /// An empty state.
    pub fn new(found: Arc<(Vec<Rule>, Option<Second>)>, notes: Vec<String>) -> Mark {
        let seen = found.0.iter().map(|_| Seen::default()).collect();
        Mark { found, notes, seen, second: second::Seen::default() }
    }

    fn add(&mut self, seen: Vec<Seen>, second: second::Seen) {
        self.second.merge(second);
        for (mine, theirs) in self.seen.iter_mut().zip(seen) {
            mine.scores.extend(theirs.scores);
            mine.samples.extend(theirs.samples);
            shorten(&mut mine.samples);
        }
    }

    fn note(&mut self, record: &Record<'_>) {
        let (rules, second) = &*self.found;
        if let Some(second) = second {
            second.note(record, &mut self.second);
        }
        for (rule, seen) in rules.iter().zip(&mut self.seen) {
            if !rule.behaviour.shown_by(record) {
                continue;
            }
            let score = rule.score(record);
            if score < LEAST {
                continue;
            }
            seen.scores.push((record.id(), score as f32));
            if score >= MEMBER {
                seen.samples.insert(record.id(), sample(rule, record));
                shorten(&mut seen.samples);
            }
        }
    }
}

fn sample(rule: &Rule, record: &Record<'_>) -> Sample {
    let role = rule.shown_in();
    let stretch = || (role, rule.behaviour.bytes_in(record.get(role).unwrap_or("")));
    show::sample(record, (role == Role::Output).then(stretch), Some(role))
}

/// Keeps the first samples.
pub fn shorten(samples: &mut BTreeMap<RecordId, Sample>) {
    while samples.len() > SAMPLES {
        samples.pop_last();
    }
}

impl Pass for Mark {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Mark::new(Arc::clone(&self.found), self.notes.clone()))
    }

    fn observe(&mut self, batch: &Batch) {
        batch.records().for_each(|record| self.note(&record));
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other = other.same::<Mark>();
        self.add(other.seen, other.second);
    }

    fn conclude(mut self: Box<Self>) -> Result<Next, DetectError> {
        let mut outcome = Outcome { notes: self.notes, ..Outcome::default() };
        let (rules, second) = &*self.found;
        for (rule, seen) in rules.iter().zip(&mut self.seen) {
            seen.scores.sort_unstable_by_key(|(id, _)| *id);
            let finding = finding(rule, seen);
            if finding.records == 0 {
                continue;
            }
            let at = outcome.findings.len() as u32;
            outcome.marks.extend(seen.scores.iter().map(|&(id, score)| Marked {
                id,
                finding: at,
                score,
                member: f64::from(score) >= MEMBER,
            }));
            outcome.findings.push(finding);
        }
        if let Some(second) = second.as_ref().filter(|_| !self.second.is_empty()) {
            let at = outcome.findings.len() as u32;
            let (finding, scores) = second.finding(self.second);
            let mark = |(id, score)| Marked { id, finding: at, score, member: true };
            outcome.marks.extend(scores.into_iter().map(mark));
            outcome.findings.push(finding);
        }
        Ok(Next::Done(outcome))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(MARK, &(&*self.found, &self.notes))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(MARK).whole(&(self.seen, self.second))
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let (seen, second) = Received::new(MARK, piece)?.whole()?;
        self.add(seen, second);
        Ok(())
    }
}
