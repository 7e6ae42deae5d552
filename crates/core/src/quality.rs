//! What quality rules say of a data set: a part of `run.json`. It has no say in the verdict.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// On which side of its limit a measurement has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The limit or more.
    AtLeast,
    /// The limit or less.
    AtMost,
}

impl Bound {
    /// Whether `value` is on the right side of `limit`, or on it.
    pub fn holds(self, value: f32, limit: f32) -> bool {
        match self {
            Bound::AtLeast => value >= limit,
            Bound::AtMost => value <= limit,
        }
    }

    /// The words used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Bound::AtLeast => "at least",
            Bound::AtMost => "at most",
        }
    }
}

/// A record that fails a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityExample {
    /// Its file (hostile text).
    pub file: String,
    /// Its row, counted from 0.
    pub row: u64,
    /// What was measured.
    pub value: f32,
    /// The start of the text that was judged (hostile text).
    pub text: String,
}

/// One rule in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityRule {
    /// Its name.
    pub name: String,
    /// What it measures, as a phrase.
    pub what: String,
    /// On which side of the limit a text has to be.
    pub bound: Bound,
    /// The limit.
    pub limit: f32,
    /// Records that it could judge. None: the rule says nothing about this data.
    pub judged: u64,
    /// Records that fail it.
    pub failed: u64,
    /// Records that fail it and no other rule.
    pub alone: u64,
    /// Some of the records that fail it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<QualityExample>,
}

/// What all rules together say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Records that have a text to judge.
    pub judged: u64,
    /// Records that fail a rule.
    pub failed: u64,
    /// Bytes of the texts that were judged.
    pub text_bytes: u64,
    /// Bytes of the texts that fail a rule.
    pub failed_bytes: u64,
    /// The rules that are on, in the registry's order.
    pub rules: Vec<QualityRule>,
    /// Names of the rules that are off.
    pub off: Vec<String>,
    /// Records by language (ISO 639-3), as far as it could be told reliably; empty if it was not asked for.
    pub languages: BTreeMap<String, u64>,
}
