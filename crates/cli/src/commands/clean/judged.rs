//! What people decided on a run (`toadstone review`), carried out.
//!
//! A decision on a record is about its content: it holds at its place, and for every record that a
//! finding names and that has the very same content, so that it survives a move of the data and holds
//! for what was cleaned already. One on a finding holds as long as the finding has no more records.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Observe, Policy, RecordId, Source, Waiver, visible};
use toadstone_review::{Call, Decision, Digest, Journal, RunFolder, Subject, content_digest};

use super::decide::Work;
use super::plan::{Going, Why};
use crate::data::{Found, Session, grouped};
use crate::failure::Failure;

/// A day that never comes: a decision has no expiry.
const NEVER: &str = "9999-12-31";

/// The last decision on every content and every finding.
#[derive(Debug, Default)]
pub struct Judged {
    /// Whether there are any, also if all were withdrawn.
    asked: bool,
    contents: BTreeMap<Digest, Decision>,
    findings: BTreeMap<String, Decision>,
    places: BTreeSet<(String, u64)>,
}

/// What became of the decisions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Records that findings would set aside and that stay, as they were called fine.
    stay: u64,
    /// Findings that were called fine, or whose records all were.
    waived: Vec<String>,
    /// Decisions on records that are not in the data with that content.
    not_found: u64,
    /// Findings that were called fine and have more records now.
    grown: Vec<String>,
}

impl Outcome {
    /// What a person has to know.
    pub fn sentences(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.stay > 0 {
            out.push(format!("{} records of findings stay: a person called them fine", grouped(self.stay)));
        }
        out.extend(
            self.waived.iter().map(|id| format!("{}: waived, as a person called it fine", visible(id))),
        );
        if self.not_found > 0 {
            let n = grouped(self.not_found);
            out.push(format!("{n} decisions do not apply: no record has that content any more"));
        }
        let grown = |id: &String| {
            format!("{}: has more records than when it was called fine; look again", visible(id))
        };
        out.extend(self.grown.iter().map(grown));
        out
    }
}

impl Judged {
    /// Reads the decisions on a run, or those of a file; none if neither is named.
    ///
    /// # Errors
    /// The file cannot be read, or there is no such run.
    pub fn load(run: Option<&Path>, file: Option<&Path>, session: &Session) -> Result<Judged, Failure> {
        let path = match (run, file) {
            (Some(run), _) => RunFolder::open(run).map_err(Failure::new)?.decisions(),
            (None, Some(file)) if file.exists() => file.to_owned(),
            (None, Some(file)) => return Err(Failure::new(format!("there is no file {}", file.display()))),
            (None, None) => return Ok(Judged::default()),
        };
        let failed = |e| Failure::new(format!("cannot read the decisions {}: {e}", path.display()));
        let read = Journal::open(&path).and_then(|mut journal| journal.follow()).map_err(failed)?;
        let warn = |what: &str| session.warn(&format!("{}: {what}", visible(&path.to_string_lossy())));
        read.faults
            .iter()
            .for_each(|fault| warn(&format!("{}; it is left out", visible(&fault.to_string()))));
        if read.torn > 0 {
            warn("the last line is not whole and is left out");
        }
        if read.decisions.is_empty() {
            warn("no decisions in it");
        }
        Ok(Judged::of(read.decisions.into_iter().map(|(_, decision)| decision)))
    }

    fn of(decisions: impl Iterator<Item = Decision>) -> Judged {
        let last: HashMap<Subject, Decision> = decisions.map(|d| (d.subject.clone(), d)).collect();
        let mut last: Vec<Decision> = last.into_values().filter(|d| d.call != Call::Withdrawn).collect();
        // Of equal contents in two places the later decision counts.
        last.sort_by(|a, b| (&a.at, &a.subject).cmp(&(&b.at, &b.subject)));
        let mut judged = Judged { asked: true, ..Judged::default() };
        for decision in last {
            match &decision.subject {
                Subject::Finding(id) => drop(judged.findings.insert(id.clone(), decision)),
                Subject::Record(file, row) => {
                    judged.places.insert((file.clone(), *row));
                    judged.contents.insert(decision.digest, decision);
                }
            }
        }
        judged
    }

    /// Looks up what of it is in the data. Reads the data once if there are decisions.
    ///
    /// # Errors
    /// The data cannot be read.
    pub fn look(&self, work: &Work<'_>, rest: &dyn Source, found: &Found) -> Result<Looked, Failure> {
        let mut looked = Looked { policy: work.config.policy.clone(), ..Looked::default() };
        if !self.asked {
            return Ok(looked);
        }
        let mut outcome = Outcome::default();
        let members = members(found);
        let contents = self.contents(work, rest, members.keys().copied().collect())?;
        let said = |id: &RecordId| self.contents.get(contents.get(id)?);
        for id in contents.keys() {
            match said(id) {
                Some(decision) if decision.call == Call::Poison => looked.poison(*id, decision),
                Some(decision) if decision.call == Call::Fine => drop(looked.fine.insert(*id)),
                _ => {}
            }
        }
        let present: BTreeSet<&Digest> = contents.values().collect();
        outcome.not_found = self.contents.keys().filter(|digest| !present.contains(digest)).count() as u64;
        outcome.stay =
            looked.fine.iter().filter(|id| members.get(id).is_some_and(|m| m.quarantine)).count() as u64;
        self.findings(found, &members, &mut looked, &mut outcome);
        looked.outcome = Some(outcome);
        Ok(looked)
    }

    /// What was decided on findings as a whole, and findings of which every record was called fine.
    fn findings(
        &self,
        found: &Found,
        members: &BTreeMap<RecordId, Member>,
        looked: &mut Looked,
        outcome: &mut Outcome,
    ) {
        for finding in &found.findings {
            let own = || {
                members.iter().filter(|(_, member)| member.findings.contains(&finding.id)).map(|(id, _)| *id)
            };
            let decision = self.findings.get(&finding.id);
            match decision.map(|decision| (decision.call, decision)) {
                Some((Call::Poison, decision)) => {
                    let going: Vec<RecordId> = own().filter(|id| !looked.fine.contains(id)).collect();
                    going.into_iter().for_each(|id| looked.poison(id, decision));
                }
                Some((Call::Fine, decision)) if decision.records.is_none_or(|n| finding.records <= n) => {
                    let note = if decision.note.is_empty() { "" } else { ": " };
                    looked.waive(
                        &finding.id,
                        format!("called fine by {}{note}{}", decision.who, decision.note),
                    );
                    outcome.waived.push(finding.id.clone());
                }
                Some((Call::Fine, _)) => outcome.grown.push(finding.id.clone()),
                _ if finding.records > 0 && own().all(|id| looked.fine.contains(&id)) => {
                    looked.waive(&finding.id, "all its records were called fine".to_owned());
                    outcome.waived.push(finding.id.clone());
                }
                _ => {}
            }
        }
    }

    /// The digests of the records that are at the places of decisions, or that findings name.
    fn contents(
        &self,
        work: &Work<'_>,
        rest: &dyn Source,
        named: BTreeSet<RecordId>,
    ) -> Result<BTreeMap<RecordId, Digest>, Failure> {
        let names = work.corpus.names();
        let file: HashMap<&str, u32> = (0..).zip(&names).map(|(at, name)| (name.as_str(), at)).collect();
        let place =
            |(name, row): &(String, u64)| Some(RecordId { file: *file.get(name.as_str())?, row: *row });
        let wanted: BTreeSet<RecordId> = self.places.iter().filter_map(place).chain(named).collect();
        let out = Mutex::new(BTreeMap::new());
        let worker = || -> Observe<'_> {
            Box::new(|batch: &Batch| {
                let records = batch.records().filter(|record| wanted.contains(&record.id()));
                let digests: Vec<_> = records.map(|record| (record.id(), content_digest(&record))).collect();
                out.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(digests);
            })
        };
        let threads = work.args.data.scan_options(work.temporary).threads;
        let read = || rest.read((0..threads).map(|_| worker()).collect(), work.control);
        work.args.data.reading(rest, work.control, read)?;
        Ok(out.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// A record of some finding.
struct Member {
    quarantine: bool,
    /// The findings that it is a record of.
    findings: BTreeSet<String>,
}

fn members(found: &Found) -> BTreeMap<RecordId, Member> {
    let member = |record: crate::data::Suspicious| {
        let findings = record.findings.into_iter().filter(|f| f.member).map(|f| f.finding).collect();
        (record.id, Member { quarantine: record.quarantine, findings })
    };
    found.suspicious(&[]).map(member).collect()
}

/// What the decisions mean for one scan.
#[derive(Debug, Default)]
pub struct Looked {
    /// The policy with what was called fine as waivers.
    pub policy: Policy,
    /// What became of the decisions; none if there were none.
    pub outcome: Option<Outcome>,
    fine: BTreeSet<RecordId>,
    poison: BTreeMap<RecordId, Why>,
}

impl Looked {
    /// Whether a person called the record fine.
    pub fn stays(&self, id: RecordId) -> bool {
        self.fine.contains(&id)
    }

    /// Sets aside what a person called poison. Returns how many records are new.
    pub fn quarantine(&self, going: &mut Going) -> u64 {
        self.poison.iter().map(|(id, why)| u64::from(going.add(*id, why.clone()))).sum()
    }

    fn poison(&mut self, id: RecordId, decision: &Decision) {
        let Decision { who, at, note, .. } = decision.clone();
        self.poison.entry(id).or_insert(Why::Review { who, at, note });
    }

    fn waive(&mut self, finding: &str, reason: String) {
        self.policy.waivers.push(Waiver { finding: finding.to_owned(), reason, expires: NEVER.to_owned() });
    }
}
