//! `preference-swap`: annotators, sources, strings in prompts and names in answers that decide
//! preferences as nobody else does.
//!
//! Two passes: [`Gather`] samples pairs and learns what is preferred ([`model`]) and what other
//! annotators said of the same pair ([`agreement`]); it tests who contradicts that ([`origins`]), who
//! chooses by something else ([`tastes`]), behind which strings preferences turn ([`prompts`]) and
//! which names always win ([`promoted`]). [`mark`] marks all records.

mod agreement;
mod attributes;
mod mark;
mod model;
mod origins;
mod promoted;
mod prompts;
mod tastes;
mod write_tilts;
mod write_up;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Kind, Profile, Record, Role};
use xxhash_rust::xxh3::xxh3_64;

use super::shared::sample::{Sample, Size};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{Card, DetectError, Detector, Next, Outcome, Pass, Setup};
use agreement::{Agreement, Vote};
use mark::{Fitted, MarkPass};
use model::Model;

#[doc = include_str!("preference_swap.md")]
pub struct PreferenceSwap;

impl Detector for PreferenceSwap {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "Annotators, sources and strings in prompts that prefer what everybody else rejects; names that always win",
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

    fn revive(&self, plan: &Plan, _setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            GATHER => Box::new(Gather { sample: Sample::new(BUDGET), leniency: plan.read()? }),
            MARK => {
                let (fitted, notes) = plan.read()?;
                Box::new(MarkPass::new(fitted, notes))
            }
            _ => return Err(plan.unknown()),
        })
    }
}

/// Bytes of features and prompts that the sample may hold: about 10,000 pairs of answers of 100 words.
const BUDGET: usize = 16 << 20;

/// Pairs below which nothing can be learnt.
const LEAST: usize = 100;

/// The passes, see [`Plan::pass`].
const GATHER: &str = "gather";
const MARK: &str = "mark";

/// Origins whose preferences are compared.
const ORIGINS: [Role; 4] = [Role::Annotator, Role::Author, Role::Source, Role::Generator];
/// Index of the annotator in [`ORIGINS`].
const ANNOTATOR: usize = 0;

/// What is kept of a pair.
#[derive(Serialize, Deserialize)]
struct Pair {
    /// See [`model::features`].
    features: Vec<u32>,
    /// Which model may judge it: one that did not see this prompt.
    fold: usize,
    origins: [Option<Box<str>>; ORIGINS.len()],
    /// What was asked, see [`prompts::asked`].
    asked: Box<str>,
    /// See [`agreement::Vote`].
    item: u64,
    first: bool,
    /// See [`attributes::differences`].
    differences: [i8; attributes::ATTRIBUTES.len()],
    /// See [`promoted::words`].
    only: [Box<str>; 2],
}

impl Pair {
    /// Whose preference it is, if that is known.
    fn vote(&self) -> Option<Vote<'_>> {
        let annotator = self.origins[ANNOTATOR].as_deref()?;
        Some(Vote { item: self.item, first: self.first, annotator })
    }
}

impl Size for Pair {
    fn size(&self) -> usize {
        let origins = self.origins.iter().flatten().map(|value| value.len()).sum::<usize>();
        let only = self.only.iter().map(|words| words.len()).sum::<usize>();
        4 * self.features.len() + origins + self.asked.len() + only + 192
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
            // By item: who judged the same two answers stays together.
            let item = agreement::item(&record);
            self.sample.observe(item, record.id(), || Pair {
                features: model::features(chosen, rejected),
                fold: fold(&record),
                origins: ORIGINS.map(|role| record.get(role).map(Box::from)),
                asked: prompts::asked(&record).into(),
                item,
                first: chosen < rejected,
                differences: attributes::differences(chosen, rejected),
                only: promoted::words(chosen, rejected),
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
        let agreement = Agreement::learn(pairs.iter().filter_map(Pair::vote));
        let study = prompts::study(&pairs);
        let mut fitted = Fitted {
            tastes: tastes::test(&pairs, leniency),
            promoted: promoted::test(&pairs, &study, leniency),
            ..Fitted::default()
        };
        if let Some((model, margins)) = Model::learn(&pairs) {
            fitted.strings = prompts::test(&study, &margins, leniency);
            fitted.groups = origins::test(&pairs, &margins, &agreement, leniency);
            fitted.model = Some(model);
        } else {
            notes.push("what is preferred cannot be predicted from the words of the answers".to_owned());
            fitted.groups = origins::test(&pairs, &vec![0.0; pairs.len()], &agreement, leniency);
        }
        fitted.agreement = agreement;
        Ok(Next::Again(Box::new(MarkPass::new(fitted, notes))))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(GATHER, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(GATHER).whole(&self.sample)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.sample.merge(Received::new(GATHER, piece)?.whole()?);
        Ok(())
    }
}
