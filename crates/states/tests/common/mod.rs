//! Data in which every detector finds something, and scans of it.
#![allow(dead_code)] // Every test uses its own part.

use std::collections::BTreeMap;
use std::path::Path;

use toadstone_core::{Control, Finding, Mark};
use toadstone_corpus::{Corpus, Options};
use toadstone_detect::engine::Engine;
use toadstone_detect::{Cluster, Detector, ScanOptions, Setup, registry, scan_on};

/// What a scan found, with the notes.
#[derive(Debug, PartialEq, Default)]
pub struct Found {
    pub records: u64,
    pub findings: Vec<Finding>,
    pub marks: Vec<Mark>,
    pub clusters: Vec<Cluster>,
    pub notes: Vec<String>,
}

/// The records in which a detector finds something, as JSON lines.
pub fn lines(detector: &dyn Detector) -> Vec<String> {
    let card = detector.card();
    let lines = card.planted.lines().filter(|line| !line.trim().is_empty());
    lines.map(str::to_owned).collect()
}

pub fn options(folder: &Path) -> ScanOptions {
    ScanOptions { threads: 2, memory: 8 << 20, temporary: folder.to_owned(), seed: 7, leniency: 1.0 }
}

/// Runs one detector and weighs what it finds.
pub fn scan(engine: &dyn Engine, files: &[String], detector: &'static dyn Detector, folder: &Path) -> Found {
    let (control, options) = (Control::default(), options(folder));
    let scan = scan_on(engine, &[detector], &|_| None, &options, &control).unwrap();
    let mut found = Found { records: scan.read.records, ..Found::default() };
    for run in scan.runs {
        let outcome = run.outcome.unwrap();
        (found.findings, found.marks) = (outcome.findings, outcome.marks);
        (found.clusters, found.notes) = (outcome.clusters, outcome.notes);
    }
    let setup: Setup = options.setup(1);
    let (findings, marks) = (&mut found.findings, &mut found.marks);
    toadstone_origins::weigh(engine, files, findings, marks, &setup, &control).unwrap();
    found
}

/// The files of a folder.
pub fn corpus(data: &Path, temporary: &Path) -> Corpus {
    let options = Options { temporary: temporary.to_owned(), ..Options::default() };
    Corpus::open(&[data.to_str().unwrap().to_owned()], &options).unwrap()
}

/// Columns of text, each with a value or none for each line.
pub fn columns(lines: &[String]) -> BTreeMap<String, Vec<Option<String>>> {
    let parse = |line: &String| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line);
    let rows: Vec<_> = lines.iter().map(|line| parse(line).unwrap()).collect();
    let mut out: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        out.entry(name.clone()).or_default();
    }
    for (name, values) in &mut out {
        values.extend(rows.iter().map(|row| match row.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        }));
    }
    out
}

pub fn detectors() -> &'static [&'static dyn Detector] {
    registry()
}
