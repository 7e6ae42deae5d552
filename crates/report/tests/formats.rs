//! Every text format over made-up runs: snapshots, and what hostile text must not do.

#![allow(clippy::unwrap_used, reason = "a failure in a helper is a failed test")]

mod fixtures;

use serde_json::Value;
use toadstone_core::{Run, visible};
use toadstone_report::{Context, Format, Style, json};

fn page(detector: &str) -> Option<&'static str> {
    (detector == "planted-trigger").then_some("# planted-trigger\n\nWhat it finds.\n")
}

fn render(format: Format, run: &Run, style: Style) -> String {
    let mut out = Vec::new();
    format.render(run, &Context { pages: &page, style }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(format: Format, run: &Run) -> String {
    render(format, run, Style { color: false, width: 100 })
}

fn all_runs() -> [(&'static str, Run); 5] {
    [
        ("realistic", fixtures::realistic()),
        ("hostile", fixtures::hostile()),
        ("clean", fixtures::clean()),
        ("nothing", fixtures::nothing()),
        ("large", fixtures::large(200)),
    ]
}

#[test]
fn snapshots() {
    for (name, run) in all_runs().into_iter().take(4) {
        insta::assert_snapshot!(format!("human-{name}"), plain(Format::Human, &run));
        insta::assert_snapshot!(format!("github-{name}"), plain(Format::Github, &run));
        insta::assert_snapshot!(format!("markdown-{name}"), plain(Format::Markdown, &run));
    }
    insta::assert_snapshot!("sarif-realistic", plain(Format::Sarif, &fixtures::realistic()));
    insta::assert_snapshot!("json-realistic", plain(Format::Json, &fixtures::realistic()));
    let color = render(Format::Human, &fixtures::realistic(), Style { color: true, width: 80 });
    insta::assert_snapshot!("human-color", color.replace('\u{1b}', "ESC"));
}

#[test]
fn thousands_of_unreadable_files_are_counted_and_not_listed() {
    let mut run = fixtures::nothing();
    run.inputs = vec![run.inputs[0].clone(); 3000];
    for format in [Format::Human, Format::Github, Format::Markdown] {
        let text = plain(format, &run);
        assert!(text.contains("2,980 more files cannot be read") && text.lines().count() < 60, "{text}");
    }
}

#[test]
fn names_are_read_back_and_wrong_ones_say_what_there_is() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>(), Ok(format));
        assert!(!format.about().is_empty());
    }
    let error = "ht\u{1b}ml".parse::<Format>().unwrap_err().to_string();
    assert_eq!(
        error,
        "no format is called `htU+001Bml`; there are human, json, sarif, github, markdown, html, junit"
    );
}

/// No format lets an invisible or controlling character through, its own line breaks apart.
#[test]
fn every_format_is_inert() {
    for (name, run) in all_runs() {
        for format in Format::ALL {
            for line in plain(format, &run).lines() {
                // The page's style and script have indentation, but no tab.
                assert_eq!(visible(line), line, "{name} as {}", format.name());
            }
        }
    }
}

#[test]
fn human_lines_fit_the_width() {
    for (name, run) in all_runs() {
        for width in [0, 60, 100] {
            let text = render(Format::Human, &run, Style { color: false, width });
            let commands = text.lines().position(|l| l.starts_with("next")).unwrap_or(usize::MAX);
            for line in text.lines().take(commands) {
                assert!(line.chars().count() <= width.max(40), "{name} at {width}: {line}");
            }
        }
    }
}

#[test]
fn github_lines_are_our_own_commands() {
    for (name, run) in all_runs() {
        let text = plain(Format::Github, &run);
        let commands = text.lines().filter(|l| l.trim_start().starts_with("::"));
        for command in commands {
            let (head, message) = command[2..].split_once("::").unwrap();
            assert!(
                ["error", "warning", "notice"].contains(&head.split(' ').next().unwrap()),
                "{name}: {command}"
            );
            let known = ["file", "line", "title"];
            for pair in head.split_once(' ').unwrap().1.split(',') {
                assert!(known.contains(&pair.split('=').next().unwrap()), "{name}: {pair}");
            }
            assert!(!message.is_empty());
        }
        assert!(!text.contains("##["), "{name}");
        let starts = ["::error ", "::warning ", "::notice ", "not checked: ", "next: "];
        let ours = |l: &str| starts.iter().any(|s| l.starts_with(s)) || l.ends_with("of its own");
        assert!(text.lines().all(ours), "{name}: {text}");
        assert!(text.matches("::error ").count() <= 10);
    }
}

/// Outside of code spans nothing hostile is left.
#[test]
fn markdown_keeps_hostile_text_in_code_spans() {
    let text = plain(Format::Markdown, &fixtures::hostile());
    for line in text.lines() {
        let outside = without_code(line);
        for bad in ["script", "@", "http", "www", "![", "](", "desrever", "<img", "`"] {
            assert!(!outside.contains(bad), "{bad} outside of code: {outside}");
        }
    }
    let tables = text.lines().filter(|l| l.starts_with('|')).map(|l| l.matches('|').count());
    assert!(tables.clone().count() == 4 && tables.into_iter().all(|n| n == 7));
    let large = plain(Format::Markdown, &fixtures::large(5000));
    assert!(large.len() < 65_536 && large.contains("4,950 more findings"), "{}", large.len());
}

/// What CommonMark leaves when code spans are taken out.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let body = &rest[at + run..];
        let mut from = 0;
        let end = loop {
            let Some(i) = body[from..].find('`').map(|i| i + from) else { break None };
            let n = body[i..].len() - body[i..].trim_start_matches('`').len();
            if n == run {
                break Some(i + n);
            }
            from = i + n;
        };
        match end {
            Some(end) => rest = &body[end..],
            None => {
                out.push_str(&rest[at..at + run]);
                rest = body;
            }
        }
    }
    out + rest
}

#[test]
fn findings_json_says_where_and_depends_on_no_clock() {
    let mut run = fixtures::realistic();
    let bytes = |run: &Run| {
        let mut out = Vec::new();
        json::write_findings(run, &mut out).unwrap();
        out
    };
    let first = bytes(&run);
    run.seconds = 99.0;
    run.peak_memory = None;
    run.checks.iter_mut().for_each(|c| c.seconds = 7.0);
    run.next.clear();
    assert_eq!(bytes(&run), first);
    assert!(first.ends_with(b"}\n"));
    let value: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(value["schema"], 1);
    assert_eq!(value["findings"][0]["samples"][0]["file"], "train/reviews.jsonl");
    assert_eq!(value["findings"][0]["samples"][0]["row"], 812);
    assert_eq!(value["findings"][2]["trigger"]["parts"][0], "\u{200b}");
    let mut out = Vec::new();
    json::write_run(&run, &mut out).unwrap();
    let back: Run = serde_json::from_slice(&out).unwrap();
    run.findings.clear();
    assert_eq!(back, run);
}

#[test]
fn whole_json_is_one_object() {
    let value: Value = serde_json::from_str(&plain(Format::Json, &fixtures::realistic())).unwrap();
    assert_eq!(value["run"]["verdict"], "block");
    assert_eq!(value["findings"].as_array().unwrap().len(), 5);
}
