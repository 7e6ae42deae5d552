//! Reading the leaves of a sealed file again.

use std::io;
use std::path::{Path, PathBuf};

use toadstone_core::Control;
use toadstone_corpus::{Content, Parse, Row};

use super::{Claim, Proof, ProveError, SCHEMA};
use crate::digest::Digest;
use crate::folder::Folder;
use crate::leaf::{Leaf, Meta, Mode};
use crate::manifest::Entry;
use crate::records::{Records, open};
use crate::tiles::{self, TILES, Tiles};

/// A seal, its data, and how to read them.
pub struct Reader<'r> {
    /// The seal.
    pub folder: &'r Folder,
    /// The folder or file that was sealed.
    pub data: &'r Path,
    /// Threads.
    pub threads: usize,
    /// An existing folder for temporary files.
    pub temporary: &'r Path,
    /// Stops the reading.
    pub control: &'r Control,
}

/// A file with records.
pub(super) struct Sealed<'r> {
    pub(super) entry: &'r Entry,
    pub(super) records: &'r Records,
    pub(super) tiles: Tiles,
}

/// A record as far as a proof tells of it.
pub(super) struct Told {
    pub(super) mode: Mode,
    pub(super) length: u64,
    pub(super) meta: Meta,
}

impl Reader<'_> {
    /// Files with records: the one of that name, or all.
    pub(super) fn files(&self, only: Option<&str>) -> Result<Vec<Sealed<'_>>, ProveError> {
        let claim = self.folder.bundle.statement().claim.as_ref();
        if claim.is_none_or(|claim| claim.seal != Digest::of(&self.folder.manifest_bytes)) {
            return Err(ProveError::Seal("seal.json is not what was signed".to_owned()));
        }
        let wanted = |entry: &&Entry| only.is_none_or(|only| only == entry.name);
        let mut files = Vec::new();
        for entry in self.folder.manifest.files.iter().filter(wanted) {
            let Some(records) = &entry.records else { continue };
            let read = tiles::read(&self.folder.path.join(TILES), records.tiles, records.count);
            let tiles =
                read.map_err(|error| ProveError::Seal(format!("the tiles cannot be read: {error}")))?;
            if !tiles.fit(records.count, &records.ordered, &records.sorted) {
                return Err(ProveError::Seal("the tiles are not what was signed".to_owned()));
            }
            files.push(Sealed { entry, records, tiles });
        }
        match (files.is_empty(), only) {
            (true, Some(name)) => Err(ProveError::NoFile(name.to_owned())),
            (true, None) => Err(ProveError::Seal("no file of the seal has records".to_owned())),
            _ => Ok(files),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        if self.data.is_file() { self.data.to_owned() } else { self.data.join(name) }
    }

    /// Reads the leaves of a file in order. `tell`: of which rows more is wanted than their leaf.
    pub(super) fn leaves(
        &self,
        sealed: &Sealed<'_>,
        tell: impl Fn(u64, &Leaf) -> bool + Sync,
        mut take: impl FnMut(u64, Leaf, Option<Told>) + Send,
    ) -> Result<(), ProveError> {
        let path = self.path(&sealed.entry.name);
        let mut at = 0;
        let read = open(&path, self.temporary).and_then(|corpus| {
            corpus.rows(
                0,
                (&sealed.records.columns, Parse::Meta),
                self.threads,
                self.control,
                |row| {
                    let leaf = Leaf::of(row);
                    let told = tell(row.row, &leaf).then(|| told(row));
                    (leaf, told)
                },
                |rows| -> io::Result<()> {
                    for (leaf, told) in rows {
                        take(at, leaf, told);
                        at += 1;
                    }
                    Ok(())
                },
            )
        });
        let read = read.map_err(ProveError::read(path))?;
        if read.rows != sealed.records.count {
            return Err(ProveError::Changed(sealed.entry.name.clone()));
        }
        Ok(())
    }

    /// The proof of a claim about the seal.
    pub(super) fn proof(&self, claim: Claim) -> Proof {
        let manifest = &self.folder.manifest;
        Proof {
            schema: SCHEMA,
            series: manifest.series.clone(),
            sequence: manifest.sequence,
            root: manifest.root,
            claim,
        }
    }
}

fn told(row: &Row<'_>) -> Told {
    let (mode, length) = match row.content {
        Content::Bytes(bytes) => (Mode::Bytes, bytes.len()),
        Content::Cells(bytes) => (Mode::Cells, bytes.len()),
        Content::Refused(bytes) => (Mode::Refused, bytes.len()),
    };
    let text = |value: &Option<std::borrow::Cow<'_, str>>| value.as_ref().map(|text| text.to_string());
    let meta = Meta {
        label: text(&row.label),
        source: row.source.iter().map(text).collect(),
        split: text(&row.split),
    };
    Told { mode, length: length as u64, meta }
}
