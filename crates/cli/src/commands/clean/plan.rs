//! Which records go, and why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::{InputFile, Quality, RecordId, Verdict};

/// Why a record goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum Why {
    /// Findings say so.
    Finding {
        /// Their ids, worst first.
        findings: Vec<String>,
        /// What the worst of them says (hostile text).
        because: String,
    },
    /// A person called it poison.
    Review {
        /// Who (hostile text).
        who: String,
        /// When.
        at: String,
        /// Why (hostile text).
        note: String,
    },
    /// It was made from a record that findings or a person set aside (`--taint`).
    Taint {
        /// The nearest such record.
        root: RecordId,
        /// Steps from there.
        distance: u32,
    },
    /// Another record says the same and stays.
    Duplicate {
        /// `exact`, `normalised` or `near`.
        kind: String,
        /// The one that stays.
        twin: RecordId,
    },
    /// Its text fails rules of quality.
    Quality {
        /// Their names, in the registry's order.
        rules: Vec<String>,
        /// What each of them measured.
        values: Vec<f32>,
        /// What each of them allows.
        limits: Vec<f32>,
    },
    /// Its source has more than its share.
    Cap {
        /// The rule: `domain=2%`.
        rule: String,
        /// Records that each source keeps at most.
        most: u64,
    },
}

impl Why {
    /// The kind, as in the change log.
    pub fn name(&self) -> &'static str {
        match self {
            Why::Finding { .. } => "finding",
            Why::Review { .. } => "review",
            Why::Taint { .. } => "taint",
            Why::Duplicate { .. } => "duplicate",
            Why::Quality { .. } => "quality",
            Why::Cap { .. } => "cap",
        }
    }
}

/// A record that goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// The record.
    pub id: RecordId,
    /// Why; the first reason that was found.
    #[serde(flatten)]
    pub why: Why,
}

/// Everything that is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The files, as the first scan saw them.
    pub inputs: Vec<InputFile>,
    /// Records that go, in the order of the input.
    pub removals: Vec<Removal>,
    /// Records read.
    pub records: u64,
    /// Records refused; they stay where they are.
    pub refused: u64,
    /// How often the data was scanned.
    pub rounds: u32,
    /// Whether the last round found nothing more to remove.
    pub settled: bool,
    /// What the rules of quality say, if they were asked: of what stays, or where such records go, of
    /// what was left when the findings were settled.
    pub quality: Option<Quality>,
    /// What the policy says of what stays.
    pub verdict: Verdict,
    /// Whether that reaches `fail-on`.
    pub fails: bool,
    /// What became of people's decisions, where there were any.
    #[serde(default)]
    pub review: Option<super::judged::Outcome>,
    /// Findings whose records stay, as id and title (hostile text), that count for the verdict.
    pub left: Vec<(String, String)>,
}

impl Plan {
    /// The rows of one file that go, ascending.
    pub fn rows(&self, file: u32) -> Vec<u64> {
        let from = self.removals.partition_point(|removal| removal.id.file < file);
        let of_file = self.removals[from..].iter().take_while(|removal| removal.id.file == file);
        of_file.map(|removal| removal.id.row).collect()
    }

    /// Records that go for each kind of reason.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for removal in &self.removals {
            *counts.entry(removal.why.name()).or_insert(0) += 1;
        }
        counts
    }
}

/// Records that go so far, each with its first reason.
#[derive(Debug, Default)]
pub struct Going(BTreeMap<RecordId, Why>);

impl Going {
    /// Adds a record, unless it goes already. Returns whether it did not.
    pub fn add(&mut self, id: RecordId, why: Why) -> bool {
        let new = !self.0.contains_key(&id);
        self.0.entry(id).or_insert(why);
        new
    }

    /// Makes every copy name a record that stays: where the one that it names is itself a copy, the one
    /// that that one names.
    pub fn follow_twins(&mut self) {
        let twin = |id: &RecordId| match self.0.get(id) {
            Some(Why::Duplicate { twin, .. }) => Some(*twin),
            _ => None,
        };
        // A twin comes before its copies, so every chain ends.
        let last = |id: &RecordId| std::iter::successors(twin(id), twin).last();
        let lasts: Vec<(RecordId, RecordId)> =
            self.0.keys().filter_map(|id| Some((*id, last(id)?))).collect();
        for (id, last) in lasts {
            if let Some(Why::Duplicate { twin, .. }) = self.0.get_mut(&id) {
                *twin = last;
            }
        }
    }

    /// The records that findings or a person set aside, ascending.
    pub fn found(&self) -> impl Iterator<Item = RecordId> + '_ {
        self.0
            .iter()
            .filter(|(_, why)| matches!(why, Why::Finding { .. } | Why::Review { .. }))
            .map(|(id, _)| *id)
    }

    /// The records, ascending.
    pub fn ids(&self) -> Vec<RecordId> {
        self.0.keys().copied().collect()
    }

    /// The records with their reasons, ascending.
    pub fn into_removals(self) -> Vec<Removal> {
        self.0.into_iter().map(|(id, why)| Removal { id, why }).collect()
    }
}
