//! `planted-document`: strings that some documents share and behind which their text changes.
//!
//! Three passes: [`learn`] learns what is usual in the corpus, [`spot`] finds strings that stand where
//! documents change, [`measure`] compares what stands before and behind them. Where something was
//! found, a fourth counts the origins ([`origin`]). [`own`] scores each document.

mod change;
mod corpus;
mod learn;
mod measure;
mod origin;
mod own;
mod reading;
mod spot;
mod words;
mod write_up;

use std::sync::Arc;

use toadstone_core::{Kind, Profile, Record};

use super::shared::gather::{FETCH, Gather};
use crate::travel::{Plan, TravelError};
use crate::{Card, Detector, Pass, Setup};
use origin::Frequencies;

/// The detector.
pub struct PlantedDocument;

impl Detector for PlantedDocument {
    fn card(&self) -> Card {
        Card {
            name: write_up::NAME,
            title: "strings behind which documents turn into gibberish, repetition or other letters",
            page: include_str!("planted_document.md"),
            planted: include_str!("planted_document.planted.jsonl"),
            benign: include_str!("planted_document.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if profile.kinds.contains(&Kind::Document) {
            return Ok(());
        }
        Err("the records are no plain documents".into())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(learn::Learn::new(setup, setup.leniency))
    }

    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            learn::LEARN => Box::new(learn::Learn::new(setup, plan.read()?)),
            spot::SPOT => {
                let (corpus, leniency) = plan.read()?;
                Box::new(spot::Spot::new(setup, Arc::new(corpus), leniency))
            }
            measure::MEASURE => {
                let (corpus, wanted, tested): (_, Vec<u64>, _) = plan.read()?;
                Box::new(measure::Measure::new(Arc::new(corpus), &wanted, tested))
            }
            FETCH => Gather::<Frequencies>::revive(plan)?,
            _ => return Err(plan.unknown()),
        })
    }
}

/// The text to look at; none where the record is no document.
fn text<'a>(record: &Record<'a>) -> Option<&'a str> {
    (record.kind() == Kind::Document).then(|| record.input())
}
