//! Second pass: which strings stand where documents change.

use std::sync::Arc;

use toadstone_core::Batch;
use toadstone_sketch::{GroupBy, mix};

use super::corpus::{Corpus, half};
use super::measure::{Measure, Tested};
use super::reading::Reading;
use super::text;
use super::words::string;
use crate::detectors::shared::sample::priority;
use crate::{DetectError, Next, Outcome, Pass, Setup};

/// Longest string, in words, that is counted.
pub const LONGEST: usize = 4;
/// Words before and behind a change in which the string is looked for.
pub const BEFORE: usize = 7;
pub const BEHIND: usize = 5;
/// Least number of documents.
pub const LEAST: u64 = 6;
/// Words in front of a string that tell one place from another.
const CONTEXT: usize = 4;
/// Least share of different places among all places of a string: a page's frame is always the same.
const PLACES: f64 = 0.8;
/// How many times more often than at random places a string has to stand at changes.
const OFTENER: u64 = 4;
/// Strings that are measured at most, those with the most documents.
const MEASURED: usize = 2048;

/// The second pass. State: what [`Setup`] allows, the rest on disk.
pub struct Spot {
    reading: Reading,
    leniency: f64,
    rows: GroupBy<1, 2>,
}

impl Spot {
    /// An empty state.
    pub fn new(setup: &Setup, corpus: Arc<Corpus>) -> Spot {
        let rows = GroupBy::new(setup.memory, &setup.temporary);
        Spot { reading: Reading::new(&corpus), leniency: setup.leniency, rows }
    }

    /// Notes the strings around `at`: key, and the words in front with a bit for a control.
    fn note(&mut self, at: usize, control: bool) {
        let words = &self.reading.words;
        let (from, to) = (at.saturating_sub(BEFORE), (at + BEHIND).min(words.len()));
        let mut found: Vec<[u64; 2]> = Vec::with_capacity(LONGEST * (to - from));
        for start in from..to {
            let front = string(&words[start.saturating_sub(CONTEXT)..start]) << 1 | u64::from(control);
            for end in start + 1..=(start + LONGEST).min(to) {
                found.push([string(&words[start..end]), front]);
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|row| row[0]);
        found.into_iter().for_each(|row| self.rows.push(row));
    }
}

impl Pass for Spot {
    fn fresh(&self) -> Box<dyn Pass> {
        let reading = Reading::new(&self.reading.corpus);
        Box::new(Spot { reading, leniency: self.leniency, rows: self.rows.fresh() })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some(text) = text(&record) else { continue };
            self.reading.split(text);
            let priority = priority(&record);
            let mut places = self.reading.follow(half(priority));
            places.sort_unstable();
            places.dedup_by(|b, a| *b < *a + BEFORE);
            for (draw, at) in places.into_iter().enumerate() {
                self.note(at, false);
                self.note((mix(priority ^ draw as u64) % self.reading.words.len() as u64) as usize, true);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.rows.merge(other.same::<Spot>().rows);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut groups = self.rows.finish()?;
        let (mut rows, mut tests, mut kept) = (Vec::new(), 0u64, Vec::new());
        while let Some(total) = groups.next_group(&mut rows, 1 << 16)? {
            if total < LEAST {
                continue;
            }
            tests += 1;
            let controls = rows.iter().filter(|row| row[1] & 1 == 1).count() as u64;
            let at = rows.len() as u64 - controls;
            rows.retain(|row| row[1] & 1 == 0);
            rows.dedup();
            let scattered = rows.len() as f64 >= PLACES * at as f64;
            if at >= LEAST && at >= OFTENER * controls && scattered {
                kept.push((at, rows[0][0]));
            }
        }
        kept.sort_unstable_by(|a, b| b.cmp(a));
        kept.truncate(MEASURED);
        if kept.is_empty() {
            return Ok(Next::Done(Outcome::default()));
        }
        let wanted: Vec<u64> = kept.into_iter().map(|(_, key)| key).collect();
        Ok(Next::Again(Box::new(Measure::new(
            self.reading.corpus,
            &wanted,
            Tested { tests, leniency: self.leniency },
        ))))
    }
}
