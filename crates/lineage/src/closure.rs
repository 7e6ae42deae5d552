//! What descends from what.

use crate::graph::Graph;
use crate::nodes::NOBODY;

/// Records that descend from some roots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closure {
    /// Of each record: steps from the nearest root, 0 for the roots; [`u32::MAX`] for all others.
    pub distance: Vec<u32>,
    /// Of each record: the nearest root, the first in the order of the input where several are.
    pub root: Vec<u32>,
}

impl Closure {
    /// Everything that descends from `roots`: breadth first, O(nodes + edges), 8 bytes a node and 4 for
    /// each node of a step. Exact; the order of the roots does not matter.
    pub fn of(graph: &Graph, roots: &[u32]) -> Closure {
        let nodes = graph.nodes() as usize;
        let mut found = Closure { distance: vec![NOBODY; nodes], root: vec![NOBODY; nodes] };
        let mut step: Vec<u32> = Vec::new();
        for &root in roots {
            if found.distance[root as usize] == NOBODY {
                (found.distance[root as usize], found.root[root as usize]) = (0, root);
                step.push(root);
            }
        }
        let mut next = Vec::new();
        while !step.is_empty() {
            found.through_keys(graph, &mut step);
            for &node in &step {
                let (distance, root) = (found.distance[node as usize] + 1, found.root[node as usize]);
                for &child in graph.children(node).iter().filter(|child| graph.is_record(**child)) {
                    found.reach(child, distance, root, &mut next);
                }
            }
            std::mem::swap(&mut step, &mut next);
            next.clear();
        }
        found.distance.truncate(graph.records() as usize);
        found.root.truncate(graph.records() as usize);
        found
    }

    /// Adds the keys that several records have, of which one is in this step: they are no step themselves.
    fn through_keys(&mut self, graph: &Graph, step: &mut Vec<u32>) {
        for at in 0..step.len() {
            let node = step[at];
            let (distance, root) = (self.distance[node as usize], self.root[node as usize]);
            for &key in graph.children(node).iter().filter(|child| !graph.is_record(**child)) {
                self.reach(key, distance, root, step);
            }
        }
    }

    fn reach(&mut self, node: u32, distance: u32, root: u32, into: &mut Vec<u32>) {
        let (known, from) = (&mut self.distance[node as usize], &mut self.root[node as usize]);
        if *known == NOBODY {
            (*known, *from) = (distance, root);
            into.push(node);
        } else if *known == distance {
            *from = root.min(*from);
        }
    }

    /// Whether a record is a root or descends from one.
    pub fn has(&self, node: u32) -> bool {
        self.distance.get(node as usize).is_some_and(|distance| *distance != NOBODY)
    }

    /// The records that are roots or descend from one, in the order of the input.
    pub fn members(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.distance.len() as u32).filter(|&node| self.has(node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, VecDeque};

    #[test]
    fn the_nearest_root_counts_and_loops_end() {
        let graph = graph(6, 0, &[(0, 1), (1, 2), (2, 0), (5, 2), (2, 3)]);
        let found = Closure::of(&graph, &[5, 0]);
        assert_eq!(found.distance, [0, 1, 1, 2, NOBODY, 0]);
        assert_eq!(found.root[..4], [0, 0, 5, 5]);
        assert_eq!(found.members().collect::<Vec<_>>(), [0, 1, 2, 3, 5]);
        assert_eq!(Closure::of(&graph, &[]).members().count(), 0);
    }

    /// What a queue and a map give, one root at a time. Edges into keys are no step.
    fn plain(children: &BTreeMap<u32, Vec<u32>>, records: u32, root: u32) -> BTreeMap<u32, u32> {
        let mut distance = BTreeMap::from([(root, 0)]);
        let mut queue = VecDeque::from([root]);
        while let Some(node) = queue.pop_front() {
            for &child in children.get(&node).into_iter().flatten() {
                let step = u32::from(child < records);
                let far = distance[&node] + step;
                if distance.get(&child).is_none_or(|known| *known > far) {
                    distance.insert(child, far);
                    queue.push_back(child);
                }
            }
        }
        distance
    }

    proptest! {
        #[test]
        fn the_same_as_one_search_for_each_root(
            edges in prop::collection::vec((0u32..24, 0u32..24), 0..60),
            roots in prop::collection::vec(0u32..20, 0..5),
        ) {
            // No key is made from a key.
            let edges: Vec<(u32, u32)> = edges.into_iter().filter(|(a, b)| *a < 20 || *b < 20).collect();
            let graph = graph(20, 4, &edges);
            let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            edges.iter().for_each(|&(a, b)| children.entry(a).or_default().push(b));
            let found = Closure::of(&graph, &roots);
            let each: Vec<(u32, BTreeMap<u32, u32>)> =
                roots.iter().map(|&root| (root, plain(&children, 20, root))).collect();
            for node in 0..20u32 {
                let best = each.iter().filter_map(|(root, far)| Some((*far.get(&node)?, *root))).min();
                prop_assert_eq!(found.has(node), best.is_some());
                let own = (found.distance[node as usize], found.root[node as usize]);
                prop_assert_eq!(own, best.unwrap_or((NOBODY, NOBODY)));
            }
            let mut backwards = roots.clone();
            backwards.reverse();
            prop_assert_eq!(Closure::of(&graph, &backwards), found);
        }
    }
}
