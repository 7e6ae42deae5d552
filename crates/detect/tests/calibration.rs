//! Calibration on data whose false alarms are known.
#![allow(clippy::unwrap_used)] // tests

use toadstone_core::{Batch, Control, Observe, Profile, ReadSummary, Role, RoleSet, Source, SourceError};
use toadstone_detect::{CalibrationOptions, Null, NullSource, ScanOptions, calibrate, find, scan};

mod common;
use common::Row;

/// Records in memory.
struct Rows(Profile, Vec<Batch>);

impl Rows {
    fn new(rows: &[Row]) -> Rows {
        let roles = rows.iter().flatten().fold(RoleSet::default(), |set, (role, _)| set.with(*role));
        Rows(Profile { roles, ..Profile::default() }, common::batches(rows, 1 << 16))
    }
}

impl Source for Rows {
    fn profile(&self) -> &Profile {
        &self.0
    }

    fn read(&self, mut workers: Vec<Observe<'_>>, _: &Control) -> Result<ReadSummary, SourceError> {
        let count = workers.len();
        for (at, batch) in self.1.iter().enumerate() {
            workers[at % count](batch);
        }
        let records = self.1.iter().map(|b| b.len() as u64).sum();
        Ok(ReadSummary { records, ..ReadSummary::default() })
    }
}

fn options(threads: usize) -> ScanOptions {
    ScanOptions { threads, memory: 64 << 20, temporary: std::env::temp_dir(), seed: 3, leniency: 1.0 }
}

fn trigger_rows(name: &str) -> Rows {
    let card = find("planted-trigger").unwrap().card();
    Rows::new(&common::rows(if name == "planted" { card.planted } else { card.benign }))
}

#[test]
fn what_trusted_data_gives_becomes_the_limit() {
    let detectors = [find("planted-trigger").unwrap()];
    let run = |rows: &Rows, threads| {
        let options = CalibrationOptions { replicates: 4, rate: 0.2, scan: options(threads) };
        calibrate(rows, &detectors, &|_| None, &options, &Control::default()).unwrap()
    };
    let planted = run(&trigger_rows("planted"), 1);
    let null = &planted.detectors[0];
    let whole = null.whole.iter().filter_map(|f| f.surprise()).fold(0.0, f64::max);
    assert!(whole > 0.0 && null.limit.unwrap() >= whole, "{null:?}");
    assert_eq!((planted.replicates, null.strongest.len()), (8, 8));
    let dealt = &null.strongest[4..];
    assert!(dealt.iter().all(|&s| s < whole), "dealt anew, nothing is tied: {dealt:?} against {whole}");
    let benign = run(&trigger_rows("benign"), 1);
    assert_eq!((benign.detectors[0].limit, benign.detectors[0].whole.len()), (None, 0));
    let again = run(&trigger_rows("planted"), 3);
    assert_eq!(null.strongest, again.detectors[0].strongest, "threads change nothing");
}

#[test]
fn a_replicate_is_half_and_dealing_keeps_what_there_is_to_deal() {
    let rows = trigger_rows("planted");
    let read = |null, seed| {
        let source = NullSource::new(&rows, null, seed);
        let mut seen = Vec::new();
        let observe: Observe<'_> = Box::new(|batch: &Batch| {
            let text = |r: toadstone_core::Record<'_>, role| r.get(role).map(str::to_owned);
            seen.extend(batch.records().map(|r| (r.id(), text(r, Role::Input), text(r, Role::Label))));
        });
        let summary = source.read(vec![observe], &Control::default()).unwrap();
        assert_eq!(summary.records as usize, seen.len());
        seen
    };
    let (half, dealt) = (read(Null::Half, 5), read(Null::Dealt, 5));
    let all: usize = rows.1.iter().map(Batch::len).sum();
    assert!(half.len() * 3 > all && half.len() * 3 < all * 2, "{} of {all}", half.len());
    let inputs =
        |seen: &[(_, Option<String>, Option<String>)]| seen.iter().map(|s| s.1.clone()).collect::<Vec<_>>();
    assert_eq!(inputs(&half), inputs(&dealt));
    let sorted = |seen: &[(toadstone_core::RecordId, Option<String>, Option<String>)]| {
        let mut labels: Vec<_> = seen.iter().map(|s| s.2.clone()).collect();
        labels.sort();
        labels
    };
    assert_eq!(sorted(&half), sorted(&dealt));
    assert_ne!(half, dealt);
    assert_ne!(half, read(Null::Half, 6));
    let scanned =
        scan(&NullSource::new(&rows, Null::Half, 5), &[], &|_| None, &options(2), &Control::default());
    assert_eq!(scanned.unwrap().read.records as usize, half.len());
}
