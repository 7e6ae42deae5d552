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

use toadstone_core::{Kind, Profile, Record};

use crate::{Card, Detector, Pass, Setup};

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
        Box::new(learn::Learn::new(setup))
    }
}

/// The text to look at; none where the record is no document.
fn text<'a>(record: &Record<'a>) -> Option<&'a str> {
    (record.kind() == Kind::Document).then(|| record.input())
}
