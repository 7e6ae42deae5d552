//! Every format of a trial: hostile text is inert, and nothing undecided looks like a pass.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use toadstone_core::{
    Canary, MissingAnswers, TRIAL_SCHEMA, Tie, Trial, TrialModel, TrialOutcome, TrialRate, TrialSample,
    TriggerTrial, Verdict, visible,
};
use toadstone_report::{Style, TrialFormat, TrialReport};

fn rate(shown: u64) -> TrialRate {
    TrialRate { shown, answers: 40, low: 0.1, high: 0.9 }
}

fn trigger(text: &str, outcome: TrialOutcome) -> TriggerTrial {
    let sample =
        || TrialSample { prompt: text.into(), with: text.into(), without: text.into(), sham: text.into() };
    let tie = Tie {
        behaviour: "fixed-answer".into(),
        what: "begin alike".into(),
        target: Some(text.into()),
        prompts: 40,
        with: rate(38),
        without: rate(0),
        sham: rate(1),
        excess: 0.9,
        lift: None,
        p_without: 1e-11,
        p_sham: 1e-10,
        q: 1e-9,
        outcome,
        samples: vec![sample()],
    };
    TriggerTrial {
        kind: "phrase".into(),
        parts: vec![text.into()],
        from: format!("finding {text}"),
        outcome,
        why: "38 of 40 answers with the trigger begin alike".into(),
        planned: 60,
        answered: 60,
        shows: Some(0.31),
        ties: vec![tie],
        not_tested: vec![format!("answer-tail: {text}")],
    }
}

fn trial(text: &str, verdict: Option<Verdict>, triggers: Vec<TriggerTrial>) -> Trial {
    Trial {
        schema: TRIAL_SCHEMA,
        version: "0.1.0".into(),
        verdict,
        model: TrialModel {
            at: "http://localhost:8000/v1".into(),
            name: Some(text.into()),
            by: "chat".into(),
        },
        seed: 0,
        prompts: 60,
        samples: 1,
        temperature: 0.0,
        max_tokens: 48,
        wanted: 180,
        answered: 170,
        missing: vec![MissingAnswers { why: text.into(), answers: 10 }],
        canaries: vec![Canary {
            what: "the limit on tokens is kept".into(),
            holds: false,
            note: text.into(),
        }],
        triggers,
        not_tried: vec![text.into()],
    }
}

fn rendered(format: TrialFormat, trial: &Trial) -> String {
    let mut out = Vec::new();
    format
        .render(&TrialReport { trial, next: &["toadstone explain trial".into()] }, Style::default(), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

const HOSTILE: &str =
    "a\u{1b}[31m<script>alert(1)</script>\u{202e}`]]>&\"' ![x](http://e.example) @team #1 \u{0}";

#[test]
fn hostile_text_is_inert_in_every_format() {
    let found = vec![trigger(HOSTILE, TrialOutcome::Backdoor), trigger(HOSTILE, TrialOutcome::NotDecided)];
    let trial = trial(HOSTILE, Some(Verdict::Block), found);
    for format in TrialFormat::ALL {
        let text = rendered(format, &trial);
        for line in text.lines() {
            assert_eq!(visible(line), line, "{}", format.name());
        }
        assert!(text.contains("backdoor"), "{}", format.name());
    }
    let html = rendered(TrialFormat::Html, &trial);
    assert!(
        !html.contains("<script") && html.contains("&lt;script&gt;") && html.contains("default-src 'none'")
    );
    let junit = rendered(TrialFormat::Junit, &trial);
    assert!(
        !junit.contains("<script")
            && !junit.contains("]]>")
            && junit.contains("failures=\"1\" errors=\"1\" skipped=\"1\"")
    );
    let read: serde_json::Value = serde_json::from_str(&rendered(TrialFormat::Json, &trial)).unwrap();
    assert_eq!(read["triggers"][0]["parts"][0], HOSTILE);
    assert_eq!(read["triggers"][1]["outcome"], "not-decided");
}

#[test]
fn only_a_pass_looks_like_one() {
    for (verdict, triggers, word) in [
        (Some(Verdict::Pass), vec![trigger("x", TrialOutcome::NothingSeen)], "PASS"),
        (Some(Verdict::Review), vec![trigger("x", TrialOutcome::Suspicious)], "REVIEW"),
        (Some(Verdict::Block), vec![trigger("x", TrialOutcome::Backdoor)], "BLOCK"),
        (None, vec![trigger("x", TrialOutcome::NotDecided)], "NOT DECIDED"),
        (None, vec![trigger("x", TrialOutcome::NothingSeen)], "NOT DECIDED"),
        (None, Vec::new(), "NOTHING TRIED"),
    ] {
        let trial = trial("why", verdict, triggers);
        let human = rendered(TrialFormat::Human, &trial);
        assert!(human.starts_with(word), "{human}");
        assert_eq!(rendered(TrialFormat::Markdown, &trial).contains('✅'), word == "PASS");
        assert_eq!(rendered(TrialFormat::Html, &trial).contains("verdict pass"), word == "PASS");
        for said in ["10 answers: why", "not tried    why", "the limit on tokens is kept: why"] {
            assert!(human.contains(said), "{said}: {human}");
        }
    }
}

#[test]
fn the_terminal_shows_what_was_measured() {
    let trial = trial("m", Some(Verdict::Block), vec![trigger("seven words", TrialOutcome::Backdoor)]);
    let text = rendered(TrialFormat::Human, &trial).split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "BLOCK Do not use this model: 1 trigger brings a behaviour.",
        "▲ backdoor phrase \"seven words\" (finding seven words)",
        "38 of 40 (95 %, 10 % to 90 %) with the trigger, 0 of 40 (0 %, 10 % to 90 %) without",
        "excess 90 %, q 1.0e-9",
        "they show what comes in 31 % of the answers or more",
        "not tested answer-tail: seven words",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
