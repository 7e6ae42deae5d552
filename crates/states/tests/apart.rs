//! Scans by many processes give what scans by one give.
#![allow(clippy::unwrap_used)] // tests

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use toadstone_core::Control;
use toadstone_corpus::{Corpus, MemoryTable, Options};
use toadstone_detect::engine::Threads;
use toadstone_detect::scan_on;
use toadstone_states::apart::{Apart, Observer, Question};

mod common;
use common::{columns, detectors, lines, options, scan};

fn table(lines: &[String]) -> RecordBatch {
    let columns = columns(lines).into_iter();
    let column =
        |(name, values)| (name, Arc::new(StringArray::from(values as Vec<Option<String>>)) as ArrayRef, true);
    RecordBatch::try_from_iter_with_nullable(columns.map(column)).unwrap()
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

fn one(name: &str, batch: &RecordBatch) -> Corpus {
    let table = MemoryTable::in_place(name, batch.schema(), vec![batch.clone()]).unwrap();
    Corpus::from_tables(&[table], &Options::default()).unwrap()
}

/// Does a job with `parts` processes, of which every third is lost and asked again, and `buckets` others.
fn cluster(
    job: &[u8],
    rows: &RecordBatch,
    (parts, buckets): (usize, u32),
    take: &mut dyn FnMut(&[u8]) -> Result<(), String>,
) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let new = || Observer::new(job, "1", folder.path()).map_err(|error| error.to_string());
    let mut pieces: Vec<Vec<Vec<u8>>> = vec![Vec::new(); buckets as usize];
    let size = rows.num_rows().div_ceil(parts).max(1);
    for part in 0..parts {
        let (from, to) = ((part * size).min(rows.num_rows()), ((part + 1) * size).min(rows.num_rows()));
        let places: Vec<u64> = (from as u64..to as u64).collect();
        if part % 3 == 0 {
            new()?.observe(0, rows.slice(from, (to - from) / 2), &places[..(to - from) / 2]).unwrap();
        }
        let mut observer = new()?;
        for at in (0..places.len()).step_by(17) {
            let length = 17.min(places.len() - at);
            observer.observe(0, rows.slice(from + at, length), &places[at..at + length]).unwrap();
        }
        for piece in observer.pieces(false, buckets, part as u32).unwrap() {
            let piece = piece.unwrap();
            pieces[piece.bucket as usize].push(piece.bytes);
        }
    }
    for bucket in pieces.into_iter().rev() {
        let mut observer = new()?;
        bucket.iter().rev().for_each(|piece| observer.receive(piece).unwrap());
        for piece in observer.pieces(true, 1, 0).unwrap() {
            take(&piece.unwrap().bytes)?;
        }
    }
    Ok(())
}

fn question(batch: &RecordBatch) -> Question {
    let sample = stream(&batch.slice(0, batch.num_rows().min(500)));
    let rows = batch.num_rows() as u64;
    Question { program: "1".to_owned(), tables: vec!["t".to_owned()], rows, sample, ..Question::default() }
}

#[test]
fn processes_of_a_cluster_find_the_same() {
    for detector in detectors() {
        let name = detector.card().name;
        let (folder, batch) = (tempfile::tempdir().unwrap(), table(&lines(*detector)));
        let (corpus, files) = (one("t", &batch), ["t".to_owned()]);
        let engine = Threads { source: &corpus, threads: 2 };
        let expected = scan(&engine, &files, *detector, folder.path());
        for (parts, buckets) in [(1, 1), (5, 3)] {
            let corpus = one("t", &batch.slice(0, batch.num_rows().min(500)));
            let ask = |job: &[u8], take: &mut dyn FnMut(&[u8]) -> Result<(), String>| {
                cluster(job, &batch, (parts, buckets), take)
            };
            let engine = Apart::new(&corpus, question(&batch), &options(folder.path()), &ask);
            let found = scan(&engine, &files, *detector, folder.path());
            assert_eq!(found, expected, "{name} in {parts} processes and {buckets} buckets");
            assert_eq!(corpus.summary().unwrap().records, expected.records);
        }
    }
}

#[test]
fn data_that_is_another_one_each_time_and_other_versions_end_the_run() {
    let detector = *detectors().iter().find(|d| d.card().name == "planted-trigger").unwrap();
    let (folder, batch) = (tempfile::tempdir().unwrap(), table(&lines(detector)));
    let corpus = one("t", &batch);
    let run = |ask: toadstone_states::apart::Ask<'_>| {
        let engine = Apart::new(&corpus, question(&batch), &options(folder.path()), ask);
        scan_on(&engine, &[detector], &|_| None, &options(folder.path()), &Control::default())
            .err()
            .map(|e| e.to_string())
    };
    let calls = AtomicU64::new(0);
    let changing = |job: &[u8], take: &mut dyn FnMut(&[u8]) -> Result<(), String>| {
        let less = calls.fetch_add(1, Ordering::Relaxed) as usize;
        cluster(job, &batch.slice(0, batch.num_rows() - less), (2, 2), take)
    };
    assert!(run(&changing).unwrap().contains("changed while it was being scanned"));
    let other = |job: &[u8], _: &mut dyn FnMut(&[u8]) -> Result<(), String>| {
        let error = Observer::new(job, "2", folder.path()).err().map(|error| error.to_string());
        Err(error.unwrap())
    };
    assert!(run(&other).unwrap().contains("this process has toadstone 2 and the one that asks has 1"));
    let losing = |job: &[u8], take: &mut dyn FnMut(&[u8]) -> Result<(), String>| {
        let mut kept = Vec::new();
        cluster(job, &batch, (2, 2), &mut |piece| {
            kept.push(piece.to_vec());
            Ok(())
        })?;
        // What one of the two gatherers says of the rows is gone.
        let last = kept.len() - 1;
        kept.into_iter().enumerate().filter(|(at, _)| *at != last).try_for_each(|(_, piece)| take(&piece))
    };
    let error = run(&losing).unwrap();
    assert!(error.contains("the cluster read") && error.contains("nothing can be said"), "{error}");
    let doubling = |job: &[u8], take: &mut dyn FnMut(&[u8]) -> Result<(), String>| {
        let folder = tempfile::tempdir().unwrap();
        let mut observer = Observer::new(job, "1", folder.path()).unwrap();
        observer.observe(0, batch.clone(), &(0..batch.num_rows() as u64).collect::<Vec<_>>()).unwrap();
        let pieces: Vec<Vec<u8>> = observer.pieces(false, 1, 0).unwrap().map(|p| p.unwrap().bytes).collect();
        let mut gatherer = Observer::new(job, "1", folder.path()).unwrap();
        // The first piece, which is of the states, comes twice.
        pieces.iter().chain(pieces.first()).for_each(|piece| gatherer.receive(piece).unwrap());
        gatherer.pieces(true, 1, 0).unwrap().try_for_each(|piece| take(&piece.unwrap().bytes))
    };
    assert!(run(&doubling).unwrap().contains("or gave some twice"));
    let strange = |_: &[u8], take: &mut dyn FnMut(&[u8]) -> Result<(), String>| take(&[0; 40]);
    assert!(run(&strange).unwrap().contains("a piece of another job"));
    let lost =
        |_: &[u8], _: &mut dyn FnMut(&[u8]) -> Result<(), String>| Err("the cluster is gone".to_owned());
    assert_eq!(run(&lost).unwrap(), "the cluster is gone");
}
