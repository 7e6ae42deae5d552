//! The user's own gate: scan with the policy, set aside with what descends from it, scan again.

use std::path::Path;
use std::sync::Arc;

use toadstone_core::{Control, RecordId, Role, Source, SourceError, Without, decide};
use toadstone_detect::ScanOptions;
use toadstone_lineage::{Named, Options, Trace};
use toadstone_redteam::{Gate, Judged, Planting, Table};

use super::web;
use crate::config::{Config, today};
use crate::data::{Data, Found, Settings};

/// Scans of what is left, as in `toadstone clean`.
const ROUNDS: u32 = 10;

/// `scan` and `clean` with one policy.
pub struct Policy<'p> {
    pub data: &'p Data,
    pub config: &'p Config,
    pub files: &'p [String],
    pub temporary: &'p Path,
    pub control: &'p Arc<Control>,
    /// Threads of one scan, and its part of the memory.
    pub threads: usize,
    pub memory: usize,
}

impl Policy<'_> {
    fn scan(&self, source: &dyn Source) -> Result<Found, SourceError> {
        let settings = Settings {
            files: self.files,
            policy: &self.config.policy,
            temporary: self.temporary,
            control: self.control,
        };
        let usual = self.data.scan_options(self.temporary);
        let options = ScanOptions { threads: self.threads, memory: self.memory, ..usual };
        Ok(self.data.look(source, &settings, &options)?.1)
    }

    /// Who was made from whom, where the data says so.
    fn trace(&self, data: &dyn Source) -> Result<Option<Trace>, SourceError> {
        let roles = data.profile().roles;
        if !roles.has(Role::Key) || !Role::REFERENCES.iter().any(|role| roles.has(*role)) {
            return Ok(None);
        }
        let temporary = self.temporary.to_owned();
        let options = Options { threads: self.threads, memory: self.memory, temporary };
        Trace::read(data, self.files.len(), &Named::default(), &options, self.control).map(Some)
    }

    /// What is said of the data without some records, and which of the others are to be set aside.
    fn look(&self, data: &dyn Source, gone: &[RecordId]) -> Result<(Judged, Vec<RecordId>), SourceError> {
        let found = self.scan(&Without { source: data, gone })?;
        let decision = decide(&found.findings, &self.config.policy, &today());
        let aside = found.suspicious(&decision.waived).filter(|record| record.quarantine);
        let aside = aside.map(|record| record.id).collect();
        let judged = Judged {
            verdict: decision.verdict,
            fails: decision.fails && !self.config.never_fail,
            removed: Vec::new(),
            named: found.named(),
        };
        Ok((judged, aside))
    }
}

impl Gate for Policy<'_> {
    fn judge(&self, data: &dyn Source) -> Result<Judged, SourceError> {
        let trace = self.trace(data)?;
        let (mut judged, mut new) = self.look(data, &[])?;
        for _ in 1..ROUNDS {
            if new.is_empty() {
                break;
            }
            judged.removed.extend(new);
            judged.removed.sort_unstable();
            judged.removed.dedup();
            if let Some(trace) = &trace {
                let closure = trace.closure(judged.removed.iter().copied());
                judged.removed = closure.members().map(|node| trace.record(node)).collect();
                judged.removed.sort_unstable();
                judged.removed.dedup();
            }
            new = self.look(data, &judged.removed)?.1;
        }
        Ok(judged)
    }

    fn judge_pages(&self, before: &Table, after: &Table, planting: &Planting) -> Result<Judged, SourceError> {
        web::judge(before, after, planting, self.temporary, self.control)
    }
}
