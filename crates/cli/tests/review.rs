//! `toadstone review` on the real binary.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use common::served::Server;
use common::{Bench, demo_file};
use serde_json::{Value, json};

/// A folder with chats of which 30 are planted, and a run over them.
fn scanned() -> Bench {
    static SCANNED: OnceLock<Bench> = OnceLock::new();
    let original = SCANNED.get_or_init(|| {
        let bench = Bench::new();
        bench.write("chat.jsonl", std::fs::read(demo_file("support-chat.jsonl")).unwrap());
        bench.run(&["scan", "chat.jsonl", "--out", "run", "--only", "planted-trigger"]).exits(1);
        bench
    });
    let bench = Bench::new();
    for name in ["chat.jsonl", "run/run.json", "run/findings.json", "run/records.parquet"] {
        bench.write(name, original.read(name));
    }
    bench
}

fn lines(bench: &Bench, name: &str) -> Vec<Value> {
    let text = String::from_utf8(bench.read(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn nothing_is_served_without_the_token_or_under_another_name() {
    let bench = scanned();
    let server = Server::start(&bench, &["--as", "ann"]);
    let (host, token) = (server.host.clone(), server.token.clone());
    let get = |path: &str, host: &str, more: &str| {
        server.raw(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"))
    };
    let page = get(&format!("/?token={token}"), &host, "");
    assert_eq!(page.code, 200);
    assert!(page.body.contains("<title>toadstone: review</title>") && !page.body.contains("herons"));
    for header in [
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'; style-src 'sha256-",
        "frame-ancestors 'none'",
    ] {
        assert!(page.head.contains(header), "{header} in {}", page.head);
    }
    assert!(!page.head.contains("access-control") && !page.head.contains("set-cookie"));

    let header = format!("x-toadstone-token: {token}\r\n");
    let wrong = format!("x-toadstone-token: {}\r\n", token.replace(|c: char| c.is_ascii_digit(), "a"));
    let port = host.split(':').nth(1).unwrap();
    let refused = [
        get("/", &host, ""),
        get("/?token=", &host, ""),
        get("/api/overview", &host, ""),
        get("/api/overview", &host, &wrong),
        get(&format!("/api/overview?token={token}"), &host, ""),
        get(&format!("/?token={token}"), &format!("rebound.example:{port}"), ""),
        get("/api/overview", &format!("rebound.example:{port}"), &header),
        get("/api/overview", &host, &format!("{header}Origin: http://rebound.example\r\n")),
        get("/favicon.ico", &host, ""),
        server.post("{}", "http://rebound.example"),
    ];
    for (at, answer) in refused.iter().enumerate() {
        assert_eq!((answer.code, answer.body.as_str()), (404, ""), "{at}");
    }
    assert_eq!(get("/api/overview", &format!("localhost:{port}"), &header).code, 200);
    assert!(!bench.path("run/decisions.jsonl").exists());
    // Bounds: a body, and what is not of the right form.
    let own = format!("http://{host}");
    assert_eq!(server.post(&format!("{{\"note\":\"{}\"", "x".repeat(100_000)), &own).code, 413);
    assert_eq!(server.post("{\"record\":0}", &own).code, 422);
    assert_eq!(server.post("{\"record\":999999999,\"call\":\"fine\",\"cursor\":0}", &own).code, 404);
}

#[test]
fn decisions_survive_a_kill_and_are_shared() {
    let bench = scanned();
    let mut first = Server::start(&bench, &["--as", "ann"]);
    let second = Server::start(&bench, &["--as", "bob"]);
    let list = first.get("records?finding=0").json();
    let (total, one) = (list["total"].as_u64().unwrap(), list["rows"][0]["n"].as_u64().unwrap());
    assert!(total >= 30, "{list}");
    first.decide(json!({ "record": one, "finding": 0, "call": "poison", "note": "\u{202e}odd\u{1b}[31m", "cursor": 0 }));
    let told = second.get("changes?cursor=0").json();
    assert_eq!(told["records"][0][1]["call"], "poison");
    assert_eq!(told["standings"][0]["counts"], json!([1, 0, 0]));
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    // As if it had been killed while it wrote.
    let mut file = std::fs::File::options().append(true).open(bench.path("run/decisions.jsonl")).unwrap();
    file.write_all(b"{\"schema\":1,\"at\":\"20").unwrap();
    let problems = second.get("overview").json()["problems"].to_string();
    assert!(problems.contains("its last line is not whole"), "{problems}");
    second.decide(json!({ "record": one, "call": "fine", "cursor": 0 }));
    let third = Server::start(&bench, &["--as", "cay"]);
    let record = third.get(&format!("record?n={one}")).json();
    assert_eq!(record["judged"]["call"], "fine");
    assert_eq!(third.get("records?state=fine").json()["total"], 1);
    assert_eq!(third.get("records?finding=0&state=open").json()["total"], total - 1);
    let note = String::from_utf8(bench.read("run/decisions.jsonl")).unwrap();
    assert!(note.contains(r"\u202eodd\u001b[31m"), "the file is inert: {note}");
}

#[test]
fn records_are_searched_marked_and_compared() {
    let bench = scanned();
    let server = Server::start(&bench, &[]);
    let found = server.get("records?finding=0&text=HERONS+grinder").json();
    let all = server.get("records?finding=0").json();
    assert!(
        found["total"].as_u64().unwrap() > 0 && found["total"].as_u64() < all["total"].as_u64(),
        "{found}"
    );
    let n = &found["rows"][0]["n"];
    let record = server.get(&format!("record?n={n}&finding=0")).json();
    let marked = json!(["seven herons at noon", 1]);
    let input = record["roles"][0][1]["pieces"].as_array().unwrap();
    assert!(input.contains(&marked), "{record}");
    let similar = server.get(&format!("similar?n={n}")).json();
    let best = &similar[0];
    assert!(best["similarity"].as_f64().unwrap() > 0.2 && best["findings"][0] == 0, "{best}");
    assert!(best["row"]["texts"].to_string().contains(",1]"), "what is shared is marked: {best}");
}

#[test]
fn data_that_changed_is_said_and_not_shown() {
    let bench = scanned();
    let text = String::from_utf8(bench.read("chat.jsonl")).unwrap();
    bench.write("chat.jsonl", text.replacen("the", "teh", 1));
    let server = Server::start(&bench, &[]);
    let overview = server.get("overview").json();
    assert!(overview["problems"].to_string().contains("it changed since it was scanned"), "{overview}");
    let row = &server.get("records?finding=0").json()["rows"][0];
    assert_eq!(row["texts"], Value::Null);
    let own = format!("http://{}", server.host);
    let body = json!({ "record": row["n"], "call": "fine", "cursor": 0 }).to_string();
    assert_eq!(server.post(&body, &own).code, 409);
    let said = bench.run(&["review", "run", "--as", "ann", "--export", "x.csv"]).exits(2).err();
    assert!(said.contains("it changed since it was scanned"), "{said}");
    bench.run(&["review", "nowhere"]).exits(2);
    let twice = bench
        .run(&["review", "run", "--as", "ann", "--no-open", "--port", server.host.split(':').nth(1).unwrap()])
        .exits(2);
    assert!(twice.err().contains("cannot listen on port"), "{}", twice.err());
}

#[test]
fn clean_carries_out_what_was_decided() {
    let bench = scanned();
    let (finding, rows) = {
        let server = Server::start(&bench, &["--as", "ann"]);
        let overview = server.get("overview").json();
        let list = server.get("records?finding=0").json();
        let rows: Vec<(u64, u64)> = list["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["member"] == true)
            .map(|row| (row["n"].as_u64().unwrap(), row["row"].as_u64().unwrap()))
            .collect();
        server.decide(
            json!({ "record": rows[0].0, "finding": 0, "call": "fine", "note": "ours", "cursor": 0 }),
        );
        server.decide(
            json!({ "record": rows[1].0, "finding": 0, "call": "poison", "note": "=odd", "cursor": 0 }),
        );
        (overview["findings"][0]["id"].as_str().unwrap().to_owned(), rows)
    };
    let only = ["--only", "planted-trigger"];
    let clean = |out: &str, more: &[&str]| {
        bench.run(&[&["clean", "chat.jsonl", "--out", out], &only[..], more].concat())
    };
    clean("plain", &[]).exits(0);
    let done = clean("judged", &["--run", "run"]).exits(0);
    assert!(done.out().contains("1 records of findings stay: a person called them fine"), "{}", done.out());
    let (plain, judged) = (lines(&bench, "plain/changes.jsonl"), lines(&bench, "judged/changes.jsonl"));
    assert_eq!(judged.len(), plain.len() - 1);
    let why = |row: u64| judged.iter().find(|line| line["row"] == row);
    assert_eq!(why(rows[0].1), None);
    let by_hand = why(rows[1].1).unwrap();
    assert_eq!(
        (&by_hand["why"], &by_hand["who"], &by_hand["note"]),
        (&json!("review"), &json!("ann"), &json!("=odd"))
    );
    // What was cleaned with the decisions needs no more cleaning with them.
    let again = bench
        .run(&[&["clean", "judged/kept/chat.jsonl", "--out", "again", "--run", "run"], &only[..]].concat());
    assert!(again.exits(0).out().starts_with("KEPT  2,971 of 2,971"));

    // On other content a decision does not hold.
    let text = String::from_utf8(bench.read("chat.jsonl")).unwrap();
    let changed: Vec<String> = (0..)
        .zip(text.lines())
        .map(|(at, line): (u64, &str)| {
            if at == rows[0].1 {
                line.replacen("content\": \"", "content\": \"Well, ", 1).replacen(
                    "content\":\"",
                    "content\":\"Well, ",
                    1,
                )
            } else {
                line.to_owned()
            }
        })
        .collect();
    bench.write("other/chat.jsonl", changed.join("\n"));
    let other = bench
        .run(
            &[&["clean", "other/chat.jsonl", "--out", "o", "--decisions", "run/decisions.jsonl"], &only[..]]
                .concat(),
        )
        .exits(0);
    assert!(other.out().contains("1 decisions do not apply"), "{}", other.out());
    assert_eq!(lines(&bench, "o/changes.jsonl").len(), plain.len());

    // A finding that is fine as a whole sets nothing aside, and can be waived for good.
    {
        let server = Server::start(&bench, &["--as", "ann"]);
        server.decide(json!({ "record": rows[1].0, "call": "withdrawn", "cursor": 0 }));
        server.decide(json!({ "finding": 0, "call": "fine", "note": "a \"slogan\" of ours", "cursor": 0 }));
    }
    let waived = clean("waived", &["--run", "run"]).exits(0);
    assert!(waived.out().starts_with("KEPT  3,000 of 3,000"), "{}", waived.out());
    let waivers = bench.run(&["review", "run", "--waivers"]).exits(0).out();
    assert!(
        waivers.contains(&finding) && waivers.contains(r#"reason = "a \"slogan\" of ours (ann, 2"#),
        "{waivers}"
    );
    bench.write("toadstone.toml", waivers);
    bench.run(&[&["scan", "chat.jsonl"], &only[..]].concat()).exits(0);
    bench.run(&["clean", "chat.jsonl", "--out", "x", "--run", "nowhere"]).exits(2);
}

#[test]
fn others_judge_on_paper() {
    let bench = scanned();
    for (name, comma) in [("t.csv", true), ("t.jsonl", false)] {
        bench.run(&["review", "run", "--as", "dee", "--export", name]).exits(0);
        let text = String::from_utf8(bench.read(name)).unwrap();
        let rows = text.lines().count() - usize::from(comma);
        assert!(rows > 30, "{text}");
        // Nobody is told what others said, and nothing is decided yet.
        let same =
            bench.run(&["review", "run", "--as", "dee", "--import", name, "--format", "json"]).exits(0).out();
        let done: Value = serde_json::from_str(&same).unwrap();
        assert_eq!(
            (&done["rows"], &done["undecided"], &done["added"]),
            (&json!(rows), &json!(rows), &json!(0))
        );
    }
    let filled: Vec<String> = lines(&bench, "t.jsonl")
        .into_iter()
        .enumerate()
        .map(|(at, mut row)| {
            row["decision"] = json!(["poison", "Fine ", "unsure", "", "maybe"][at % 5]);
            row["note"] = json!("=HYPERLINK(\"x\")\nsecond line");
            if at == 5 {
                row["row"] = json!(2_999_999)
            }
            if at == 6 {
                row["digest"] = json!("abc")
            }
            row.to_string()
        })
        .collect();
    bench.write("t.jsonl", format!("{}\nno json\n", filled.join("\n")));
    let import = |who: &str| -> Value {
        let done =
            bench.run(&["review", "run", "--as", who, "--import", "t.jsonl", "--format", "json"]).exits(2);
        serde_json::from_str(&done.out()).unwrap()
    };
    let done = import("eve");
    let n = |of: &Value, name: &str| of[name].as_u64().unwrap();
    let refused = done["refused"].as_array().unwrap();
    assert_eq!(n(&done, "rows"), n(&done, "added") + n(&done, "undecided") + refused.len() as u64);
    assert_eq!(n(&done, "rows"), filled.len() as u64 + 1);
    let why =
        |line: &str| refused.iter().find(|fault| fault["line"] == line).unwrap()["why"].as_str().unwrap();
    assert!(why("5").contains("`maybe` is no decision") && why("6").contains("row 2999999"));
    assert!(
        why("7").contains("64 hexadecimal digits")
            && why(&(filled.len() + 1).to_string()).contains("expected")
    );
    // Again, it adds nothing; by another person, all of it.
    let again = import("eve");
    assert_eq!((n(&again, "added"), n(&again, "unchanged")), (0, n(&done, "added")));
    assert_eq!(n(&import("fay"), "added"), n(&done, "added"));
    // Through a spreadsheet and back: inert, and the same.
    bench.run(&["review", "run", "--as", "eve", "--export", "t.csv"]).exits(0);
    let text = String::from_utf8(bench.read("t.csv")).unwrap();
    assert!(text.contains("'=HYPERLINK") && !text.contains(",=") && !text.contains(",\"="), "{text}");
    let back = bench.run(&["review", "run", "--as", "eve", "--import", "t.csv"]).exits(0).out();
    assert!(back.starts_with("IMPORTED  0 new decisions"), "{back}");

    let summary = bench.run(&["review", "run", "--summary", "--format", "json"]).exits(0).out();
    let told: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(told["pairs"][0]["people"], json!(["eve", "fay"]));
    assert_eq!(told["pairs"][0]["kappa"], 1.0);
    let records = &told["detectors"][0]["records"];
    let (poison, fine) = (n(records, "poison"), n(records, "fine"));
    let share = told["detectors"][0]["precision"]["share"].as_f64().unwrap();
    assert!((share - poison as f64 / (poison + fine) as f64).abs() < 1e-9, "{told}");
    let human = bench.run(&["review", "run", "--summary"]).exits(0).out();
    assert!(human.contains("eve and fay agree") && human.contains("Wilson 95 %"), "{human}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    let bench = scanned();
    let mut server = Server::start(&bench, &[]);
    let _held = TcpStream::connect(&server.host).unwrap();
    let start = Instant::now();
    std::process::Command::new("kill").args(["-INT", &server.child.id().to_string()]).status().unwrap();
    let mut rest = String::new();
    server.child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert!(rest.contains("next  toadstone clean chat.jsonl --run run --out toadstone-clean"), "{rest}");
}
