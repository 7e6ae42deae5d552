//! All that descends from the roots, counted.

use std::collections::BTreeMap;

use toadstone_core::RecordId;
use toadstone_core::lineage::{AtDistance, Blast, Cause, Generator, OfFile};
use toadstone_sketch::chance::binomial_tail;

use crate::amplify::GENERATIONS;
use crate::closure::Closure;
use crate::links::NO_GENERATOR;
use crate::trace::Trace;

/// Records that are poison, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roots {
    /// The records, ascending, each with its cause, an index into `causes`.
    pub records: Vec<(RecordId, u32)>,
    /// Id of a finding or what the user named, and a sentence on it.
    pub causes: Vec<(String, String)>,
}

impl Roots {
    /// Why a record is a root.
    pub fn cause(&self, id: RecordId) -> Option<u32> {
        self.records.binary_search_by_key(&id, |(id, _)| *id).ok().map(|at| self.records[at].1)
    }
}

/// What was counted for each generator and generation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    pub(crate) blast: Blast,
    /// Of each generator.
    pub(crate) generators: Vec<Counts>,
    /// Roots and descendants by generation.
    pub(crate) generations: Vec<u64>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) roots: u64,
    pub(crate) entered: u64,
    pub(crate) descendants: u64,
}

/// Counts. O(nodes + edges), a bit more than a byte a node.
pub(crate) fn count(trace: &Trace, roots: &Roots, closure: &Closure, files: &[String]) -> Counted {
    let graph = &trace.linked.resolved.graph;
    let below = below(trace, closure);
    let mut found = Counted {
        generators: vec![Counts::default(); trace.linked.generators.len()],
        generations: vec![0; GENERATIONS],
        ..Counted::default()
    };
    let mut distances: BTreeMap<u32, u64> = BTreeMap::new();
    let mut of_file = vec![[0u64; 2]; files.len()];
    let mut of_cause = vec![[0u64; 2]; roots.causes.len()];
    for node in (0..graph.records()).filter(|&node| closure.has(node) && trace.is_read(node)) {
        let (distance, root) = (closure.distance[node as usize], closure.root[node as usize]);
        let is_root = distance == 0;
        *distances.entry(distance).or_default() += 1;
        of_file[trace.record(node).file as usize][usize::from(!is_root)] += 1;
        if let Some(cause) = roots.cause(trace.record(root)) {
            of_cause[cause as usize][usize::from(!is_root)] += 1;
        }
        found.generations[(trace.generation(node) as usize).min(GENERATIONS - 1)] += 1;
        let counts = &mut found.generators[trace.linked.generator[node as usize] as usize];
        counts.roots += u64::from(is_root);
        counts.entered += u64::from(is_root && !below[node as usize]);
        counts.descendants += u64::from(!is_root);
    }
    let blast = &mut found.blast;
    blast.roots = distances.get(&0).copied().unwrap_or(0);
    blast.descendants = distances.values().sum::<u64>() - blast.roots;
    blast.distances =
        distances.into_iter().map(|(distance, records)| AtDistance { distance, records }).collect();
    let with_any = of_file.iter().zip(files).filter(|(counts, _)| counts[0] + counts[1] > 0);
    blast.files = with_any
        .map(|([roots, descendants], file)| OfFile {
            file: file.clone(),
            roots: *roots,
            descendants: *descendants,
        })
        .collect();
    let causes = roots.causes.iter().zip(of_cause).map(|((cause, title), [roots, descendants])| Cause {
        cause: cause.clone(),
        title: title.clone(),
        roots,
        descendants,
    });
    blast.causes = causes.filter(|cause| cause.roots > 0).collect();
    blast
        .causes
        .sort_by(|a, b| (b.descendants, b.roots).cmp(&(a.descendants, a.roots)).then(a.cause.cmp(&b.cause)));
    found
}

/// Which records descend from a root that is not themselves, or from themselves.
fn below(trace: &Trace, closure: &Closure) -> Vec<bool> {
    let graph = &trace.linked.resolved.graph;
    let mut below = vec![false; graph.nodes() as usize];
    for node in (0..graph.records()).filter(|&node| closure.has(node)) {
        graph.children(node).iter().for_each(|&child| below[child as usize] = true);
    }
    for key in graph.records()..graph.nodes() {
        if below[key as usize] {
            graph.children(key).iter().for_each(|&child| below[child as usize] = true);
        }
    }
    below
}

/// The generators with any roots or descendants, and the largest ones. `tested` says whether it means
/// anything by whom roots entered.
pub(crate) fn generators(
    trace: &Trace,
    counted: &Counted,
    names: &[String],
    tested: bool,
    most: usize,
) -> Vec<Generator> {
    let linked = &trace.linked;
    let entered: u64 = counted.generators.iter().map(|counts| counts.entered).sum();
    let tried = (linked.generators.len().saturating_sub(1)).max(1) as f64;
    let entry = |at: usize| {
        let (counts, records) = (counted.generators[at], linked.generators[at]);
        let share = records as f64 / linked.records.max(1) as f64;
        let named = at != NO_GENERATOR as usize;
        let chance = (binomial_tail(entered as f64, counts.entered as f64, share) * tried).min(1.0);
        Generator {
            name: named.then(|| names.get(at).cloned().unwrap_or_default()),
            records,
            roots: counts.roots,
            entered: counts.entered,
            descendants: counts.descendants,
            expected: entered as f64 * share,
            chance: (named && tested && entered > 0).then_some(chance),
        }
    };
    let mut found: Vec<Generator> =
        (0..linked.generators.len()).filter(|&at| linked.generators[at] > 0).map(entry).collect();
    // Stable: among equals, the largest stays first.
    found.sort_by_key(|one| std::cmp::Reverse((one.entered, one.roots, one.descendants)));
    found.truncate(most);
    found
}
