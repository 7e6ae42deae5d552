//! Merkle trees as in RFC 6962 (section 2.1) and RFC 9162 (section 2.1).

pub mod consistency;
mod frontier;
mod groups;
pub mod inclusion;

pub(crate) use frontier::Frontier;
pub(crate) use groups::{GROUP, Groups, group_of};

use crate::digest::Digest;

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The position is not in a tree of that size.
    #[error("the position is not in the tree")]
    OutOfRange,
    /// The proof has too many or too few digests.
    #[error("the proof has the wrong length")]
    Length,
    /// The digests do not lead to the root.
    #[error("the proof does not lead to the root")]
    Root,
    /// Nothing can be shown about an empty tree.
    #[error("nothing follows from an empty tree")]
    Empty,
}

/// The digest of a leaf.
pub fn leaf(entry: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], entry])
}

/// The digest of an inner node.
pub fn node(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Digest::of(&bytes)
}

/// The root of a tree over digests of leaves; that of no leaves is the digest of nothing. O(n).
pub fn root(leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier.root()
}

/// Where a tree of `size` > 1 leaves is divided: the largest power of two below it.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, word by word.
    fn defined(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node(&defined(left), &defined(right))
            }
        }
    }

    fn leaves(n: u64) -> Vec<Digest> {
        (0..n).map(|i| leaf(&i.to_le_bytes())).collect()
    }

    #[test]
    fn roots_are_those_of_the_definition() {
        for n in 0..70 {
            assert_eq!(root(&leaves(n)), defined(&leaves(n)), "{n}");
        }
    }

    #[test]
    fn every_leaf_of_small_trees_has_a_proof_and_no_other_leaf_fits() {
        for n in 1..40u64 {
            let all = leaves(n);
            let root = root(&all);
            for at in 0..n {
                let proof = inclusion::prove(at, &all);
                let check = |leaf: &Digest, at, n| inclusion::check(leaf, at, n, &proof, &root);
                assert_eq!(check(&all[at as usize], at, n), Ok(()));
                assert!(check(&leaf(b"other"), at, n).is_err());
                assert!(check(&all[at as usize], n, n).is_err());
                for other in (0..n).filter(|other| *other != at) {
                    assert!(check(&all[at as usize], other, n).is_err());
                }
            }
        }
    }

    #[test]
    fn every_prefix_of_small_trees_is_consistent_and_nothing_else_is() {
        for n in 1..40u64 {
            let all = leaves(n);
            for m in 1..=n {
                let old = root(&all[..m as usize]);
                let proof = consistency::prove(m, n, &|from, to| root(&all[from as usize..to as usize]));
                assert_eq!(consistency::check(m, n, &old, &root(&all), &proof), Ok(()), "{m} {n}");
                let mut changed = all.clone();
                changed[(m - 1) as usize] = leaf(b"changed");
                assert!(consistency::check(m, n, &old, &root(&changed), &proof).is_err(), "{m} {n}");
            }
        }
    }

    proptest! {
        #[test]
        fn groups_give_the_same_root_and_proofs(n in 1u64..2000, at in any::<prop::sample::Index>()) {
            let all = leaves(n);
            let mut groups = Groups::default();
            let mut roots = Vec::new();
            for leaf in &all {
                roots.extend(groups.push(*leaf));
            }
            let (rest, root) = groups.finish();
            roots.extend(rest);
            prop_assert_eq!(root, super::root(&all));
            prop_assert_eq!(super::root(&roots), root);
            let at = at.index(n as usize) as u64;
            let (group, within) = group_of(at);
            let members = &all[(group * GROUP) as usize..((group + 1) * GROUP).min(n) as usize];
            let mut proof = inclusion::prove(within, members);
            proof.extend(inclusion::prove(group, &roots));
            prop_assert_eq!(inclusion::check(&all[at as usize], at, n, &proof, &root), Ok(()));
        }
    }
}
