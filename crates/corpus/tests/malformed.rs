//! Malformed input, one case a row: what it is, how many records come through, what is refused.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use support::*;
use toadstone_corpus::{Limits, Options};

struct Case {
    what: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    /// Rows that come through.
    rows: Vec<u64>,
    /// `row reason` of what is refused.
    refused: Vec<&'static str>,
}

fn case(
    what: &'static str,
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    rows: &[u64],
    refused: &[&'static str],
) -> Case {
    Case { what, name, bytes: bytes.into(), rows: rows.to_vec(), refused: refused.to_vec() }
}

/// Limits that small inputs reach.
fn options() -> Options {
    let limits = Limits { record: 4096, depth: 20, ratio: 100, free: 100_000, ..Limits::default() };
    Options { limits, ..Options::default() }
}

fn lines(middle: &str) -> String {
    format!("{{\"text\":\"first\"}}\n{middle}\n{{\"text\":\"last\"}}\n")
}

fn json_cases() -> Vec<Case> {
    let deep = format!("{{\"text\":\"x\",\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deepish = format!("{{\"text\":\"x\",\"a\":{}1{}}}", "[".repeat(30), "]".repeat(30));
    vec![
        case("a line that is cut", "a.jsonl", lines(r#"{"text":"cu"#), &[0, 2], &["1 the JSON is cut off"]),
        case("no JSON", "a.jsonl", lines("hello"), &[0, 2], &["1 invalid JSON (byte 0 of the record)"]),
        case(
            "a single quote for a string",
            "a.jsonl",
            lines("{'text':'x'}"),
            &[0, 2],
            &["1 invalid JSON (byte 1 of the record)"],
        ),
        case(
            "rubbish behind an object",
            "a.jsonl",
            lines(r#"{"text":"x"} }"#),
            &[0, 2],
            &["1 invalid JSON (byte 13 of the record)"],
        ),
        case(
            "an error in a member that is not needed",
            "a.jsonl",
            lines(r#"{"text":"x","n":[1,}"#),
            &[0, 2],
            &["1 invalid JSON (byte 19 of the record)"],
        ),
        case(
            "a number no number",
            "a.jsonl",
            lines(r#"{"text":"x","n":NaN}"#),
            &[0, 2],
            &["1 invalid JSON (byte 16 of the record)"],
        ),
        case(
            "half a surrogate pair",
            "a.jsonl",
            lines(r#"{"text":"\ud83d"}"#),
            &[0, 2],
            &["1 invalid JSON (byte 14 of the record)"],
        ),
        case(
            "a list for a record",
            "a.jsonl",
            lines(r#"["text","x"]"#),
            &[0, 2],
            &["1 a list where an object is needed"],
        ),
        case(
            "a text for a record",
            "a.jsonl",
            lines(r#""x""#),
            &[0, 2],
            &["1 text where an object is needed"],
        ),
        case(
            "a number for a text",
            "a.jsonl",
            lines(r#"{"text":7}"#),
            &[0, 2],
            &["1 column `text` is a number, not text"],
        ),
        case(
            "a list for a text",
            "a.jsonl",
            lines(r#"{"text":["x"]}"#),
            &[0, 2],
            &["1 column `text` is a list, not text"],
        ),
        case("null for a text", "a.jsonl", lines(r#"{"text":null}"#), &[0, 2], &["1 column `text` is null"]),
        case("no such column", "a.jsonl", lines(r#"{"txt":"x"}"#), &[0, 2], &["1 column `text` is missing"]),
        case(
            "a column twice",
            "a.jsonl",
            lines(r#"{"text":"x","text":"y"}"#),
            &[0, 2],
            &["1 column `text` occurs twice; which one counts differs between programs"],
        ),
        case("no text", "a.jsonl", lines(r#"{"text":" \n "}"#), &[0, 2], &["1 the record has no text"]),
        case("deep nesting", "a.jsonl", lines(&deepish), &[0, 2], &["1 nested deeper than 20 levels"]),
        case(
            "nesting that would end the stack",
            "a.jsonl",
            lines(&deep),
            &[0, 2],
            &["1 longer than 4096 bytes"],
        ),
        case(
            "a line beyond the limit",
            "a.jsonl",
            lines(&format!("{{\"text\":\"{}\"}}", "x".repeat(9000))),
            &[0, 2],
            &["1 longer than 4096 bytes"],
        ),
        case(
            "bytes that are no UTF-8",
            "a.jsonl",
            [lines("").as_bytes(), b"{\"text\":\"\xc3\x28\"}\n", lines("").as_bytes()].concat(),
            &[0, 1, 3, 4],
            &["2 not UTF-8 (byte 9 of the record)"],
        ),
        case("a NUL in a text is fine", "a.jsonl", lines("{\"text\":\"a\\u0000b\"}"), &[0, 1, 2], &[]),
        case(
            "a NUL between records",
            "a.jsonl",
            lines("\0"),
            &[0, 2],
            &["1 invalid JSON (byte 0 of the record)"],
        ),
        case("no line end at the end", "a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}", &[0, 1], &[]),
        case(
            "only broken lines",
            "a.jsonl",
            "{\n{\n",
            &[],
            &["0 the JSON is cut off", "1 the JSON is cut off"],
        ),
        case(
            "an array that is cut",
            "a.json",
            r#"[{"text":"a"},{"text":"b"},{"te"#,
            &[0, 1],
            &["2 the JSON is cut off"],
        ),
        case("an array without its end", "a.json", r#"[{"text":"a"}"#, &[0], &["- the JSON is cut off"]),
        case(
            "a broken element",
            "a.json",
            "[{\"text\":\"a\"},\n{\"text\":\"b\"},\n{\"text\":\"c},\n{\"text\":\"d\"}]",
            &[0, 1, 3],
            &["2 invalid JSON (byte 12 of the record)"],
        ),
        case(
            "rubbish behind an array",
            "a.json",
            r#"[{"text":"a"}] x"#,
            &[0],
            &["1 invalid JSON (byte 0 of the record)"],
        ),
    ]
}

fn table_cases() -> Vec<Case> {
    vec![
        case(
            "a cell too many",
            "a.csv",
            "text,label\na,1\nb,2,3\nc,1\n",
            &[0, 2],
            &["1 3 cells where the header has 2"],
        ),
        case(
            "a cell too few",
            "a.csv",
            "text,label\na,1\nb\nc,1\n",
            &[0, 2],
            &["1 1 cells where the header has 2"],
        ),
        case(
            "a quote that is never closed",
            "a.csv",
            "text,label\na,1\n\"b,2\nc,1\n",
            &[0, 2],
            &["1 a quoted cell is not closed properly"],
        ),
        case(
            "the same before other quotes",
            "a.csv",
            "text,label\na,1\n\"b,2\n\"c\",1\nd,1\n",
            &[0, 2, 3],
            &["1 a quoted cell is not closed properly"],
        ),
        case("an empty label", "a.csv", "text,label\na,1\nb,\nc,1\n", &[0, 2], &["1 column `label` is null"]),
        case("an empty text", "a.csv", "text,label\na,1\n,2\nc,1\n", &[0, 2], &["1 the record has no text"]),
        case(
            "Latin-1",
            "a.csv",
            b"text,label\na,1\ncaf\xe9,1\nc,1\n".to_vec(),
            &[0, 2],
            &["1 not UTF-8 (byte 3 of the record)"],
        ),
        case(
            "a row beyond the limit",
            "a.csv",
            format!("text,label\na,1\n{},1\nc,1\n", "x".repeat(9000)),
            &[0, 2],
            &["1 longer than 4096 bytes"],
        ),
        case(
            "a turn without text",
            "a.jsonl",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n{\"messages\":[{\"role\":\"user\"}]}\n{\"messages\":[]}\n",
            &[0],
            &["1 column `messages.0.content` is missing", "2 the record has no text"],
        ),
        case(
            "an answer that is missing",
            "a.jsonl",
            "{\"prompt\":\"p\",\"response\":\"r\"}\n{\"prompt\":\"p\"}\n",
            &[0],
            &["1 column `response` is missing"],
        ),
        case(
            "one answer of two",
            "a.jsonl",
            "{\"chosen\":\"p\",\"rejected\":\"r\"}\n{\"chosen\":\"p\",\"rejected\":null}\n",
            &[0],
            &["1 column `rejected` is null"],
        ),
    ]
}

fn packed_cases() -> Vec<Case> {
    let body = lines("{\"text\":\"middle\"}");
    let cut = |pack: fn(&[u8]) -> Vec<u8>, by: usize| {
        // Two parts, so that the first one is whole.
        let mut bytes = pack(body.as_bytes());
        bytes.extend(pack(body.as_bytes()));
        bytes.truncate(bytes.len() - by);
        bytes
    };
    let bomb = format!("{{\"text\":\"first\"}}\n{}", " ".repeat(5_000_000));
    let archive = tar(&[("0.txt", b"zero"), ("1.txt", &[b'x'; 3000]), ("2.txt", b"two")]);
    vec![
        case(
            "a gzip file that is cut",
            "a.jsonl.gz",
            cut(gzip, 4),
            &[0, 1, 2, 3, 4, 5],
            &["- the gzip data ends early"],
        ),
        case(
            "a zstd file that is cut",
            "a.jsonl.zst",
            cut(zstd, 4),
            &[0, 1, 2],
            &["- the zstd data ends early"],
        ),
        case(
            "a bzip2 file that is cut",
            "a.jsonl.bz2",
            cut(bzip2, 4),
            &[0, 1, 2, 3, 4, 5],
            &["- the bzip2 data ends early"],
        ),
        case(
            "a xz file that is cut",
            "a.jsonl.xz",
            cut(xz, 4),
            &[0, 1, 2, 3, 4, 5],
            &["- the xz data ends early"],
        ),
        case(
            "a bomb",
            "a.jsonl.gz",
            gzip(bomb.as_bytes()),
            &[0],
            &["1 longer than 4096 bytes", "- decompression bomb: more than 100 bytes from each byte"],
        ),
        case(
            "an archive that is cut",
            "a.tar",
            archive[..2500].to_vec(),
            &[0],
            &["1 the tar data ends early"],
        ),
        case("an empty file", "a.jsonl", "", &[], &[]),
        case("an empty file with a header", "a.csv", "text,label\n", &[], &[]),
    ]
}

#[test]
fn what_is_malformed_is_refused_and_nothing_else() {
    for case in [json_cases(), table_cases(), packed_cases()].concat_cases() {
        let corpus = memory(case.name, case.bytes, &options());
        assert_eq!(corpus.unreadable().next(), None, "{}", case.what);
        let (summary, rows) = read(&corpus, 2).unwrap_or_else(|error| panic!("{}: {error}", case.what));
        assert_eq!(
            rows.iter().map(|row| row.1).collect::<Vec<_>>(),
            case.rows,
            "{}: {:?}",
            case.what,
            rejected(&corpus)
        );
        let refused = rejected(&corpus);
        let shown: Vec<String> = refused
            .iter()
            .map(|line| {
                format!(
                    "{} {}",
                    line["row"].as_u64().map_or("-".into(), |row| row.to_string()),
                    line["reason"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(shown, case.refused, "{}", case.what);
        assert_eq!(summary.rejected, refused.len() as u64, "{}", case.what);
        assert_eq!(read(&corpus, 1).unwrap(), (summary, rows), "{}: the second reading", case.what);
    }
}

trait Concat {
    fn concat_cases(self) -> Vec<Case>;
}

impl<const N: usize> Concat for [Vec<Case>; N] {
    fn concat_cases(self) -> Vec<Case> {
        self.into_iter().flatten().collect()
    }
}
