//! That a tree is the beginning of another: nothing was changed or taken away, only added.

use super::{ProofError, node, split};
use crate::digest::Digest;

/// Proves that the tree of `size` leaves begins with the one of `old` (RFC 6962, 2.1.2), 0 < `old` <=
/// `size`. `subtree` gives the root over the leaves `from..to`.
pub fn prove(old: u64, size: u64, subtree: &dyn Fn(u64, u64) -> Digest) -> Vec<Digest> {
    let mut proof = Vec::new();
    if old < size {
        descend(old, (0, size), true, subtree, &mut proof);
    }
    proof
}

/// `SUBPROOF` of the RFC. `known`: the subtree is the old tree itself, whose root the other side has.
fn descend(
    old: u64,
    (from, to): (u64, u64),
    known: bool,
    subtree: &dyn Fn(u64, u64) -> Digest,
    proof: &mut Vec<Digest>,
) {
    let size = to - from;
    if old == size {
        if !known {
            proof.push(subtree(from, to));
        }
        return;
    }
    let middle = split(size);
    if old <= middle {
        descend(old, (from, from + middle), known, subtree, proof);
        proof.push(subtree(from + middle, to));
    } else {
        descend(old - middle, (from + middle, to), false, subtree, proof);
        proof.push(subtree(from, from + middle));
    }
}

/// Checks that the tree of `size` leaves with root `new` begins with the one of `old` leaves (RFC
/// 9162, 2.1.4.2). From an empty tree nothing follows, so that is an error.
///
/// # Errors
/// [`ProofError`] if it does not follow from the proof.
pub fn check(
    old: u64,
    size: u64,
    old_root: &Digest,
    new: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if old == 0 {
        return Err(ProofError::Empty);
    }
    if old > size {
        return Err(ProofError::OutOfRange);
    }
    if old == size {
        return match (proof.is_empty(), old_root == new) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    let (first, rest) = match old.is_power_of_two() {
        true => (*old_root, proof),
        false => proof.split_first().map(|(first, rest)| (*first, rest)).ok_or(ProofError::Length)?,
    };
    if rest.is_empty() {
        return Err(ProofError::Length);
    }
    let shift = (old - 1).trailing_ones();
    let (mut place, mut last) = ((old - 1) >> shift, (size - 1) >> shift);
    let (mut was, mut is) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place & 1 == 1 || place == last {
            was = node(sibling, &was);
            is = node(sibling, &is);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            is = node(&is, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    match (last == 0, was == *old_root && is == *new) {
        (false, _) => Err(ProofError::Length),
        (true, false) => Err(ProofError::Root),
        (true, true) => Ok(()),
    }
}
