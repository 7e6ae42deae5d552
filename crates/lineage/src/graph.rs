//! Who was made from whom, in memory.

use std::io;

use toadstone_sketch::GroupBy;

/// Records and what was made from them, as adjacency lists one after another (compressed sparse rows).
///
/// Nodes below [`Graph::records`] are records. The others are keys that several records have: such a
/// key descends from each of these records, and what names it as its parent descends from the key, so
/// the graph stays as small as the input even where all records have one key. Memory: 4 bytes a node and
/// 4 an edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    records: u32,
    offsets: Vec<u32>,
    targets: Vec<u32>,
}

impl Graph {
    /// The graph of rows parent, child; equal rows count once.
    ///
    /// # Errors
    /// The system's, where temporary files could not be used; or there are more than 2^32 edges.
    pub(crate) fn new(records: usize, nodes: usize, edges: GroupBy<2, 2>) -> io::Result<Graph> {
        let mut rows = edges.finish()?;
        let mut graph = Graph { records: records as u32, ..Graph::default() };
        graph.offsets.reserve_exact(nodes + 1);
        let mut before = None;
        while let Some(row) = rows.next_row()? {
            if before.replace(row) == Some(row) {
                continue;
            }
            graph.fill(row[0] as usize);
            graph.targets.push(row[1] as u32);
            if graph.targets.len() >= u32::MAX as usize {
                return Err(io::Error::other("more than 2^32 references between records"));
            }
        }
        graph.fill(nodes);
        Ok(graph)
    }

    /// Sets the offsets of all nodes up to `node`, which is not among them yet.
    fn fill(&mut self, node: usize) {
        let end = self.targets.len() as u32;
        while self.offsets.len() <= node {
            self.offsets.push(end);
        }
    }

    /// The graph with every edge turned round: what a node was made from.
    pub(crate) fn reversed(&self) -> Graph {
        let mut offsets = vec![0u32; self.offsets.len()];
        self.targets.iter().for_each(|&child| offsets[child as usize + 1] += 1);
        (1..offsets.len()).for_each(|at| offsets[at] += offsets[at - 1]);
        let (mut next, mut targets) = (offsets.clone(), vec![0; self.targets.len()]);
        for parent in 0..self.nodes() {
            for &child in self.children(parent) {
                targets[next[child as usize] as usize] = parent;
                next[child as usize] += 1;
            }
        }
        Graph { records: self.records, offsets, targets }
    }

    /// Records; nodes from this number on are keys that several of them have.
    pub fn records(&self) -> u32 {
        self.records
    }

    /// Records, and keys that several records have.
    pub fn nodes(&self) -> u32 {
        (self.offsets.len() - 1) as u32
    }

    /// Edges.
    pub fn edges(&self) -> usize {
        self.targets.len()
    }

    /// What was made from a node, ascending.
    pub fn children(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.targets[self.offsets[node] as usize..self.offsets[node + 1] as usize]
    }

    /// Whether a node is a record.
    pub fn is_record(&self, node: u32) -> bool {
        node < self.records
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A graph of these edges among `records` records and `keys` keys.
    pub(crate) fn graph(records: usize, keys: usize, edges: &[(u32, u32)]) -> Graph {
        let mut rows = GroupBy::new(1 << 28, std::path::Path::new("/nonexistent"));
        edges.iter().for_each(|&(parent, child)| rows.push([parent.into(), child.into()]));
        Graph::new(records, records + keys, rows).unwrap()
    }

    #[test]
    fn children_are_listed_once_and_in_order() {
        let graph = graph(4, 1, &[(2, 3), (0, 4), (2, 1), (2, 3)]);
        let children: Vec<&[u32]> = (0..5).map(|node| graph.children(node)).collect();
        assert_eq!(children, [&[4][..], &[], &[1, 3], &[], &[]]);
        assert_eq!((graph.records(), graph.nodes(), graph.edges()), (4, 5, 3));
        let back = graph.reversed();
        let parents: Vec<&[u32]> = (0..5).map(|node| back.children(node)).collect();
        assert_eq!(parents, [&[][..], &[2], &[], &[2], &[0]]);
        assert_eq!(back.reversed(), graph);
    }
}
