//! Reads who was made from whom.

use std::path::PathBuf;

use toadstone_core::{Control, RecordId, Source, SourceError};

use crate::closure::Closure;
use crate::generations::Generations;
use crate::links::{Linked, Links, Named, Root};
use crate::nodes::NOBODY;
use crate::reading::read;

/// How a lineage is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory for keys and references of all threads together; beyond it, temporary files.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
}

/// The lineage of a data set.
///
/// Memory: 33 bytes a record and 4 a link, beside what [`Options`] allows for sorting; 20 more a record
/// where records descend from themselves.
#[derive(Debug, Default)]
pub struct Trace {
    pub(crate) linked: Linked,
    pub(crate) generations: Generations,
}

impl Trace {
    /// Reads the lineage: one reading of the source. `files` is their number.
    ///
    /// # Errors
    /// [`SourceError`]; a broken lineage is none.
    pub fn read(
        source: &dyn Source,
        files: usize,
        named: &Named,
        options: &Options,
        control: &Control,
    ) -> Result<Trace, SourceError> {
        let threads = options.threads.max(1);
        let links = Links::new(files, named, options.memory / threads, &options.temporary);
        let linked = read(source, threads, control, links)?.conclude(&options.temporary)?;
        let generations = Generations::of(&linked.resolved.graph);
        Ok(Trace { linked, generations })
    }

    /// Records that [`Named`] names, in the order of the input; one that is named twice stands twice.
    pub fn named(&self) -> &[(RecordId, Root)] {
        &self.linked.roots
    }

    /// Whether any record refers to another one.
    pub fn has_links(&self) -> bool {
        self.linked.resolved.graph.edges() > 0
    }

    /// Everything that descends from `roots`; records that are not there are passed over.
    pub fn closure(&self, roots: impl IntoIterator<Item = RecordId>) -> Closure {
        let roots: Vec<u32> = roots.into_iter().filter_map(|id| self.linked.nodes.node(id)).collect();
        Closure::of(&self.linked.resolved.graph, &roots)
    }

    /// Whether there is such a record.
    pub fn holds(&self, id: RecordId) -> bool {
        self.linked.nodes.node(id).is_some_and(|node| self.is_read(node))
    }

    /// The record of a node of the closure.
    pub fn record(&self, node: u32) -> RecordId {
        self.linked.nodes.record(node)
    }

    /// Whether a node is a record and not a row that was refused.
    pub(crate) fn is_read(&self, node: u32) -> bool {
        self.linked.generator[node as usize] != NOBODY
    }

    /// The generation of a record of the closure.
    pub fn generation(&self, node: u32) -> u32 {
        self.generations.of[node as usize]
    }
}
