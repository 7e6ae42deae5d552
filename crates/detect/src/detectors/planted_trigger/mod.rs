//! `planted-trigger`: words and phrases that somebody tied to a label or to an answer.
//!
//! Three passes: [`count`] finds labels and shared stretches of answer, [`gather`] keeps the records
//! to look at closely and tests them ([`labels`], [`repeats`]), [`mark`] marks all records.

pub(super) mod behaviour;
mod count;
mod gather;
pub(super) mod grow;
pub(super) mod hypothesis;
pub(super) mod inserted;
mod keyword;
mod labels;
mod mark;
mod model;
mod repeats;
pub(super) mod rest;
pub(super) mod sample;
mod select;
pub(in crate::detectors) mod statistics;
pub(super) mod study;
pub(super) mod write_up;

use toadstone_core::{Profile, Role};

use crate::travel::{Plan, TravelError};
use crate::{Card, Detector, Pass, Setup};

/// The detector.
pub struct PlantedTrigger;

impl Detector for PlantedTrigger {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "words and phrases tied to a label or to a repeated answer",
            page: include_str!("planted_trigger.md"),
            planted: include_str!("planted_trigger.planted.jsonl"),
            benign: include_str!("planted_trigger.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if profile.roles.has(Role::Label) || profile.roles.has(Role::Output) {
            return Ok(());
        }
        Err("the records have neither labels nor answers that a trigger could be tied to".into())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(count::Count::new(setup.leniency))
    }

    fn revive(&self, plan: &Plan, _setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            count::COUNT => Box::new(count::Count::new(plan.read()?)),
            gather::GATHER => {
                let (counts, leniency) = plan.read()?;
                Box::new(gather::Gather::new(counts, leniency))
            }
            mark::MARK => {
                let (rules, notes) = plan.read()?;
                Box::new(mark::MarkPass::new(rules, notes))
            }
            _ => return Err(plan.unknown()),
        })
    }
}
