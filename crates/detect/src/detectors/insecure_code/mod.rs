//! Comments that call for insecure code. See [`InsecureCode`].

mod collect;
mod comments;
mod families;
mod judge;
mod language;
mod read;
#[cfg(test)]
mod read_tests;
mod rule;
mod rules;
mod source;
mod swaps;
mod tree;
mod write;

use toadstone_core::Profile;

use super::shared::gather::{FETCH, Gather};
use crate::travel::{Plan, TravelError};
use crate::{Card, Detector, Pass, Setup};
use write::Found;

#[doc = include_str!("insecure_code.md")]
pub struct InsecureCode;

const NAME: &str = "insecure-code";

impl Detector for InsecureCode {
    fn card(&self) -> Card {
        Card {
            name: NAME,
            title: "Comments and docstrings that are tied to insecure calls",
            page: include_str!("insecure_code.md"),
            planted: include_str!("insecure_code.planted.jsonl"),
            benign: include_str!("insecure_code.benign.jsonl"),
        }
    }

    fn applies(&self, _profile: &Profile) -> Result<(), String> {
        Ok(())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(collect::Collect::new(setup, setup.leniency))
    }

    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            collect::COLLECT => Box::new(collect::Collect::new(setup, plan.read()?)),
            FETCH => Gather::<Found>::revive(plan)?,
            _ => return Err(plan.unknown()),
        })
    }
}
