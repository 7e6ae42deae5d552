//! The records that are poison by themselves, and why.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use toadstone_core::lineage::Lineage;
use toadstone_core::{Control, RecordId, Run};
use toadstone_corpus::{Corpus, SuspiciousRecord, read_records};
use toadstone_lineage::{Root, Roots, Suspected, Trace};

use super::Args;
use super::from::{Suspect, once};
use crate::config::{Config, today};
use crate::data::{Found, Settings};
use crate::failure::Failure;

/// What findings say of records.
#[derive(Debug, Default)]
pub struct Findings {
    /// Ids with their titles.
    titles: Vec<(String, String)>,
    /// Members of findings: record, index into `titles`, whether that sets it aside.
    members: Vec<(RecordId, u32, bool)>,
}

/// Looks for roots.
pub struct Finder<'f> {
    pub args: &'f Args,
    pub corpus: &'f Corpus,
    pub temporary: &'f Path,
    pub control: &'f Arc<Control>,
}

/// Of `findings.json`, what is needed here.
#[derive(Deserialize)]
struct Listed {
    findings: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    title: String,
    quarantine: bool,
}

impl Finder<'_> {
    /// The findings of an earlier run, or of a scan; none where the user names roots of another kind.
    ///
    /// # Errors
    /// The data cannot be read to its end, or the run is of other data.
    pub fn findings(&self) -> Result<Findings, Failure> {
        let wanted =
            self.args.from.is_empty() || self.args.from.iter().any(|f| matches!(f, Suspect::Finding(_)));
        match &self.args.run {
            Some(run) => self.of_run(run),
            None if wanted => self.of_scan(),
            None => Ok(Findings::default()),
        }
    }

    fn of_scan(&self) -> Result<Findings, Failure> {
        let config = Config::load(None)?;
        let settings = Settings {
            files: &self.corpus.names(),
            policy: &config.policy,
            temporary: self.temporary,
            control: self.control,
        };
        let (_, found) = self.args.data.scan(self.corpus, &settings)?;
        let decision = toadstone_core::decide(&found.findings, &config.policy, &today());
        let aside = |id: &str| !decision.waived.iter().any(|waived| waived.finding == id);
        Ok(from_scan(&found, aside))
    }

    fn of_run(&self, run: &Path) -> Result<Findings, Failure> {
        let unusable = |why: String| {
            let what = format!("cannot take the findings of {}: {why}", run.display());
            Failure::new(what).help("name a folder that `toadstone scan --out` wrote for the same data")
        };
        let json = |name: &str| std::fs::read(run.join(name)).map_err(|e| unusable(format!("{name}: {e}")));
        let account: Run =
            serde_json::from_slice(&json("run.json")?).map_err(|e| unusable(format!("run.json: {e}")))?;
        let listed: Listed = serde_json::from_slice(&json("findings.json")?)
            .map_err(|e| unusable(format!("findings.json: {e}")))?;
        self.same_data(&account).map_err(unusable)?;
        let records = read_records(&run.join("records.parquet"))
            .map_err(|e| unusable(format!("records.parquet: {e}")))?;
        let waived = |id: &String| account.decision.waived.iter().any(|waived| waived.finding == *id);
        let quarantines: Vec<bool> = listed.findings.iter().map(|f| f.quarantine && !waived(&f.id)).collect();
        let titles: Vec<(String, String)> = listed.findings.into_iter().map(|f| (f.id, f.title)).collect();
        let members = self.members(&records, &titles, &quarantines);
        Ok(Findings { members: members.map_err(unusable)?, titles })
    }

    /// Whether the run was made from the files that are open now.
    fn same_data(&self, run: &Run) -> Result<(), String> {
        let digests = self.corpus.digests().map_err(|e| e.to_string())?;
        for (name, digest) in digests {
            let digest = format!("{digest:032x}");
            match run.inputs.iter().find(|input| input.name == name) {
                None => return Err(format!("it did not read {name}")),
                Some(input) if input.digest != digest => return Err(format!("{name} has changed since")),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn members(
        &self,
        records: &[SuspiciousRecord],
        titles: &[(String, String)],
        quarantines: &[bool],
    ) -> Result<Vec<(RecordId, u32, bool)>, String> {
        let names = self.corpus.names();
        let files: BTreeMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
        let ids: BTreeMap<&str, u32> = titles.iter().map(|(id, _)| id.as_str()).zip(0..).collect();
        let mut members = Vec::new();
        for record in records {
            let file = files.get(record.file.as_str()).ok_or(format!("it names the file {}", record.file))?;
            for named in record.findings.iter().filter(|named| named.member) {
                let at = *ids.get(named.finding.as_str()).ok_or(format!("no finding {}", named.finding))?;
                members.push((RecordId { file: *file, row: record.row }, at, quarantines[at as usize]));
            }
        }
        Ok(members)
    }

    /// The roots.
    ///
    /// # Errors
    /// The user names something that the data does not have.
    pub fn roots(&self, trace: &Trace, findings: Findings) -> Result<Roots, Failure> {
        let mut roots = Roots::default();
        if self.args.from.is_empty() {
            let aside = findings.members.iter().filter(|(_, _, aside)| *aside);
            roots.records = aside.map(|(id, at, _)| (*id, *at)).collect();
            roots.causes = findings.titles;
        } else {
            self.named(trace, &findings, &mut roots)?;
        }
        roots.records.sort_unstable();
        roots.records.dedup_by_key(|(id, _)| *id);
        Ok(roots)
    }

    /// The roots that the user names, one by one.
    fn named(&self, trace: &Trace, findings: &Findings, roots: &mut Roots) -> Result<(), Failure> {
        // Records, sources and generators are numbered apart, as they were for reading.
        let mut numbers = [0usize; 3];
        let mut count = |kind: usize| {
            numbers[kind] += 1;
            numbers[kind] - 1
        };
        for one in once(&self.args.from) {
            let cause = roots.causes.len() as u32;
            let of =
                |root: Root| trace.named().iter().filter(move |(_, own)| *own == root).map(|(id, _)| *id);
            let (mut found, title): (Vec<RecordId>, &str) = match one {
                Suspect::Source(_) => (of(Root::Source(count(1))).collect(), ""),
                Suspect::Generator(_) => (of(Root::Generator(count(2))).collect(), ""),
                Suspect::Record(_) => (of(Root::Key(count(0))).collect(), ""),
                Suspect::Habit(_) => (Vec::new(), ""),
                Suspect::Finding(id) => {
                    let at = findings.titles.iter().position(|(own, _)| own == id);
                    let members = findings.members.iter().filter(|(_, own, _)| Some(*own as usize) == at);
                    (members.map(|(id, ..)| *id).collect(), at.map_or("", |at| &findings.titles[at].1))
                }
            };
            if let (Suspect::Record(text), true) = (one, found.is_empty()) {
                found.extend(self.place(trace, text));
            }
            match one {
                // Known only when the data has been read once more.
                Suspect::Habit(_) => continue,
                _ if found.is_empty() => return Err(nothing(one, findings)),
                _ => {}
            }
            roots.causes.push((one.shown(), title.to_owned()));
            roots.records.extend(found.into_iter().map(|id| (id, cause)));
        }
        Ok(())
    }

    /// A record as `FILE:ROW`.
    fn place(&self, trace: &Trace, text: &str) -> Option<RecordId> {
        let (file, row) = text.rsplit_once(':')?;
        let file = self.corpus.names().iter().position(|name| name == file)?;
        let id = RecordId { file: u32::try_from(file).ok()?, row: row.parse().ok()? };
        trace.holds(id).then_some(id)
    }
}

fn from_scan(found: &Found, aside: impl Fn(&str) -> bool) -> Findings {
    let titles: Vec<(String, String)> =
        found.findings.iter().map(|f| (f.id.clone(), f.title.clone())).collect();
    let at: BTreeMap<&str, u32> = titles.iter().map(|(id, _)| id.as_str()).zip(0..).collect();
    let mut members = Vec::new();
    for record in found.suspicious(&[]) {
        for named in record.findings.iter().filter(|named| named.member) {
            let Some(&place) = at.get(named.finding.as_str()) else { continue };
            let finding = &found.findings[place as usize];
            members.push((record.id, place, finding.quarantine && aside(&finding.id)));
        }
    }
    Findings { titles, members }
}

/// Habits are known when the data has been read; those that the user named must be among them.
pub fn all_found(suspected: &Suspected, lineage: &Lineage) -> Result<(), Failure> {
    let Suspected::Named(ids) = suspected else { return Ok(()) };
    let missing = ids.iter().find(|id| !lineage.habits.iter().any(|habit| habit.id == **id));
    missing.map_or(Ok(()), |id| Err(nothing(&Suspect::Habit(id.clone()), &Findings::default())))
}

fn nothing(one: &Suspect, findings: &Findings) -> Failure {
    let what = Failure::new(format!("--from {}: no record is meant by that", one.shown()));
    match one {
        Suspect::Record(_) => what.help("write the key of a record, or FILE:ROW with the row counted from 0"),
        Suspect::Source(_) => what.help("`toadstone sources PATH --by source` lists the sources"),
        Suspect::Generator(_) => what.help("`toadstone sources PATH --by generator` lists the generators"),
        Suspect::Habit(_) => what.help("`toadstone taint PATH --out DIR` lists the habits in taint.json"),
        Suspect::Finding(_) => {
            let ids: Vec<&str> = findings.titles.iter().take(5).map(|(id, _)| id.as_str()).collect();
            match ids.is_empty() {
                true => what.help("the scan found nothing"),
                false => what.help(format!("there is {}", ids.join(", "))),
            }
        }
    }
}
