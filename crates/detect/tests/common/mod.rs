//! Records for tests and benches, without the readers.
#![allow(dead_code)] // Every test and bench uses its own part.

use std::path::Path;

use toadstone_core::{Batch, BatchBuilder, Kind, RecordId, Role, renumbered};
use toadstone_detect::travel::{Piece, Pieces};
use toadstone_detect::{DetectError, Detector, Next, Outcome, Pass, Setup, find};
use toadstone_sketch::mix;

const COLUMNS: [(&str, Role); 14] = [
    ("input", Role::Input),
    ("text", Role::Input),
    ("prompt", Role::Input),
    ("code", Role::Input),
    ("output", Role::Output),
    ("completion", Role::Output),
    ("chosen", Role::Output),
    ("rejected", Role::Rejected),
    ("label", Role::Label),
    ("source", Role::Source),
    ("url", Role::Url),
    ("author", Role::Author),
    ("annotator", Role::Annotator),
    ("created", Role::Created),
];

/// Numbers that look random, the same on every machine (Steele, Lea and Flood 2014).
pub struct Draw(pub u64);

impl Draw {
    /// One of the numbers below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mix(self.0) % n as u64) as usize
    }

    /// One of them.
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// One record: its fields by role.
pub type Row = Vec<(Role, String)>;

/// The records of JSON lines, by the columns above.
pub fn rows(jsonl: &str) -> Vec<Row> {
    let row = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let field = |(name, role): (&str, Role)| match &value[name] {
            serde_json::Value::String(text) => Some((role, text.clone())),
            serde_json::Value::Number(number) => Some((role, number.to_string())),
            _ => None,
        };
        COLUMNS.into_iter().filter_map(field).collect()
    };
    jsonl.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

/// What a record is for, by its fields.
fn kind(row: &Row) -> Kind {
    let has = |role| row.iter().any(|(r, _)| *r == role);
    match () {
        () if has(Role::Rejected) => Kind::Preference,
        () if has(Role::Output) => Kind::Instruction,
        () if has(Role::Label) => Kind::Classification,
        () => Kind::Document,
    }
}

/// A batch of some rows of a file with their numbers.
pub fn batch<'a>(file: u32, rows: impl IntoIterator<Item = (usize, &'a Row)>) -> Batch {
    let mut builder = BatchBuilder::new();
    for (index, row) in rows {
        row.iter().for_each(|(role, text)| builder.add(*role, text));
        builder.finish(RecordId { file, row: index as u64 }, None, kind(row));
    }
    builder.take()
}

/// All rows in batches of about `bytes`.
pub fn batches(rows: &[Row], bytes: usize) -> Vec<Batch> {
    let mut out = Vec::new();
    let mut builder = BatchBuilder::new();
    for (index, row) in rows.iter().enumerate() {
        row.iter().for_each(|(role, text)| builder.add(*role, text));
        builder.finish(RecordId { file: 0, row: index as u64 }, None, kind(row));
        if builder.text_bytes() >= bytes {
            out.push(builder.take());
        }
    }
    out.push(builder.take());
    out
}

pub fn setup(memory: usize, folder: &Path) -> Setup {
    Setup { memory, temporary: folder.to_owned(), seed: 7, leniency: 1.0 }
}

/// Runs a detector with one state per part; `join` merges the states of a pass to one.
pub fn run(
    detector: &dyn Detector,
    setup: &Setup,
    parts: &[Vec<Batch>],
    mut join: impl FnMut(Vec<Box<dyn Pass>>) -> Box<dyn Pass>,
) -> Result<Outcome, DetectError> {
    let mut pass = detector.start(setup);
    loop {
        let states = parts.iter().map(|part| {
            let mut state = pass.fresh();
            part.iter().for_each(|batch| state.observe(batch));
            state
        });
        match join(states.collect()).conclude()? {
            Next::Again(following) => pass = following,
            Next::Done(outcome) => return Ok(outcome),
        }
    }
}

/// What the detector of this name makes of rows, in one state.
pub fn outcome(detector: &str, rows: &[Row]) -> Outcome {
    let detector = find(detector).expect("a detector of the registry");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let setup = setup(64 << 20, folder.path());
    run(detector, &setup, &[batches(rows, 1 << 16)], fold).expect("an outcome")
}

/// Merges from the left.
pub fn fold(states: Vec<Box<dyn Pass>>) -> Box<dyn Pass> {
    let merge = |mut a: Box<dyn Pass>, b| {
        a.merge(b);
        a
    };
    states.into_iter().reduce(merge).expect("at least one state")
}

/// Runs a detector as on a cluster: each part is observed by a process of its own, which knows the plan;
/// rows with equal keys meet in one of `buckets` others, and only what these keep comes back. States of
/// the first pass were made when file 0 was file `before`; `first` are the parts as they were then.
pub fn run_apart(
    detector: &dyn Detector,
    setup: &Setup,
    (first, before): (&[Vec<Batch>], u32),
    parts: &[Vec<Batch>],
    buckets: u32,
) -> Result<Outcome, DetectError> {
    let mut pass = detector.start(setup);
    let mut reading = (first, before);
    loop {
        let plan = pass.plan()?;
        let mut gathered: Vec<Box<dyn Pass>> =
            (0..buckets).map(|_| detector.revive(&plan, setup)).collect::<Result<_, _>>()?;
        for (home, part) in (0..).zip(reading.0) {
            let mut state = detector.revive(&plan, setup)?;
            assert_eq!(
                state.plan()?.digest(),
                plan.digest(),
                "{}: a plan that travelled is the same",
                detector.card().name
            );
            part.iter().for_each(|batch| state.observe(batch));
            for piece in pieces(state, buckets, home)? {
                gathered[piece.bucket as usize].receive(&piece.bytes)?;
            }
        }
        for mut state in gathered {
            state.prune()?;
            for piece in pieces(state, 1, 0)? {
                renumbered(reading.1..reading.1 + 1, 0, || pass.receive(&piece.bytes))?;
            }
        }
        match pass.conclude()? {
            Next::Again(following) => pass = following,
            Next::Done(outcome) => return Ok(outcome),
        }
        reading = (parts, 0);
    }
}

fn pieces(state: Box<dyn Pass>, buckets: u32, home: u32) -> Result<Vec<Piece>, DetectError> {
    let mut out = Vec::new();
    let mut keep = |piece| {
        out.push(piece);
        Ok(())
    };
    state.send(&mut Pieces::new(buckets, home, &mut keep))?;
    Ok(out)
}
