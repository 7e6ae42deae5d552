//! Files that are taken over from the seal before without being read: those that the system says were not
//! touched since.
//!
//! A file that grew is read whole. Its ordered tree could go on from its last leaves, but the sorted one
//! needs all of them, and its SHA-256 every byte.

use std::path::Path;

use toadstone_core::Control;

use crate::digest::Digest;
use crate::files::hash_all;
use crate::folder::Folder;
use crate::known::{Known, KnownFile, Named, Stamp};
use crate::manifest::Entry;
use crate::records::Extends;
use crate::tiles::{self, TILES, TileWriter};

/// A seal whose entries may be taken over.
pub(crate) struct Carrying<'c> {
    previous: &'c Folder,
    known: &'c Known,
}

impl<'c> Carrying<'c> {
    /// `None` if what is known is about another seal or other columns, or if the tiles of the seal are not
    /// those that were signed.
    pub(crate) fn prepare(
        previous: Option<&'c Folder>,
        known: Option<&'c Known>,
        named: &Named,
    ) -> Option<Carrying<'c>> {
        let (previous, known) = (previous?, known?);
        let same = known.seal == Digest::of(&previous.manifest_bytes) && known.columns == *named;
        (same && sound(previous)).then_some(Carrying { previous, known })
    }

    /// What the seal before says of a file, if the file has the stamp that it had then.
    pub(crate) fn untouched(&self, name: &str, stamp: Option<Stamp>) -> Option<(&'c Entry, &'c KnownFile)> {
        let known = self.known.files.get(name).filter(|known| Some(known.stamp) == stamp)?;
        Some((self.previous.manifest.file(name)?, known))
    }

    /// The entry of a file that was not read, with its tiles copied.
    ///
    /// # Errors
    /// The system's reason.
    pub(crate) fn over(&self, entry: &Entry, tiles: &mut TileWriter) -> std::io::Result<Entry> {
        let mut entry = entry.clone();
        entry.read_for.get_or_insert(self.previous.manifest.sequence);
        let Some(records) = &mut entry.records else { return Ok(entry) };
        let path = self.previous.path.join(TILES);
        let old = tiles::read(&path, records.tiles, records.count)?;
        records.tiles = tiles.position();
        records.extends = (records.count > 0).then(|| Extends {
            count: records.count,
            ordered: records.ordered,
            proof: Vec::new(),
        });
        let sorted = old.sorted.iter().flat_map(|(root, first)| [root, first]);
        old.ordered.iter().chain(sorted).try_for_each(|digest| tiles.push(digest))?;
        Ok(entry)
    }
}

/// Whether the tiles are those that `seal.json` binds.
fn sound(previous: &Folder) -> bool {
    let path = previous.path.join(TILES);
    let digest = |path: &Path| hash_all(&[(path, false)], 1, &Control::default()).pop()??.ok();
    match previous.manifest.tiles {
        Some(signed) => digest(&path).is_some_and(|hashed| hashed.sha256 == signed),
        None => true,
    }
}
