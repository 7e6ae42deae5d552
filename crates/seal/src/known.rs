//! What is remembered of files that were read for a seal, so that the next one can do without reading
//! those that did not change.
//!
//! It stays on the machine of who seals and is in no seal: whoever checks reads every file. Size and
//! times say less than bytes do, so a seal names the files that were not read for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::json::{self, JsonError};
use crate::sources::Sources;

/// Most bytes of the file.
const LARGEST: u64 = 1 << 30;
/// Sources of single files that are remembered, in all files together: 50 MB, with names of fifty bytes.
const MOST_SOURCES: usize = 500_000;
/// The version of the file.
const SCHEMA: u32 = 1;
/// How long before a file is looked at it must have been left alone: file systems keep times in steps of
/// up to two seconds (FAT), and a change within the step leaves no trace.
#[cfg(unix)]
const SETTLED: Duration = Duration::from_secs(2);

/// What the system says of a file, and what changes when its bytes do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    bytes: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// When anything about it changed last; nobody but the system can set that.
    changed: (i64, i64),
    inode: u64,
    device: u64,
}

impl Stamp {
    /// The stamp of a file that is looked at after `now`; `None` if it was changed too shortly before,
    /// or if this system keeps too little.
    #[cfg(unix)]
    pub(crate) fn of(path: &Path, now: SystemTime) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let data = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        let (modified, changed) = ((data.mtime(), data.mtime_nsec()), (data.ctime(), data.ctime_nsec()));
        let settled = now.checked_sub(SETTLED)?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let settled = i64::try_from(settled.as_secs()).ok()?;
        let stamp = Stamp { bytes: data.size(), modified, changed, inode: data.ino(), device: data.dev() };
        (modified.0 < settled && changed.0 < settled).then_some(stamp)
    }

    /// Only where the system keeps when a file was changed is a file known not to have been.
    #[cfg(not(unix))]
    pub(crate) fn of(_: &Path, _: SystemTime) -> Option<Stamp> {
        None
    }
}

/// What is remembered of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownFile {
    pub(crate) stamp: Stamp,
    /// Its records by source; none stands for all that were not counted one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<(Option<String>, u64)>,
}

impl KnownFile {
    /// `None` if so many sources of other files are `remembered` that there is no room for these: the file
    /// will be read again.
    pub(crate) fn new(stamp: Stamp, sources: &Sources, remembered: &mut usize) -> Option<KnownFile> {
        let sources: Vec<_> = sources.ranked().into_iter().map(|row| (row.source, row.records)).collect();
        let room = *remembered + sources.len() <= MOST_SOURCES;
        *remembered += if room { sources.len() } else { 0 };
        room.then_some(KnownFile { stamp, sources })
    }

    /// Its records by source.
    pub(crate) fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        self.sources.iter().for_each(|(source, records)| sources.count(source.as_deref(), *records));
        sources
    }
}

/// Which columns the user named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub(crate) source: Vec<String>,
    pub(crate) label: Option<String>,
    pub(crate) split: Option<String>,
}

/// What is remembered of the files of a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    schema: u32,
    /// SHA-256 of the seal's `seal.json`.
    pub(crate) seal: Digest,
    pub(crate) columns: Named,
    pub(crate) files: BTreeMap<String, KnownFile>,
}

impl Known {
    pub(crate) fn new(seal: Digest, columns: Named, files: BTreeMap<String, KnownFile>) -> Known {
        Known { schema: SCHEMA, seal, columns, files }
    }

    /// Reads what was kept; `None` for the file of another version.
    ///
    /// # Errors
    /// It is no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Option<Known>, JsonError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let Version { schema } = json::parse(bytes, LARGEST)?;
        if schema == SCHEMA { json::parse(bytes, LARGEST).map(Some) } else { Ok(None) }
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}
