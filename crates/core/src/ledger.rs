//! The sources of a data set: the content of `sources.json`.

use serde::Serialize;

use crate::{Provenance, Vouched};

/// Version of the JSON that [`Ledger`] gives. It grows when a field changes its meaning or goes away.
pub const LEDGER_SCHEMA: u32 = 1;

/// Measures of concentration over the records of all sources that are named.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Concentration {
    /// Sources.
    pub sources: u64,
    /// Share of the largest source, 0 to 1.
    pub largest: f64,
    /// Herfindahl-Hirschman index: the sum of the squared shares, 1/sources to 1.
    pub herfindahl: f64,
    /// Effective number of sources: how many equal ones would be as concentrated (the inverse of the
    /// index; Hill's number of order 2, 1973).
    pub effective: f64,
    /// Gini coefficient: 0 if all sources are of one size, nearly 1 if one has everything.
    pub gini: f64,
}

/// What it takes to plant a number of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Records to plant.
    pub records: u64,
    /// Sources of which each alone has so many.
    pub alone: u64,
    /// The least number of sources that have so many together; `None` if all of them have not.
    pub fewest: Option<u64>,
}

/// A time in which a source brought most of its records, and the corpus did not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Burst {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Length in days.
    pub days: i64,
    /// The source's records in it.
    pub records: u64,
    /// Its records with a time.
    pub of: u64,
    /// Records that it would have in this window if it had brought them when the others did.
    pub expected: f64,
    /// Chance of so many, all windows and sources counted.
    pub chance: f64,
    /// Share of the other sources that are as concentrated in a window of that length.
    pub others: f64,
}

/// Records about one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Topic {
    /// Words that tell it from the others (hostile text), the most telling first.
    pub words: Vec<String>,
    /// Records.
    pub records: u64,
    /// Name of the source that has the most of it (hostile text).
    pub owner: String,
    /// Records that the owner has.
    pub owned: u64,
    /// Records that the owner would have by its share of the corpus.
    pub expected: f64,
    /// Chance of so many, all topics and sources counted.
    pub chance: f64,
    /// Whether the owner has more than half of it, beyond chance.
    pub monopoly: bool,
}

/// How much the largest sources have together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rank {
    /// So many sources, the largest ones.
    pub sources: u64,
    /// Their records.
    pub records: u64,
}

/// What one source brought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceAccount {
    /// Its name (hostile text), at most 300 bytes.
    pub name: String,
    /// Records.
    pub records: u64,
    /// Share of all records, 0 to 1.
    pub share: f64,
    /// Bytes of text.
    pub bytes: u64,
    /// Records whose content is the same as that of an earlier record, of whatever source.
    pub duplicates: u64,
    /// Records that a finding names; `None` if the data was not scanned.
    pub suspicious: Option<u64>,
    /// Day of its first record, `YYYY-MM-DD`, where records have times.
    pub first: Option<String>,
    /// Day of its last record.
    pub last: Option<String>,
    /// What a seal vouches for, if the data was compared with one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub vouched: Option<Vouched>,
}

/// Why a source should be looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Remark {
    /// More of its records are in findings than of the others'.
    Suspicious {
        /// The source (hostile text).
        source: String,
        /// Its records in findings.
        records: u64,
        /// Its records.
        of: u64,
        /// Its records that would be in findings at the rate of the others.
        expected: f64,
        /// Chance, all sources counted.
        chance: f64,
    },
    /// It brought most of its records at once.
    Burst {
        /// The source (hostile text).
        source: String,
        /// When.
        #[serde(flatten)]
        burst: Burst,
    },
    /// Most of its records have words that hardly any others have, and few sources are like that.
    OwnWords {
        /// The source (hostile text).
        source: String,
        /// The words (hostile text).
        words: Vec<String>,
        /// Its records with all of them.
        records: u64,
        /// Its records.
        of: u64,
        /// Records of others with all of them.
        elsewhere: u64,
        /// Share of the other sources that have words of their own in so many of their records.
        others: f64,
    },
    /// Its texts share most of their words with one another, and few sources are like that.
    Alike {
        /// The source (hostile text).
        source: String,
        /// Mean share of a text's different words that at least half of its texts have, in a sample.
        share: f64,
        /// The same of the median source.
        median: f64,
    },
    /// Topics hang on it.
    Monopoly {
        /// The source (hostile text).
        source: String,
        /// The one of which it has most beyond its share of the corpus.
        #[serde(flatten)]
        topic: Topic,
        /// How many more topics hang on it.
        more: u64,
    },
    /// Most of its records are copies.
    Copies {
        /// The source (hostile text).
        source: String,
        /// Its records that are copies of an earlier one.
        records: u64,
        /// Its records.
        of: u64,
        /// Copies that it would have at the rate of the others.
        expected: f64,
    },
}

impl Remark {
    /// The source that it is about (hostile text).
    pub fn source(&self) -> &str {
        match self {
            Remark::Suspicious { source, .. }
            | Remark::Burst { source, .. }
            | Remark::OwnWords { source, .. }
            | Remark::Alike { source, .. }
            | Remark::Monopoly { source, .. }
            | Remark::Copies { source, .. } => source,
        }
    }
}

/// What is known of the sources of a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ledger {
    /// [`LEDGER_SCHEMA`].
    pub schema: u32,
    /// What counts as a source: `domain`, `author`, ...
    pub by: String,
    /// What else could have counted as one.
    pub also: Vec<String>,
    /// Records.
    pub records: u64,
    /// Bytes of text.
    pub bytes: u64,
    /// Records that name no source.
    pub unnamed: u64,
    /// Records whose content is the same as that of an earlier one.
    pub duplicates: u64,
    /// Records that a finding names; `None` if the data was not scanned.
    pub suspicious: Option<u64>,
    /// How concentrated the records are; `None` if no record names a source.
    pub concentration: Option<Concentration>,
    /// Records of the largest sources, from one source to all of them.
    pub ranks: Vec<Rank>,
    /// How few sources an attacker has to control.
    pub budgets: Vec<Budget>,
    /// Reasons to look at a source, the most pressing first.
    pub remarks: Vec<Remark>,
    /// The largest sources, largest first.
    pub sources: Vec<SourceAccount>,
    /// All topics, largest first.
    pub topics: Vec<Topic>,
    /// What was not looked at, and why.
    pub not_checked: Vec<String>,
    /// What is known of the provenance, if the data was compared with a seal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}
