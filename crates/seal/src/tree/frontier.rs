//! A tree that grows leaf by leaf.

use super::node;
use crate::digest::Digest;

/// The roots of the complete subtrees that a tree is made of, from the left: one for each bit of its
/// size. A leaf takes O(1) time on average; memory is O(log n).
#[derive(Debug, Clone, Default)]
pub(crate) struct Frontier {
    size: u64,
    complete: Vec<Digest>,
}

impl Frontier {
    /// Adds a leaf's digest.
    pub(crate) fn push(&mut self, mut digest: Digest) {
        let mut size = self.size;
        while size & 1 == 1 {
            if let Some(left) = self.complete.pop() {
                digest = node(&left, &digest);
            }
            size >>= 1;
        }
        self.complete.push(digest);
        self.size += 1;
    }

    /// Number of leaves.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The root as it is now.
    pub(crate) fn root(&self) -> Digest {
        let mut parts = self.complete.iter().rev();
        let Some(last) = parts.next() else { return Digest::of(b"") };
        parts.fold(*last, |right, left| node(left, &right))
    }
}
