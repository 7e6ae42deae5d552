//! The first reading: keys, references and generators.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use toadstone_core::{Batch, Record, RecordId, Role};
use toadstone_detect::{pack, unpack};
use toadstone_sketch::{GroupBy, mix};

use crate::nodes::{NOBODY, Nodes};
use crate::reading::State;
use crate::references::{key_of, references};
use crate::resolve::{CELL, PART, PROMPT, Resolved, resolve};

/// Records shown for each kind of damage.
const SHOWN: usize = 5;
/// The generator of records that name none.
pub(crate) const NO_GENERATOR: u32 = 0;

/// Where a user says that poison comes from, beside records that are known by their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Keys of records.
    pub keys: Vec<String>,
    /// Values of the source column.
    pub sources: Vec<String>,
    /// Values of the generator column.
    pub generators: Vec<String>,
}

/// Records that have something in common, counted, and the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many.
    pub count: u64,
    /// The first of them, in the order of the input.
    pub first: BTreeSet<RecordId>,
}

impl Shown {
    pub(crate) fn add(&mut self, id: RecordId) {
        self.count += 1;
        self.show(id);
    }

    fn show(&mut self, id: RecordId) {
        self.first.insert(id);
        if self.first.len() > SHOWN {
            self.first.pop_last();
        }
    }

    fn merge(&mut self, other: Shown) {
        self.count += other.count;
        other.first.into_iter().for_each(|id| self.show(id));
    }
}

/// The state of the reading. What outgrows its memory goes to temporary files.
pub(crate) struct Links<'s> {
    named: &'s Named,
    /// Name of a key, place of the record that has it.
    keys: GroupBy<1, 2>,
    /// Name of a key, place of the record that refers to it, and how.
    references: GroupBy<1, 3>,
    /// Generator, place, a number that follows from the record's key or content.
    generators: GroupBy<1, 3>,
    /// Rows of each file, as far as they were seen.
    rows: Vec<u64>,
    itself: Shown,
    roots: Vec<(RecordId, Root)>,
    records: u64,
}

/// Why a record is a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// The n-th of [`Named::keys`].
    Key(usize),
    /// The n-th of [`Named::sources`].
    Source(usize),
    /// The n-th of [`Named::generators`].
    Generator(usize),
}

/// A root of one kind, from its place in the user's list.
type RootOf = fn(usize) -> Root;

/// What follows from the first reading.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    pub(crate) nodes: Nodes,
    pub(crate) resolved: Resolved,
    /// Records that name themselves as their parent.
    pub(crate) itself: Shown,
    /// Of each node: its generator, an index into `generators`.
    pub(crate) generator: Vec<u32>,
    /// Of each node: a number drawn from its key or content, by which samples are taken.
    pub(crate) lot: Vec<u32>,
    /// Records of each generator, largest first; the first entry is [`NO_GENERATOR`].
    pub(crate) generators: Vec<u64>,
    /// Records that the user named, in the order of the input; one that is named twice stands twice.
    pub(crate) roots: Vec<(RecordId, Root)>,
    /// Records read.
    pub(crate) records: u64,
}

impl<'s> Links<'s> {
    pub(crate) fn new(files: usize, named: &'s Named, memory: usize, folder: &Path) -> Self {
        Links {
            named,
            keys: GroupBy::new(memory / 4, folder),
            references: GroupBy::new(memory / 2, folder),
            generators: GroupBy::new(memory / 4, folder),
            rows: vec![0; files],
            itself: Shown::default(),
            roots: Vec::new(),
            records: 0,
        }
    }

    fn note(&mut self, record: &Record<'_>) -> io::Result<()> {
        let id = record.id();
        let place = pack(id)?;
        if let Some(rows) = self.rows.get_mut(id.file as usize) {
            *rows = (*rows).max(id.row + 1);
        }
        let key = record.get(Role::Key).map(key_of);
        if let Some(key) = key {
            self.keys.push([key, place]);
        }
        let generator = record.get(Role::Generator).map_or(0, |name| key_of(name).max(1));
        self.generators.push([generator, place, key.unwrap_or_else(|| content(record))]);
        let mut itself = false;
        for (role, kind) in [(Role::Parent, 0), (Role::Prompt, PROMPT)] {
            references(record.get(role).unwrap_or(""), |reference| {
                if Some(reference.key) == key {
                    // A prompt is often listed under its own id, which is no mistake.
                    itself |= role == Role::Parent;
                    return;
                }
                let part = if reference.part { PART } else { 0 };
                self.references.push([reference.key, place, kind | reference.cell.min(CELL) << 1 | part]);
            });
        }
        if itself {
            self.itself.add(id);
        }
        self.note_root(record);
        Ok(())
    }

    fn note_root(&mut self, record: &Record<'_>) {
        let named = self.named;
        let lists: [(Role, &Vec<String>, RootOf); 3] = [
            (Role::Key, &named.keys, Root::Key),
            (Role::Source, &named.sources, Root::Source),
            (Role::Generator, &named.generators, Root::Generator),
        ];
        for (role, values, root) in lists.into_iter().filter(|(_, values, _)| !values.is_empty()) {
            let Some(text) = record.get(role) else { continue };
            if let Some(at) = values.iter().position(|value| value.trim() == text.trim()) {
                self.roots.push((record.id(), root(at)));
            }
        }
    }

    /// # Errors
    /// The system's, where temporary files could not be used; or there are more records or references
    /// than can be numbered.
    pub(crate) fn conclude(mut self, folder: &Path) -> io::Result<Linked> {
        let nodes = Nodes::new(&self.rows)?;
        let ByGenerator { of, lot, records } = by_generator(self.generators, &nodes)?;
        self.roots.sort_unstable();
        self.roots.dedup();
        Ok(Linked {
            resolved: resolve(self.keys, self.references, &nodes, folder)?,
            nodes,
            itself: self.itself,
            generator: of,
            lot,
            generators: records,
            roots: self.roots,
            records: self.records,
        })
    }
}

impl State for Links<'_> {
    fn fresh(&self) -> Self {
        Links {
            named: self.named,
            keys: self.keys.fresh(),
            references: self.references.fresh(),
            generators: self.generators.fresh(),
            rows: vec![0; self.rows.len()],
            itself: Shown::default(),
            roots: Vec::new(),
            records: 0,
        }
    }

    fn observe(&mut self, batch: &Batch) {
        self.records += batch.len() as u64;
        for record in batch.records() {
            if let Err(error) = self.note(&record) {
                self.keys.fail(error);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.keys.merge(other.keys);
        self.references.merge(other.references);
        self.generators.merge(other.generators);
        self.rows.iter_mut().zip(other.rows).for_each(|(rows, others)| *rows = (*rows).max(others));
        self.itself.merge(other.itself);
        self.roots.extend(other.roots);
        self.records += other.records;
    }
}

/// A number that follows from what a model would learn from the record.
fn content(record: &Record<'_>) -> u64 {
    [Role::Input, Role::Output]
        .into_iter()
        .fold(0, |sum, role| mix(sum ^ key_of(record.get(role).unwrap_or(""))))
}

/// Generators as numbers.
struct ByGenerator {
    of: Vec<u32>,
    lot: Vec<u32>,
    records: Vec<u64>,
}

/// Numbers the generators, largest first. A row of a file that is no record has [`NOBODY`].
fn by_generator(rows: GroupBy<1, 3>, nodes: &Nodes) -> io::Result<ByGenerator> {
    let (mut of, mut lot) = (vec![NOBODY; nodes.len()], vec![0; nodes.len()]);
    let mut found: Vec<(u64, u64)> = vec![(0, 0)];
    let mut rows = rows.finish()?;
    while let Some([key, place, number]) = rows.next_row()? {
        if found.last().is_none_or(|last| last.0 != key) {
            found.push((key, 0));
        }
        let at = found.len() - 1;
        found[at].1 += 1;
        if let Some(node) = nodes.node(unpack(place)) {
            of[node as usize] = at as u32;
            lot[node as usize] = (mix(number) >> 32) as u32;
        }
    }
    let mut order: Vec<usize> = (1..found.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(found[at].1), found[at].0));
    let mut rank = vec![NO_GENERATOR; found.len()];
    (1..).zip(&order).for_each(|(new, &old)| rank[old] = new);
    of.iter_mut().filter(|at| **at != NOBODY).for_each(|at| *at = rank[*at as usize]);
    let records = std::iter::once(0).chain(order).map(|at| found[at].1).collect();
    Ok(ByGenerator { of, lot, records })
}
