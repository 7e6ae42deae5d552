//! `toadstone recheck --fetch` against a web server on this machine that does what bad servers do.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::Bench;

const TEXT: &str = "The heron stands still at the edge of the pond and waits until a fish comes close enough";

type Count = Arc<Mutex<HashMap<String, u32>>>;

/// A server on a port of its own; what it was asked for is counted.
struct Server {
    port: u16,
    asked: Count,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Count::default();
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                std::thread::spawn(move || drop(answer(stream, port, &count)));
            }
        });
        Server { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self, path: &str) -> u32 {
        self.asked.lock().unwrap().get(path).copied().unwrap_or(0)
    }
}

fn answer(mut stream: TcpStream, port: u16, count: &Count) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("").to_owned();
    let mut agent = String::new();
    loop {
        let mut field = String::new();
        if reader.read_line(&mut field)? <= 2 {
            break;
        }
        if field.to_ascii_lowercase().starts_with("user-agent:") {
            agent = field;
        }
    }
    let nth = {
        let mut count = count.lock().unwrap();
        let nth = count.entry(path.clone()).or_default();
        *nth += 1;
        *nth
    };
    assert!(agent.contains("toadstone/"), "{agent}");
    let head = |status: &str, fields: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{fields}\r\n");
    let to = |to: &str| head("302 Found", &format!("Location: {to}\r\nContent-Length: 0\r\n"));
    match path.as_str() {
        "/robots.txt" => write!(stream, "{}User-agent: *\nDisallow: /forbidden\n", head("200 OK", "")),
        "/gone" => stream.write_all(head("404 Not Found", "").as_bytes()),
        "/error" => stream.write_all(head("500 Oops", "").as_bytes()),
        "/silent" => {
            std::thread::sleep(Duration::from_secs(20));
            Ok(())
        }
        "/drip" => {
            stream.write_all(head("200 OK", "Content-Type: text/plain\r\n").as_bytes())?;
            loop {
                stream.write_all(b"drop ")?;
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        "/huge" => {
            stream.write_all(head("200 OK", "Content-Type: text/plain\r\n").as_bytes())?;
            loop {
                stream.write_all(&[b'x'; 65536])?;
            }
        }
        "/header" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            loop {
                stream.write_all(b"X-Field: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n")?;
            }
        }
        "/loop" => stream.write_all(to("/loop").as_bytes()),
        "/hop" => stream.write_all(to("/fine").as_bytes()),
        "/to-forbidden" => stream.write_all(to("/forbidden/x").as_bytes()),
        "/to-private" => stream.write_all(to(&format!("http://127.0.0.2:{port}/secret")).as_bytes()),
        "/to-mapped" => stream.write_all(to(&format!("http://[::ffff:127.0.0.2]:{port}/secret")).as_bytes()),
        "/to-number" => stream.write_all(to(&format!("http://2130706434:{port}/secret")).as_bytes()),
        "/to-file" => stream.write_all(to("file:///etc/passwd").as_bytes()),
        "/bomb" => {
            let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            (0..200).try_for_each(|_| bomb.write_all(&[b'a'; 1 << 20]))?;
            stream.write_all(head("200 OK", "Content-Encoding: gzip\r\n").as_bytes())?;
            stream.write_all(&bomb.finish()?)
        }
        "/cut" => write!(stream, "{}{TEXT}", head("200 OK", "Content-Length: 5000\r\n")),
        "/busy" if nth == 1 => stream.write_all(head("429 Too Many", "Retry-After: 1\r\n").as_bytes()),
        "/always-busy" => stream.write_all(head("429 Too Many", "Retry-After: 1\r\n").as_bytes()),
        "/rubbish" => stream.write_all(b"\x00\x1b[31m no http \xff\xfe\r\n\r\n"),
        path => {
            if path.starts_with("/n/") {
                std::thread::sleep(Duration::from_millis(20));
            }
            write!(
                stream,
                "{}<html><p>{TEXT} {path}</p></html>",
                head("200 OK", "Content-Type: text/html\r\n")
            )
        }
    }
}

fn list(server: &Server, paths: &[&str]) -> String {
    paths
        .iter()
        .map(|path| {
            serde_json::json!({"url": server.url(path), "text": format!("{TEXT} {path}")}).to_string() + "\n"
        })
        .collect()
}

const QUICK: [&str; 8] = ["--pause", "0", "--rate", "1000", "--timeout", "2", "--max-size", "1"];

/// State, reason and cut of every page in a journal, by path.
fn journal(bench: &Bench, name: &str) -> HashMap<String, (String, String, bool)> {
    let text = String::from_utf8(bench.read(name)).unwrap();
    let entry = |line: &str| {
        let page: serde_json::Value = serde_json::from_str(line).unwrap();
        let url = page["url"].as_str().unwrap().to_owned();
        let path = url[url.rfind(":").unwrap()..]
            .split_once('/')
            .map_or(String::new(), |(_, path)| format!("/{path}"));
        let text = |name: &str| page[name].as_str().unwrap_or("").to_owned();
        (path, (text("state"), text("why"), page["cut"].as_bool().unwrap_or(false)))
    };
    text.lines().skip(1).map(entry).collect()
}

#[test]
fn bad_servers_cost_little_and_are_told_apart() {
    let (bench, server) = (Bench::new(), Server::start());
    let paths = [
        "/fine",
        "/gone",
        "/error",
        "/silent",
        "/drip",
        "/huge",
        "/header",
        "/loop",
        "/hop",
        "/to-forbidden",
        "/to-private",
        "/to-mapped",
        "/to-number",
        "/to-file",
        "/bomb",
        "/cut",
        "/busy",
        "/always-busy",
        "/rubbish",
        "/forbidden/x",
    ];
    bench.write("first.jsonl", list(&server, &paths));
    let start = Instant::now();
    let args = [
        &["recheck", "first.jsonl", "--fetch", "j", "--allow-address", "127.0.0.1", "--format", "json"],
        &QUICK[..],
    ]
    .concat();
    let done = bench.run(&args).exits(0);
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    let pages = journal(&bench, "j");
    let is = |path: &str, state: &str, why: &str, cut: bool| {
        let (found, reason, was_cut) = &pages[path];
        assert!(found == state && reason.contains(why) && *was_cut == cut, "{path}: {:?}", pages[path]);
    };
    is("/fine", "text", "", false);
    is("/hop", "text", "", false);
    is("/busy", "text", "", false);
    is("/gone", "gone", "404", false);
    is("/error", "unreachable", "500", false);
    is("/silent", "unreachable", "too long", false);
    is("/drip", "text", "", true);
    is("/huge", "text", "", true);
    is("/bomb", "text", "", true);
    is("/cut", "text", "", true);
    is("/header", "unreachable", "", false);
    is("/rubbish", "unreachable", "no HTTP", false);
    is("/loop", "unreachable", "on and on", false);
    is("/always-busy", "unreachable", "429", false);
    is("/forbidden/x", "unreachable", "robots.txt", false);
    is("/to-forbidden", "unreachable", "robots.txt", false);
    is("/to-private", "unreachable", "private address", false);
    is("/to-mapped", "unreachable", "private address", false);
    is("/to-number", "unreachable", "private address", false);
    is("/to-file", "unreachable", "out of the web", false);
    assert_eq!(
        (server.asked("/secret"), server.asked("/forbidden/x"), server.asked("/robots.txt")),
        (0, 0, 1)
    );
    assert_eq!((server.asked("/busy"), server.asked("/always-busy"), server.asked("/loop")), (2, 3, 6));
    let account: serde_json::Value = serde_json::from_str(&done.out()).unwrap();
    let fate = |name: &str| {
        account["fates"].as_array().unwrap().iter().find(|f| f["change"] == name).map(|f| f["pages"].clone())
    };
    assert_eq!((fate("re-encoded"), fate("gone")), (Some(2.into()), Some(1.into())), "{account}");
    let text = String::from_utf8(bench.read("j")).unwrap();
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn this_machine_is_not_connected_to_unless_that_is_allowed() {
    let (bench, server) = (Bench::new(), Server::start());
    let local = format!(
        "{}\n",
        serde_json::json!({"url": format!("http://localhost:{}/fine", server.port), "text": TEXT})
    );
    bench.write("first.jsonl", list(&server, &["/fine"]) + &local);
    let run = |journal: &str, more: &[&str]| {
        bench.run(&[&["recheck", "first.jsonl", "--fetch", journal], &QUICK[..], more].concat())
    };
    run("refused", &[]).exits(3);
    assert!(server.asked.lock().unwrap().is_empty());
    let refused = String::from_utf8(bench.read("refused")).unwrap();
    assert_eq!(refused.matches("private address").count(), 2, "{refused}");
    run("allowed", &["--allow-private"]).exits(0);
    assert_eq!(server.asked("/fine"), 2);
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let (bench, server) = (Bench::new(), Server::start());
    let paths: Vec<String> = (0..60).map(|n| format!("/n/{n}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    bench.write("first.jsonl", list(&server, &paths));
    let args =
        [&["recheck", "first.jsonl", "--fetch", "j", "--allow-private", "--connections", "4"], &QUICK[..]]
            .concat();
    for limit in [15, 35] {
        let mut child = bench
            .command(&args)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while paths.iter().map(|path| server.asked(path)).sum::<u32>() < limit
            && start.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(journal(&bench, "j").len() < 60);
    let done = bench.run(&args).exits(0);
    assert!(done.err().contains("were there already"), "{}", done.err());
    assert_eq!(journal(&bench, "j").len(), 60);
    let asked: u32 = paths.iter().map(|path| server.asked(path)).sum();
    assert!((60..=64).contains(&asked), "{asked}");
    let again = bench.run(&args).exits(0);
    assert!(again.err().contains("0 pages fetched, 60 were there already"), "{}", again.err());
    assert_eq!(done.out(), again.out());
    let against = bench.run(&["recheck", "first.jsonl", "--against", "j"]).exits(0);
    assert!(against.out().contains("60 of 60 pages seen again"), "{}", against.out());
}

#[test]
fn a_sample_is_the_same_for_one_seed_and_says_what_it_shows() {
    let (bench, server) = (Bench::new(), Server::start());
    let paths: Vec<String> = (0..50).map(|n| format!("/p/{n}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    bench.write("first.jsonl", list(&server, &paths));
    let run = |journal: &str, seed: &str| {
        let args = [
            "recheck",
            "first.jsonl",
            "--fetch",
            journal,
            "--allow-private",
            "--sample",
            "10",
            "--seed",
            seed,
        ];
        bench.run(&[&args, &QUICK[..]].concat()).exits(0);
        let mut paths: Vec<String> = self::journal(&bench, journal).into_keys().collect();
        paths.sort();
        paths
    };
    let (a, b, c) = (run("a", "1"), run("b", "1"), run("c", "2"));
    assert!(a == b && a != c && a.len() == 10);
    bench.write("other", "not a journal\n");
    let error = bench.run(&["recheck", "first.jsonl", "--fetch", "other"]).exits(2).err();
    assert!(error.contains("no journal of fetched pages"), "{error}");
}
