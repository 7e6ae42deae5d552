//! The second reading: names, sampled texts, and the gates.

use std::io;
use std::path::Path;

use ahash::AHashMap;
use toadstone_core::{Batch, Record, Role};
use toadstone_sketch::GroupBy;

use crate::fingerprints::{Fingers, Rows, copies};
use crate::gates::{Measured, Ruler, stopped};
use crate::graph::Graph;
use crate::links::NO_GENERATOR;
use crate::reading::State;
use crate::resolve::flag;
use crate::sample::{Kept, Sample, cut, given, made};
use crate::trace::Trace;

/// Generators that have a name in the report.
pub(crate) const NAMED: usize = 4096;
/// Bytes of a name that are kept.
const NAME: usize = 300;
/// Share of the generated records that name what they were made from, from which on those that do not are
/// mistakes.
const LINKED: f64 = 0.9;

/// The state of the reading. Memory: the sample (at most 64 MB, with parents 128 MB), 5 bytes for each
/// record that a gate stops, and what is allowed for sorting.
pub(crate) struct Texts<'s> {
    trace: &'s Trace,
    back: &'s Graph,
    sample: &'s Sample,
    orphans: bool,
    names: Vec<Option<String>>,
    kept: Vec<(u32, Kept)>,
    prints: Rows,
    stopped: Vec<(u32, u8)>,
    ruler: Ruler,
    fingers: Fingers,
}

/// What follows from the second reading.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Of each of the largest generators; the first is empty.
    pub(crate) names: Vec<String>,
    /// Texts of the sample and of its parents.
    pub(crate) kept: AHashMap<u32, Kept>,
    /// Records that gates stop, ascending, with a bit for each gate.
    pub(crate) stopped: Vec<(u32, u8)>,
}

impl<'s> Texts<'s> {
    pub(crate) fn new(
        trace: &'s Trace,
        back: &'s Graph,
        sample: &'s Sample,
        memory: usize,
        folder: &Path,
    ) -> Self {
        let linked = &trace.linked;
        let generated = |node: &u32| linked.generator[*node as usize] != NO_GENERATOR && trace.is_read(*node);
        let all = (0..back.records()).filter(generated).count();
        let refers = |node: &u32| linked.resolved.flags[*node as usize] & flag::REFERS != 0;
        let with = (0..back.records()).filter(generated).filter(refers).count();
        Texts {
            trace,
            back,
            sample,
            orphans: with < all && with as f64 >= LINKED * all as f64,
            names: vec![None; linked.generators.len().min(NAMED)],
            kept: Vec::new(),
            prints: GroupBy::new(memory, folder),
            stopped: Vec::new(),
            ruler: Ruler::default(),
            fingers: Fingers::default(),
        }
    }

    fn note(&mut self, record: &Record<'_>) {
        let linked = &self.trace.linked;
        let Some(node) = linked.nodes.node(record.id()) else { return };
        let (generator, flags) = (linked.generator[node as usize], linked.resolved.flags[node as usize]);
        let (made, given) = (made(record), given(record));
        if let Some(name) = self.names.get_mut(generator as usize).filter(|name| name.is_none()) {
            let text = record.get(Role::Generator).unwrap_or("").trim();
            *name = Some(text[..text.floor_char_boundary(NAME)].to_owned());
        }
        if self.sample.wants(node) {
            let kept = |text: &str| cut(text).into_owned().into_boxed_str();
            self.kept.push((node, Kept { made: kept(made), given: kept(given) }));
        }
        if !linked.resolved.graph.children(node).is_empty() {
            self.fingers.parent(node, made, given, &mut self.prints);
        }
        let refers = flags & flag::REFERS != 0;
        if generator == NO_GENERATOR && !refers {
            return;
        }
        let found = stopped(&self.ruler.measure(made, given, flags, self.orphans && !refers));
        if found != 0 {
            self.stopped.push((node, found));
        }
        if flags & flag::LINKED != 0 {
            self.fingers.child(node, made, self.back, &mut self.prints);
        }
    }

    /// # Errors
    /// The system's, where temporary files could not be used.
    pub(crate) fn conclude(mut self) -> io::Result<Known> {
        let copied = copies(self.prints, self.back.records() as usize)?;
        for (node, copied) in (0..).zip(copied) {
            let found = stopped(&Measured { copied: Some(copied), ..Measured::default() });
            if found != 0 {
                self.stopped.push((node, found));
            }
        }
        self.stopped.sort_unstable();
        self.stopped.dedup_by(|later, first| {
            let same = later.0 == first.0;
            first.1 |= if same { later.1 } else { 0 };
            same
        });
        Ok(Known {
            names: self.names.into_iter().map(Option::unwrap_or_default).collect(),
            kept: self.kept.into_iter().collect(),
            stopped: self.stopped,
        })
    }
}

impl State for Texts<'_> {
    fn fresh(&self) -> Self {
        Texts {
            names: vec![None; self.names.len()],
            kept: Vec::new(),
            prints: self.prints.fresh(),
            stopped: Vec::new(),
            ruler: Ruler::default(),
            fingers: Fingers::default(),
            ..*self
        }
    }

    fn observe(&mut self, batch: &Batch) {
        batch.records().for_each(|record| self.note(&record));
    }

    fn merge(&mut self, other: Self) {
        for (name, others) in self.names.iter_mut().zip(other.names) {
            *name = name.take().or(others);
        }
        self.kept.extend(other.kept);
        self.prints.merge(other.prints);
        self.stopped.extend(other.stopped);
    }
}
