//! That no record has some content.

use std::collections::BTreeMap;

use super::read::{Reader, Sealed};
use super::{Absent, Claim, Gap, Neighbour, Proof, ProveError};
use crate::digest::Digest;
use crate::leaf::Leaf;
use crate::tree::{GROUP, group_of, inclusion, root};

/// Proves that no record of the data set has the content, whatever is said about it elsewhere. Takes one
/// reading of every file with records. Memory: the leaves of at most three groups, equal ones once.
///
/// # Errors
/// [`ProveError`]; [`ProveError::There`] if a record has it.
pub fn prove_absent(reader: &Reader<'_>, content: Digest) -> Result<Proof, ProveError> {
    let files = reader.files(None)?;
    let gaps = files.iter().map(|sealed| gap(reader, sealed, content)).collect::<Result<_, _>>()?;
    Ok(reader.proof(Claim::Absent(Absent { content, files: gaps })))
}

fn gap(reader: &Reader<'_>, sealed: &Sealed<'_>, content: Digest) -> Result<Gap, ProveError> {
    let file = sealed.entry.name.clone();
    let groups = &sealed.tiles.sorted;
    // The neighbours are in the last group that begins below the content, and in the one after it.
    let first = groups.partition_point(|(_, begins)| *begins <= content).saturating_sub(1);
    let (from, to) =
        (groups.get(first).map(|(_, begins)| *begins), groups.get(first + 2).map(|(_, begins)| *begins));
    let mut before = 0;
    let mut near: BTreeMap<Leaf, u64> = BTreeMap::new();
    let mut there = None;
    reader.leaves(
        sealed,
        |_, _| false,
        |row, leaf, _| {
            if leaf.content == content {
                there.get_or_insert(row);
            }
            if from.is_some_and(|from| leaf.content < from) {
                before += 1;
            } else if to.is_none_or(|to| leaf.content <= to) {
                *near.entry(leaf).or_default() += 1;
            }
        },
    )?;
    if let Some(row) = there {
        return Err(ProveError::There { file, row });
    }
    let window = Window::new(sealed, first as u64, before, &near);
    let above = window.leaves.partition_point(|leaf| leaf.content < content) as u64 + window.start;
    let below = above.checked_sub(1);
    let neighbour = |at: u64| window.neighbour(sealed, at).ok_or_else(|| ProveError::Changed(file.clone()));
    Ok(Gap {
        below: below.map(neighbour).transpose()?,
        above: (above < sealed.records.count).then(|| neighbour(above)).transpose()?,
        file: file.clone(),
    })
}

/// Two groups of the sorted tree.
struct Window {
    /// The place of the first leaf.
    start: u64,
    leaves: Vec<Leaf>,
}

impl Window {
    /// The groups `first` and the next, of leaves `near` of which the first one has the place `before`.
    fn new(sealed: &Sealed<'_>, first: u64, before: u64, near: &BTreeMap<Leaf, u64>) -> Window {
        let start = first * GROUP;
        let end = (start + 2 * GROUP).min(sealed.records.count);
        let mut leaves = Vec::new();
        let mut at = before;
        for (leaf, count) in near {
            let inside = (at + count).min(end).saturating_sub(at.max(start));
            leaves.extend((0..inside).map(|_| *leaf));
            at += count;
        }
        Window { start, leaves }
    }

    /// The leaf at a place and its way to the root; `None` if the leaves are not those of the seal.
    fn neighbour(&self, sealed: &Sealed<'_>, at: u64) -> Option<Neighbour> {
        let (group, within) = group_of(at);
        let from = (group * GROUP).checked_sub(self.start)? as usize;
        let members: Vec<Digest> =
            self.leaves.get(from..)?.iter().take(GROUP as usize).map(Leaf::sorted).collect();
        let roots: Vec<Digest> = sealed.tiles.sorted.iter().map(|(root, _)| *root).collect();
        if roots.get(group as usize) != Some(&root(&members)) {
            return None;
        }
        let mut path = inclusion::prove(within, &members);
        path.extend(inclusion::prove(group, &roots));
        let leaf = self.leaves.get(from + within as usize)?;
        Some(Neighbour { at, content: leaf.content, leaf: leaf.leaf, path })
    }
}
