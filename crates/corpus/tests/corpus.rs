//! What a corpus promises beside the records: order, changes, interruption, what it refuses to open.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use std::sync::atomic::{AtomicU64, Ordering};

use support::*;
use toadstone_core::{Batch, Control, Observe, Role, Source, SourceError};
use toadstone_corpus::{Corpus, Limits, OpenError, Options};

fn options() -> Options {
    Options { limits: Limits { chunk: 256, ..Limits::default() }, ..Options::default() }
}

#[test]
fn refused_records_are_in_the_order_of_the_input_for_any_threads() {
    let file = |f: usize| {
        let line = |i: usize| {
            if i % 7 == f { format!("broken {f} {i}\n") } else { format!("{{\"text\":\"t {f} {i}\"}}\n") }
        };
        (format!("{f}.jsonl"), (0..500).map(line).collect::<String>().into_bytes())
    };
    let files: Vec<_> = (0..6).map(file).collect();
    let one = Corpus::from_memory(files.clone(), &options()).unwrap();
    let many = Corpus::from_memory(files, &options()).unwrap();
    assert_eq!(read(&one, 1).unwrap(), read(&many, 8).unwrap());
    let lines = rejected(&one);
    assert_eq!(lines, rejected(&many));
    let keys: Vec<_> =
        lines.iter().map(|l| (l["file"].as_str().unwrap().to_owned(), l["row"].as_u64().unwrap())).collect();
    assert!(keys.is_sorted() && keys.len() as u64 == one.summary().unwrap().rejected);
    assert_eq!(one.rejected()[0].reason, "invalid JSON");
    assert_eq!(one.rejected()[0].records, keys.len() as u64);
}

#[test]
fn offsets_lead_to_the_record() {
    let data = b"{\"text\":\"a\"}\r\n\n{\"text\":\"b\"}\n  {\"text\":\"c\"}\n".to_vec();
    let corpus = memory("a.jsonl", data.clone(), &options());
    for (_, _, offset, texts) in read(&corpus, 1).unwrap().1 {
        let rest = &data[offset.unwrap() as usize..];
        assert!(rest.trim_ascii_start().starts_with(format!("{{\"text\":\"{}\"}}", texts[0].1).as_bytes()));
    }
}

#[test]
fn a_file_that_changes_between_readings_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.jsonl");
    std::fs::write(&path, "{\"text\":\"a\"}\n").unwrap();
    let corpus = Corpus::open(&[path.to_str().unwrap().to_owned()], &options()).unwrap();
    assert_eq!(read(&corpus, 2).unwrap().0.records, 1);
    std::fs::write(&path, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n").unwrap();
    assert!(matches!(read(&corpus, 2), Err(SourceError::Changed { file }) if file == path.to_str().unwrap()));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(read(&corpus, 2), Err(SourceError::File { .. })));
}

#[test]
fn a_stop_ends_the_reading_and_counts_nothing() {
    let data: String = (0..20_000).map(|i| format!("{{\"text\":\"text {i}\"}}\n")).collect();
    let corpus = memory("a.jsonl", data.into_bytes(), &options());
    let (control, seen) = (Control::default(), AtomicU64::new(0));
    let observe = |batch: &Batch| {
        seen.fetch_add(batch.len() as u64, Ordering::Relaxed);
        control.stop();
    };
    let workers = (0..2).map(|_| Box::new(observe) as Observe<'_>).collect();
    assert!(matches!(corpus.read(workers, &control), Err(SourceError::Interrupted)));
    assert!(seen.into_inner() < 1000);
    assert_eq!((corpus.summary(), corpus.inputs()[0].digest.as_str()), (None, ""));
    assert!(rejected(&corpus).is_empty());
    assert_eq!(read(&corpus, 2).unwrap().0.records, 20_000);
}

#[test]
fn progress_is_counted_in_bytes_on_disk() {
    let data: String = (0..5000).map(|i| format!("{{\"text\":\"text {i}\"}}\n")).collect();
    let rows: Vec<(String, i64)> = (0..5000).map(|i| (format!("text {i}"), 1)).collect();
    let table = parquet(&batch(&rows), 1000);
    let packed = gzip(data.as_bytes());
    for (name, bytes) in [("a.jsonl", data.into_bytes()), ("a.jsonl.gz", packed), ("a.parquet", table)] {
        let size = bytes.len() as u64;
        let corpus = memory(name, bytes, &options());
        let control = Control::default();
        corpus.read(vec![Box::new(|_: &Batch| {})], &control).unwrap();
        assert_eq!(control.progress(), (5000, size), "{name}");
        assert_eq!(corpus.profile().bytes, size);
    }
}

#[test]
fn columns_are_shown_and_the_user_decides() {
    let data = b"{\"text\":\"t\",\"label\":1,\"meta\":{\"author\":\"me\",\"q\":\"x\"}}\n".to_vec();
    let columns = |options: &Options| {
        let corpus = memory("a.jsonl", data.clone(), options);
        let input = corpus.inputs().remove(0);
        let columns: Vec<String> = input.columns.iter().map(|c| format!("{}={}", c.role, c.column)).collect();
        (input.kind, columns.join(" "), corpus.profile().roles.has(Role::Author))
    };
    assert_eq!(
        columns(&options()),
        ("classification".into(), "input=text label=label author=meta.author".into(), true)
    );
    let map = |map: &[(&str, &str)]| Options {
        map: map.iter().map(|(f, c)| ((*f).into(), (*c).into())).collect(),
        ..options()
    };
    let mapped = columns(&map(&[("prompt", "meta.q"), ("response", "text")]));
    assert_eq!(mapped, ("instruction".into(), "input=meta.q output=text author=meta.author".into(), true));
    let wrong = memory("a.jsonl", data.clone(), &map(&[("input", "nope")]));
    assert!(wrong.unreadable().next().unwrap().1.contains("--map names the column `nope`"));
    let error = Corpus::from_memory(vec![], &map(&[("nonsense", "x")])).unwrap_err();
    assert!(matches!(error, OpenError::Field { field } if field == "nonsense"));
}

#[cfg(unix)]
#[test]
fn a_file_that_the_system_refuses_is_kept_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.jsonl"), "{\"text\":\"a\"}\n").unwrap();
    std::os::unix::fs::symlink(dir.path().join("gone"), dir.path().join("b.jsonl")).unwrap();
    let corpus = Corpus::open(&[dir.path().to_str().unwrap().to_owned()], &options()).unwrap();
    assert_eq!((corpus.inputs().len(), corpus.unreadable().count()), (2, 1));
    assert_eq!(read(&corpus, 2).unwrap().0.records, 1);
}
