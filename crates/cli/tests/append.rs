//! `seal --append`: what is not read, what is told of it, and that `verify` reads it all the same.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on
#![cfg(unix)]

mod common;
mod sealed;

use std::fs::{File, FileTimes};
use std::time::{Duration, SystemTime};

use sealed::{Sealed, line, lines};

/// A sealed folder whose files were left alone for as long as it takes to believe their times.
fn settled() -> Sealed {
    let sealed = Sealed::unsealed();
    std::thread::sleep(Duration::from_millis(3100));
    sealed.seal(&["--key", "a.pem", "--created", "2026-01-01T00:00:00Z"]).exits(0);
    sealed
}

fn append(sealed: &Sealed) -> String {
    sealed.seal(&["--key", "a.pem", "--append", "--created", "2026-01-02T00:00:00Z"]).exits(0).out()
}

/// Which files `seal.json` says were not read, and for which seal they were.
fn not_read(sealed: &Sealed) -> Vec<(String, u64)> {
    let seal = sealed.bench.json("data.seal/seal.json");
    let files = seal["files"].as_array().unwrap().iter();
    files.filter_map(|f| Some((f["name"].as_str()?.to_owned(), f["read_for"].as_u64()?))).collect()
}

/// Puts other bytes of the same length into a file, and the times back that it had.
fn swap(sealed: &Sealed, name: &str) -> SystemTime {
    let modified = sealed.path(name).metadata().unwrap().modified().unwrap();
    sealed.change(name, |bytes| bytes[12] ^= 1);
    let file = File::options().write(true).open(sealed.path(name)).unwrap();
    file.set_times(FileTimes::new().set_modified(modified)).unwrap();
    assert_eq!(sealed.path(name).metadata().unwrap().modified().unwrap(), modified);
    modified
}

#[test]
fn only_what_is_new_is_read_and_the_seal_says_so() {
    let sealed = settled();
    sealed.add("data/new.jsonl", &lines(30));
    sealed.change("data/test.csv", |bytes| bytes.extend(b"one more,1\n"));
    let text = append(&sealed);
    assert!(text.contains("not read 5 files, "), "{text}");
    assert!(text.contains("train.jsonl, read for seal 1"), "{text}");
    let names: Vec<String> = not_read(&sealed).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [".hidden/notes.txt", "README.md", "r\u{e9}sum\u{e9}.txt", "train.jsonl", "zero.bin"]);
    sealed.verify(&[]).exits(0);

    // But for what it says was not read, the seal is the one that reading everything gives.
    let mut by_append = sealed.bench.json("data.seal/seal.json");
    let tiles = sealed.bench.read("data.seal/tiles");
    for file in by_append["files"].as_array_mut().unwrap() {
        file.as_object_mut().unwrap().remove("read_for");
    }
    let whole = Sealed::unsealed();
    whole.seal(&["--key", "a.pem", "--created", "2026-01-01T00:00:00Z"]).exits(0);
    whole.add("data/new.jsonl", &lines(30));
    whole.change("data/test.csv", |bytes| bytes.extend(b"one more,1\n"));
    let text = whole.seal(&["--key", "a.pem", "--created", "2026-01-02T00:00:00Z"]).exits(0).out();
    assert!(!text.contains("not read"), "{text}");
    assert_eq!(by_append, whole.bench.json("data.seal/seal.json"));
    assert_eq!(tiles, whole.bench.read("data.seal/tiles"));

    // Who appends twice is told for which seal a file was read last.
    append(&sealed);
    assert!(not_read(&sealed).contains(&("train.jsonl".to_owned(), 1)));
    sealed.verify(&[]).exits(0);
    sealed.seal(&["--key", "a.pem"]).exits(0);
    assert_eq!(not_read(&sealed), []);
}

#[test]
fn a_file_with_the_same_size_and_time_of_change_is_read_without_append() {
    let sealed = settled();
    swap(&sealed, "data/train.jsonl");
    sealed.seal(&["--key", "a.pem"]).exits(0);
    sealed.verify(&[]).exits(0);
    let seal = sealed.bench.json("data.seal/seal.json");
    assert!(!seal.to_string().contains("read_for"));
}

#[test]
fn putting_the_time_back_does_not_hide_a_change() {
    let sealed = settled();
    swap(&sealed, "data/train.jsonl");
    append(&sealed);
    assert!(!not_read(&sealed).iter().any(|(name, _)| name == "train.jsonl"));
    sealed.verify(&[]).exits(0);
}

#[test]
fn who_deceives_the_system_does_not_deceive_verify() {
    let sealed = settled();
    swap(&sealed, "data/train.jsonl");
    // The system keeps when a file was changed; only who owns the state can say that it was not.
    let folder = sealed.path("state/toadstone/sealed");
    let path = folder.read_dir().unwrap().next().unwrap().unwrap().path();
    let mut known: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let data = sealed.path("data/train.jsonl").metadata().unwrap();
    let changed = std::os::unix::fs::MetadataExt::ctime(&data);
    let nanoseconds = std::os::unix::fs::MetadataExt::ctime_nsec(&data);
    known["files"]["train.jsonl"]["stamp"]["changed"] = serde_json::json!([changed, nanoseconds]);
    std::fs::write(&path, known.to_string()).unwrap();
    std::thread::sleep(Duration::from_millis(3100));
    append(&sealed);
    assert!(not_read(&sealed).contains(&("train.jsonl".to_owned(), 1)));
    let out = sealed.verify(&[]).exits(1).out();
    assert!(out.contains("train.jsonl: was changed, and has the same size"), "{out}");
}

#[test]
fn what_is_known_is_about_one_seal_and_its_columns() {
    let sealed = settled();
    sealed.seal(&["--key", "a.pem", "--append", "--source-columns", "label"]).exits(0);
    assert_eq!(not_read(&sealed), [], "other columns are other records");
    sealed.verify(&[]).exits(0);

    let sealed = settled();
    std::fs::remove_dir_all(sealed.path("state")).unwrap();
    assert!(append(&sealed).contains("not read 0 files"), "another machine knows nothing");
    sealed.change("data.seal/tiles", |bytes| bytes[40] ^= 1);
    assert!(append(&sealed).contains("not read 0 files"), "nothing is taken from a seal that was changed");
    sealed.verify(&[]).exits(0);

    let sealed = settled();
    let error = sealed.seal(&["--key", "b.pem", "--append"]).exits(2).err();
    assert!(error.contains("was changed, or signed with another key"), "{error}");
    sealed.change("data/train.jsonl", |bytes| bytes.extend(line(600, "pos").bytes()));
    std::fs::remove_file(sealed.path("data/README.md")).unwrap();
    append(&sealed);
    let names: Vec<String> = not_read(&sealed).into_iter().map(|(name, _)| name).collect();
    assert!(!names.contains(&"train.jsonl".to_owned()) && !names.contains(&"README.md".to_owned()));
    sealed.verify(&[]).exits(0);
}
