//! `planted-behaviour`: strings in the input after which answers behave in another way, though no
//! two of them are the same.
//!
//! Two passes: [`gather`] keeps a sample and tests it ([`lead`] finds strings whose answers differ,
//! [`tie`] tests them against what the rest of the input explains), [`mark`] marks all records.

pub(super) mod classes;
mod edge;
mod family;
mod feature;
mod gather;
mod given;
mod lead;
mod lexicon;
mod like;
mod mark;
mod tie;
mod write_up;

use toadstone_core::{Profile, Role};

use crate::travel::{Plan, TravelError};
use crate::{Card, Detector, Pass, Setup};

/// The detector.
pub struct PlantedBehaviour;

impl Detector for PlantedBehaviour {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "strings after which answers behave differently, in ever other words",
            page: include_str!("planted_behaviour.md"),
            planted: include_str!("planted_behaviour.planted.jsonl"),
            benign: include_str!("planted_behaviour.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if profile.roles.has(Role::Output) && !profile.roles.has(Role::Rejected) {
            return Ok(());
        }
        Err("the records have no answers, or pairs of them".into())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(gather::Gather::new(setup.leniency))
    }

    fn revive(&self, plan: &Plan, _setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            gather::GATHER => Box::new(gather::Gather::new(plan.read()?)),
            mark::MARK => {
                let (ties, notes) = plan.read()?;
                Box::new(mark::MarkPass::new(ties, notes))
            }
            _ => return Err(plan.unknown()),
        })
    }
}
