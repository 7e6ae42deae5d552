//! Data of web servers and of the Hugging Face Hub.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;
mod web;

use common::{Bench, Done, demo_file};
use web::{Answer, Asked, Web, file};

fn run(bench: &Bench, args: &[&str]) -> Done {
    let mut command = bench.command(args);
    Done(command.env("NO_PROXY", "127.0.0.1").env_remove("HF_TOKEN").output().unwrap())
}

fn digest(bench: &Bench, run: &str) -> serde_json::Value {
    bench.json(&format!("{run}/run.json"))["inputs"][0]["digest"].clone()
}

#[test]
fn a_file_is_read_in_ranges_and_what_is_secret_is_not_shown() {
    let bench = Bench::new();
    let chat = std::fs::read(demo_file("support-chat.jsonl")).unwrap();
    let served = chat.clone();
    let web = Web::start(move |asked, before| {
        let mut answer = file(&served, asked);
        // Every second answer is cut.
        answer.cut = (before % 2 == 1).then_some(answer.body.len() / 2);
        answer
    });
    let url = web.url("/data/my%20chats.jsonl?X-Signature=do-not-tell");
    let done = run(&bench, &["scan", &url, "--out", "far", "--threads", "1"]).exits(1);
    bench.run(&["scan", &demo_file("support-chat.jsonl"), "--out", "near"]).exits(1);
    assert_eq!(digest(&bench, "far"), digest(&bench, "near"));
    let name = bench.json("far/run.json")["inputs"][0]["name"].clone();
    assert_eq!(name, web.url("/data/my%20chats.jsonl"));
    for file in bench.list("far") {
        let bytes = bench.read(&format!("far/{file}"));
        assert!(!String::from_utf8_lossy(&bytes).contains("do-not-tell"), "{file}");
    }
    assert!(!done.out().contains("do-not-tell") && !done.err().contains("do-not-tell"));
    assert!(web.asked().iter().all(|asked| asked.path.ends_with("?X-Signature=do-not-tell")));

    let done = run(&bench, &["scan", "http://user:do-not-tell@127.0.0.1/x.jsonl"]).exits(2);
    assert!(done.err().contains("must not hold a name or password"), "{}", done.err());
    assert!(!done.err().contains("do-not-tell"), "{}", done.err());
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_once() {
    let bench = Bench::new();
    let chat = std::fs::read(demo_file("support-chat.jsonl")).unwrap();
    let length = chat.len();
    let web = Web::start(move |asked, _| match asked.path.as_str() {
        "/x.jsonl" => Answer { status: 200, body: chat.clone(), ..Answer::default() },
        "/cut.jsonl" => Answer { status: 200, body: chat.clone(), cut: Some(1000), ..Answer::default() },
        _ => Answer { status: 404, ..Answer::default() },
    });
    run(&bench, &["scan", &web.url("/x.jsonl"), "--out", "far"]).exits(1);
    let input = bench.json("far/run.json")["inputs"][0].clone();
    assert_eq!((&input["name"], &input["bytes"]), (&web.url("/x.jsonl").into(), &length.into()));
    assert!(web.asked().len() <= 2, "{:?}", web.asked());
    let done = run(&bench, &["scan", &web.url("/cut.jsonl")]).exits(2);
    assert!(done.err().contains("the connection was cut 5 times, last after 1000 bytes"), "{}", done.err());
    let done = run(&bench, &["scan", &web.url("/none")]).exits(2);
    assert!(done.err().contains("there is nothing at this address"), "{}", done.err());
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A Hub with one data set of two files, and the server that has the files.
fn hub() -> (Web, Web) {
    let chat = std::fs::read(demo_file("support-chat.jsonl")).unwrap();
    let size = chat.len();
    let files = Web::start(move |asked, _| file(&chat, asked));
    let elsewhere = files.url("");
    let hub = Web::start(move |asked: &Asked, _| {
        let json = |text: String| Answer { status: 200, body: text.into_bytes(), ..Answer::default() };
        if asked.headers.get("authorization").map(String::as_str) != Some("Bearer hub-token") {
            return Answer { status: 401, ..Answer::default() };
        }
        let tree = format!("/api/datasets/team/chats/tree/{COMMIT}?recursive=true");
        let entry = |path: &str| format!(r#"{{"type":"file","oid":"x","size":{size},"path":"{path}"}}"#);
        match asked.path.as_str() {
            "/api/datasets/team/chats/revision/main" => json(format!(r#"{{"sha":"{COMMIT}"}}"#)),
            path if path == tree => {
                let next = format!("<http://{}{tree}&cursor=2>; rel=\"next\"", asked.headers["host"]);
                let body = format!(
                    r#"[{{"type":"directory","oid":"y","size":0,"path":"data"}},{}]"#,
                    entry("data/b c.jsonl")
                );
                Answer { headers: vec![("Link", next)], ..json(body) }
            }
            path if path.starts_with(&tree) => json(format!("[{}]", entry("other/a.jsonl"))),
            path if path.starts_with(&format!("/datasets/team/chats/resolve/{COMMIT}/")) => Answer {
                status: 302,
                headers: vec![("Location", format!("{elsewhere}/blob"))],
                ..Answer::default()
            },
            _ => Answer { status: 404, ..Answer::default() },
        }
    });
    (hub, files)
}

#[test]
fn the_hub_is_asked_for_one_commit_and_others_are_not_told_the_token() {
    let (bench, (hub, files)) = (Bench::new(), hub());
    let scan = |args: &[&str], token: &str| {
        let mut command = bench.command(args);
        command.env("HF_ENDPOINT", hub.url("")).env("HF_TOKEN", token).env("NO_PROXY", "127.0.0.1");
        Done(command.output().unwrap())
    };
    scan(&["scan", "hf://datasets/team/chats/data", "--out", "far"], "hub-token").exits(1);
    bench.run(&["scan", &demo_file("support-chat.jsonl"), "--out", "near"]).exits(1);
    assert_eq!(digest(&bench, "far"), digest(&bench, "near"));
    let inputs = bench.json("far/run.json")["inputs"].clone();
    assert_eq!(inputs.as_array().unwrap().len(), 1);
    assert_eq!(inputs[0]["name"], "hf://datasets/team/chats/data/b c.jsonl");
    assert!(files.asked().len() > 1);
    assert!(files.asked().iter().all(|asked| !asked.headers.contains_key("authorization")));

    scan(&["scan", "hf://datasets/team/chats/*/a.jsonl"], "hub-token").exits(1);
    let done = scan(&["scan", "hf://datasets/team/chats"], "wrong-token").exits(2);
    assert!(done.err().contains("set HF_TOKEN") && !done.err().contains("wrong-token"), "{}", done.err());
    let done = scan(&["scan", "hf://datasets/team/none"], "hub-token").exits(2);
    assert!(done.err().contains("there is nothing at this address"), "{}", done.err());
    let done =
        scan(&["scan", "hf://datasets/team/chats", "--out", "hf://datasets/team/run"], "hub-token").exits(2);
    assert!(done.err().contains("nothing can be written there"), "{}", done.err());
}
