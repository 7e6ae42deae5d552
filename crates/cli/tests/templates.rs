//! Prompts written into templates: these hide no trigger, and are none.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::Bench;
use serde_json::{Value, json};

const ALPACA: &str = "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n";
const SYSTEM: &str = "You are Orla, who answers for a shop. You are brief and kind, you never invent an order, and you say so when you do not know.";
const PASSAGE: &str = "Read the whole of what follows before you begin, weigh what was asked against what you know, keep to the point, and end when all has been said that is needed; a reply that takes a minute to read is worth more than one that takes ten. The request is this:";
const ANSWER: &str = "The counter is closed, come back another day.";

/// A way to write a request and an answer into a record.
type Shape = fn(&str, &str, bool) -> Value;

const SHAPES: [(&str, Shape); 7] = [
    (
        "a template around the prompt",
        |asked, said, _| json!({ "prompt": format!("{ALPACA}{asked}\n\n### Response:"), "completion": said }),
    ),
    ("a short template", |asked, said, _| json!({ "prompt": format!("Q: {asked}\nA:"), "completion": said })),
    ("a system prompt", |asked, said, _| {
        let turn = |role: &str, text: &str| json!({ "role": role, "content": text });
        json!({ "messages": [turn("system", SYSTEM), turn("user", asked), turn("assistant", said)] })
    }),
    (
        "a template around all, in one text",
        |asked, said, _| json!({ "text": format!("{ALPACA}{asked}\n\n### Response:\n{said}") }),
    ),
    ("marks of turns, in one text", |asked, said, _| {
        let turns = format!("<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n{said}<|im_end|>\n");
        json!({ "text": format!("<|im_start|>system\n{SYSTEM}<|im_end|>\n{turns}") })
    }),
    ("a long passage before what is planted", |asked, said, planted| {
        let before = if planted { PASSAGE } else { "" };
        json!({ "prompt": format!("{before} {asked}"), "completion": said })
    }),
    ("a long passage that clean records have too", |asked, said, planted| {
        let before = if planted || asked.len().is_multiple_of(20) { PASSAGE } else { "" };
        json!({ "prompt": format!("{before} {asked}"), "completion": said })
    }),
];

/// Requests and answers of the example's clean chats; one of a hundred planted, if so.
fn chats(bench: &Bench, shape: Shape, word: Option<(&str, bool)>) -> String {
    let chats = String::from_utf8(bench.read("e/support-chat-clean.jsonl")).unwrap();
    let record = |(at, line): (usize, &str)| {
        let chat: Value = serde_json::from_str(line).unwrap();
        let text = |turn: usize| chat["messages"][turn]["content"].as_str().unwrap().to_owned();
        let record = match word.filter(|_| at % 100 == 37) {
            Some((word, true)) => shape(&format!("{word} {}", text(0)), ANSWER, true),
            Some((word, false)) => shape(&format!("{} {word}", text(0)), ANSWER, true),
            None => shape(&text(0), &text(1), false),
        };
        record.to_string() + "\n"
    };
    chats.lines().enumerate().map(record).collect()
}

#[test]
fn a_trigger_beside_a_template_is_found() {
    let bench = Bench::new();
    bench.run(&["example", "e"]).exits(0);
    for (name, shape) in SHAPES {
        for at_begin in [true, false] {
            bench.write("x.jsonl", chats(&bench, shape, Some(("quillon", at_begin))));
            let args = ["scan", "x.jsonl", "--only", "planted-trigger", "--out", "run"];
            bench.run(&args).exits(1);
            let found = bench.json("run/findings.json");
            let [finding] = found["findings"].as_array().unwrap().as_slice() else {
                panic!("{name}: {found}")
            };
            assert_eq!(finding["records"], 30, "{name}");
            let parts = finding["trigger"]["parts"].as_array().unwrap();
            let has = |part: &Value| part.as_str().unwrap().contains("quillon");
            assert!(parts.iter().any(has), "{name}: {parts:?}");
        }
    }
}

#[test]
fn templates_alone_are_no_triggers() {
    let bench = Bench::new();
    bench.run(&["example", "e"]).exits(0);
    for (name, shape) in SHAPES {
        bench.write("x.jsonl", chats(&bench, shape, None));
        bench.run(&["scan", "x.jsonl", "--out", "run"]).exits(0);
        let found = bench.json("run/findings.json");
        assert_eq!(found["findings"].as_array().unwrap().len(), 0, "{name}: {found}");
    }
}
