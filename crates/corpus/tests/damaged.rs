//! Files that cannot be read at all, and tables that are damaged in the middle.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use support::*;
use toadstone_corpus::Options;

/// Files of which nothing can be read: what the user is told.
#[test]
fn what_cannot_be_read_at_all_is_said() {
    let parquet = parquet(&batch(&[("a".to_owned(), 1)]), 1);
    let stream = arrow_stream(&[batch(&[("a".to_owned(), 1)])]);
    let table: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        (
            "a Parquet file that is cut",
            "a.parquet",
            parquet[..parquet.len() - 5].to_vec(),
            "not a readable Parquet file",
        ),
        ("a Parquet file that is none", "a.parquet", b"hello".to_vec(), "not a readable Parquet file"),
        ("a compressed Parquet file", "a.parquet.gz", gzip(&parquet), "decompress it first"),
        ("an Arrow file without a schema", "a.arrow", stream[..20].to_vec(), "not a readable Arrow file"),
        (
            "columns of unknown names",
            "a.jsonl",
            b"{\"foo\":\"x\",\"bar\":1}\n".to_vec(),
            "no column with a known name among: foo, bar",
        ),
        ("a binary file", "a.bin", b"\x7fELF\0\0\xff\xfe".to_vec(), "its format is not known"),
        ("UTF-16", "a.csv", b"\xff\xfet\0e\0x\0t\0".to_vec(), "UTF-16"),
    ];
    for (what, name, bytes, expected) in table {
        let corpus = memory(name, bytes, &Options::default());
        let error = corpus.unreadable().next().map(|(_, why)| why.to_owned()).unwrap_or_default();
        assert!(error.contains(expected), "{what}: {error}");
        assert_eq!(corpus.inputs()[0].error.as_deref(), Some(error.as_str()));
        assert_eq!(read(&corpus, 1).unwrap().0.records, 0, "{what}");
    }
}

/// Pages of a Parquet file and messages of a stream that are damaged cost their rows only.
#[test]
fn damaged_parts_of_tables_cost_their_rows() {
    let rows: Vec<(String, i64)> = (0..300).map(|i| (format!("some text {i}"), 1)).collect();
    let mut bytes = parquet(&batch(&rows), 100);
    let at = memchr::memmem::find(&bytes, b"some text 150").unwrap();
    let page = memchr::memmem::rfind(&bytes[..at], b"some text 100").unwrap();
    bytes[page - 4..page].fill(0xff);
    let corpus = memory("a.parquet", bytes, &Options::default());
    let (summary, found) = read(&corpus, 2).unwrap();
    assert_eq!((summary.records, summary.rejected), (200, 100));
    assert_eq!(
        (found[100].1, rejected(&corpus)[0]["row"].as_u64(), rejected(&corpus)[0]["rows"].as_u64()),
        (200, Some(100), Some(100))
    );

    let one = arrow_stream(&[batch(&rows[..100])]);
    let mut bytes = arrow_stream(&[batch(&rows[..100]), batch(&rows[100..200]), batch(&rows[200..])]);
    let second = memchr::memmem::find(&bytes, b"some text 100").unwrap();
    bytes[second] = 0xff;
    bytes[second + 1] = 0xff;
    let corpus = memory("a.arrow", bytes.clone(), &Options::default());
    let (summary, _) = read(&corpus, 2).unwrap();
    assert_eq!((summary.records, summary.rejected), (200, 100), "{:?}", rejected(&corpus));
    bytes.truncate(one.len() + 200);
    let corpus = memory("a.arrow", bytes, &Options::default());
    let (summary, _) = read(&corpus, 1).unwrap();
    assert_eq!((summary.records, summary.rejected), (100, 1), "{:?}", rejected(&corpus));
}
