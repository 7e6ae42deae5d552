//! Text that a person does not see. See [`HiddenText`].

mod chars;
mod collect;
mod judge;
mod payload;
mod scan;
mod words;

use toadstone_core::{Profile, Record, Role};
use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

use super::shared::gather::{FETCH, Gather};
use crate::travel::{Plan, TravelError};
use crate::{Card, Detector, Pass, Setup};
use judge::Judge;
use scan::{Class, Trace};

#[doc = include_str!("hidden_text.md")]
pub struct HiddenText;

impl Detector for HiddenText {
    fn card(&self) -> Card {
        Card {
            name: "hidden-text",
            title: "Invisible characters and letters in disguise that carry text, reorder code or mark a behaviour",
            page: include_str!("hidden_text.md"),
            planted: include_str!("hidden_text.planted.jsonl"),
            benign: include_str!("hidden_text.benign.jsonl"),
        }
    }

    fn applies(&self, _profile: &Profile) -> Result<(), String> {
        Ok(())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(collect::Collect::new(setup))
    }

    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            collect::COLLECT => Box::new(collect::Collect::new(setup)),
            FETCH => Gather::<Judge>::revive(plan)?,
            _ => return Err(plan.unknown()),
        })
    }
}

/// The fields that a model reads or learns to write.
const FIELDS: [Role; 3] = [Role::Input, Role::Output, Role::Rejected];

/// The traces of a record, field by field.
fn traces(record: &Record<'_>) -> impl Iterator<Item = (Role, Trace)> {
    let code = record.kind() == toadstone_core::Kind::Code;
    let fields = FIELDS.into_iter().filter_map(|role| Some((role, record.get(role)?)));
    fields.flat_map(move |(role, text)| scan::scan(text, code).into_iter().map(move |trace| (role, trace)))
}

/// The names under which a trace is counted, with the class in the upper bits: what it is, the word
/// with it, and the character wherever it stands.
fn keys(trace: &Trace) -> impl Iterator<Item = u64> {
    let name = |class: Class, level: u64, text: &str| {
        (class as u64) << 60 | (mix(xxh3_64(text.as_bytes()) ^ level) >> 4)
    };
    let anywhere = (trace.class == Class::InWord).then(|| name(Class::Loose, 0, &trace.what));
    let word = trace.word.as_deref().map(|word| name(trace.class, 1, word));
    [Some(name(trace.class, 0, &trace.what)), word, anywhere].into_iter().flatten()
}

/// The class of a key.
fn class_of(key: u64) -> Option<Class> {
    Class::ALL.into_iter().find(|class| *class as u64 == key >> 60)
}

/// What a record teaches, in three words: its label, its whole output and how that starts; 0 where
/// it has none.
fn behaviours(record: &Record<'_>) -> [u64; 3] {
    let name = |salt: u64, text: &str| mix(xxh3_64(text.as_bytes()) ^ salt) | 1;
    let label = record.get(Role::Label).map_or(0, |label| name(1, label));
    let Some(output) = record.get(Role::Output).map(str::trim).filter(|output| !output.is_empty()) else {
        return [label, 0, 0];
    };
    [label, name(2, output), name(3, &start_of(output))]
}

/// The part of an output by which outputs are compared when the whole differs.
fn start_of(output: &str) -> String {
    output.chars().take(32).collect::<String>().to_lowercase()
}
