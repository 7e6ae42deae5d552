//! What counts as a source.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use toadstone_core::{Profile, Record, Role, registrable};
use toadstone_sketch::mix;
use xxhash_rust::xxh3::xxh3_64;

/// The way in which records are told apart by their origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Axis {
    /// The source column.
    Source,
    /// The registrable domain of the address.
    Domain,
    /// The author column.
    Author,
    /// The annotator column.
    Annotator,
    /// The generator column.
    Generator,
    /// The file.
    File,
}

impl Axis {
    /// All of them, in the order in which they are preferred where several are there.
    pub const ALL: [Axis; 6] =
        [Axis::Source, Axis::Domain, Axis::Annotator, Axis::Generator, Axis::Author, Axis::File];

    /// The name used on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Axis::Source => "source",
            Axis::Domain => "domain",
            Axis::Author => "author",
            Axis::Annotator => "annotator",
            Axis::Generator => "generator",
            Axis::File => "file",
        }
    }

    /// The axis of this name.
    pub fn named(name: &str) -> Option<Axis> {
        Axis::ALL.into_iter().find(|axis| axis.name() == name)
    }

    /// The column that it needs.
    pub fn role(self) -> Option<Role> {
        match self {
            Axis::Source => Some(Role::Source),
            Axis::Domain => Some(Role::Url),
            Axis::Author => Some(Role::Author),
            Axis::Annotator => Some(Role::Annotator),
            Axis::Generator => Some(Role::Generator),
            Axis::File => None,
        }
    }

    /// The axes that the data has, preferred ones first; the file is always among them.
    pub fn of(profile: &Profile) -> Vec<Axis> {
        Axis::ALL.into_iter().filter(|axis| axis.role().is_none_or(|role| profile.roles.has(role))).collect()
    }

    /// The record's source; `None` where the column is empty. Hostile text.
    pub fn value<'r>(self, record: &Record<'r>, files: &'r [String]) -> Option<Cow<'r, str>> {
        match self.role() {
            None => files.get(record.id().file as usize).map(|name| Cow::Borrowed(name.as_str())),
            Some(Role::Url) => record.get(Role::Url).map(registrable),
            Some(role) => record.get(role).map(Cow::Borrowed),
        }
    }

    /// A key for the record's source, the same in every run; [`NOBODY`] where there is none.
    pub(crate) fn key(self, record: &Record<'_>, files: &[String]) -> u64 {
        self.value(record, files).map_or(NOBODY, |value| key_of(&value))
    }
}

/// The key of records that do not say where they come from.
pub(crate) const NOBODY: u64 = 0;

/// The key of a source's name.
pub(crate) fn key_of(name: &str) -> u64 {
    mix(xxh3_64(name.as_bytes())).max(1)
}
