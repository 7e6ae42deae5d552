//! That a record is there.

use super::read::{Reader, Sealed, Told};
use super::{Claim, Present, Proof, ProveError};
use crate::digest::Digest;
use crate::leaf::Leaf;
use crate::tree::{GROUP, group_of, inclusion, root};

/// Which record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The one in that row, from 0.
    Row(u64),
    /// The first with that content.
    Content(Digest),
}

/// Proves that a record is in the file `only`, or in the first file that has it. Takes one reading of
/// each file it looks at; memory is that of reading.
///
/// # Errors
/// [`ProveError`].
pub fn prove_present(reader: &Reader<'_>, wanted: Wanted, only: Option<&str>) -> Result<Proof, ProveError> {
    let files = reader.files(only)?;
    if let (Wanted::Row(_), [first, _, ..]) = (wanted, files.as_slice()) {
        return Err(ProveError::Seal(format!(
            "several files have records, such as `{}`; say which one is meant",
            first.entry.name
        )));
    }
    for sealed in &files {
        if let Some(present) = in_file(reader, sealed, wanted)? {
            return Ok(reader.proof(Claim::Present(present)));
        }
    }
    match wanted {
        Wanted::Row(_) => {
            let file = files[0].entry.name.clone();
            Err(ProveError::NoRow { file, count: files[0].records.count })
        }
        Wanted::Content(content) => Err(ProveError::NotThere(content)),
    }
}

/// A record that was found, and the leaves of its group.
struct Found {
    row: u64,
    leaf: Leaf,
    told: Told,
    group: Vec<Digest>,
}

fn in_file(reader: &Reader<'_>, sealed: &Sealed<'_>, wanted: Wanted) -> Result<Option<Present>, ProveError> {
    let is_it = |row: u64, leaf: &Leaf| match wanted {
        Wanted::Row(at) => row == at,
        Wanted::Content(content) => leaf.content == content,
    };
    let mut found: Option<Found> = None;
    let mut group: Vec<Digest> = Vec::new();
    reader.leaves(sealed, is_it, |row, leaf, told| {
        if row.is_multiple_of(GROUP) {
            group.clear();
        }
        group.push(leaf.leaf);
        match &mut found {
            Some(found) if row / GROUP == found.row / GROUP => found.group.push(leaf.leaf),
            Some(_) => {}
            None => found = told.map(|told| Found { row, leaf, told, group: group.clone() }),
        }
    })?;
    let Some(Found { row, leaf, told, group }) = found else { return Ok(None) };
    let (at, within) = group_of(row);
    if sealed.tiles.ordered.get(at as usize) != Some(&root(&group)) {
        return Err(ProveError::Changed(sealed.entry.name.clone()));
    }
    let mut path = inclusion::prove(within, &group);
    path.extend(inclusion::prove(at, &sealed.tiles.ordered));
    let file = sealed.entry.name.clone();
    let Told { mode, length, meta } = told;
    Ok(Some(Present { file, row, mode, length, content: leaf.content, meta, path }))
}
