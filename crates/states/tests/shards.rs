//! Scans with states in files give what scans without them give.
#![allow(clippy::unwrap_used)] // tests

use std::fs;
use std::path::Path;

use toadstone_detect::engine::Threads;
use toadstone_states::{Counted, Shards, States};

mod common;
use common::{Found, corpus, detectors, lines, scan};

/// Writes each part as a file of its own, padded so that each is a shard.
fn write(folder: &Path, parts: &[(&str, &[String])]) {
    fs::create_dir_all(folder).unwrap();
    // What is no record is refused, and has to be counted and listed as often as it is there.
    let filler = format!("{}\n", "#".repeat(9 << 20));
    for (name, lines) in parts {
        fs::write(folder.join(format!("{name}.jsonl")), lines.join("\n") + "\n" + &filler).unwrap();
    }
}

fn whole(data: &Path, detector: &'static dyn toadstone_detect::Detector) -> (Found, Vec<u8>) {
    let temporary = tempfile::tempdir().unwrap();
    let corpus = corpus(data, temporary.path());
    let engine = Threads { source: &corpus, threads: 2 };
    let found = scan(&engine, &corpus.names(), detector, temporary.path());
    (found, refused(&corpus, temporary.path()))
}

fn refused(corpus: &toadstone_corpus::Corpus, temporary: &Path) -> Vec<u8> {
    let path = temporary.join("rejected.jsonl");
    corpus.write_rejected(&path).unwrap();
    fs::read(path).unwrap()
}

fn kept(
    data: &Path,
    detector: &'static dyn toadstone_detect::Detector,
    states: &Path,
    others: &[&Path],
) -> ((Found, Vec<u8>), Counted) {
    let temporary = tempfile::tempdir().unwrap();
    let corpus = corpus(data, temporary.path());
    let others = others.iter().map(|other| other.to_path_buf()).collect();
    let states = States::open(states, others, "1").unwrap();
    let engine = Shards::new(&corpus, &states, 2);
    let found = scan(&engine, &corpus.names(), detector, temporary.path());
    states.tidy().unwrap();
    ((found, refused(&corpus, temporary.path())), engine.counted())
}

#[test]
fn states_that_are_there_are_not_made_again_and_damaged_ones_are() {
    for detector in detectors() {
        let name = detector.card().name;
        let folder = tempfile::tempdir().unwrap();
        let (data, states) = (folder.path().join("data"), folder.path().join("states"));
        let all = lines(*detector);
        let (a, b) = all.split_at(all.len() / 3);
        write(&data, &[("a", a), ("b", b)]);
        let expected = whole(&data, *detector);
        assert!(!expected.0.findings.is_empty() || !expected.0.marks.is_empty(), "{name}");

        let (first, counted) = kept(&data, *detector, &states, &[]);
        assert_eq!(first, expected, "{name}: states are made");
        assert_eq!((counted.found, counted.shards), (0, 2), "{name}");
        let (again, counted) = kept(&data, *detector, &states, &[]);
        assert_eq!(again, expected, "{name}: states are found");
        assert_eq!(counted.made, 0, "{name}");

        for (at, entry) in fs::read_dir(&states).unwrap().enumerate() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "state") {
                let mut bytes = fs::read(&path).unwrap();
                match at % 3 {
                    0 => fs::remove_file(&path).unwrap(),
                    1 => fs::write(&path, &bytes[..bytes.len() / 2]).unwrap(),
                    _ => {
                        let middle = bytes.len() / 2;
                        bytes[middle] ^= 0x55;
                        fs::write(&path, bytes).unwrap();
                    }
                }
            }
        }
        let (mended, counted) = kept(&data, *detector, &states, &[]);
        assert_eq!(mended, expected, "{name}: states were damaged");
        assert!(counted.made > 0, "{name}");
    }
}

#[test]
fn data_that_grew_or_stands_elsewhere_in_the_list_is_the_same_as_read_at_once() {
    for detector in detectors() {
        let name = detector.card().name;
        let folder = tempfile::tempdir().unwrap();
        let (data, old, new) =
            (folder.path().join("data"), folder.path().join("old"), folder.path().join("new"));
        let all = lines(*detector);
        let (first, rest) = all.split_at(all.len() / 3);
        let (second, third) = rest.split_at(rest.len() / 2);
        write(&data, &[("m", first), ("n", second)]);
        kept(&data, *detector, &old, &[]);
        // The new file comes first, so the others have other numbers now.
        write(&data, &[("a", third)]);
        let expected = whole(&data, *detector);
        let (grown, counted) = kept(&data, *detector, &new, &[&old]);
        assert_eq!(grown, expected, "{name}");
        assert!(counted.found >= 2, "{name}: {counted:?}");
        // What was found elsewhere is kept here, too.
        fs::remove_dir_all(&old).unwrap();
        let (again, counted) = kept(&data, *detector, &new, &[]);
        assert_eq!((again, counted.made), (expected, 0), "{name}");
    }
}

#[test]
fn a_folder_is_used_by_one_run_at_a_time_and_another_version_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let (data, states) = (folder.path().join("data"), folder.path().join("states"));
    let detector = detectors()[0];
    write(&data, &[("a", &lines(detector))]);
    kept(&data, detector, &states, &[]);
    let held = States::open(&states, Vec::new(), "1").unwrap();
    assert!(States::open(&states, Vec::new(), "1").unwrap_err().to_string().contains("another run"));
    drop(held);
    let temporary = tempfile::tempdir().unwrap();
    let corpus = corpus(&data, temporary.path());
    let other = States::open(&states, Vec::new(), "2").unwrap();
    let engine = Shards::new(&corpus, &other, 1);
    scan(&engine, &corpus.names(), detector, temporary.path());
    assert_eq!(engine.counted().found, 0);
}
