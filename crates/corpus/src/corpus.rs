//! A data set: its files, what is known of them, and what reading them gave.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempPath;
use toadstone_core::{
    Control, InputFile, Observe, Profile, ReadSummary, RejectedSummary, RoleSet, Source, SourceError,
};
use toadstone_store::{AddressError, StoreError};

use crate::entry;
pub(crate) use crate::entry::Entry;
use crate::find::{Findings, Skipped, find};
use crate::medium::Medium;
use crate::names::{self, Meaning};
use crate::options::{Limits, Options};
use crate::pool;
use crate::readers::{self, Failure};
use crate::rejected::RejectLog;
use crate::stream::{Packing, Stream};
use crate::write::write_atomically;

/// Why a data set cannot be opened: the user named something that is not there.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A path that does not exist.
    #[error("there is no file or folder `{path}`")]
    Missing {
        /// As the user named it.
        path: String,
    },
    /// A pattern that matches nothing.
    #[error("no file matches `{pattern}`")]
    NoMatch {
        /// As the user wrote it.
        pattern: String,
    },
    /// A pattern that is none.
    #[error("`{pattern}` is not a pattern: {why}")]
    Pattern {
        /// As the user wrote it.
        pattern: String,
        /// What is wrong.
        why: &'static str,
    },
    /// An address that is none.
    #[error("`{path}`: {error}")]
    Address {
        /// As the user named it, without what is secret.
        path: String,
        /// What is wrong.
        error: AddressError,
    },
    /// A store that does not give what an address names.
    #[error("`{path}`: {error}")]
    Store {
        /// As the user named it, without what is secret.
        path: String,
        /// Why, and what to do.
        error: StoreError,
    },
    /// A `--map` that names no field.
    #[error(
        "`{field}` is not a field; --map knows input, output, rejected, label, messages, system, context, code, source, url, author, annotator, generator, parent, prompt-id, created, key"
    )]
    Field {
        /// As the user wrote it.
        field: String,
    },
    /// Standard input could not be put aside.
    #[error("cannot put standard input into a temporary file: {0}")]
    Temporary(#[source] io::Error),
}

/// What the first reading found out.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) summary: ReadSummary,
    pub(crate) digests: Vec<Option<u128>>,
    pub(crate) records: Vec<u64>,
    pub(crate) log: RejectLog,
}

/// A data set of files.
///
/// Memory: one chunk of input and one batch of records for each worker, whatever the size of the
/// files; a decoder may need up to 256 MiB more for each file that is being read.
#[derive(Debug)]
pub struct Corpus {
    pub(crate) files: Vec<Entry>,
    pub(crate) limits: Limits,
    pub(crate) options: Options,
    profile: Profile,
    skipped: Vec<Skipped>,
    seen: Mutex<Option<Seen>>,
    _spools: Vec<Arc<TempPath>>,
}

impl Corpus {
    /// Finds the files of `paths` (files, folders, patterns, `-` for standard input) and recognises
    /// their formats and columns from their first records.
    ///
    /// # Errors
    /// [`OpenError`] if a path does not exist or an option makes no sense. A file that exists and
    /// cannot be read is no error: see [`Corpus::unreadable`].
    pub fn open(paths: &[String], options: &Options) -> Result<Corpus, OpenError> {
        let findings = find(paths, &options.temporary)?;
        Corpus::of(findings, options)
    }

    pub(crate) fn of(findings: Findings, options: &Options) -> Result<Corpus, OpenError> {
        let map = meanings(&options.map)?;
        let named: Vec<String> = map.iter().map(|(_, column)| column.clone()).collect();
        let mut skipped = findings.skipped;
        let mut files = Vec::new();
        for opened in entry::open_all(findings.files, &map, &named, options.limits) {
            match opened {
                Ok(entry) => files.push(entry),
                Err(left_out) => skipped.push(left_out),
            }
        }
        Ok(Corpus { skipped, _spools: findings.spools, ..Corpus::of_entries(files, options) })
    }

    pub(crate) fn of_entries(files: Vec<Entry>, options: &Options) -> Corpus {
        let profile = profile(&files);
        Corpus {
            files,
            limits: options.limits,
            options: options.clone(),
            profile,
            skipped: Vec::new(),
            seen: Mutex::new(None),
            _spools: Vec::new(),
        }
    }

    /// The files in order; [`toadstone_core::RecordId::file`] is an index into this list. Digests and
    /// numbers of records are those of the first reading, empty and 0 before it.
    pub fn inputs(&self) -> Vec<InputFile> {
        let seen = self.seen();
        let input = |(at, entry): (usize, &Entry)| InputFile {
            name: entry.name.clone(),
            bytes: entry.stamp.map_or(0, |stamp| stamp.bytes),
            digest: seen
                .as_ref()
                .and_then(|seen| seen.digests[at])
                .map(|d| format!("{d:032x}"))
                .unwrap_or_default(),
            format: entry.shown_format(),
            kind: entry.plan.kind.name().to_owned(),
            columns: entry.shown_columns(),
            records: seen.as_ref().map_or(0, |seen| seen.records[at]),
            error: entry.error.clone(),
        };
        self.files.iter().enumerate().map(input).collect()
    }

    /// Names and digests (xxh3-128 of the bytes on disk) of all readable files, without reading records.
    ///
    /// # Errors
    /// The system's, if a file cannot be read.
    pub fn digests(&self) -> io::Result<Vec<(&str, u128)>> {
        let digest = |entry: &Entry| -> io::Result<u128> {
            if let Medium::Table(batches) = &entry.medium {
                return batches.digest();
            }
            let mut stream = Stream::new(entry.medium.open()?, Packing::None, self.limits, true)?;
            Ok(stream.finish()?.unwrap_or_default())
        };
        let readable = self.files.iter().filter(|entry| entry.error.is_none());
        readable.map(|entry| Ok((entry.name.as_str(), digest(entry)?))).collect()
    }

    /// Files that cannot be read, with the reason. Their records are not part of the data set.
    pub fn unreadable(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|entry| Some((entry.name.as_str(), entry.error.as_deref()?)))
    }

    /// Files in folders that were left out, and why.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The names of all files, in order.
    pub fn names(&self) -> Vec<String> {
        self.files.iter().map(|entry| entry.name.clone()).collect()
    }

    /// Name of a file; empty beyond the end of the list.
    pub fn file_name(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |entry| &entry.name)
    }

    /// What the first reading gave; `None` before it.
    pub fn summary(&self) -> Option<ReadSummary> {
        self.seen().as_ref().map(|seen| seen.summary)
    }

    /// How many records the first reading refused for each reason, most first; empty before it.
    pub fn rejected(&self) -> Vec<RejectedSummary> {
        self.seen().as_ref().map(|seen| seen.log.summary()).unwrap_or_default()
    }

    /// Writes what the first reading refused, a JSON object on each line, ordered by file and row.
    ///
    /// # Errors
    /// The system's, if the file cannot be written. Nothing is left behind then.
    pub fn write_rejected(&self, path: &Path) -> io::Result<()> {
        let seen = self.seen();
        write_atomically(path, |out| match seen.as_ref() {
            Some(seen) => seen.log.write(out),
            None => Ok(()),
        })
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open_reader(
        &self,
        entry: &Entry,
        digest: bool,
    ) -> Result<Box<dyn readers::Reader>, Failure> {
        (readers::format(entry.format).open)(&entry.setup(self.limits, digest))
    }
}

impl Source for Corpus {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn read(&self, workers: Vec<Observe<'_>>, control: &Control) -> Result<ReadSummary, SourceError> {
        let log = match *self.seen() {
            Some(_) => None,
            None => Some(RejectLog::new(&self.options.temporary)?),
        };
        let done = pool::read(self, 0..self.files.len(), workers, control, log.as_ref())?;
        if let Some(log) = log {
            let seen = Seen { summary: done.summary, digests: done.digests, records: done.records, log };
            self.seen().get_or_insert(seen);
        }
        Ok(done.summary)
    }
}

/// What the user's `--map` means.
pub(crate) fn meanings(map: &[(String, String)]) -> Result<Vec<(Meaning, String)>, OpenError> {
    let meaning = |(field, column): &(String, String)| match names::field(field) {
        Some(meaning) => Ok((meaning, column.clone())),
        None => Err(OpenError::Field { field: field.clone() }),
    };
    map.iter().map(meaning).collect()
}

fn profile(files: &[Entry]) -> Profile {
    let mut profile = Profile::default();
    for entry in files.iter().filter(|entry| entry.error.is_none()) {
        profile.roles = profile.roles.or(entry.plan.roles());
        if !profile.kinds.contains(&entry.plan.kind) {
            profile.kinds.push(entry.plan.kind);
        }
        profile.bytes += entry.stamp.map_or(0, |stamp| stamp.bytes);
    }
    if files.is_empty() {
        profile.roles = RoleSet::default();
    }
    profile
}
