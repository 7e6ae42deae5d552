//! `label-noise`: annotators and sources that give one label where the text says another.
//!
//! Two passes: [`Gather`] samples labelled texts, learns the labels from the texts ([`model`]) and
//! tests every origin and pair of labels ([`groups`]); [`mark`] judges all records.

mod groups;
mod mark;
mod model;
mod write_up;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Profile, Role};

use super::shared::sample::{Sample, Size, priority};
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{Card, DetectError, Detector, Next, Outcome, Pass, Setup};
use mark::MarkPass;
use model::Model;

#[doc = include_str!("label_noise.md")]
pub struct LabelNoise;

impl Detector for LabelNoise {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "Annotators and sources that give one label where the text says another",
            page: include_str!("label_noise.md"),
            planted: include_str!("label_noise.planted.jsonl"),
            benign: include_str!("label_noise.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if !profile.roles.has(Role::Label) {
            return Err("the records have no labels".to_owned());
        }
        if !ORIGINS.iter().any(|&role| profile.roles.has(role)) {
            return Err("no column says who labelled a record or where it comes from".to_owned());
        }
        Ok(())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(Gather { sample: Sample::new(BUDGET), leniency: setup.leniency })
    }

    fn revive(&self, plan: &Plan, _setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            GATHER => Box::new(Gather { sample: Sample::new(BUDGET), leniency: plan.read()? }),
            MARK => {
                let ((model, groups), notes) = plan.read()?;
                Box::new(MarkPass::new(model, groups, notes))
            }
            _ => return Err(plan.unknown()),
        })
    }
}

/// The passes, see [`Plan::pass`].
const GATHER: &str = "gather";
const MARK: &str = "mark";

/// Bytes of features that the sample may hold: about 20,000 texts of 60 words.
const BUDGET: usize = 12 << 20;
/// Fewer records teach nothing; more different labels than this are no classes.
const LEAST: usize = 400;
const CLASSES: usize = 32;

/// Origins whose labels are compared.
pub(super) const ORIGINS: [Role; 4] = [Role::Annotator, Role::Author, Role::Source, Role::Generator];

/// What is kept of a record.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    features: Vec<u32>,
    fold: usize,
    label: Box<str>,
    origins: [Option<Box<str>>; ORIGINS.len()],
}

impl Size for Kept {
    fn size(&self) -> usize {
        let origins = self.origins.iter().flatten().map(|value| value.len()).sum::<usize>();
        4 * self.features.len() + self.label.len() + origins + 128
    }
}

/// The first pass. State: [`BUDGET`] bytes.
struct Gather {
    sample: Sample<Kept>,
    /// See [`Setup::leniency`].
    leniency: f64,
}

impl Pass for Gather {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Gather { sample: self.sample.fresh(), leniency: self.leniency })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some(label) = record.get(Role::Label) else { continue };
            self.sample.observe(priority(&record), record.id(), || Kept {
                features: model::features(record.input()),
                fold: model::fold(record.input()),
                label: label.into(),
                origins: ORIGINS.map(|role| record.get(role).map(Box::from)),
            });
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.sample.merge(other.same::<Gather>().sample);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let (kept, seen) = self.sample.conclude();
        let kept: Vec<Kept> = kept.into_iter().map(|(_, kept)| kept).collect();
        let mut labels: Vec<Box<str>> = kept.iter().map(|k| k.label.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        if kept.len() < LEAST || labels.len() < 2 || labels.len() > CLASSES {
            return Ok(Next::Done(Outcome::default()));
        }
        let mut notes = Vec::new();
        if (kept.len() as u64) < seen {
            notes.push(format!("labels were learnt from {} of {seen} records", kept.len()));
        }
        let (model, said) = Model::learn(&kept, labels);
        let groups = groups::test(&kept, &model, &said, self.leniency);
        if groups.is_empty() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        Ok(Next::Again(Box::new(MarkPass::new(model, groups, notes))))
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
