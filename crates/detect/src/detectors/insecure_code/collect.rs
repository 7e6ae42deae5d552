//! First reading: calls, and the phrases around them.

use std::io;

use toadstone_core::{Batch, Record};
use toadstone_sketch::GroupBy;

use super::judge::{Judge, LEAST_RECORDS};
use super::read::{BANDS, Reader, Reading};
use crate::detectors::shared::gather::Gather;
use crate::detectors::shared::position::pack;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Outcome, Pass, Setup};

/// What is said of a record for one rule: `BAD`: it has the insecure way; `GOOD`: the secure one;
/// `DEAD`: the insecure way only in comments or strings, or where it is never reached; `CUT`: only with
/// a word in it that replaces a part.
pub(super) const BAD: u64 = 1;
pub(super) const GOOD: u64 = 2;
pub(super) const DEAD: u64 = 4;
pub(super) const CUT: u64 = 8;
pub(super) const CLOSE: u64 = 16;

/// A row: rule, place, what is said, a hash of what stands around the calls, bands.
pub(super) type Site = [u64; 4 + BANDS];
type Sites = GroupBy<1, { 4 + BANDS }>;
/// A row: phrase, rule, place, what is said, the word that replaces a part.
pub(super) type Phrase = [u64; 5];
type Phrases = GroupBy<1, 5>;

/// The columns of the places.
const PLACE: usize = 1;
const PLACE_OF_PHRASE: usize = 2;

/// The pass, see [`Plan::pass`].
pub(super) const COLLECT: &str = "collect";

/// Rows of a rule, and of a phrase, that are looked at: of more, the first in the order of the input.
const MOST_SITES: usize = 1 << 17;
const MOST_PHRASES: usize = 1 << 14;

/// The only pass that most data needs. 64 bytes for a record and rule, 40 for a phrase near a call;
/// spilled beyond the allowed memory.
pub(super) struct Collect {
    sites: Sites,
    phrases: Phrases,
    reader: Reader,
    leniency: f64,
}

impl Collect {
    pub(super) fn new(setup: &Setup, leniency: f64) -> Self {
        let half = setup.memory / 2;
        Collect {
            sites: Sites::new(half, &setup.temporary),
            phrases: Phrases::new(half, &setup.temporary),
            reader: Reader::default(),
            leniency,
        }
    }

    fn note(&mut self, record: &Record<'_>, reading: &Reading<'_>) -> io::Result<()> {
        let place = pack(record.id())?;
        let mut numbers: Vec<u64> = reading.sites.iter().map(|site| site.rule).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for rule in numbers {
            let (said, word) = said(reading, rule);
            let [a, b, c, d]: [u64; BANDS] = reading.bands;
            self.sites.push([rule, place, said, reading.without(rule).unwrap_or(0), a, b, c, d]);
            for phrase in reading.phrases.iter().filter(|phrase| phrase.rule == rule) {
                let close = u64::from(phrase.close) * CLOSE;
                self.phrases.push([phrase.name, rule, place, said | close, word]);
            }
        }
        Ok(())
    }
}

/// What a record says on a rule, and the word that replaces a part of its insecure call.
fn said(reading: &Reading<'_>, rule: u64) -> (u64, u64) {
    let of = || reading.sites.iter().filter(|site| site.rule == rule);
    let mut bad = of().filter(|site| site.bad).peekable();
    let good = u64::from(of().any(|site| !site.bad)) * GOOD;
    let Some(first) = bad.peek().map(|site| site.word) else { return (good, 0) };
    let bad: Vec<_> = bad.collect();
    let dead = u64::from(bad.iter().all(|site| site.dead)) * DEAD;
    let cut = u64::from(bad.iter().all(|site| site.word != 0)) * CUT;
    (BAD | good | dead | cut, first)
}

impl Pass for Collect {
    fn fresh(&self) -> Box<dyn Pass> {
        let (sites, phrases) = (self.sites.fresh(), self.phrases.fresh());
        Box::new(Collect { sites, phrases, reader: Reader::default(), leniency: self.leniency })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some(reading) = self.reader.read(&record) else { continue };
            if let Err(error) = self.note(&record, &reading) {
                self.sites.fail(error);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other: Box<Collect> = other.same();
        self.sites.merge(other.sites);
        self.phrases.merge(other.phrases);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut judge = Judge::new(self.leniency);
        let mut groups = self.sites.finish()?;
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, MOST_SITES)?.is_some() {
            judge.rule(&rows);
        }
        let mut groups = self.phrases.finish()?;
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, MOST_PHRASES)?.is_some() {
            judge.phrase(&rows);
        }
        let found = judge.conclude();
        if found.groups.is_empty() {
            return Ok(Next::Done(Outcome { notes: found.notes, ..Outcome::default() }));
        }
        let wanted = found.wanted();
        Ok(Gather::start(found, wanted.into_iter()))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(COLLECT, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(COLLECT).rows(1, self.sites)?;
        pieces.rows(2, self.phrases)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(COLLECT, piece)?;
        match piece.number() {
            1 => piece.rows(&mut self.sites, Some(PLACE)),
            2 => piece.rows(&mut self.phrases, Some(PLACE_OF_PHRASE)),
            _ => Err(piece.damaged("a part that code has not")),
        }
    }

    fn prune(&mut self) -> Result<(), DetectError> {
        self.sites.prune(MOST_SITES, |_, _| true)?;
        Ok(self.phrases.prune(MOST_PHRASES, |rows, _| rows.len() >= LEAST_RECORDS)?)
    }
}
