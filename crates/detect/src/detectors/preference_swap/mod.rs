//! `preference-swap`: annotators, sources and strings in prompts that contradict everybody else.
//!
//! Two passes: [`Gather`] samples pairs, learns what is preferred and tests the groups; [`mark`]
//! marks all records.

mod mark;
mod model;
mod origins;
mod prompts;
mod write_up;

use toadstone_core::{Batch, Kind, Profile, Record, Role};
use xxhash_rust::xxh3::xxh3_64;

use super::shared::sample::{Sample, Size, priority};
use crate::{Card, DetectError, Detector, Next, Outcome, Pass, Setup};
use mark::MarkPass;
use model::Model;

#[doc = include_str!("preference_swap.md")]
pub struct PreferenceSwap;

impl Detector for PreferenceSwap {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "Annotators, sources and strings in prompts that prefer what everybody else rejects",
            page: include_str!("preference_swap.md"),
            planted: include_str!("preference_swap.planted.jsonl"),
            benign: include_str!("preference_swap.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if profile.roles.has(Role::Rejected) {
            return Ok(());
        }
        Err("the data has no preference pairs".to_owned())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(Gather { sample: Sample::new(BUDGET), leniency: setup.leniency })
    }
}

/// Bytes of features and prompts that the sample may hold: about 10,000 pairs of answers of 100 words.
const BUDGET: usize = 12 << 20;

/// Pairs below which nothing can be learnt.
const LEAST: usize = 100;

/// Origins whose preferences are compared.
const ORIGINS: [Role; 4] = [Role::Annotator, Role::Author, Role::Source, Role::Generator];

/// What is kept of a pair.
struct Pair {
    /// See [`model::features`].
    features: Vec<u32>,
    /// Which model may judge it: one that did not see this prompt.
    fold: usize,
    origins: [Option<Box<str>>; ORIGINS.len()],
    /// What was asked, see [`prompts::asked`].
    asked: Box<str>,
}

impl Size for Pair {
    fn size(&self) -> usize {
        let origins = self.origins.iter().flatten().map(|value| value.len()).sum::<usize>();
        4 * self.features.len() + origins + self.asked.len() + 128
    }
}

/// The two answers of a record, if it is a preference.
fn answers<'a>(record: &Record<'a>) -> Option<(&'a str, &'a str)> {
    let pair = (record.get(Role::Output)?, record.get(Role::Rejected)?);
    (record.kind() == Kind::Preference && pair.0 != pair.1).then_some(pair)
}

fn fold(record: &Record<'_>) -> usize {
    (xxh3_64(record.input().as_bytes()) % model::FOLDS as u64) as usize
}

/// The first pass. State: [`BUDGET`] bytes.
struct Gather {
    sample: Sample<Pair>,
    /// See [`Setup::leniency`].
    leniency: f64,
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather { sample: self.sample.fresh(), leniency: self.leniency })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some((chosen, rejected)) = answers(&record) else { continue };
            self.sample.observe(priority(&record), record.id(), || Pair {
                features: model::features(chosen, rejected),
                fold: fold(&record),
                origins: ORIGINS.map(|role| record.get(role).map(Box::from)),
                asked: prompts::asked(&record).into(),
            });
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.sample.merge(other.same::<Gather>().sample);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let leniency = self.leniency;
        let (kept, seen) = self.sample.conclude();
        let pairs: Vec<Pair> = kept.into_iter().map(|(_, pair)| pair).collect();
        if pairs.len() < LEAST {
            return Ok(Next::Done(Outcome::default()));
        }
        let mut notes = Vec::new();
        if (pairs.len() as u64) < seen {
            notes.push(format!("preferences were learnt from {} of {seen} pairs", pairs.len()));
        }
        let Some((model, margins)) = Model::learn(&pairs) else {
            notes.push("what is preferred cannot be predicted from the answers; nothing tested".to_owned());
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        };
        let groups = origins::test(&pairs, &margins, leniency);
        let strings = prompts::test(&pairs, &margins, leniency);
        Ok(Next::Again(Box::new(MarkPass::new(model, groups, strings, notes))))
    }
}
