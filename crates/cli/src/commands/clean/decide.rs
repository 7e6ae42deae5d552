//! From the data to a plan: scan, remove, and scan what is left, until nothing more is to go.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use toadstone_core::{Control, Decision, Quality, ReadSummary, SourceError, Without, decide};
use toadstone_corpus::Corpus;
use toadstone_detect::Alike;
use toadstone_lineage::{Named, Options, Trace};
use toadstone_origins::{Capped, Over, cap};

use super::judged::{Judged, Looked};
use super::plan::{Going, Plan, Why};
use super::{Args, Dedup, LowQuality};
use crate::config::{Config, today};
use crate::data::{Found, Settings, Suspicious};
use crate::failure::Failure;

/// What a plan is made with.
pub struct Work<'w> {
    pub args: &'w Args,
    pub corpus: &'w Corpus,
    pub config: &'w Config,
    pub judged: &'w Judged,
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
        let mut quality = None;
        let mut review = None;
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
            let looked = self.judged.look(self, &rest, &found)?;
            let decision = decide(&found.findings, &looked.policy, &today());
            let mut new = looked.quarantine(&mut going);
            new += self.quarantine(&found, &decision, &looked, &mut going);
            new += trace.as_ref().map_or(0, |trace| descendants(trace, &mut going));
            review = review.or_else(|| looked.outcome.clone());
            let last = new == 0 || round == self.args.rounds;
            if last && quality.is_none() && self.args.quality == LowQuality::Remove {
                let (summary, gone) = self.low_quality(&settings, &mut going)?;
                quality = Some(summary);
                new += gone;
            }
            if new == 0 {
                new += self.duplicates(&found, &mut going);
                new += self.caps(&mut going)?;
            }
            if new == 0 || round == self.args.rounds {
                if self.args.quality == LowQuality::Report {
                    quality = Some(self.low_quality(&settings, &mut going)?.0);
                }
                let plan = self.concluded(all, going, (round, new == 0), &found, &decision);
                return Ok(Plan { quality, review, ..plan });
            }
        }
        Err(Failure::new("internal error: the rounds of clean have no end"))
    }

    /// Records that findings set aside. Returns how many are new.
    fn quarantine(&self, found: &Found, decision: &Decision, looked: &Looked, going: &mut Going) -> u64 {
        let waived = |id: &str| decision.waived.iter().any(|waived| waived.finding == id);
        let titles: BTreeMap<&str, &str> = found
            .findings
            .iter()
            .filter(|f| f.quarantine && !waived(&f.id))
            .map(|f| (f.id.as_str(), f.title.as_str()))
            .collect();
        let mut new = 0;
        let goes = |record: &Suspicious| record.quarantine && !looked.stays(record.id);
        for record in found.suspicious(&decision.waived).filter(goes) {
            let because =
                record.findings.iter().filter(|f| f.member && titles.contains_key(f.finding.as_str()));
            let findings: Vec<String> = because.map(|f| f.finding.clone()).collect();
            let worst = findings.first().and_then(|id| titles.get(id.as_str()));
            let because = worst.map(|title| (*title).to_owned()).unwrap_or_default();
            new += u64::from(going.add(record.id, Why::Finding { findings, because }));
        }
        new
    }

    /// Judges what is left, and takes records that fail out if they are to go. They do so after those that
    /// findings name, which have the better reason, and before copies, so that the one that stays of
    /// a group is none of them. Returns how many go.
    fn low_quality(&self, settings: &Settings<'_>, going: &mut Going) -> Result<(Quality, u64), Failure> {
        let gone = going.ids();
        let rest = Without { source: self.corpus, gone: &gone };
        let assessment = self.args.data.assess(&rest, &self.config.quality, settings)?;
        let mut new = 0;
        if self.args.quality == LowQuality::Remove {
            for record in assessment.failed {
                let record = record.map_err(|e| Failure::new(SourceError::Temporary(e)))?;
                let why = Why::Quality {
                    rules: record.reasons.iter().map(|reason| reason.rule.name.to_owned()).collect(),
                    values: record.reasons.iter().map(|reason| reason.value).collect(),
                    limits: record.reasons.iter().map(|reason| reason.limit).collect(),
                };
                new += u64::from(going.add(record.id, why));
            }
        }
        Ok((assessment.summary, new))
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
        let wanted = |kind: Alike| match self.args.dedup {
            None => false,
            Some(Dedup::Exact) => kind == Alike::Exact,
            Some(Dedup::Near) => true,
        };
        for cluster in found.clusters.iter().filter(|cluster| wanted(cluster.kind)) {
            for &copy in &cluster.copies {
                let (kind, twin) = (cluster.kind.name().to_owned(), cluster.survivor);
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
            let options = rule.options(&self.args.data.scan_options(self.temporary));
            let work = || -> Result<Capped, SourceError> { cap(&rest, &files, &options, self.control) };
            match self.args.data.reading(&rest, self.control, work)? {
                Capped::Over(over) => {
                    let why = |over: Over| Why::Cap { rule: rule.text.clone(), most: over.most };
                    new += over.into_iter().map(|o| u64::from(going.add(o.id, why(o)))).sum::<u64>();
                }
                Capped::Impossible { sources } => return Err(rule.impossible("--cap", sources)),
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
            quality: None,
            verdict: decision.verdict,
            fails: decision.fails && !self.config.never_fail,
            review: None,
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
