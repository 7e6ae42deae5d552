//! `planted-style`: a way of writing that somebody tied to a label or to a stretch of answer.
//!
//! Two passes: [`gather`] keeps a sample, splits its texts into two views ([`views`]) and looks for a
//! second population ([`mixture`], [`mod@test`]), also in each group of answers that share a stretch
//! ([`answers`]); [`mark`] scores all records. Beside that, the conventions of all labelled texts are
//! counted ([`conventions`], [`latent`]): is there a second way of writing at all ([`second`])?

mod answers;
mod apart;
mod by_nature;
mod conventions;
mod gather;
mod latent;
mod mark;
mod mixture;
mod second;
mod test;
mod text;
mod views;
mod write_up;

use std::sync::Arc;

use toadstone_core::{Profile, Role};

use crate::travel::{Plan, TravelError};
use crate::{Card, Detector, Pass, Setup};

/// The detector.
pub struct PlantedStyle;

impl Detector for PlantedStyle {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "a way of writing tied to a label, or to a stretch of answer, that the content does not bring",
            page: include_str!("planted_style.md"),
            planted: include_str!("planted_style.planted.jsonl"),
            benign: include_str!("planted_style.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if profile.roles.has(Role::Label) || profile.roles.has(Role::Output) {
            return Ok(());
        }
        Err("the records have neither labels nor answers that a style could be tied to".into())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(gather::Gather::new(setup.leniency))
    }

    fn revive(&self, plan: &Plan, _setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            gather::GATHER => Box::new(gather::Gather::new(plan.read()?)),
            mark::MARK => {
                let (found, notes) = plan.read()?;
                Box::new(mark::Mark::new(Arc::new(found), notes))
            }
            _ => return Err(plan.unknown()),
        })
    }
}
