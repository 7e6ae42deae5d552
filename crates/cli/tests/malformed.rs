//! What a user sees of malformed input, one case a row, on the real binary: the exit code, how many
//! records are scanned, which rows are refused and why. No case panics or loses a good record.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::io::Write;

use common::Bench;

struct Case {
    what: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    exit: i32,
    /// Records scanned.
    records: u64,
    /// `row reason` of what `rejected.jsonl` holds; `-` for no row.
    refused: &'static [&'static str],
}

fn case(
    what: &'static str,
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    exit: i32,
    records: u64,
    refused: &'static [&'static str],
) -> Case {
    Case { what, name, bytes: bytes.into(), exit, records, refused }
}

/// Something between two good lines.
fn between(middle: &[u8]) -> Vec<u8> {
    [b"{\"text\":\"the first\"}\n", middle, b"\n{\"text\":\"the last\"}\n"].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new("gzip")
        .arg("-c")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let out = child.wait_with_output().unwrap().stdout;
    writer.join().unwrap().unwrap();
    out
}

fn lines() -> Vec<Case> {
    let deep = format!("{{\"text\":\"x\",\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat((16 << 20) + 10));
    vec![
        case("not JSON", "a.jsonl", between(b"hello"), 0, 2, &["1 invalid JSON (byte 0 of the record)"]),
        case("a line that is cut", "a.jsonl", between(b"{\"text\":\"cu"), 0, 2, &["1 the JSON is cut off"]),
        case(
            "a last line that is cut",
            "a.jsonl",
            &b"{\"text\":\"x\"}\n{\"te"[..],
            0,
            1,
            &["1 the JSON is cut off"],
        ),
        case(
            "bad UTF-8",
            "a.jsonl",
            between(b"{\"text\":\"\xff\"}"),
            0,
            2,
            &["1 not UTF-8 (byte 9 of the record)"],
        ),
        case("a list", "a.jsonl", between(b"[1]"), 0, 2, &["1 a list where an object is needed"]),
        case("a list for a text", "a.jsonl", between(b"{\"text\":[1]}"), 0, 2, &["1 *"]),
        case("a null text", "a.jsonl", between(b"{\"text\":null}"), 0, 2, &["1 column `text` is null"]),
        case("a missing text", "a.jsonl", between(b"{\"other\":1}"), 0, 2, &["1 column `text` is missing"]),
        case("a column twice", "a.jsonl", between(b"{\"text\":\"a\",\"text\":\"b\"}"), 0, 2, &["1 *"]),
        case("an empty text", "a.jsonl", between(b"{\"text\":\"\"}"), 0, 2, &["1 the record has no text"]),
        case("deep nesting", "a.jsonl", between(deep.as_bytes()), 0, 2, &["1 nested deeper than 128 levels"]),
        case("a long line", "a.jsonl", between(long.as_bytes()), 0, 2, &["1 longer than 16777216 bytes"]),
        case("empty lines", "a.jsonl", between(b"\n\n"), 0, 2, &[]),
        case("a byte order mark", "a.jsonl", &b"\xef\xbb\xbf{\"text\":\"x\"}\n"[..], 0, 1, &[]),
        case("Windows line ends", "a.jsonl", &b"{\"text\":\"x\"}\r\n{\"text\":\"y\"}\r\n"[..], 0, 2, &[]),
        case("no line end", "a.jsonl", &b"{\"text\":\"x\"}"[..], 0, 1, &[]),
        case("only rubbish", "a.jsonl", &b"{\"text\n{\"text\n"[..], 3, 0, &["0 *", "1 *"]),
        case("an empty file", "a.jsonl", &b""[..], 3, 0, &[]),
    ]
}

fn arrays_and_tables() -> Vec<Case> {
    let header = "text,label\n";
    vec![
        case("an array that is cut", "a.json", &b"[{\"text\":\"x\"},{\"text\":\"y\""[..], 0, 1, &["1 *"]),
        case("a bad element", "a.json", &b"[{\"text\":\"x\"},7,{\"text\":\"y\"}]"[..], 0, 2, &["1 *"]),
        case("an empty array", "a.json", &b"[]"[..], 3, 0, &[]),
        case(
            "a row with too few cells",
            "a.csv",
            format!("{header}a,0\nb\nc,1\n"),
            0,
            2,
            &["1 1 cells where the header has 2"],
        ),
        case(
            "a row with too many cells",
            "a.csv",
            format!("{header}a,0\nb,1,2\nc,1\n"),
            0,
            2,
            &["1 3 cells where the header has 2"],
        ),
        case("a quote that stays open", "a.csv", format!("{header}a,0\n\"b,1\nc,1\n"), 0, 2, &["1 *"]),
        case("a table with a header only", "a.csv", header, 3, 0, &[]),
        case("columns that nobody knows", "a.csv", "foo,bar\n1,2\n", 2, 0, &[]),
        case("no Parquet", "a.parquet", &b"PAR1 and then nothing PAR1"[..], 2, 0, &[]),
        case("no Arrow", "a.arrow", &b"ARROW1\0\0 and then nothing"[..], 2, 0, &[]),
    ]
}

fn compressed() -> Vec<Case> {
    let text: String = (0..2000).map(|i| format!("{{\"text\":\"number {i} of these\"}}\n")).collect();
    let whole = gzip(text.as_bytes());
    let bomb = gzip(&vec![b' '; 80 << 20]);
    let mut flipped = whole.clone();
    let tail = flipped.len() - 6;
    flipped[tail] ^= 0xFF;
    vec![
        case("gzip", "a.jsonl.gz", whole.clone(), 0, 2000, &[]),
        case("gzip that ends early", "a.jsonl.gz", &whole[..whole.len() / 2], 0, u64::MAX, &["*"]),
        case("gzip with a wrong sum", "a.jsonl.gz", flipped, 0, u64::MAX, &["*"]),
        case("a bomb", "a.jsonl.gz", bomb, 3, 0, &["0 longer than*", "null decompression bomb*"]),
        case("no gzip, whatever its name says", "a.jsonl.gz", &b"plain text"[..], 3, 0, &["0 invalid JSON*"]),
    ]
}

#[test]
fn every_case_is_seen_as_stated() {
    let mut wrong = Vec::new();
    let cases: Vec<Case> = [lines(), arrays_and_tables(), compressed()].into_iter().flatten().collect();
    assert!(cases.len() >= 25);
    for case in cases {
        if let Err(why) = look(&case) {
            wrong.push(format!("{}: {why}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn look(case: &Case) -> Result<(), String> {
    let bench = Bench::new();
    let done = bench.write(case.name, &case.bytes).run(&["scan", case.name, "--out", "run"]);
    let said = done.err();
    if done.code() != case.exit || said.contains("panicked") {
        return Err(format!("exit {}, {said}", done.code()));
    }
    if case.exit == 2 {
        let named = said.contains(case.name) && said.starts_with("error: ");
        return if named && bench.list("") == [case.name] { Ok(()) } else { Err(said) };
    }
    let run = bench.json("run/run.json");
    let records = run["records"].as_u64().unwrap();
    if records != case.records && case.records != u64::MAX {
        return Err(format!("{records} records"));
    }
    let log = String::from_utf8(bench.read("run/rejected.jsonl")).unwrap();
    let refused: Vec<serde_json::Value> = log.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let counted: u64 =
        run["rejected"].as_array().unwrap().iter().map(|r| r["records"].as_u64().unwrap()).sum();
    let found: Vec<String> =
        refused.iter().map(|line| format!("{} {}", line["row"], line["reason"].as_str().unwrap())).collect();
    let fits = |(found, wanted): (&String, &&str)| match wanted.strip_suffix('*') {
        Some(start) => found.starts_with(start),
        None => found == wanted,
    };
    let same = found.len() == case.refused.len() && found.iter().zip(case.refused).all(fits);
    let located = refused.iter().all(|line| line["file"] == case.name);
    if same && located && counted >= found.len() as u64 {
        Ok(())
    } else {
        Err(format!("{counted} refused: {found:?}"))
    }
}
