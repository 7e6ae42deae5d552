//! What changed from one state of a data set to another.

use serde::{Deserialize, Serialize};

/// How a record changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its content is another one.
    Edited,
    /// Its content is the same and its label another one.
    Relabelled,
    /// Content and label are the same, and its source or part of the data set is another one.
    Reattributed,
    /// It is the same and stands elsewhere: in another file, or in another order.
    Moved,
}

impl Change {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Change; 6] = [
        Change::Added,
        Change::Removed,
        Change::Edited,
        Change::Relabelled,
        Change::Reattributed,
        Change::Moved,
    ];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Edited => "edited",
            Change::Relabelled => "relabelled",
            Change::Reattributed => "reattributed",
            Change::Moved => "moved",
        }
    }
}

/// A record before or after a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangedRecord {
    /// Its file (hostile text).
    pub file: String,
    /// Its row, from 0.
    pub row: u64,
    /// Its label (hostile text).
    pub label: Option<String>,
    /// Its source (hostile text).
    pub source: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeExample {
    /// How it changed.
    pub change: Change,
    /// Before; none if it was added.
    pub before: Option<ChangedRecord>,
    /// After; none if it was removed.
    pub after: Option<ChangedRecord>,
}

/// What records are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeAxis {
    /// Their source.
    Source,
    /// Their label.
    Label,
}

/// A source or label in which changes concentrate beyond chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeConcentration {
    /// The kind of change.
    pub change: Change,
    /// What the value is.
    pub axis: ChangeAxis,
    /// The source or label (hostile text).
    pub value: String,
    /// Changes of the kind there.
    pub changed: u64,
    /// Changes of the kind that chance would put there.
    pub expected: f64,
    /// Records there.
    pub records: u64,
    /// The chance of so many, multiplied by the number of tests.
    pub chance: f64,
}

/// A file in one of the two states only, or in both with other bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Its name (hostile text).
    pub name: String,
    /// Records before; none if there was no such file or it holds none.
    pub before: Option<u64>,
    /// Records after.
    pub after: Option<u64>,
    /// `added`, `removed` or `changed`.
    pub what: String,
    /// Why its records were not compared, if so.
    pub whole: Option<String>,
}

/// Everything that changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// Files that are the same to the byte.
    pub same_files: u64,
    /// Files that are not.
    pub files: Vec<FileChange>,
    /// Records in files that are not the same, before.
    pub records_before: u64,
    /// Records in files that are not the same, after.
    pub records_after: u64,
    /// Records of those that did not change.
    pub unchanged: u64,
    /// Number of changes of each kind, in the order of [`Change::ALL`].
    pub counts: Vec<(Change, u64)>,
    /// Labels before and after, with the number of records that went that way, most first.
    pub relabelled: Vec<(String, String, u64)>,
    /// Where changes concentrate, least likely first.
    pub concentrations: Vec<ChangeConcentration>,
    /// The first changes of each kind.
    pub examples: Vec<ChangeExample>,
    /// What was not done, and why.
    pub notes: Vec<String>,
}

impl Changes {
    /// Changes of one kind.
    pub fn count(&self, change: Change) -> u64 {
        self.counts.iter().find(|(kind, _)| *kind == change).map_or(0, |(_, count)| *count)
    }

    /// Whether the two states are the same.
    pub fn none(&self) -> bool {
        self.files.is_empty()
    }
}
