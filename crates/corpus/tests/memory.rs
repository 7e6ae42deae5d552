//! Tables that a program hands over are read as files of Arrow are.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;
use toadstone_core::{Batch, Control, Observe, RecordId, Role, Source};
use toadstone_corpus::{Corpus, MemoryTable, Options, TableError};

fn batch(rows: std::ops::Range<i64>) -> RecordBatch {
    let text: StringArray =
        rows.clone().map(|n| (n % 11 != 3).then(|| format!("a text about number {n}"))).collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("text", Arc::new(text)),
        ("label", Arc::new(Int64Array::from_iter_values(rows.clone().map(|n| n % 2)))),
        ("source", Arc::new(rows.map(|n| Some(format!("site-{}", n % 3))).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn batches(most: usize) -> (SchemaRef, Vec<RecordBatch>) {
    let whole = batch(0..100_000);
    let rows = whole.num_rows();
    let parts = (0..rows).step_by(most).map(|at| whole.slice(at, most.min(rows - at))).collect();
    (whole.schema(), parts)
}

/// Every record, its text, label and source.
fn records(corpus: &Corpus) -> BTreeMap<RecordId, String> {
    let found = Mutex::new(BTreeMap::new());
    let observe = || -> Observe<'_> {
        Box::new(|batch: &Batch| {
            let all = batch.records().map(|record| {
                let texts = [Role::Input, Role::Label, Role::Source].map(|role| record.get(role));
                (record.id(), format!("{:?} {texts:?}", record.kind()))
            });
            found.lock().unwrap().extend(all);
        })
    };
    corpus.read(vec![observe(), observe()], &Control::default()).unwrap();
    found.into_inner().unwrap()
}

#[test]
fn a_table_is_read_as_its_file_is_however_it_is_cut() {
    let (schema, parts) = batches(1000);
    let mut file = Vec::new();
    let mut writer = StreamWriter::try_new(&mut file, &schema).unwrap();
    parts.iter().for_each(|part| writer.write(part).unwrap());
    writer.finish().unwrap();
    drop(writer);
    let of_file = Corpus::from_memory(vec![("data".to_owned(), file)], &Options::default()).unwrap();
    let expected = records(&of_file);
    assert_eq!(expected.len(), 100_000 - 9_091);

    for most in [7_001, 100_000] {
        let (schema, parts) = batches(most);
        let go_on = || true;
        let folder = tempfile::tempdir().unwrap();
        let in_place = MemoryTable::in_place("data", Arc::clone(&schema), parts.clone()).unwrap();
        let aside =
            MemoryTable::aside("data", &schema, parts.into_iter().map(Ok), folder.path(), go_on).unwrap();
        for table in [in_place, aside] {
            let corpus = Corpus::from_tables(&[table], &Options::default()).unwrap();
            assert_eq!(records(&corpus), expected);
            let (ours, theirs) = (&corpus.inputs()[0], &of_file.inputs()[0]);
            assert_eq!((&ours.format, &ours.columns), (&theirs.format, &theirs.columns));
            assert_eq!((ours.records, ours.digest.len()), (theirs.records, 32));
            assert_eq!(corpus.rejected(), of_file.rejected());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_digest_is_that_of_the_stream() {
    let (schema, parts) = batches(40_000);
    let mut file = Vec::new();
    let mut writer = StreamWriter::try_new(&mut file, &schema).unwrap();
    parts.iter().for_each(|part| writer.write(part).unwrap());
    writer.finish().unwrap();
    drop(writer);
    let table = MemoryTable::in_place("data", schema, parts).unwrap();
    let corpus = Corpus::from_tables(&[table], &Options::default()).unwrap();
    records(&corpus);
    assert_eq!(corpus.inputs()[0].digest, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&file)));
    assert_eq!(corpus.digests().unwrap(), [("data", xxhash_rust::xxh3::xxh3_128(&file))]);
}

#[test]
fn a_table_is_divided_into_what_stays_and_what_goes() {
    let (schema, parts) = batches(30_000);
    let folder = tempfile::tempdir().unwrap();
    let go_on = || true;
    let rows = [0, 29_999, 30_000, 99_999];
    let aside =
        MemoryTable::aside("x", &schema, parts.clone().into_iter().map(Ok), folder.path(), go_on).unwrap();
    for table in [MemoryTable::in_place("x", schema, parts.clone()).unwrap(), aside] {
        let corpus = Corpus::from_tables(&[table], &Options::default()).unwrap();
        let divided = corpus.divide(0, &rows).unwrap();
        let count = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        assert_eq!((count(&divided.kept), count(&divided.aside)), (99_996, 4));
        assert_eq!(divided.kept[2], parts[2]);
        let gone = [&parts[0].slice(0, 1), &parts[0].slice(29_999, 1)];
        assert_eq!(divided.aside[0], concat_batches(&divided.schema, gone).unwrap());
        assert!(corpus.divide(0, &[100_000]).is_err());
        assert!(corpus.divide(1, &[]).is_err());
    }
}

#[test]
fn who_hands_over_damage_is_told() {
    let (schema, _) = batches(10);
    let fails = || [Err(ArrowError::ExternalError("the line went dead".into()))].into_iter();
    let folder = std::env::temp_dir();
    let error = MemoryTable::aside("x", &schema, fails(), &folder, || true).unwrap_err();
    assert_eq!(error.to_string(), "the table `x` cannot be read: External error: the line went dead");
    let one = || [Ok(batch(0..10))].into_iter();
    let stopped = MemoryTable::aside("x", &schema, one(), &folder, || false).unwrap_err();
    assert!(matches!(stopped, TableError::Temporary { .. }));
    let missing = folder.join("not there");
    assert!(matches!(
        MemoryTable::aside("x", &schema, one(), &missing, || true),
        Err(TableError::Temporary { .. })
    ));
}

#[test]
fn a_table_without_rows_or_without_texts_is_told() {
    let empty = MemoryTable::in_place("e", batch(0..1).schema(), Vec::new()).unwrap();
    let numbers: ArrayRef = Arc::new(UInt64Array::from(vec![1, 2]));
    let numbers = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
    let numbers = MemoryTable::in_place("n", numbers.schema(), vec![numbers]).unwrap();
    let corpus = Corpus::from_tables(&[empty, numbers], &Options::default()).unwrap();
    assert!(records(&corpus).is_empty());
    assert!(corpus.unreadable().any(|(name, _)| name == "n"));
}
