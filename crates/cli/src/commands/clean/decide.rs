//! From the data to a plan: scan, remove, and scan what is left, until nothing more is to go.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use toadstone_core::{Control, Decision, ReadSummary, SourceError, Without, decide};
use toadstone_corpus::Corpus;
use toadstone_lineage::{Named, Options, Trace};
use toadstone_origins::{CapOptions, Capped, cap};

use super::plan::{Going, Plan, Why};
use super::{Args, Cap, Dedup};
use crate::config::{Config, today};
use crate::data::{Found, Settings};
use crate::failure::Failure;

/// What a plan is made with.
pub struct Work<'w> {
    pub args: &'w Args,
    pub corpus: &'w Corpus,
    pub config: &'w Config,
    pub temporary: &'w Path,
    pub control: &'w Arc<Control>,
}

impl Work<'_> {
    /// Makes the plan.
    ///
    /// # Errors
    /// The data cannot be read to its end, or a cap cannot be kept.
    pub fn plan(&self) -> Result<Plan, Failure> {
        let mut going = Going::default();
        let files = self.corpus.names();
        let mut all: Option<ReadSummary> = None;
        let trace = self.args.taint.then(|| self.trace(files.len())).transpose()?;
        for round in 1.. {
            let gone = going.ids();
            let rest = Without { source: self.corpus, gone: &gone };
            let settings = Settings {
                files: &files,
                policy: &self.config.policy,
                temporary: self.temporary,
                control: self.control,
            };
            let (read, found) = self.args.data.scan(&rest, &settings)?;
            let all = *all.get_or_insert(read);
            let decision = decide(&found.findings, &self.config.policy, &today());
            let mut new = self.quarantine(&found, &decision, &mut going);
            new += trace.as_ref().map_or(0, |trace| descendants(trace, &mut going));
            if new == 0 {
                new += self.duplicates(&found, &mut going);
                new += self.caps(&mut going)?;
            }
            if new == 0 || round == self.args.rounds {
                return Ok(self.concluded(all, going, (round, new == 0), &found, &decision));
            }
        }
        Err(Failure::new("internal error: the rounds of clean have no end"))
    }

    /// Records that findings set aside. Returns how many are new.
    fn quarantine(&self, found: &Found, decision: &Decision, going: &mut Going) -> u64 {
        let waived = |id: &str| decision.waived.iter().any(|waived| waived.finding == id);
        let titles: BTreeMap<&str, &str> = found
            .findings
            .iter()
            .filter(|f| f.quarantine && !waived(&f.id))
            .map(|f| (f.id.as_str(), f.title.as_str()))
            .collect();
        let mut new = 0;
        for record in found.suspicious(&decision.waived).filter(|record| record.quarantine) {
            let because =
                record.findings.iter().filter(|f| f.member && titles.contains_key(f.finding.as_str()));
            let findings: Vec<String> = because.map(|f| f.finding.clone()).collect();
            let worst = findings.first().and_then(|id| titles.get(id.as_str()));
            let because = worst.map(|title| (*title).to_owned()).unwrap_or_default();
            new += u64::from(going.add(record.id, Why::Finding { findings, because }));
        }
        new
    }

    /// Who was made from whom, in all records: those that go are links to those that were made from them.
    fn trace(&self, files: usize) -> Result<Trace, Failure> {
        let scan = self.args.data.scan_options(self.temporary);
        let options = Options { threads: scan.threads, memory: scan.memory, temporary: scan.temporary };
        let work = || Trace::read(self.corpus, files, &Named::default(), &options, self.control);
        self.args.data.reading(self.corpus, self.control, work)
    }

    /// Copies, of which one stays. Clusters are those of what is left, so the one that stays does.
    fn duplicates(&self, found: &Found, going: &mut Going) -> u64 {
        let mut new = 0;
        let wanted = |kind: &str| match self.args.dedup {
            None => false,
            Some(Dedup::Exact) => kind == "exact",
            Some(Dedup::Near) => true,
        };
        for cluster in found.clusters.iter().filter(|cluster| wanted(cluster.kind)) {
            for &copy in &cluster.copies {
                let (kind, twin) = (cluster.kind.to_owned(), cluster.survivor);
                new += u64::from(going.add(copy, Why::Duplicate { kind, twin }));
            }
        }
        going.follow_twins();
        new
    }

    fn caps(&self, going: &mut Going) -> Result<u64, Failure> {
        let files = self.corpus.names();
        let mut new = 0;
        for rule in &self.args.cap {
            let gone = going.ids();
            let rest = Without { source: self.corpus, gone: &gone };
            let scan = self.args.data.scan_options(self.temporary);
            let options = CapOptions {
                axis: rule.axis,
                share: rule.share,
                threads: scan.threads,
                memory: scan.memory,
                temporary: scan.temporary,
            };
            let work = || -> Result<Capped, SourceError> { cap(&rest, &files, &options, self.control) };
            match self.args.data.reading(&rest, self.control, work)? {
                Capped::Over { gone, most } => {
                    let why = || Why::Cap { rule: rule.text.clone(), most };
                    new += gone.into_iter().map(|id| u64::from(going.add(id, why()))).sum::<u64>();
                }
                Capped::Impossible { sources } => return Err(impossible(rule, sources)),
            }
        }
        Ok(new)
    }

    fn concluded(
        &self,
        all: ReadSummary,
        going: Going,
        (rounds, settled): (u32, bool),
        found: &Found,
        decision: &Decision,
    ) -> Plan {
        let counts = |id: &String| decision.blocking.contains(id) || decision.reviewing.contains(id);
        let left = found.findings.iter().filter(|f| counts(&f.id)).map(|f| (f.id.clone(), f.title.clone()));
        Plan {
            inputs: self.corpus.inputs(),
            removals: going.into_removals(),
            records: all.records,
            refused: all.rejected,
            rounds,
            settled,
            verdict: decision.verdict,
            fails: decision.fails && !self.config.never_fail,
            left: left.collect(),
        }
    }
}

/// Records that were made from those that findings set aside. Returns how many are new.
fn descendants(trace: &Trace, going: &mut Going) -> u64 {
    let closure = trace.closure(going.found());
    let mut new = 0;
    for node in closure.members() {
        let (root, distance) = (trace.record(closure.root[node as usize]), closure.distance[node as usize]);
        new += u64::from(going.add(trace.record(node), Why::Taint { root, distance }));
    }
    new
}

fn impossible(rule: &Cap, sources: u64) -> Failure {
    let name = rule.axis.name();
    let what = format!("--cap {} cannot be kept: the data names {sources} {name}s", rule.text);
    let least = 100.0 / sources.max(1) as f64;
    Failure::new(what).help(format!("with so few, no share below {least:.1} % is possible"))
}
