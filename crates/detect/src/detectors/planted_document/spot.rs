//! Second pass: which strings stand where documents change.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::Batch;
use toadstone_sketch::{GroupBy, mix};

use super::corpus::{Corpus, half};
use super::measure::{Measure, Tested};
use super::reading::Reading;
use super::text;
use super::words::string;
use crate::detectors::shared::sample::priority;
use crate::travel::{Pieces, Plan, Received, TravelError};
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

/// The pass, see [`Plan::pass`].
pub(super) const SPOT: &str = "spot";

/// The second pass. State: what [`Setup`] allows, the rest on disk.
pub struct Spot {
    reading: Reading,
    leniency: f64,
    rows: Rows,
    counted: Counted,
}

/// A row: string, and the words in front of it with a bit for a control.
type Rows = GroupBy<1, 2>;

/// What follows from all rows of some strings.
#[derive(Default, Serialize, Deserialize)]
struct Counted {
    /// Strings that enough documents have.
    tests: u64,
    /// Those that stand at changes, with how often: the most frequent [`MEASURED`], in descending order.
    kept: Vec<(u64, u64)>,
}

impl Counted {
    /// Takes all rows of a string.
    fn count(&mut self, rows: &mut Vec<[u64; 2]>, total: u64) {
        if total < LEAST {
            return;
        }
        self.tests += 1;
        let controls = rows.iter().filter(|row| row[1] & 1 == 1).count() as u64;
        let at = rows.len() as u64 - controls;
        rows.retain(|row| row[1] & 1 == 0);
        rows.dedup();
        let scattered = rows.len() as f64 >= PLACES * at as f64;
        if at >= LEAST && at >= OFTENER * controls && scattered {
            self.kept.push((at, rows[0][0]));
        }
    }

    /// Adds what follows from other strings.
    fn merge(&mut self, other: Counted) {
        self.tests += other.tests;
        self.kept.extend(other.kept);
        self.kept.sort_unstable_by(|a, b| b.cmp(a));
        self.kept.truncate(MEASURED);
    }

    /// Takes all strings of `rows`.
    fn read(rows: Rows) -> io::Result<Counted> {
        let (mut groups, mut buffer) = (rows.finish()?, Vec::new());
        let mut found = Counted::default();
        while let Some(total) = groups.next_group(&mut buffer, 1 << 16)? {
            found.count(&mut buffer, total);
        }
        let mut counted = Counted::default();
        counted.merge(found);
        Ok(counted)
    }
}

impl Spot {
    /// An empty state.
    pub fn new(setup: &Setup, corpus: Arc<Corpus>, leniency: f64) -> Spot {
        let rows = GroupBy::new(setup.memory, &setup.temporary);
        Spot { reading: Reading::new(&corpus), leniency, rows, counted: Counted::default() }
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
        Box::new(Spot {
            reading,
            leniency: self.leniency,
            rows: self.rows.fresh(),
            counted: Counted::default(),
        })
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
        let other = other.same::<Spot>();
        self.rows.merge(other.rows);
        self.counted.merge(other.counted);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut counted = self.counted;
        counted.merge(Counted::read(self.rows)?);
        let Counted { tests, kept } = counted;
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

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(SPOT, &(&*self.reading.corpus, self.leniency))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(SPOT).whole(&self.counted)?;
        pieces.rows(1, self.rows)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(SPOT, piece)?;
        match piece.number() {
            1 => piece.rows(&mut self.rows, None)?,
            _ => self.counted.merge(piece.whole()?),
        }
        Ok(())
    }

    fn prune(&mut self) -> Result<(), DetectError> {
        let fresh = self.rows.fresh();
        self.counted.merge(Counted::read(std::mem::replace(&mut self.rows, fresh))?);
        Ok(())
    }
}
