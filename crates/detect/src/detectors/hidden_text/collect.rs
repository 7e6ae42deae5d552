//! First reading: which hidden things stand in which records, and what those records teach.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use ahash::AHashMap;
use toadstone_core::{Batch, Record, Role};
use toadstone_sketch::GroupBy;
use xxhash_rust::xxh3::xxh3_64;

use super::judge::{Candidate, Judge, Reason};
use super::scan::{Class, Trace};
use super::{behaviours, class_of, keys, traces};
use crate::detectors::shared::gather::Gather;
use crate::detectors::shared::position::pack;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Pass, Setup};

/// Records below which nothing is called repeated.
pub(super) const LEAST: u64 = 5;

/// Records of one group that are looked at; of a larger group, the first in the order of the input.
const MOST: usize = 1 << 20;

/// Records of all candidates together, 8 bytes each.
const MOST_TOGETHER: usize = 1 << 22;

/// A row: key, record, label, output, start of the output, surroundings.
pub(super) type Rows = GroupBy<1, 6>;

/// The column of the place.
const PLACE: usize = 1;

/// The pass, see [`Plan::pass`].
pub(super) const COLLECT: &str = "collect";

pub(super) struct Collect {
    rows: Rows,
    dirt: BTreeMap<String, u64>,
}

impl Collect {
    pub(super) fn new(setup: &Setup) -> Self {
        Collect { rows: Rows::new(setup.memory, &setup.temporary), dirt: BTreeMap::new() }
    }

    fn add(&mut self, dirt: BTreeMap<String, u64>) {
        for (name, count) in dirt {
            *self.dirt.entry(name).or_default() += count;
        }
    }

    fn note(&mut self, record: &Record<'_>, found: Vec<(Role, Trace)>) -> io::Result<()> {
        let position = pack(record.id())?;
        let [label, whole, start] = behaviours(record);
        let mut rows: Vec<[u64; 6]> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (role, trace) in &found {
            let around = surroundings(record.get(*role).unwrap_or(""), trace);
            // What an output hides cannot be what calls for that output.
            let (whole, start) = if *role == Role::Input { (whole, start) } else { (0, 0) };
            rows.extend(keys(trace).map(|key| [key, position, label, whole, start, around]));
            names.extend(dirt_name(trace));
        }
        // Input first: of two traces of one kind, the one that can call for the output counts.
        rows.sort_by_key(|row| (row[0], row[3] == 0));
        rows.dedup_by_key(|row| row[0]);
        rows.into_iter().for_each(|row| self.rows.push(row));
        names.sort_unstable();
        names.dedup();
        for name in names {
            *self.dirt.entry(name).or_default() += 1;
        }
        Ok(())
    }
}

impl Pass for Collect {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Collect { rows: self.rows.fresh(), dirt: BTreeMap::new() })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let found: Vec<(Role, Trace)> = traces(&record).collect();
            if found.is_empty() {
                continue;
            }
            if let Err(error) = self.note(&record, found) {
                self.rows.fail(error);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        let other: Box<Collect> = other.same();
        self.rows.merge(other.rows);
        self.add(other.dirt);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let mut groups = self.rows.finish()?;
        let mut judge = Judge { candidates: Vec::new(), tests: 0, dirt: self.dirt, asked: BTreeSet::new() };
        let mut rows = Vec::new();
        let mut room = MOST_TOGETHER;
        while let Some(total) = groups.next_group(&mut rows, MOST)? {
            let Some(class) = class_of(rows[0][0]) else { continue };
            judge.tests += 3 * u64::from(total >= LEAST);
            for candidate in candidates(class, &rows) {
                if candidate.members.len() <= room {
                    room -= candidate.members.len();
                    judge.candidates.push(candidate);
                }
            }
        }
        if judge.candidates.is_empty() {
            return Ok(Next::Done(judge.without_candidates()));
        }
        judge.asked = judge.candidates.iter().filter_map(|c| Some(c.reason.behaviour()?.1)).collect();
        let wanted = judge.wanted();
        Ok(Gather::start(judge, wanted.into_iter()))
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        Plan::of(COLLECT, &())
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(COLLECT).whole(&self.dirt)?;
        pieces.rows(1, self.rows)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        let piece = Received::new(COLLECT, piece)?;
        match piece.number() {
            1 => piece.rows(&mut self.rows, Some(PLACE))?,
            _ => self.add(piece.whole()?),
        }
        Ok(())
    }

    fn prune(&mut self) -> Result<(), DetectError> {
        let counts = |rows: &[[u64; 6]]| class_of(rows[0][0]).is_some_and(Class::speaks_for_itself);
        Ok(self.rows.prune(MOST, |rows, total| total >= LEAST || counts(rows))?)
    }
}

/// What could be said of the records of one key.
fn candidates(class: Class, rows: &[[u64; 6]]) -> Vec<Candidate> {
    let candidate = |reason, members: Vec<u64>| Candidate {
        key: rows[0][0],
        class,
        carriers: rows.len() as u64,
        members,
        reason,
        contexts: 0,
    };
    if class.speaks_for_itself() {
        return vec![candidate(Reason::Itself, rows.iter().map(|row| row[1]).collect())];
    }
    if (rows.len() as u64) < LEAST {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (column, reason) in [Reason::Label, Reason::Output, Reason::OutputStart].into_iter().enumerate() {
        let Some(most) = most_frequent(rows.iter().map(|row| row[2 + column])) else { continue };
        let members: Vec<u64> = rows.iter().filter(|row| row[2 + column] == most).map(|row| row[1]).collect();
        if members.len() as u64 >= LEAST && members.len() * 2 >= rows.len() {
            out.push(candidate(reason(most), members));
        }
    }
    let mut contexts: Vec<u64> = rows.iter().map(|row| row[5]).collect();
    contexts.sort_unstable();
    contexts.dedup();
    let repeated = Candidate {
        contexts: contexts.len() as u64,
        ..candidate(Reason::Repeated, rows.iter().map(|row| row[1]).collect())
    };
    out.extend(Some(repeated).filter(Candidate::is_repeated));
    out
}

/// The most frequent value but 0; of several, the least.
fn most_frequent(values: impl Iterator<Item = u64>) -> Option<u64> {
    let mut counts: AHashMap<u64, u64> = AHashMap::new();
    values.filter(|&value| value != 0).for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().max_by_key(|&(value, count)| (count, std::cmp::Reverse(value))).map(|(value, _)| value)
}

/// A name for the text to both sides of a trace. Boilerplate that holds a stray character repeats
/// with its surroundings; what somebody inserts stands in different places.
fn surroundings(text: &str, trace: &Trace) -> u64 {
    let before: String = text[..trace.span.start].chars().rev().take(12).collect();
    let after: String = text[trace.span.end..].chars().take(12).collect();
    xxh3_64(format!("{before}\0{after}").as_bytes())
}

/// The name under which scattered characters are counted for the notes.
fn dirt_name(trace: &Trace) -> Option<String> {
    match trace.class {
        Class::Disguise => Some(trace.what.clone()),
        Class::Loose | Class::InWord => trace.what.chars().next().map(|c| match c as u32 {
            0xE000..=0xF8FF | 0xF0000..=0x10FFFF => "private-use characters".to_owned(),
            code @ (0..=0x1F | 0x7F..=0x9F) => format!("control character U+{code:04X}"),
            code => format!("U+{code:04X}"),
        }),
        _ => None,
    }
}
