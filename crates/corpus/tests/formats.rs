//! The same records come out of every format, however they are packed, cut and shared out.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use proptest::prelude::*;
use support::*;
use toadstone_core::Source;
use toadstone_corpus::{Corpus, Limits, Options};

fn rows(n: usize) -> Vec<(String, i64)> {
    (0..n)
        .map(|i| (format!("record {i}, \"quoted\" and\tmore: {}", "é".repeat(i % 50)), (i % 3) as i64))
        .collect()
}

fn jsonl(rows: &[(String, i64)]) -> Vec<u8> {
    let line = |(text, label): &(String, i64)| {
        format!("{}\n", serde_json::json!({"text": text, "unused": [1, {"a": null}], "label": label}))
    };
    rows.iter().map(line).collect::<String>().into_bytes()
}

fn json(rows: &[(String, i64)]) -> Vec<u8> {
    let all: Vec<_> =
        rows.iter().map(|(text, label)| serde_json::json!({"text": text, "label": label})).collect();
    serde_json::to_vec_pretty(&all).unwrap()
}

fn csv(rows: &[(String, i64)], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["text", "label"]).unwrap();
    rows.iter().for_each(|(text, label)| writer.write_record([text, &label.to_string()]).unwrap());
    writer.into_inner().unwrap()
}

/// Every format that has tables, with the name that a file of it would have.
fn formats(rows: &[(String, i64)]) -> Vec<(&'static str, Vec<u8>)> {
    let half = rows.len() / 2;
    let batches = [batch(&rows[..half]), batch(&rows[half..])];
    let wrapped = [br#"{"info":{"n":1},"data":"#.as_slice(), &json(rows), b"}"].concat();
    let samples: Vec<(String, Vec<u8>)> = rows
        .iter()
        .enumerate()
        .flat_map(|(i, (text, label))| {
            [
                (format!("{i:06}.cls"), label.to_string().into_bytes()),
                (format!("{i:06}.txt"), text.clone().into_bytes()),
            ]
        })
        .collect();
    let samples: Vec<(&str, &[u8])> =
        samples.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    vec![
        ("a.jsonl", jsonl(rows)),
        ("a.json", json(rows)),
        ("wrapped.json", wrapped),
        ("a.csv", csv(rows, b',')),
        ("a.tsv", csv(rows, b'\t')),
        ("a.parquet", parquet(&batch(rows), 100)),
        ("stream.arrow", arrow_stream(&batches)),
        ("file.arrow", arrow_file(&batches)),
        ("a.tar", tar(&samples)),
    ]
}

fn with_chunk(chunk: usize) -> Options {
    Options { limits: Limits { chunk, ..Limits::default() }, ..Options::default() }
}

/// Rows and texts, without offsets and identifiers.
fn texts(corpus: &Corpus, threads: usize) -> Vec<(u64, String, String)> {
    let (summary, rows) = read(corpus, threads).unwrap();
    assert_eq!((summary.records, summary.rejected), (rows.len() as u64, 0), "{:?}", rejected(corpus));
    let get = |texts: &[(&str, String)], role: &str| {
        texts.iter().find(|(r, _)| *r == role).map(|(_, t)| t.clone()).unwrap_or_default()
    };
    rows.iter().map(|(_, row, _, texts)| (*row, get(texts, "input"), get(texts, "label"))).collect()
}

fn expected(rows: &[(String, i64)]) -> Vec<(u64, String, String)> {
    rows.iter().enumerate().map(|(i, (text, label))| (i as u64, text.clone(), label.to_string())).collect()
}

#[test]
fn every_format_every_chunk_any_threads() {
    let rows = rows(300);
    for (name, bytes) in formats(&rows) {
        for (chunk, threads) in [(1, 1), (700, 3), (1 << 20, 2)] {
            let corpus = memory(name, bytes.clone(), &with_chunk(chunk));
            assert_eq!(texts(&corpus, threads), expected(&rows), "{name} {chunk}");
            let input = &corpus.inputs()[0];
            assert_eq!(input.digest, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&bytes)), "{name}");
            assert_eq!((input.records, input.bytes), (300, bytes.len() as u64), "{name}");
            assert_eq!(texts(&corpus, threads), expected(&rows), "{name}: the second reading");
        }
    }
}

/// Every third record is set aside, and each part is read again.
#[test]
fn every_format_is_split_into_itself() {
    let rows = rows(300);
    let folder = tempfile::tempdir().unwrap();
    let out: Vec<u64> = (0..300).filter(|row| row % 3 == 1).collect();
    for (number, (name, bytes)) in formats(&rows).into_iter().enumerate() {
        let corpus = memory(name, bytes.clone(), &Options::default());
        let path = |part: &str| folder.path().join(format!("{number}-{part}"));
        corpus.split(0, &out, &path("kept"), &path("aside")).unwrap();
        for (part, goes) in [("kept", false), ("aside", true)] {
            let written = std::fs::read(path(part)).unwrap();
            let of: Vec<_> =
                (0..300).filter(|row| (row % 3 == 1) == goes).map(|row| rows[row].clone()).collect();
            assert_eq!(texts(&memory(name, written, &Options::default()), 2), expected(&of), "{name} {part}");
        }
        corpus.split(0, &[], &path("whole"), &path("nothing")).unwrap();
        assert_eq!(std::fs::read(path("whole")).unwrap(), bytes);
        assert!(!path("nothing").exists());
    }
}

#[test]
fn every_compression() {
    let rows = rows(200);
    type Pack = fn(&[u8]) -> Vec<u8>;
    let packers: [(&str, Pack); 4] = [("gz", gzip), ("zst", zstd), ("bz2", bzip2), ("xz", xz)];
    for (name, bytes) in formats(&rows) {
        for (extension, pack) in packers {
            let corpus = memory(&format!("{name}.{extension}"), pack(&bytes), &Options::default());
            if name.ends_with("parquet") {
                assert!(corpus.unreadable().next().unwrap().1.contains("decompress it first"));
                continue;
            }
            assert_eq!(texts(&corpus, 2), expected(&rows), "{name}.{extension}");
        }
    }
}

#[test]
fn content_tells_the_format_where_the_name_does_not() {
    let rows = rows(50);
    for (name, bytes) in formats(&rows) {
        let corpus = memory("-", bytes, &Options::default());
        assert_eq!(texts(&corpus, 1), expected(&rows), "{name}");
    }
}

#[test]
fn chats_in_nested_columns() {
    let table = chats(&[
        vec![("system", "s"), ("user", "q"), ("assistant", "a"), ("user", "r"), ("assistant", "b")],
        vec![("user", "only")],
    ]);
    for (name, bytes) in
        [("a.parquet", parquet(&table, 1)), ("a.arrow", arrow_stream(std::slice::from_ref(&table)))]
    {
        let corpus = memory(name, bytes, &Options::default());
        let (_, rows) = read(&corpus, 2).unwrap();
        assert_eq!(rows[0].3, [("input", "s\nq\nr".to_owned()), ("output", "a\nb".to_owned())], "{name}");
        assert_eq!(rows[1].3, [("input", "only".to_owned())]);
        assert_eq!((rows.len(), corpus.inputs()[0].kind.as_str()), (2, "instruction"));
    }
}

#[test]
fn folders_of_mixed_files() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("a.csv", b"text,label\nx,1\n");
    write("b.jsonl.gz", &gzip(b"{\"prompt\":\"p\",\"response\":\"r\"}\n"));
    write("c/note.md", b"# Note");
    write("c/main.py", b"print('hi')\n");
    write("c/package.json", br#"{"name": "x", "scripts": {}}"#);
    write("c/picture.png", b"\x89PNG\r\n\x1a\n\0\xff");
    write("README.md", b"about");
    let corpus = Corpus::open(&[dir.path().to_str().unwrap().to_owned()], &Options::default()).unwrap();
    let shown: Vec<_> = corpus.inputs().iter().map(|f| format!("{} {}", f.format, f.kind)).collect();
    assert_eq!(
        shown,
        ["csv classification", "jsonl.gzip instruction", "code code", "text document", "text document"]
    );
    assert_eq!((corpus.unreadable().count(), corpus.skipped().len()), (0, 2));
    assert_eq!(corpus.profile().kinds.len(), 4);
    let (summary, rows) = read(&corpus, 3).unwrap();
    assert_eq!((summary.records, rows.len()), (5, 5));
    assert!(corpus.inputs().iter().all(|input| input.records == 1 && input.digest.len() == 32));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_comes_back_from_any_format(texts_in in prop::collection::vec("[a-z][^\\x00\r\t]{0,30}", 2..20), chunk in 1usize..200) {
        // The first byte keeps it from being blank; a lone carriage return ends a row for some writers;
        // a cell with tabs and line feeds can look like rows without quotes.
        let rows: Vec<(String, i64)> = texts_in.into_iter().map(|text| (text, 1)).collect();
        for (name, bytes) in formats(&rows) {
            let corpus = memory(name, bytes, &with_chunk(chunk));
            prop_assert_eq!(texts(&corpus, 2), expected(&rows), "{}", name);
        }
    }

    #[test]
    fn any_bytes_and_any_threads_give_the_same(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cut in any::<prop::sample::Index>()) {
        let rows = rows(40);
        for (name, mut bytes) in formats(&rows) {
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if damage.len() % 2 == 1 {
                bytes.truncate(cut.index(bytes.len()));
            }
            let one = memory(name, bytes.clone(), &with_chunk(64));
            let two = memory(name, bytes, &with_chunk(1 << 20));
            let (a, b) = (read(&one, 1), read(&two, 3));
            prop_assert_eq!(a.is_ok(), b.is_ok());
            if let (Ok(a), Ok(b)) = (a, b) {
                prop_assert_eq!(&a, &b, "{}", name);
                prop_assert_eq!(&a, &read(&one, 2).unwrap(), "{}: the second reading", name);
                prop_assert_eq!(rejected(&one), rejected(&two), "{}", name);
            }
        }
    }
}
