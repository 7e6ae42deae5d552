//! Which generation a record belongs to.

use crate::graph::Graph;
use crate::nodes::NOBODY;

/// The generation of every record, and the loops that stood in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Generations {
    /// Of each node: 0 for what names no parent here, else one more than the latest of its parents.
    pub of: Vec<u32>,
    /// All nodes so that parents come before their children, but for edges inside a loop.
    pub(crate) order: Vec<u32>,
    /// The loop that a node is part of; empty if there is none, else as long as `of` and [`NOBODY`] for
    /// nodes in no loop.
    pub(crate) loops: Vec<u32>,
}

impl Generations {
    /// Numbers the generations (Kahn 1962). Records that descend from themselves make a loop, a strongly
    /// connected part of the graph; edges inside one do not count, so each of its records has the
    /// generation that its parents outside give it. O(nodes + edges); 12 bytes a node, 20 with loops.
    pub fn of(graph: &Graph) -> Generations {
        let nodes = graph.nodes() as usize;
        let mut waiting = vec![0u32; nodes];
        (0..graph.nodes()).flat_map(|node| graph.children(node)).for_each(|&c| waiting[c as usize] += 1);
        let mut found = Generations { of: vec![0; nodes], ..Generations::default() };
        found.order.reserve_exact(nodes);
        found.walk(graph, &mut waiting, 0..graph.nodes());
        if found.order.len() < nodes {
            let left = |node: &u32| waiting[*node as usize] > 0;
            let left: Vec<u32> = (0..graph.nodes()).filter(left).collect();
            found.loops = loops(graph, &waiting, &left);
            left.iter().for_each(|&node| waiting[node as usize] = 0);
            for &node in &left {
                for &child in graph.children(node) {
                    waiting[child as usize] += u32::from(!found.same_loop(node, child));
                }
            }
            found.walk(graph, &mut waiting, left.iter().copied());
        }
        found
    }

    /// Whether an edge lies inside a loop.
    pub(crate) fn same_loop(&self, parent: u32, child: u32) -> bool {
        !self.loops.is_empty() && {
            let at = self.loops[parent as usize];
            at != NOBODY && at == self.loops[child as usize]
        }
    }

    /// Whether a record descends from itself.
    pub fn in_loop(&self, node: u32) -> bool {
        self.loops.get(node as usize).is_some_and(|at| *at != NOBODY)
    }

    /// Numbers what waits for no parent, and all that follows from it.
    fn walk(&mut self, graph: &Graph, waiting: &mut [u32], from: impl Iterator<Item = u32>) {
        let first = self.order.len();
        self.order.extend(from.filter(|&node| waiting[node as usize] == 0));
        let mut at = first;
        while let Some(&node) = self.order.get(at) {
            at += 1;
            let own = self.of[node as usize];
            for &child in graph.children(node) {
                if self.same_loop(node, child) {
                    continue;
                }
                // A key is no generation of its own.
                let next = own + u32::from(graph.is_record(child));
                let place = child as usize;
                self.of[place] = self.of[place].max(next);
                waiting[place] -= 1;
                if waiting[place] == 0 {
                    self.order.push(child);
                }
            }
        }
    }
}

/// The strongly connected parts of more than one node among `left`, the nodes that still wait (Tarjan
/// 1972, without recursion).
fn loops(graph: &Graph, waiting: &[u32], left: &[u32]) -> Vec<u32> {
    let nodes = graph.nodes() as usize;
    let mut tarjan = Tarjan { number: vec![NOBODY; nodes], low: vec![0; nodes], open: Vec::new(), next: 0 };
    let mut found = vec![NOBODY; nodes];
    let mut parts = 0;
    // A node, and which of its children is next.
    let mut path: Vec<(u32, usize)> = Vec::new();
    for &start in left {
        if tarjan.number[start as usize] != NOBODY {
            continue;
        }
        tarjan.enter(start);
        path.push((start, 0));
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            match graph.children(node).get(*next) {
                Some(&child) => {
                    *next += 1;
                    if waiting[child as usize] == 0 || found[child as usize] == CLOSED {
                        continue;
                    }
                    if tarjan.number[child as usize] == NOBODY {
                        tarjan.enter(child);
                        path.push((child, 0));
                    } else if found[child as usize] == NOBODY {
                        tarjan.lower(node, tarjan.number[child as usize]);
                    }
                }
                None => {
                    path.pop();
                    if let Some(&(above, _)) = path.last() {
                        tarjan.lower(above, tarjan.low[node as usize]);
                    }
                    if tarjan.low[node as usize] == tarjan.number[node as usize] {
                        tarjan.close(node, &mut found, &mut parts);
                    }
                }
            }
        }
    }
    found.iter_mut().filter(|part| **part == CLOSED).for_each(|part| *part = NOBODY);
    found
}

/// Marks a node that is looked at to its end and in no loop.
const CLOSED: u32 = u32::MAX - 1;

struct Tarjan {
    number: Vec<u32>,
    low: Vec<u32>,
    open: Vec<u32>,
    next: u32,
}

impl Tarjan {
    fn enter(&mut self, node: u32) {
        self.number[node as usize] = self.next;
        self.low[node as usize] = self.next;
        self.next += 1;
        self.open.push(node);
    }

    fn lower(&mut self, node: u32, to: u32) {
        let low = &mut self.low[node as usize];
        *low = to.min(*low);
    }

    /// Ends the part that `node` is the first node of.
    fn close(&mut self, node: u32, found: &mut [u32], parts: &mut u32) {
        let alone = self.open.last() == Some(&node);
        let part = if alone { CLOSED } else { *parts };
        *parts += u32::from(!alone);
        while let Some(member) = self.open.pop() {
            found[member as usize] = part;
            if member == node {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;
    use proptest::prelude::*;

    #[test]
    fn the_latest_parent_counts_and_a_key_is_no_step() {
        let found = Generations::of(&graph(5, 0, &[(0, 1), (1, 2), (0, 2), (3, 2)]));
        assert_eq!(found.of, [0, 1, 2, 0, 0]);
        let found = Generations::of(&graph(3, 1, &[(0, 3), (1, 3), (3, 2)]));
        assert_eq!(found.of[..3], [0, 0, 1]);
    }

    #[test]
    fn loops_are_told_from_what_hangs_on_them() {
        // 0 -> (1 -> 2 -> 1) -> 3, and (4 -> 5 -> 4).
        let found = Generations::of(&graph(6, 0, &[(0, 1), (1, 2), (2, 1), (2, 3), (4, 5), (5, 4)]));
        assert_eq!(
            (0..6).map(|n| found.in_loop(n)).collect::<Vec<_>>(),
            [false, true, true, false, true, true]
        );
        assert_eq!(found.of, [0, 1, 0, 1, 0, 0]);
        assert_eq!(found.order.len(), 6);
    }

    #[test]
    fn a_chain_of_a_million_needs_no_stack() {
        let n = 1_000_000;
        let mut edges: Vec<(u32, u32)> = (0..n - 1).map(|i| (i, i + 1)).collect();
        assert_eq!(Generations::of(&graph(n as usize, 0, &edges)).of[n as usize - 1], n - 1);
        edges.push((n - 1, 0));
        assert!(Generations::of(&graph(n as usize, 0, &edges)).in_loop(n / 2));
    }

    proptest! {
        #[test]
        fn a_node_is_in_a_loop_if_it_reaches_itself(edges in prop::collection::vec((0u32..12, 0u32..12), 0..30)) {
            let edges: Vec<(u32, u32)> = edges.into_iter().filter(|(a, b)| a != b).collect();
            let graph = graph(12, 0, &edges);
            let found = Generations::of(&graph);
            let reaches = |from: u32| {
                let mut seen = [false; 12];
                let mut queue = vec![from];
                while let Some(node) = queue.pop() {
                    for &child in graph.children(node) {
                        if !std::mem::replace(&mut seen[child as usize], true) {
                            queue.push(child);
                        }
                    }
                }
                seen
            };
            let reached: Vec<[bool; 12]> = (0..12).map(reaches).collect();
            let mut sorted = found.order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..12).collect::<Vec<_>>());
            for a in 0..12u32 {
                prop_assert_eq!(found.in_loop(a), reached[a as usize][a as usize]);
                let outside = (0..12u32).filter(|&p| graph.children(p).contains(&a))
                    .filter(|&p| !(reached[p as usize][a as usize] && reached[a as usize][p as usize]));
                let expected = outside.map(|p| found.of[p as usize] + 1).max().unwrap_or(0);
                prop_assert_eq!(found.of[a as usize], expected);
            }
        }
    }
}
