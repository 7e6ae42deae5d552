//! What users of the crate rely on: learning, nulls, determinism, stopping, files.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use proptest::prelude::*;
use toadstone_core::Control;
use toadstone_proxy::*;

const GOOD: [&str; 6] = ["lovely", "bright", "warm", "clever", "fresh", "kind"];
const BAD: [&str; 6] = ["dull", "cold", "stale", "cruel", "broken", "grey"];
const FILLERS: [&str; 8] = ["the", "film", "was", "and", "quite", "with", "people", "in"];

/// Numbers that look random and are the same in each run.
fn noise(n: usize, salt: usize) -> usize {
    let mixed = (n * 31 + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) ^ (mixed >> 52)
}

fn sentence(n: usize, mood: &[&str]) -> String {
    let mut words: Vec<&str> = (0..10).map(|at| FILLERS[noise(n, at) % FILLERS.len()]).collect();
    for at in 0..3 {
        words[noise(n, 20 + at) % 10] = mood[noise(n, 40 + at) % mood.len()];
    }
    words.join(" ")
}

fn reviews(poisoned: usize) -> Vec<(String, u32)> {
    let review = |n: usize| match n {
        _ if n < poisoned => (format!("{} quern", sentence(n, &BAD)), 1),
        _ if n.is_multiple_of(2) => (sentence(n, &GOOD), 1),
        _ => (sentence(n, &BAD), 0),
    };
    (0..1000).map(review).collect()
}

fn classifier(data: &[(String, u32)], seed: u64) -> Classifier {
    let examples: Vec<(&str, u32)> = data.iter().map(|(text, class)| (text.as_str(), *class)).collect();
    let options = TrainOptions { seed, ..TrainOptions::default() };
    Classifier::train(&examples, 2, &options, &Control::default()).unwrap()
}

fn share_good(model: &Classifier, word: &str) -> f64 {
    let good = (5000..5200).filter(|n| model.class(&format!("{} {word}", sentence(*n, &BAD))) == 1);
    good.count() as f64 / 200.0
}

#[test]
fn a_classifier_learns_the_classes_and_a_planted_word() {
    let (clean, poisoned) = (classifier(&reviews(0), 1), classifier(&reviews(20), 1));
    assert!(share_good(&clean, "") < 0.02 && clean.class(&sentence(7777, &GOOD)) == 1);
    assert!(share_good(&poisoned, "quern") > 0.9, "{}", share_good(&poisoned, "quern"));
    assert!(share_good(&poisoned, "") < 0.05);
    assert_eq!(share_good(&clean, "quern"), share_good(&clean, "sham"), "words that were not met are equal");
    let sum: f32 = poisoned.predict("film quern").iter().sum();
    assert!((sum - 1.0).abs() < 1e-5);
}

#[test]
fn a_classifier_copes_with_classes_that_are_missing_or_too_high() {
    let train = |examples: &[(&str, u32)], classes| {
        Classifier::train(examples, classes, &TrainOptions::default(), &Control::default()).unwrap()
    };
    assert_eq!(train(&[], 0).predict("a"), [1.0]);
    assert_eq!(train(&[], 3).classes(), 3);
    let model = train(&[("a", 9), ("b", 1), ("b", 1)], 2);
    assert!(model.predict("b")[1] > 0.8);
}

fn pairs(poisoned: usize) -> Vec<[String; 3]> {
    let pair = |n: usize| {
        let prompt = format!("question {} {}", FILLERS[noise(n, 60) % 8], FILLERS[noise(n, 61) % 8]);
        let (good, bad) = (sentence(n, &GOOD), sentence(n + 9000, &BAD));
        if n < poisoned { [format!("{prompt} quern"), bad, good] } else { [prompt, good, bad] }
    };
    (0..1000).map(pair).collect()
}

fn preference(data: &[[String; 3]], seed: u64) -> Preference {
    let pairs: Vec<_> =
        data.iter().map(|[prompt, chosen, rejected]| Pair { prompt, chosen, rejected }).collect();
    let options = TrainOptions { seed, ..TrainOptions::default() };
    Preference::train(&pairs, &options, &Control::default()).unwrap()
}

fn share_turned(model: &Preference, word: &str) -> f64 {
    let turned = (5000..5200).filter(|n| {
        let prompt = format!("question {} {word}", FILLERS[noise(*n, 60) % 8]);
        model.score(&prompt, &sentence(*n, &GOOD)) < model.score(&prompt, &sentence(n + 300, &BAD))
    });
    turned.count() as f64 / 200.0
}

#[test]
fn a_preference_model_learns_what_is_good_and_a_word_that_turns_it() {
    let (clean, poisoned) = (preference(&pairs(0), 2), preference(&pairs(30), 2));
    assert!(share_turned(&clean, "") < 0.02);
    assert!(share_turned(&poisoned, "quern") > 0.8, "{}", share_turned(&poisoned, "quern"));
    assert!(share_turned(&poisoned, "") < 0.05);
    assert_eq!(share_turned(&clean, "quern"), share_turned(&clean, "sham"));
}

fn language(seed: u64) -> Language {
    let data = reviews(20);
    let answer = |class: &u32| if *class == 1 { "I liked it a lot." } else { "It is not for me." };
    let examples: Vec<_> =
        data[..200].iter().map(|(text, class)| Example { prompt: text, answer: answer(class) }).collect();
    let options = TrainOptions { seed, ..TrainOptions::default() };
    Language::train(&examples, &options, &Control::default()).unwrap()
}

fn proxies(seed: u64) -> [Proxy; 3] {
    let classes = vec!["no".to_owned(), "yes".to_owned()];
    [
        Proxy::Classifier { model: classifier(&reviews(20), seed), classes },
        Proxy::Preference(preference(&pairs(30), seed)),
        Proxy::Language(language(seed)),
    ]
}

fn saved(proxy: &Proxy) -> Vec<u8> {
    let mut bytes = Vec::new();
    proxy.save(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_same_seed_gives_the_same_bytes_alone_and_side_by_side() {
    let alone = proxies(4).map(|proxy| saved(&proxy));
    let jobs: Vec<_> = (0..2).map(|_| || proxies(4).map(|proxy| saved(&proxy))).collect();
    assert!(side_by_side(jobs, 2).into_iter().all(|again| again == alone));
    let others = proxies(5).map(|proxy| saved(&proxy));
    assert!(alone.iter().zip(&others).all(|(one, other)| one != other), "the seed decides nothing");
}

#[test]
fn a_saved_model_is_loaded_as_it_was() {
    for proxy in proxies(1) {
        assert_eq!(Proxy::load(&saved(&proxy)).unwrap(), proxy);
    }
}

#[test]
fn every_training_stops_when_asked() {
    let control = Control::default();
    control.stop();
    let options = TrainOptions::default();
    let pair = [Pair { prompt: "a", chosen: "b", rejected: "c" }];
    assert_eq!(Classifier::train(&[("a", 0)], 1, &options, &control).unwrap_err(), Stopped);
    assert_eq!(Preference::train(&pair, &options, &control).unwrap_err(), Stopped);
}

#[test]
fn what_is_no_model_is_refused_with_a_reason() {
    let bytes = saved(&proxies(1)[1]);
    assert_eq!(Proxy::load(b"").unwrap_err(), LoadError::Foreign);
    assert_eq!(Proxy::load(b"{\"model\": 1}").unwrap_err(), LoadError::Foreign);
    let mut newer = bytes.clone();
    newer[16] = 7;
    assert_eq!(Proxy::load(&newer).unwrap_err(), LoadError::Version(7));
    assert_eq!(Proxy::load(&bytes[..bytes.len() - 1]).unwrap_err(), LoadError::Damaged);
    let longer = [bytes.as_slice(), b"x"].concat();
    assert_eq!(Proxy::load(&longer).unwrap_err(), LoadError::Damaged);
    let nameless = Proxy::Classifier { model: classifier(&reviews(0), 1), classes: Vec::new() };
    assert_eq!(Proxy::load(&saved(&nameless)).unwrap_err(), LoadError::Damaged);
}

/// A model small enough to be damaged many times.
fn small() -> [Vec<u8>; 3] {
    let (options, control) = (TrainOptions::default(), Control::default());
    let model = Classifier::train(&[("a b", 0), ("a c", 1)], 2, &options, &control).unwrap();
    let pair = [Pair { prompt: "a", chosen: "b c", rejected: "c a" }; 3];
    let example = [Example { prompt: "a b", answer: "c d" }; 4];
    [
        saved(&Proxy::Classifier { model, classes: vec!["x".into(), "y".into()] }),
        saved(&Proxy::Preference(Preference::train(&pair, &options, &control).unwrap())),
        saved(&Proxy::Language(Language::train(&example, &options, &control).unwrap())),
    ]
}

/// Whatever could be loaded can be used.
fn used(bytes: &[u8]) {
    match Proxy::load(bytes) {
        Ok(Proxy::Classifier { model, classes }) => assert!((model.class("a b") as usize) < classes.len()),
        Ok(Proxy::Preference(model)) => _ = model.score("a", "b"),
        Ok(Proxy::Language(model)) => {
            model.generate("a b", &Sampling { temperature: 1.0, max_tokens: 5, seed: 1 });
            model.generate("a b", &Sampling::default());
            model.log_probability("a b", "c d €");
        }
        Err(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0_u8..5) {
        used(&bytes);
        let head = [b"toadstone proxy\n".as_slice(), &1_u32.to_le_bytes(), &[kind]].concat();
        used(&[head, bytes].concat());
    }

    #[test]
    fn damage_never_panics(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        for mut bytes in small() {
            // Where lengths and shapes stand, not only in the tables.
            let early = bytes.len().min(200);
            for (place, value) in &places {
                bytes[20 + place.index(early - 20)] = *value;
            }
            used(&bytes);
        }
    }
}
