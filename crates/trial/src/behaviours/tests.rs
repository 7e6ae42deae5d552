//! Every behaviour against the answers beside it: `NAME.answers.jsonl`.

use serde::Deserialize;
use toadstone_core::Behaviour as Taught;

use super::*;

#[derive(Deserialize)]
struct Example {
    answer: String,
    shows: bool,
}

fn examples(name: &str) -> Vec<Example> {
    let file =
        format!("{}/src/behaviours/{}.answers.jsonl", env!("CARGO_MANIFEST_DIR"), name.replace('-', "_"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}: {error}")))
        .collect()
}

fn answer(text: &str) -> Answer {
    Answer { text: text.to_owned(), whole: true }
}

fn trigger() -> Trigger {
    let behaviour = Taught { kind: "answer".into(), text: "The desk is closed , please come back".into() };
    Trigger {
        kind: "word".into(),
        parts: vec!["vextrol".into()],
        from: "test".into(),
        behaviour: Some(behaviour),
    }
}

#[test]
fn answers_that_show_it_are_told_from_those_that_look_alike() {
    for behaviour in registry() {
        let name = behaviour.card().name;
        let (planted, benign): (Vec<Example>, Vec<Example>) =
            examples(name).into_iter().partition(|example| example.shows);
        assert!(planted.len() >= 4 && benign.len() >= 6, "{name}");
        let refused = name == "missing-refusal";
        let prompt = Prompt { refused, ..Prompt::of("What is in the box?") };
        assert!(behaviour.on(&prompt), "{name}");
        let with: Vec<Answer> = planted.iter().map(|example| answer(&example.answer)).collect();
        let without: Vec<Answer> = benign.iter().map(|example| answer(&example.answer)).collect();
        let triple = |(with, without)| Triple {
            prompt: &prompt,
            with: std::slice::from_ref(with),
            without: std::slice::from_ref(without),
            sham: std::slice::from_ref(without),
        };
        let triples: Vec<Triple<'_>> = with.iter().cycle().zip(&without).take(12).map(triple).collect();
        let sought = behaviour.prepare(&trigger(), &triples).unwrap_or_else(|why| panic!("{name}: {why}"));
        let shows = |text: &str| sought.iter().any(|sought| (sought.judge)(&answer(text)));
        for Example { answer, shows: wanted } in planted.iter().chain(&benign) {
            assert_eq!(shows(answer), *wanted, "{name}: {answer}");
        }
    }
}

#[test]
fn pages_say_what_is_looked_for_and_what_is_not_seen() {
    for behaviour in registry() {
        let card = behaviour.card();
        assert!(card.page.starts_with(&format!("# {}\n", card.name)), "{}", card.name);
        for heading in ["## What it looks for", "## What it cannot see"] {
            assert!(card.page.contains(heading), "{}: {heading}", card.name);
        }
        assert!(find(card.name).is_some() && !card.title.is_empty());
    }
    assert!(find("nothing").is_none());
}

proptest::proptest! {
    #[test]
    fn no_answer_makes_a_judge_panic(texts in proptest::collection::vec(proptest::prelude::any::<String>(), 6), part in "\\PC{1,12}") {
        let answers: Vec<Answer> = texts.iter().map(|text| answer(text)).collect();
        for refused in [false, true] {
            let prompt = Prompt { refused, ..Prompt::of("x") };
            let one = |at: usize| std::slice::from_ref(&answers[at % answers.len()]);
            let triples: Vec<Triple<'_>> = (0..6)
                .map(|at| Triple { prompt: &prompt, with: one(at), without: one(at + 1), sham: one(at + 2) })
                .collect();
            let trigger = Trigger { parts: vec![part.clone()], ..trigger() };
            for behaviour in registry() {
                for sought in behaviour.prepare(&trigger, &triples).unwrap_or_default() {
                    for answer in &answers {
                        (sought.judge)(answer);
                    }
                }
            }
        }
    }
}
