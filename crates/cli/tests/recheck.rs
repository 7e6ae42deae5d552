//! `toadstone recheck` on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::fmt::Write as _;
use std::io::Write as _;

use common::Bench;

/// A text of words that a subject brings, and of words that are everybody's.
fn text(subject: u64, seed: u64, words: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    };
    let syllables = ["ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "so", "vu", "per", "con"];
    let name = |topic: u64, n: u64| {
        let mut code = topic.wrapping_mul(7919).wrapping_add(n.wrapping_mul(104_729)) ^ 0x5555;
        (0..4)
            .map(|_| {
                code = code.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                syllables[(code >> 40) as usize % 12]
            })
            .collect::<String>()
    };
    (0..words)
        .map(|_| if draw(2) == 0 { name(0, draw(800)) } else { name(subject + 1, draw(200)) })
        .collect::<Vec<_>>()
        .join(" ")
}

struct Page {
    url: String,
    first: String,
    second: Option<String>,
}

/// 60 sites with 20 pages each, of which a tenth drifts; `bought` of them show other pages.
fn web(bought: &[u64]) -> Vec<Page> {
    let mut pages = Vec::new();
    for site in 0..60u64 {
        let menu = text(site, 9_000 + site, 25);
        for page in 0..20u64 {
            let body = text(site, site * 1000 + page + 1, 150);
            let first = format!("{menu} {body}");
            let second = match (site * 20 + page) % 30 {
                _ if bought.contains(&site) => {
                    Some(format!("{} https://sink.example/x", text(700, site * 5000 + page + 1, 150)))
                }
                3 => None,
                7 => Some(format!("{menu} {}", body.replacen(' ', " inserted ", 3))),
                11 => Some(first.replace(' ', "\u{a0}\n")),
                _ => Some(first.clone()),
            };
            pages.push(Page { url: format!("http://www.site{site}.example/{page}"), first, second });
        }
    }
    pages
}

fn jsonl(pages: &[Page]) -> String {
    pages.iter().fold(String::new(), |mut out, page| {
        writeln!(out, "{}", serde_json::json!({"url": page.url, "text": page.first})).unwrap();
        out
    })
}

fn warc(pages: &[Page]) -> Vec<u8> {
    let mut out = Vec::new();
    for page in pages {
        let http = match &page.second {
            Some(text) => format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"),
            None => "HTTP/1.1 404 Not Found\r\n\r\n".to_owned(),
        };
        let record = format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {}\r\nWARC-Date: 2024-03-09T12:00:00Z\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            page.url,
            http.len()
        );
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(record.as_bytes()).unwrap();
        out.extend(member.finish().unwrap());
    }
    out
}

fn names(account: &serde_json::Value, list: &str) -> Vec<String> {
    account[list].as_array().unwrap().iter().map(|d| d["domain"].as_str().unwrap().to_owned()).collect()
}

fn count(account: &serde_json::Value, change: &str) -> u64 {
    let fates = account["fates"].as_array().unwrap();
    fates.iter().find(|fate| fate["change"] == change).map_or(0, |fate| fate["pages"].as_u64().unwrap())
}

#[test]
fn a_bought_domain_is_named_and_drift_is_not() {
    let bench = Bench::new();
    let pages = web(&[17, 41]);
    bench.write("first.jsonl", jsonl(&pages)).write("second.warc.gz", warc(&pages));
    let done = bench.run(&["recheck", "first.jsonl", "--against", "second.warc.gz", "--out", "r"]).exits(1);
    assert!(done.out().starts_with("REPLACED  2 domains show a stranger's pages"), "{}", done.out());
    assert_eq!(bench.list("r"), ["recheck.html", "recheck.json", "recheck.parquet"]);
    let account = bench.json("r/recheck.json");
    let mut named = names(&account, "replaced");
    named.sort();
    assert_eq!(named, ["site17.example", "site41.example"]);
    assert_eq!(account["hands"][0]["links"], serde_json::json!(["sink.example"]));
    assert_eq!(
        (account["audit"]["pages"].as_u64(), account["audit"]["seen"].as_u64()),
        (Some(1200), Some(1200))
    );
    let gone = pages.iter().filter(|page| page.second.is_none()).count() as u64;
    assert_eq!((count(&account, "gone"), count(&account, "replaced")), (gone, 40));
    assert!(count(&account, "edited") > 30 && count(&account, "re-encoded") > 30);
    assert_eq!(account["replaced"][0]["since"], "2024-03-09");
}

#[test]
fn a_sample_of_what_is_there_already_says_what_it_shows() {
    let bench = Bench::new();
    let pages = web(&[17]);
    bench.write("first.jsonl", jsonl(&pages)).write("second.warc.gz", warc(&pages));
    let run = |seed: &str, threads: &str| {
        let second = ["--against", "second.warc.gz", "--sample", "300", "--seed", seed, "--threads", threads];
        let json = ["--format", "json"];
        bench.run(&[&["recheck", "first.jsonl"], &second[..], &json[..]].concat()).out()
    };
    let one = run("1", "1");
    assert!(one == run("1", "4") && one != run("2", "1"));
    let account: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(
        (account["audit"]["pages"].as_u64(), account["audit"]["seen"].as_u64()),
        (Some(300), Some(300))
    );
    let all: u64 =
        account["fates"].as_array().unwrap().iter().map(|fate| fate["pages"].as_u64().unwrap()).sum();
    assert_eq!(all, 300);
    let everything =
        bench.run(&["recheck", "first.jsonl", "--against", "second.warc.gz", "--sample", "5000"]);
    assert!(everything.exits(1).out().contains("1,200 of 1,200"), "no more than there are");
}

#[test]
fn nothing_is_named_where_nothing_was_bought() {
    let bench = Bench::new();
    let pages = web(&[]);
    bench.write("first.jsonl", jsonl(&pages)).write("second.warc.gz", warc(&pages));
    let done = bench.run(&["recheck", "first.jsonl", "--against", "second.warc.gz"]).exits(0);
    assert!(done.out().starts_with("PASS"), "{}", done.out());
    bench.run(&["recheck", "first.jsonl", "--against", "first.jsonl"]).exits(0);
}

#[test]
fn fingerprints_stand_for_the_texts_and_nothing_else_changes_the_result() {
    let bench = Bench::new();
    let pages = web(&[17]);
    bench.write("first.jsonl", jsonl(&pages)).write("second.warc.gz", warc(&pages));
    bench.run(&["recheck", "first.jsonl", "--pages", "pages.parquet"]).exits(0);
    let stored = bench.read("pages.parquet");
    assert!(stored.len() < 1200 * 700 && !String::from_utf8_lossy(&stored).contains("inserted"));
    std::fs::create_dir(bench.path("data.seal")).unwrap();
    std::fs::copy(bench.path("pages.parquet"), bench.path("data.seal/pages.parquet")).unwrap();
    let run = |first: &str, threads: &str| {
        let args =
            ["recheck", first, "--against", "second.warc.gz", "--format", "json", "--threads", threads];
        bench.run(&args).exits(1).out()
    };
    let whole = run("first.jsonl", "1");
    for (first, threads) in [("first.jsonl", "4"), ("pages.parquet", "2"), ("data.seal", "1")] {
        assert!(whole == run(first, threads), "{first} {threads}");
    }
    bench.run(&["recheck", "pages.parquet", "--pages", "again.parquet"]).exits(0);
    assert!(stored == bench.read("again.parquet"));
}

#[test]
fn digests_alone_tell_what_is_identical_and_no_more() {
    let bench = Bench::new();
    bench.write(
        "first.csv",
        "url,text\nhttp://a.example/1,abc\nhttp://a.example/2,abc\nhttp://a.example/3,abc\n",
    );
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    bench.write(
        "hashes.csv",
        format!("url,sha256\nhttp://a.example/1,{sha256}\nhttp://a.example/2,{}\n", "0".repeat(64)),
    );
    bench.write(
        "index.cdxj",
        "example,a)/1 20240309120000 {\"url\": \"http://a.example/1\", \"status\": \"200\", \"digest\": \"VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\"}\n\
         example,a)/2 20240309120000 {\"url\": \"http://a.example/2\", \"status\": \"404\", \"digest\": \"VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\"}\nrubbish\n",
    );
    let run = |second: &str| {
        let out =
            bench.run(&["recheck", "first.csv", "--against", second, "--format", "json"]).exits(0).out();
        serde_json::from_str::<serde_json::Value>(&out).unwrap()
    };
    let hashes = run("hashes.csv");
    assert_eq!((count(&hashes, "identical"), count(&hashes, "unknown")), (1, 1));
    let index = run("index.cdxj");
    assert_eq!((count(&index, "identical"), count(&index, "gone")), (1, 1));
    let notes = index["not_checked"].to_string();
    assert!(
        notes.contains("1 pages that the second look does not have") && notes.contains("index.cdxj:2"),
        "{notes}"
    );
    bench.write("others.csv", format!("url,sha256\nhttp://b.example/1,{sha256}\n"));
    bench.run(&["recheck", "first.csv", "--against", "others.csv"]).exits(3);
}

#[test]
fn mistakes_are_explained() {
    let bench = Bench::new();
    bench.write("plain.csv", "text,label\nabc,1\n");
    let error = |args: &[&str]| bench.run(args).exits(2).err();
    assert!(error(&["recheck", "plain.csv", "--against", "plain.csv"]).contains("--map url=COLUMN"));
    assert!(error(&["recheck", "nowhere", "--against", "plain.csv"]).contains("no file or folder `nowhere`"));
    assert!(error(&["recheck", "plain.csv"]).contains("--against"));
    assert!(
        error(&["recheck", "--revisions", "r.csv", "--snapshot", "soon"]).contains("2024-03-09T12:00:00Z")
    );
    bench.write("r.csv", "page,user\nx,y\n");
    assert!(
        error(&["recheck", "--revisions", "r.csv", "--snapshot", "2024"])
            .contains("no column is called time")
    );
}

#[test]
fn hostile_pages_are_inert() {
    let bench = Bench::new();
    let evil = "<script>alert(1)</script>\u{1b}[31m\u{202e}";
    let line = |i: usize, text: String| {
        serde_json::json!({"url": format!("http://evil.example/{i}/{evil}"), "text": text}).to_string() + "\n"
    };
    let lines = |subject: u64, seed: u64| {
        (0..30).map(|i| line(i, text(subject, seed * 100 + i as u64, 200))).collect::<String>()
    };
    let others = |seed: u64| {
        (0..200).map(|i| serde_json::json!({"url": format!("http://o{}.example/{i}", i % 20), "text": text(i % 20, seed + i, 200)}).to_string() + "\n").collect::<String>()
    };
    bench.write("a.jsonl", lines(1, 1) + &others(7)).write("b.jsonl", lines(700, 2) + &others(7));
    let out = bench.run(&["recheck", "a.jsonl", "--against", "b.jsonl", "--out", "r"]).exits(1).out();
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}') && out.contains("evil.example"), "{out}");
    let page = String::from_utf8(bench.read("r/recheck.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && page.contains("U+202E"));
}

#[test]
fn an_editor_who_undoes_what_the_snapshot_caught_is_named() {
    let bench = Bench::new();
    let mut list = "page,user,timestamp,sha1\n".to_owned();
    for page in 0..200 {
        writeln!(list, "p{page},founder,2023-01-01T00:00:00Z,first{page}").unwrap();
    }
    for edit in 0..4000u64 {
        let (page, day) = (edit * 7919 % 200, edit * 31 % 300);
        let time = 1_672_617_600 + day * 86_400 + edit * 977 % 86_400;
        writeln!(list, "p{page},user{},{time},e{edit}", edit % 97).unwrap();
        if edit % 25 == 0 {
            writeln!(list, "p{page},patrol,{},first{page}", time + 40_000).unwrap();
        }
    }
    bench.write("calm.csv", &list);
    for page in 0..8 {
        writeln!(list, "p{page},<b>runner\u{202e},2023-06-30T23:00:00Z,evil{page}\np{page},<b>runner\u{202e},2023-07-01T03:00:00Z,first{page}").unwrap();
    }
    bench.write("edits.csv", &list);
    let run = |file: &str, out: &str| {
        bench.run(&["recheck", "--revisions", file, "--snapshot", "2023-07-01", "--out", out])
    };
    run("calm.csv", "calm").exits(0);
    let done = run("edits.csv", "found").exits(1).out();
    assert!(done.contains("\"<b>runnerU+202E\"") && done.contains("8 of 8 edits"), "{done}");
    let found = bench.json("found/recheck.json");
    assert_eq!(found["front_runners"][0]["records"].as_array().unwrap().len(), 8);
    assert!(!String::from_utf8(bench.read("found/recheck.html")).unwrap().contains("<b>"));
}
