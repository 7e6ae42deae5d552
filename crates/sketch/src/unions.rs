//! Clusters from pairs.

use ahash::AHashMap;

/// Joins things that are named by a number into clusters (union-find with path halving and the
/// smaller name as the root; Tarjan and van Leeuwen 1984).
///
/// The clusters do not depend on the order of the pairs. Near O(1) a pair; about 24 bytes for each
/// thing that is in a pair.
#[derive(Debug, Default)]
pub struct Unions {
    index: AHashMap<u64, u32>,
    names: Vec<u64>,
    parents: Vec<u32>,
}

impl Unions {
    /// No cluster.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `a` and `b` in one cluster.
    ///
    /// # Panics
    /// Beyond 2^32 things (100 GB of state).
    pub fn join(&mut self, a: u64, b: u64) {
        let (a, b) = (self.root_of(a), self.root_of(b));
        if a != b {
            let a_first = self.names[a as usize] < self.names[b as usize];
            let (root, child) = if a_first { (a, b) } else { (b, a) };
            self.parents[child as usize] = root;
        }
    }

    fn root_of(&mut self, name: u64) -> u32 {
        let next = u32::try_from(self.names.len()).expect("fewer than 2^32 things are clustered");
        let mut at = *self.index.entry(name).or_insert(next);
        if at == next {
            self.names.push(name);
            self.parents.push(next);
        }
        while self.parents[at as usize] != at {
            let above = self.parents[self.parents[at as usize] as usize];
            self.parents[at as usize] = above;
            at = above;
        }
        at
    }

    /// The clusters, each in ascending order, ordered by their first member. O(n log n).
    pub fn clusters(mut self) -> Vec<Vec<u64>> {
        let names = self.names.clone();
        let mut pairs: Vec<(u64, u64)> = names
            .into_iter()
            .map(|name| {
                let root = self.root_of(name);
                (self.names[root as usize], name)
            })
            .collect();
        pairs.sort_unstable();
        pairs.chunk_by(|a, b| a.0 == b.0).map(|chunk| chunk.iter().map(|pair| pair.1).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_become_clusters() {
        let mut unions = Unions::new();
        for (a, b) in [(9, 4), (1, 2), (4, 7), (3, 3)] {
            unions.join(a, b);
        }
        assert_eq!(unions.clusters(), [vec![1, 2], vec![3], vec![4, 7, 9]]);
    }

    proptest! {
        #[test]
        fn the_order_of_pairs_does_not_matter(pairs in prop::collection::vec((0u64..60, 0u64..60), 0..80)) {
            let mut forward = Unions::new();
            pairs.iter().for_each(|&(a, b)| forward.join(a, b));
            let mut backward = Unions::new();
            pairs.iter().rev().for_each(|&(a, b)| backward.join(b, a));
            prop_assert_eq!(forward.clusters(), backward.clusters());
        }
    }
}
