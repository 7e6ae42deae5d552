//! The third reading: candidates counted in all records.

use std::io;
use std::path::Path;

use ahash::AHashMap;
use toadstone_core::{Batch, Record};
use toadstone_sketch::GroupBy;

use super::Candidate;
use super::pattern::Patterns;
use crate::nodes::NOBODY;
use crate::reading::State;
use crate::sample::{given, made};
use crate::trace::Trace;

/// How a row stands to its record: what it says, what it was given, what a parent says or was given.
const SAYS: u64 = 0;
const GIVEN: u64 = 1;
const ABOVE: u64 = 2;

/// The state of the reading: a row for each record that has a candidate's string, and for each that was
/// made from it. What outgrows its memory goes to temporary files.
pub(super) struct Exact<'s> {
    trace: &'s Trace,
    found: &'s [Candidate],
    texts: Patterns,
    triggers: Patterns,
    /// Record, [`SAYS`], [`GIVEN`] or [`ABOVE`], candidates whose text is there, and whose trigger.
    rows: GroupBy<1, 4>,
    /// Keys that several records have, with the candidates that stand in one of these.
    keys: AHashMap<u32, (u64, u64)>,
    words: Vec<u64>,
}

/// What was counted of one candidate; see [`toadstone_core::lineage::Habit`].
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    pub(super) records: u64,
    pub(super) inherited: u64,
    pub(super) others: u64,
    pub(super) triggered_of: u64,
    pub(super) triggered: u64,
    pub(super) others_triggered_of: u64,
    pub(super) others_triggered: u64,
    /// Records of the generator that added the text, ascending; behind the trigger if there is one.
    pub(super) members: Vec<u32>,
}

impl<'s> Exact<'s> {
    pub(super) fn new(trace: &'s Trace, found: &'s [Candidate], memory: usize, folder: &Path) -> Self {
        Exact {
            trace,
            found,
            texts: Patterns::new(found.iter().map(|one| Some(&one.text))),
            triggers: Patterns::new(found.iter().map(|one| one.trigger.as_ref().map(|t| &t.text))),
            rows: GroupBy::new(memory, folder),
            keys: AHashMap::new(),
            words: Vec::new(),
        }
    }

    fn note(&mut self, record: &Record<'_>) {
        let Some(node) = self.trace.linked.nodes.node(record.id()) else { return };
        let (made, given) = (made(record), given(record));
        let (said, behind) =
            (self.texts.find(made, &mut self.words), self.triggers.find(made, &mut self.words));
        let (told, asked) =
            (self.texts.find(given, &mut self.words), self.triggers.find(given, &mut self.words));
        if said != 0 {
            self.rows.push([node.into(), SAYS, said, 0]);
        }
        if told | asked != 0 {
            self.rows.push([node.into(), GIVEN, told, asked]);
        }
        let (any, behind) = (said | told, behind | asked);
        if any | behind == 0 {
            return;
        }
        let graph = &self.trace.linked.resolved.graph;
        for &child in graph.children(node) {
            if graph.is_record(child) {
                self.rows.push([child.into(), ABOVE, any, behind]);
            } else {
                // What names the key is told once for all records that have it.
                self.note_key(child, (any, behind));
            }
        }
    }

    fn note_key(&mut self, key: u32, (any, behind): (u64, u64)) {
        let of = self.keys.entry(key).or_default();
        *of = (of.0 | any, of.1 | behind);
    }

    /// # Errors
    /// The system's, where temporary files could not be used.
    pub(super) fn conclude(mut self) -> io::Result<Vec<Counts>> {
        for (key, (any, behind)) in std::mem::take(&mut self.keys) {
            for &child in self.trace.linked.resolved.graph.children(key) {
                self.rows.push([child.into(), ABOVE, any, behind]);
            }
        }
        let mut counts = vec![Counts::default(); self.found.len()];
        let mut groups = self.rows.finish()?;
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            let node = rows[0][0] as u32;
            let generator = self.trace.linked.generator[node as usize];
            // What it says, was given, and has above it; the triggers in the latter two.
            let (mut texts, mut triggers) = ([0; 3], [0; 3]);
            for &[_, how, text, trigger] in &rows {
                texts[how as usize] |= text;
                triggers[how as usize] |= trigger;
            }
            if generator == NOBODY {
                continue;
            }
            for (at, (of, one)) in counts.iter_mut().zip(self.found).enumerate() {
                let has = |mask: u64| mask >> at & 1 == 1;
                let given = one.trigger.as_ref().is_some_and(|trigger| trigger.given);
                let behind = has(triggers[if given { GIVEN } else { ABOVE } as usize]);
                let inherited = has(texts[GIVEN as usize] | texts[ABOVE as usize]);
                of.add(node, one.generator == generator, has(texts[SAYS as usize]), inherited, behind);
            }
        }
        Ok(counts)
    }
}

impl Counts {
    fn add(&mut self, node: u32, own: bool, said: bool, inherited: bool, behind: bool) {
        let added = said && !inherited;
        if own {
            self.records += u64::from(said);
            self.inherited += u64::from(said && inherited);
            self.triggered_of += u64::from(behind);
            self.triggered += u64::from(behind && added);
            if added {
                self.members.push(node);
            }
        } else {
            self.others += u64::from(added);
            self.others_triggered_of += u64::from(behind);
            self.others_triggered += u64::from(behind && added);
        }
    }
}

impl State for Exact<'_> {
    fn fresh(&self) -> Self {
        Exact {
            trace: self.trace,
            found: self.found,
            texts: self.texts.clone(),
            triggers: self.triggers.clone(),
            rows: self.rows.fresh(),
            keys: AHashMap::new(),
            words: Vec::new(),
        }
    }

    fn observe(&mut self, batch: &Batch) {
        batch.records().for_each(|record| self.note(&record));
    }

    fn merge(&mut self, other: Self) {
        self.rows.merge(other.rows);
        other.keys.into_iter().for_each(|(key, of)| self.note_key(key, of));
    }
}
