//! Trees that are kept from level eight upwards: a digest for each 256 leaves.
//!
//! Groups are aligned subtrees, so the tree over their roots has the root of the whole, and the path
//! of a leaf is its path within its group followed by the path of the group.

use super::Frontier;
use crate::digest::Digest;

/// Leaves of a group.
pub(crate) const GROUP: u64 = 256;

/// The group of a leaf, and its place there.
pub(crate) fn group_of(at: u64) -> (u64, u64) {
    (at / GROUP, at % GROUP)
}

/// A tree that grows, and gives away the root of each group when it is full.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    group: Frontier,
    whole: Frontier,
}

impl Groups {
    /// Adds a leaf's digest; returns the root of the group that it fills.
    pub(crate) fn push(&mut self, leaf: Digest) -> Option<Digest> {
        self.group.push(leaf);
        (self.group.size() == GROUP).then(|| self.close())
    }

    fn close(&mut self) -> Digest {
        let root = std::mem::take(&mut self.group).root();
        self.whole.push(root);
        root
    }

    /// Number of leaves.
    pub(crate) fn size(&self) -> u64 {
        self.whole.size() * GROUP + self.group.size()
    }

    /// The root as it is now.
    pub(crate) fn root(&self) -> Digest {
        let mut whole = self.whole.clone();
        if self.group.size() > 0 {
            whole.push(self.group.root());
        }
        whole.root()
    }

    /// The root of the last group, unless it was given away, and the root of the whole.
    pub(crate) fn finish(mut self) -> (Option<Digest>, Digest) {
        let last = (self.group.size() > 0).then(|| self.close());
        (last, self.whole.root())
    }
}
