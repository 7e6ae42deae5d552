//! Rows that come back.

use std::collections::BTreeMap;

use ahash::AHashMap;
use serde::Serialize;
use toadstone_core::visible;

use super::{Layout, Row, csv, jsonl};
use crate::book::Key;
use crate::decision::{Call, Decision, Fault};
use crate::desk::{Desk, DeskError};

/// What became of the rows. Each of them is counted once.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Rows of the file.
    pub rows: u64,
    /// New decisions, now in the file of decisions.
    pub added: u64,
    /// Rows that say what that person's last decision says already.
    pub unchanged: u64,
    /// Rows without a decision.
    pub undecided: u64,
    /// Rows that cannot be taken, and why (hostile text).
    #[serde(serialize_with = "faults")]
    pub refused: Vec<Fault>,
}

fn faults<S: serde::Serializer>(faults: &[Fault], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        faults.iter().map(|f| BTreeMap::from([("line", f.line.to_string()), ("why", f.why.clone())])),
    )
}

/// Why nothing was imported.
pub type ImportError = DeskError;

/// The rows of a file, each with its line, or what is wrong with it.
pub fn parse_rows(layout: Layout, bytes: &[u8]) -> Vec<(u64, Result<Row, String>)> {
    match layout {
        Layout::JsonLines => jsonl::parse(bytes),
        Layout::Csv => csv::parse(bytes),
    }
}

/// Takes the decisions of a file over: those of `who` if somebody is named, else of whom each row names,
/// else of the person at the desk. Importing the same file again adds nothing.
///
/// # Errors
/// The decisions cannot be read or written. Rows that cannot be taken are no error.
pub fn import(desk: &Desk, layout: Layout, bytes: &[u8], who: Option<&str>) -> Result<Imported, ImportError> {
    desk.follow()?;
    let files = desk.run().inputs.iter().map(|input| (visible(&input.name), input.name.as_str()));
    let mut importer = Importer { desk, who, files: files.collect(), seen: AHashMap::new(), new: Vec::new() };
    let mut out = Imported::default();
    for (line, row) in parse_rows(layout, bytes) {
        out.rows += 1;
        match row.and_then(|row| importer.take(line, row)) {
            Ok(Taken::Added) => out.added += 1,
            Ok(Taken::Unchanged) => out.unchanged += 1,
            Ok(Taken::Undecided) => out.undecided += 1,
            Err(why) => out.refused.push(Fault { line, why }),
        }
    }
    desk.add(&importer.new)?;
    Ok(out)
}

enum Taken {
    Added,
    Unchanged,
    Undecided,
}

struct Importer<'d> {
    desk: &'d Desk,
    who: Option<&'d str>,
    /// Names of files, by what they look like when they are made visible.
    files: AHashMap<String, &'d str>,
    /// The lines that decided so far.
    seen: AHashMap<(String, Key), (u64, Decision)>,
    new: Vec<Decision>,
}

impl Importer<'_> {
    fn take(&mut self, line: u64, row: Row) -> Result<Taken, String> {
        let said = row.decision.trim().to_lowercase();
        if said.is_empty() {
            return Ok(Taken::Undecided);
        }
        let call = Call::named(&said).ok_or_else(|| {
            format!("`{}` is no decision; write poison, fine or unsure", visible(row.decision.trim()))
        })?;
        let (key, under) = self.subject(&row)?;
        let subject = self.desk.subject(key).ok_or("the run has no such record")?;
        let digest = row.digest.trim().parse().map_err(|error| format!("`digest`: {error}"))?;
        let named = Some(row.who.trim()).filter(|who| !who.is_empty());
        let who = self.who.or(named).unwrap_or(self.desk.who()).to_owned();
        let decision = Decision {
            at: self.desk.now(),
            who,
            call,
            subject,
            under,
            digest,
            records: self.desk.extent(key),
            note: row.note.trim().to_owned(),
        };
        decision.check()?;
        let by = (decision.who.clone(), key);
        if let Some((before, other)) = self.seen.get(&by) {
            let same = says_the_same(other, &decision);
            return if same {
                Ok(Taken::Unchanged)
            } else {
                Err(format!("line {before} says something else of it"))
            };
        }
        let last = self.desk.last_by(&by.0, key);
        self.seen.insert(by, (line, decision.clone()));
        if last.is_some_and(|last| says_the_same(&last, &decision)) {
            return Ok(Taken::Unchanged);
        }
        self.new.push(decision);
        Ok(Taken::Added)
    }

    /// What a row is about, and the finding that it names beside a record.
    fn subject(&self, row: &Row) -> Result<(Key, Option<String>), String> {
        let table = self.desk.table();
        let id = row.finding.trim();
        let finding = || table.finding(id).ok_or_else(|| format!("the run has no finding `{}`", visible(id)));
        if row.file.is_empty() && row.row.is_none() {
            return match id {
                "" => Err("it names neither a record (file and row) nor a finding".to_owned()),
                _ => Ok((Key::Finding(finding()?), None)),
            };
        }
        let number = row.row.ok_or("it names a file and no row")?;
        let file = self.files.get(&row.file).copied().unwrap_or(&row.file);
        let record = table.find(file, number);
        let record = record
            .ok_or_else(|| format!("no finding of the run names row {number} of `{}`", visible(&row.file)))?;
        if id.is_empty() {
            return Ok((Key::Record(record), None));
        }
        let at = finding()?;
        let names = table.get(record).is_some_and(|row| table.mark(row, at).is_some());
        if names {
            Ok((Key::Record(record), Some(id.to_owned())))
        } else {
            Err(format!("`{id}` does not name that record"))
        }
    }
}

fn says_the_same(a: &Decision, b: &Decision) -> bool {
    (a.call, a.digest) == (b.call, b.digest) && visible(a.note.trim()) == visible(&b.note)
}
