//! That a leaf stands at a place of a tree.

use super::{ProofError, node, root, split};
use crate::digest::Digest;

/// The path of the leaf at `at` (RFC 6962, 2.1.1), from the leaf upwards. `at` has to be below the
/// number of leaves. O(n).
pub fn prove(at: u64, leaves: &[Digest]) -> Vec<Digest> {
    let size = leaves.len() as u64;
    if size <= 1 {
        return Vec::new();
    }
    let middle = split(size);
    let (left, right) = leaves.split_at(middle as usize);
    let (mut path, other) =
        if at < middle { (prove(at, left), root(right)) } else { (prove(at - middle, right), root(left)) };
    path.push(other);
    path
}

/// Checks that a leaf's digest stands at `at` in a tree of `size` leaves (RFC 9162, 2.1.3.2).
///
/// # Errors
/// [`ProofError`] if it does not follow from the proof.
pub fn check(leaf: &Digest, at: u64, size: u64, proof: &[Digest], tree: &Digest) -> Result<(), ProofError> {
    if at >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut place, mut last, mut digest) = (at, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place & 1 == 1 || place == last {
            digest = node(sibling, &digest);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            digest = node(&digest, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    match (last == 0, digest == *tree) {
        (false, _) => Err(ProofError::Length),
        (true, false) => Err(ProofError::Root),
        (true, true) => Ok(()),
    }
}
