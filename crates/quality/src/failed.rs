//! The records that fail, as a stream.

use std::io;
use std::path::Path;

use toadstone_core::RecordId;
use toadstone_sketch::{GroupBy, Groups};

use crate::{Rule, Standards, rules};

/// Why a record fails.
#[derive(Debug, Clone, Copy)]
pub struct Reason {
    /// The rule.
    pub rule: &'static Rule,
    /// What was measured.
    pub value: f32,
    /// The limit that held.
    pub limit: f32,
}

/// A record that fails at least one rule.
#[derive(Debug, Clone)]
pub struct FailedRecord {
    /// The record.
    pub id: RecordId,
    /// Every rule that it fails, in the registry's order.
    pub reasons: Vec<Reason>,
}

/// File and row of a record; number of a rule and bits of the value.
type Row = [u64; 3];

/// Takes note of failures, on disk where memory does not suffice.
#[derive(Debug)]
pub(crate) struct Failures(GroupBy<2, 3>);

impl Failures {
    /// Nothing so far; at most `memory` bytes are held.
    pub(crate) fn new(memory: usize, folder: &Path) -> Self {
        Failures(GroupBy::new(memory, folder))
    }

    pub(crate) fn add(&mut self, id: RecordId, rule: usize, value: f32) {
        let reason = (rule as u64) << 32 | u64::from(value.to_bits());
        self.0.push([u64::from(id.file), id.row, reason]);
    }

    pub(crate) fn merge(&mut self, other: Failures) {
        self.0.merge(other.0);
    }

    /// All of them, in the order of the input.
    pub(crate) fn conclude(self, standards: &Standards) -> io::Result<Failed> {
        let rules = rules().map(|rule| (rule, standards.limit(rule))).collect();
        let mut groups = self.0.finish()?;
        let ahead = groups.next_row()?;
        Ok(Failed { groups, ahead, rules })
    }
}

/// The records that fail, in the order of the input. Holds one record at a time.
pub struct Failed {
    groups: Groups<2, 3>,
    ahead: Option<Row>,
    rules: Vec<(&'static Rule, f32)>,
}

impl Failed {
    fn record(&mut self, first: Row) -> io::Result<FailedRecord> {
        let id = RecordId { file: first[0] as u32, row: first[1] };
        let mut reasons = vec![self.reason(first)];
        loop {
            self.ahead = self.groups.next_row()?;
            match self.ahead {
                Some(row) if row[..2] == first[..2] => reasons.push(self.reason(row)),
                _ => return Ok(FailedRecord { id, reasons }),
            }
        }
    }

    fn reason(&self, [_, _, reason]: Row) -> Reason {
        let (rule, limit) = self.rules[(reason >> 32) as usize];
        Reason { rule, value: f32::from_bits(reason as u32), limit }
    }
}

impl Iterator for Failed {
    type Item = io::Result<FailedRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.ahead.take()?;
        Some(self.record(first))
    }
}
