//! The suspicious records of a run, by number.
//!
//! A number is a place in the order of the input; it holds for one run folder. About 40 bytes a record
//! and 12 for each finding that names it.

use ahash::AHashMap;
use toadstone_core::{Finding, InputFile, RecordId};
use toadstone_corpus::SuspiciousRecord;

/// What one finding says of a record.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Index in the run's list of findings.
    pub finding: u32,
    /// The score that it gives.
    pub score: f32,
    /// Whether the record is one of the finding's.
    pub member: bool,
}

/// A record that at least one finding names.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub id: RecordId,
    pub score: f32,
    pub quarantine: bool,
    marks: (u32, u32),
}

/// All of them.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    marks: Vec<Mark>,
    /// For each finding, the numbers of the records that it names, ascending.
    named: Vec<Vec<u32>>,
    files: AHashMap<String, u32>,
    findings: AHashMap<String, u32>,
}

/// Why records and findings do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("a record is of `{0}`, which is no input of the run")]
    File(String),
    #[error("a record names `{0}`, which is no finding of the run")]
    Finding(String),
}

impl Table {
    /// # Errors
    /// [`Mismatch`] if a record names something that the run does not have.
    pub fn new(
        records: Vec<SuspiciousRecord>,
        inputs: &[InputFile],
        findings: &[Finding],
    ) -> Result<Table, Mismatch> {
        let by_name = |names: Vec<&str>| -> AHashMap<String, u32> {
            // The first of equal names, as everywhere.
            names.iter().enumerate().rev().map(|(at, name)| ((*name).to_owned(), at as u32)).collect()
        };
        let mut table = Table {
            named: vec![Vec::new(); findings.len()],
            files: by_name(inputs.iter().map(|input| input.name.as_str()).collect()),
            findings: by_name(findings.iter().map(|finding| finding.id.as_str()).collect()),
            ..Table::default()
        };
        let mut sorted: Vec<(RecordId, SuspiciousRecord)> = Vec::with_capacity(records.len());
        for record in records {
            let file = table.files.get(&record.file).ok_or_else(|| Mismatch::File(record.file.clone()))?;
            sorted.push((RecordId { file: *file, row: record.row }, record));
        }
        sorted.sort_by_key(|(id, _)| *id);
        sorted.dedup_by_key(|(id, _)| *id);
        for (number, (id, record)) in sorted.into_iter().enumerate() {
            table.add(number as u32, id, record)?;
        }
        Ok(table)
    }

    fn add(&mut self, number: u32, id: RecordId, record: SuspiciousRecord) -> Result<(), Mismatch> {
        let from = self.marks.len() as u32;
        for named in record.findings {
            let finding = self.findings.get(&named.finding);
            let finding = *finding.ok_or_else(|| Mismatch::Finding(named.finding.clone()))?;
            self.marks.push(Mark { finding, score: named.score, member: named.member });
            self.named[finding as usize].push(number);
        }
        let marks = (from, self.marks.len() as u32);
        self.rows.push(Row { id, score: record.score, quarantine: record.quarantine, marks });
        Ok(())
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The record of a number.
    pub fn get(&self, number: u32) -> Option<&Row> {
        self.rows.get(number as usize)
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What findings say of a record, worst first.
    pub fn marks(&self, row: &Row) -> &[Mark] {
        &self.marks[row.marks.0 as usize..row.marks.1 as usize]
    }

    /// Whether a finding names the record, and how.
    pub fn mark(&self, row: &Row, finding: u32) -> Option<Mark> {
        self.marks(row).iter().copied().find(|mark| mark.finding == finding)
    }

    /// The numbers of the records that a finding names.
    pub fn named(&self, finding: u32) -> &[u32] {
        self.named.get(finding as usize).map_or(&[], Vec::as_slice)
    }

    /// The numbers of a finding's own records.
    pub fn members(&self, finding: u32) -> impl Iterator<Item = u32> + '_ {
        let member = move |number: &u32| {
            self.mark(&self.rows[*number as usize], finding).is_some_and(|mark| mark.member)
        };
        self.named(finding).iter().copied().filter(member)
    }

    /// The number of a record that stands there.
    pub fn number(&self, id: RecordId) -> Option<u32> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok().map(|at| at as u32)
    }

    /// The number of the record in that row of the file of that name.
    pub fn find(&self, file: &str, row: u64) -> Option<u32> {
        self.number(RecordId { file: *self.files.get(file)?, row })
    }

    /// The index of a finding.
    pub fn finding(&self, id: &str) -> Option<u32> {
        self.findings.get(id).copied()
    }
}
