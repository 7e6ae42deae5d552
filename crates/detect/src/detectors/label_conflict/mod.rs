//! One input, two answers. See [`LabelConflict`].

mod write;

use std::collections::BTreeMap;
use std::io;

use ahash::AHashMap;
use toadstone_core::{Batch, Profile, Record, Role};
use toadstone_sketch::{GroupBy, mix};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::shared::gather::{FETCH, Gather};
use super::shared::position::pack;
use super::shared::show;
use super::shared::tokens::Tokens;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{Card, DetectError, Detector, Next, Outcome, Pass, Setup};
use write::{Conflicts, Group};

#[doc = include_str!("label_conflict.md")]
pub struct LabelConflict;

impl Detector for LabelConflict {
    fn card(&self) -> Card {
        Card {
            name: "label-conflict",
            title: "Equal inputs with different labels or opposite preferences",
            page: include_str!("label_conflict.md"),
            planted: include_str!("label_conflict.planted.jsonl"),
            benign: include_str!("label_conflict.benign.jsonl"),
        }
    }

    fn applies(&self, profile: &Profile) -> Result<(), String> {
        if profile.roles.has(Role::Label) || profile.roles.has(Role::Rejected) {
            return Ok(());
        }
        Err("the data has neither labels nor preference pairs".to_owned())
    }

    fn start(&self, setup: &Setup) -> Box<dyn Pass> {
        Box::new(Inputs::new(setup, setup.leniency))
    }

    fn revive(&self, plan: &Plan, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        Ok(match plan.pass.as_str() {
            INPUTS => Box::new(Inputs::new(setup, plan.read()?)),
            FETCH => Gather::<Conflicts>::revive(plan)?,
            _ => return Err(plan.unknown()),
        })
    }
}

/// Origins that can stand behind conflicts; addresses and parents are too many to tell from chance.
const ORIGINS: [Role; 4] = [Role::Source, Role::Author, Role::Annotator, Role::Generator];

/// A row: digest of the input (two words), what is said of it, place, digests of the origins.
type Rows = GroupBy<2, 8>;

/// The column of the place.
const PLACE: usize = 3;

/// The pass, see [`Plan::pass`].
const INPUTS: &str = "inputs";

/// Preferences: which of the two answers, in the order of their digests, is preferred.
const FIRST: u64 = 1;
const SECOND: u64 = 2;

/// The only pass that data without conflicts needs. 64 bytes a record, spilled beyond the allowed
/// memory; then 40 bytes for each record in a conflict.
struct Inputs {
    rows: Rows,
    tokens: Tokens,
    leniency: f64,
    /// Records with a label or a preference.
    judged: u64,
    /// Pairs whose two answers are the same.
    undecided: u64,
}

impl Inputs {
    fn new(setup: &Setup, leniency: f64) -> Inputs {
        let rows = Rows::new(setup.memory, &setup.temporary);
        Inputs { rows, tokens: Tokens::default(), leniency, judged: 0, undecided: 0 }
    }

    /// A digest of the words of some texts; of the texts themselves where they have no words.
    fn digest<'a>(&mut self, texts: impl Iterator<Item = &'a str> + Clone) -> u128 {
        self.tokens.clear();
        texts.clone().for_each(|text| self.tokens.add(text));
        if !self.tokens.is_empty() {
            return xxh3_128(self.tokens.joined());
        }
        texts.fold(0, |digest, text| xxh3_128(text.as_bytes()) ^ digest.rotate_left(1))
    }

    fn note(&mut self, record: &Record<'_>) -> io::Result<()> {
        let said = match (record.get(Role::Output), record.get(Role::Rejected), record.get(Role::Label)) {
            (Some(chosen), Some(rejected), _) => self.preference(record.input(), chosen, rejected),
            (output, _, Some(label)) => {
                let texts = [Some(record.input()), output].into_iter().flatten();
                Some((self.digest(texts), label_name(label)))
            }
            _ => return Ok(()),
        };
        self.judged += 1;
        let Some((input, said)) = said else {
            self.undecided += 1;
            return Ok(());
        };
        let [a, b, c, d] = ORIGINS.map(|role| record.get(role).map_or(0, |value| origin_name(role, value)));
        self.rows.push([(input >> 64) as u64, input as u64, said, pack(record.id())?, a, b, c, d]);
        Ok(())
    }

    /// The prompt with both answers whatever their order, and which of them is preferred; `None` if
    /// they are the same.
    fn preference(&mut self, input: &str, chosen: &str, rejected: &str) -> Option<(u128, u64)> {
        let prompt = self.digest(std::iter::once(input));
        let (chosen, rejected) =
            (self.digest(std::iter::once(chosen)), self.digest(std::iter::once(rejected)));
        let key = [prompt, chosen.min(rejected), chosen.max(rejected)].map(u128::to_le_bytes);
        let said = if chosen < rejected { FIRST } else { SECOND };
        (chosen != rejected).then(|| (xxh3_128(key.as_flattened()), said))
    }
}

/// The name of a label.
fn label_name(label: &str) -> u64 {
    // Never one of the two that stand for preferences.
    mix(xxh3_64(label.trim().as_bytes())) | 4
}

/// The name of an origin.
fn origin_name(role: Role, value: &str) -> u64 {
    mix(xxh3_64(value.as_bytes()) ^ role as u64) | 1
}

impl Pass for Inputs {
    fn fresh(&self) -> Box<dyn Pass> {
        let rows = self.rows.fresh();
        let (tokens, leniency) = (Tokens::default(), self.leniency);
        Box::new(Inputs { rows, tokens, leniency, judged: 0, undecided: 0 })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            if let Err(error) = self.note(&record) {
                self.rows.fail(error);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other: Box<Inputs> = other.same();
        self.rows.merge(other.rows);
        self.judged += other.judged;
        self.undecided += other.undecided;
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut groups = self.rows.finish()?;
        let mut found = Found::default();
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            found.add(&rows);
        }
        let note = (self.undecided > 0).then(|| {
            format!("{} with the same answer as chosen and as rejected", show::records(self.undecided))
        });
        let notes = note.into_iter().collect();
        if found.by_pair.is_empty() {
            return Ok(Next::Done(Outcome { notes, ..Outcome::default() }));
        }
        let plan = found.plan(self.judged, self.leniency, notes);
        let wanted = plan.wanted();
        Ok(Gather::start(plan, wanted.into_iter()))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(INPUTS, &self.leniency)
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(INPUTS).whole(&(self.judged, self.undecided))?;
        pieces.rows(1, self.rows)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(INPUTS, piece)?;
        if piece.number() == 1 {
            return piece.rows(&mut self.rows, Some(PLACE));
        }
        let (judged, undecided): (u64, u64) = piece.whole()?;
        self.judged += judged;
        self.undecided += undecided;
        Ok(())
    }

    fn prune(&mut self) -> Result<(), DetectError> {
        Ok(self.rows.prune(usize::MAX, |rows, _| rows.len() > 1)?)
    }
}

/// Conflicts by the two things that are said.
#[derive(Default)]
struct Found {
    by_pair: BTreeMap<[u64; 2], Group>,
    repeated: u64,
    conflicting: u64,
    origins: AHashMap<u64, u64>,
}

impl Found {
    /// Adds records with one input, ordered by what they say.
    fn add(&mut self, rows: &[[u64; 8]]) {
        self.repeated += u64::from(rows.len() > 1);
        let mut said: Vec<(usize, u64)> =
            rows.chunk_by(|a, b| a[2] == b[2]).map(|same| (same.len(), same[0][2])).collect();
        if said.len() < 2 {
            return;
        }
        // The two that are said most often stand for the conflict.
        said.sort_unstable_by_key(|&(count, name)| (std::cmp::Reverse(count), name));
        let pair = [said[0].1.min(said[1].1), said[0].1.max(said[1].1)];
        self.conflicting += 1;
        let group =
            self.by_pair.entry(pair).or_insert_with(|| Group { pair: Some(pair), ..Group::default() });
        group.inputs += 1;
        group.places.extend(rows.iter().map(|row| (row[3], [row[4], row[5], row[6], row[7]])));
        for origin in rows.iter().flat_map(|row| &row[4..]).filter(|&&origin| origin != 0) {
            *self.origins.entry(*origin).or_default() += 1;
        }
    }

    fn plan(self, judged: u64, leniency: f64, notes: Vec<String>) -> Conflicts {
        let mut groups: Vec<Group> = self.by_pair.into_values().collect();
        let records = groups.iter().map(|group| group.places.len() as u64).sum();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.places.len()), group.pair));
        let rest = groups.split_off(groups.len().min(write::PAIRS)).into_iter();
        groups.extend(rest.reduce(|a, b| Group {
            pair: None,
            inputs: a.inputs + b.inputs,
            places: [a.places, b.places].concat(),
        }));
        groups.iter_mut().for_each(|group| group.places.sort_unstable());
        let mut origins: Vec<(u64, u64)> = self.origins.into_iter().collect();
        origins.sort_unstable_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
        let origins_seen = origins.len() as u64;
        origins.truncate(write::ORIGINS_TESTED);
        let (repeated, conflicting) = (self.repeated, self.conflicting);
        Conflicts { groups, origins, origins_seen, records, judged, leniency, repeated, conflicting, notes }
    }
}
