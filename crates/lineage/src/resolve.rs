//! Finds the records that references mean.

use std::io;
use std::path::Path;

use toadstone_detect::unpack;
use toadstone_sketch::{GroupBy, Groups};

use crate::graph::Graph;
use crate::links::Shown;
use crate::nodes::{NOBODY, Nodes};

/// How a reference stands in its record: the column, which reference of that column, whether it is a part.
pub(crate) const PROMPT: u64 = 1 << 62;
pub(crate) const CELL: u64 = (1 << 40) - 1;
pub(crate) const PART: u64 = 1;

/// What is known of a record's references, one bit each.
pub(crate) mod flag {
    /// It names parents or prompts.
    pub(crate) const REFERS: u8 = 1;
    /// One of the parents that it names is not here.
    pub(crate) const BROKEN: u8 = 2;
    /// One of the records that it names is here.
    pub(crate) const LINKED: u8 = 4;
    /// A record with its key came before or comes after it.
    pub(crate) const TWICE: u8 = 8;
}

/// The graph, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) graph: Graph,
    /// [`flag`]s of each record.
    pub(crate) flags: Vec<u8>,
    /// Records with a key.
    pub(crate) keyed: u64,
    /// Keys that several records have.
    pub(crate) twice: u64,
    /// Records with such a key.
    pub(crate) with_twice: Shown,
    /// References to parents that are not here, and the records that make them.
    pub(crate) unknown: u64,
    pub(crate) broken: Shown,
    /// References to prompts that are not here: names of groups, which is no mistake.
    pub(crate) prompts_elsewhere: u64,
}

/// Joins keys and references by sorting both. O(n log n); what outgrows memory is on disk.
///
/// # Errors
/// The system's, or more records or references than can be numbered.
pub(crate) fn resolve(
    keys: GroupBy<1, 2>,
    references: GroupBy<1, 3>,
    nodes: &Nodes,
    folder: &Path,
) -> io::Result<Resolved> {
    let memory = references.memory();
    let mut state = Join {
        nodes,
        found: Resolved { flags: vec![0; nodes.len()], ..Resolved::default() },
        edges: GroupBy::new(memory, folder),
        meant: GroupBy::new(memory, folder),
        next_key: nodes.len() as u64,
    };
    let mut refs = Ahead::new(references.finish()?)?;
    let mut keys = keys.finish()?;
    let mut holders = Vec::new();
    while keys.next_group(&mut holders, usize::MAX)?.is_some() {
        let key = holders[0][0];
        while let Some(row) = refs.take_below(key)? {
            state.mean(row, None);
        }
        let node = state.holders(&holders, refs.is_at(key));
        while let Some(row) = refs.take_at(key)? {
            state.mean(row, node);
        }
    }
    while let Some(row) = refs.take_below(u64::MAX)? {
        state.mean(row, None);
    }
    while let Some(row) = refs.take_at(u64::MAX)? {
        state.mean(row, None);
    }
    state.settle()
}

struct Join<'n> {
    nodes: &'n Nodes,
    found: Resolved,
    /// Parent, child.
    edges: GroupBy<2, 2>,
    /// Child, how it refers, and to which node; [`NOBODY`] where the key is unknown.
    meant: GroupBy<1, 3>,
    next_key: u64,
}

impl Join<'_> {
    /// Takes note of the records with one key. Gives the node that references to it mean.
    fn holders(&mut self, rows: &[[u64; 2]], wanted: bool) -> Option<u64> {
        self.found.keyed += rows.len() as u64;
        let node = |row: &[u64; 2]| self.nodes.node(unpack(row[1]));
        if let [one] = rows {
            return node(one).map(u64::from);
        }
        self.found.twice += 1;
        for row in rows {
            self.found.with_twice.add(unpack(row[1]));
            let Some(node) = self.nodes.node(unpack(row[1])) else { continue };
            self.found.flags[node as usize] |= flag::TWICE;
            if wanted {
                self.edges.push([node.into(), self.next_key]);
            }
        }
        self.next_key += u64::from(wanted);
        wanted.then(|| self.next_key - 1)
    }

    fn mean(&mut self, [_, place, how]: [u64; 3], node: Option<u64>) {
        if let Some(child) = self.nodes.node(unpack(place)) {
            self.meant.push([child.into(), how, node.unwrap_or(NOBODY.into())]);
        }
    }

    /// Decides for each reference whether it is one key or a list of keys, and builds the graph.
    fn settle(self) -> io::Result<Resolved> {
        let Join { nodes, mut found, mut edges, meant, next_key } = self;
        let mut groups = meant.finish()?;
        let mut rows = Vec::new();
        while groups.next_group(&mut rows, usize::MAX)?.is_some() {
            let node = rows[0][0] as u32;
            let mut flags = flag::REFERS;
            for cell in rows.chunk_by(|a, b| a[1] | PART == b[1] | PART) {
                flags |= found.cell(cell, &mut edges);
            }
            found.flags[node as usize] |= flags;
            if flags & flag::BROKEN != 0 {
                found.broken.add(nodes.record(node));
            }
        }
        found.graph = Graph::new(nodes.len(), next_key as usize, edges)?;
        Ok(found)
    }
}

impl Resolved {
    /// One reference: the whole first, then its parts. Parts count where the whole is no key.
    fn cell(&mut self, rows: &[[u64; 3]], edges: &mut GroupBy<2, 2>) -> u8 {
        let known = |row: &[u64; 3]| row[2] != u64::from(NOBODY);
        let split = rows.partition_point(|row| row[1] & PART == 0);
        let (whole, parts) = rows.split_at(split);
        let counted = if parts.is_empty() || whole.iter().any(known) { whole } else { parts };
        let mut flags = 0;
        for row in counted {
            if known(row) {
                flags |= flag::LINKED;
                edges.push([row[2], row[0]]);
            } else if row[1] & PROMPT != 0 {
                self.prompts_elsewhere += 1;
            } else {
                self.unknown += 1;
                flags |= flag::BROKEN;
            }
        }
        flags
    }
}

/// Rows by ascending key, with a look at the next one.
struct Ahead {
    rows: Groups<1, 3>,
    next: Option<[u64; 3]>,
}

impl Ahead {
    fn new(mut rows: Groups<1, 3>) -> io::Result<Ahead> {
        let next = rows.next_row()?;
        Ok(Ahead { rows, next })
    }

    fn is_at(&self, key: u64) -> bool {
        self.next.is_some_and(|row| row[0] == key)
    }

    fn take(&mut self, fits: impl Fn(u64) -> bool) -> io::Result<Option<[u64; 3]>> {
        let Some(row) = self.next.filter(|row| fits(row[0])) else { return Ok(None) };
        self.next = self.rows.next_row()?;
        Ok(Some(row))
    }

    /// The next row if its key is below `key`.
    fn take_below(&mut self, key: u64) -> io::Result<Option<[u64; 3]>> {
        self.take(|own| own < key)
    }

    /// The next row if its key is `key`.
    fn take_at(&mut self, key: u64) -> io::Result<Option<[u64; 3]>> {
        self.take(|own| own == key)
    }
}
