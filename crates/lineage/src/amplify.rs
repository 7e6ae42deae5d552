//! How much records multiply.

use std::collections::BTreeMap;

use toadstone_core::RecordId;
use toadstone_sketch::tail::standouts;

use crate::closure::Closure;
use crate::trace::Trace;

/// Generations that are told apart; the last one stands for all that follow.
pub(crate) const GENERATIONS: usize = 32;
/// Level at which a record multiplies more than the tail of the others of its generation explains.
const LEVEL: f64 = 0.01;
/// Records that are listed, and those of one generation.
const LISTED: usize = 20;
const OF_ONE: usize = 8;

/// What one generation multiplied to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Multiplied {
    /// Records.
    pub(crate) records: u64,
    /// Records of which others were made.
    pub(crate) parents: u64,
    /// Records made directly from them. One with several parents counts with each of them as a share.
    pub(crate) children: f64,
    /// Records with so many descendants, of those with any.
    pub(crate) sizes: BTreeMap<u64, u64>,
}

/// A record with more descendants than the others explain.
#[derive(Debug, Clone)]
pub(crate) struct Standout {
    pub(crate) id: RecordId,
    pub(crate) generation: u32,
    pub(crate) descendants: u64,
    pub(crate) expected: f64,
    pub(crate) chance: f64,
}

/// Descendants of every record, by generation, and the records that stand out.
///
/// A record with several parents counts with each of them as a share, so that one pass suffices and
/// shares add up to the records; for those that are listed the exact number is found by following it.
/// O(nodes + edges); 20 bytes a node for as long as it takes.
pub(crate) fn amplify(trace: &Trace) -> (Vec<Multiplied>, Vec<Standout>) {
    let graph = &trace.linked.resolved.graph;
    let (direct, all) = shares(trace);
    let place = |node: u32| (trace.generations.of[node as usize] as usize).min(GENERATIONS - 1);
    let mut found: Vec<Multiplied> = Vec::new();
    for node in (0..graph.records()).filter(|&node| trace.is_read(node)) {
        let at = place(node);
        if found.len() <= at {
            found.resize_with(at + 1, Multiplied::default);
        }
        let of = &mut found[at];
        of.records += 1;
        if !graph.children(node).is_empty() && direct[node as usize] > 0.0 {
            of.parents += 1;
            of.children += f64::from(direct[node as usize]);
            *of.sizes.entry(rounded(all[node as usize])).or_default() += 1;
        }
    }
    let mut listed: Vec<Standout> = Vec::new();
    for (generation, of) in found.iter().enumerate() {
        let sizes: Vec<(u64, u64)> =
            of.sizes.iter().map(|(size, n)| (*size, *n)).filter(|s| s.0 > 1).collect();
        let Some(above) = standouts(&sizes, 2, LEVEL) else { continue };
        let stands = |node: &u32| place(*node) == generation && rounded(all[*node as usize]) >= above.from;
        let mut nodes: Vec<u32> =
            (0..graph.records()).filter(|node| trace.is_read(*node)).filter(stands).collect();
        nodes.sort_by(|a, b| all[*b as usize].total_cmp(&all[*a as usize]).then(a.cmp(b)));
        listed.extend(nodes.into_iter().take(OF_ONE).map(|node| Standout {
            id: trace.record(node),
            generation: trace.generation(node),
            descendants: Closure::of(graph, &[node]).members().count() as u64 - 1,
            expected: above.expected,
            chance: above.chance,
        }));
    }
    listed.sort_by_key(|one| (std::cmp::Reverse(one.descendants), one.id));
    listed.truncate(LISTED);
    (found, listed)
}

fn rounded(share: f64) -> u64 {
    (share.round() as u64).max(1)
}

/// The children and the descendants of every node, each divided among its parents.
fn shares(trace: &Trace) -> (Vec<f32>, Vec<f64>) {
    let graph = &trace.linked.resolved.graph;
    let nodes = graph.nodes() as usize;
    let mut parents = vec![0u32; nodes];
    let counts = |parent: u32, child: u32| !trace.generations.same_loop(parent, child);
    for node in 0..graph.nodes() {
        for &child in graph.children(node).iter().filter(|child| counts(node, **child)) {
            parents[child as usize] += 1;
        }
    }
    let (mut direct, mut all) = (vec![0f32; nodes], vec![0f64; nodes]);
    for &node in trace.generations.order.iter().rev() {
        for &child in graph.children(node).iter().filter(|child| counts(node, **child)) {
            let among = f64::from(parents[child as usize]);
            let (own, below) = match graph.is_record(child) {
                true => (1.0, 1.0),
                // A key stands for what was made from it.
                false => (f64::from(direct[child as usize]), 0.0),
            };
            direct[node as usize] += (own / among) as f32;
            all[node as usize] += (below + all[child as usize]) / among;
        }
    }
    (direct, all)
}

/// The median of sizes with their numbers; 0 if there are none.
pub(crate) fn median(sizes: &BTreeMap<u64, u64>) -> u64 {
    let half = sizes.values().sum::<u64>().div_ceil(2);
    let mut sum = 0;
    let middle = sizes.iter().find(|(_, n)| {
        sum += **n;
        sum >= half
    });
    middle.map_or(0, |(size, _)| *size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generations::Generations;
    use crate::graph::testing::graph;
    use crate::nodes::Nodes;

    fn trace(records: u32, edges: &[(u32, u32)]) -> Trace {
        let mut trace = Trace::default();
        trace.linked.nodes = Nodes::new(&[records.into()]).unwrap();
        trace.linked.resolved.graph = graph(records as usize, 0, edges);
        trace.linked.generator = vec![0; records as usize];
        trace.generations = Generations::of(&trace.linked.resolved.graph);
        trace
    }

    #[test]
    fn shares_add_up_and_a_tree_is_counted_exactly() {
        let trace = trace(6, &[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]);
        let (_, all) = shares(&trace);
        assert_eq!(all, [4.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        let (found, _) = amplify(&trace);
        assert_eq!((found[0].records, found[0].parents, median(&found[0].sizes)), (2, 1, 4));
    }

    #[test]
    fn a_root_that_multiplies_stands_out_among_ordinary_ones() {
        // 300 roots with 2 or 3 children each, one with 400.
        let mut edges = Vec::new();
        let mut next = 301;
        for root in 0..301u32 {
            for _ in 0..if root == 77 { 400 } else { 2 + root % 2 } {
                edges.push((root, next));
                next += 1;
            }
        }
        let (_, listed) = amplify(&trace(next, &edges));
        assert_eq!(listed.iter().map(|s| (s.id.row, s.descendants)).collect::<Vec<_>>(), [(77, 400)]);
        edges.retain(|(root, _)| *root != 77);
        assert!(amplify(&trace(next, &edges)).1.is_empty());
    }
}
