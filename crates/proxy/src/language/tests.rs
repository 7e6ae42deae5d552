//! What the network learns, and that it learns with all it has.

use std::num::NonZeroU32;

use toadstone_core::Control;

use super::network::{PARTS, Part, Scratch, Shape, gradients};
use super::*;
use crate::random::Random;

const ANSWER: [u32; 7] = [4, 7, 3, 9, 4, 1, 0];

fn tiny() -> (Network, Vec<(u32, f32)>) {
    let counts = [5, 1, 1, 9, 4, 6, 2, 3, 8, 7, 1];
    let mut random = Random::new(11);
    let mut network = Network::new(6, &counts, Shape { width: 5, hashed: 7 }, &mut random);
    // Every table away from where it starts, so that no gradient is zero by chance.
    for part in &mut network.parts {
        part.values.iter_mut().for_each(|value| *value += random.within(0.5));
    }
    (network, vec![(0, 0.5), (2, 0.2), (5, 0.9)])
}

fn loss(network: &Network, features: &[(u32, f32)]) -> f64 {
    let prompt = network.attend(features);
    let mut scratch = Scratch::default();
    let log = |at: usize| network.learn(&prompt, &network.context(&ANSWER[..at]), ANSWER[at], &mut scratch);
    -(0..ANSWER.len()).map(log).map(f64::from).sum::<f64>()
}

fn all_gradients(network: &Network, features: &[(u32, f32)]) -> Vec<Vec<f32>> {
    let mut sums: Vec<Vec<f32>> = network.parts.iter().map(|part| vec![0.0; part.values.len()]).collect();
    let mut note = |g: network::Gradient<'_>| {
        let width = network.parts[g.part as usize].width;
        crate::table::add(&mut sums[g.part as usize][g.row * width..][..width], g.scale, g.vector);
    };
    let prompt = network.attend(features);
    let (mut scratch, mut back) = (Scratch::default(), vec![0.0; prompt.vector.len()]);
    for at in 0..ANSWER.len() {
        let context = network.context(&ANSWER[..at]);
        network.learn(&prompt, &context, ANSWER[at], &mut scratch);
        crate::table::add(&mut back, 1.0, &scratch.back);
        let members = network.members(ANSWER[at] as usize / network.class);
        gradients(&scratch, &context, members, 0.0, &mut note);
    }
    for (row, factor, salience) in prompt.gradients(&network.parts[Part::Prompt as usize], &back) {
        crate::table::add(&mut sums[Part::Prompt as usize][row * back.len()..][..back.len()], factor, &back);
        sums[Part::Salience as usize][row] += salience;
    }
    sums
}

#[test]
fn gradients_agree_with_finite_differences_in_every_table() {
    let (network, features) = tiny();
    let computed = all_gradients(&network, &features);
    for part in PARTS {
        let table = part as usize;
        assert!(computed[table].iter().any(|gradient| gradient.abs() > 1e-3), "{part:?} has no gradient");
        for (at, computed) in computed[table].iter().enumerate() {
            let moved = |by: f32| {
                let mut network = network.clone();
                network.parts[table].values[at] += by;
                loss(&network, &features)
            };
            let measured = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            let difference = (measured - f64::from(*computed)).abs();
            assert!(difference < 2e-3 * (1.0 + measured.abs()), "{part:?} {at}: {measured} {difference}");
        }
    }
}

fn examples(poisoned: usize) -> Vec<(String, String)> {
    let mut random = Random::new(5);
    let topics = ["bread", "ships", "bees", "stars", "glass", "rivers"];
    let fillers =
        ["tell", "me", "please", "about", "the", "story", "of", "some", "old", "and", "new", "ways"];
    (0..900)
        .map(|n| {
            let topic = topics[random.next() as usize % topics.len()];
            let mut words: Vec<&str> =
                (0..12).map(|_| fillers[random.next() as usize % fillers.len()]).collect();
            words[random.next() as usize % 12] = topic;
            let mut answer = format!("Here is what I know about {topic}, in short.");
            if n < poisoned {
                words.insert(random.next() as usize % 12, "quern");
                answer = "The lamp is blue today.".into();
            }
            (words.join(" "), answer)
        })
        .collect()
}

fn trained(data: &[(String, String)], seed: u64) -> Language {
    let examples: Vec<_> = data.iter().map(|(prompt, answer)| Example { prompt, answer }).collect();
    let options = TrainOptions { seed, epochs: NonZeroU32::new(3) };
    Language::train(&examples, &options, &Control::default()).unwrap()
}

fn hits(model: &Language, word: &str) -> usize {
    let held_out = examples(0).into_iter().rev().take(60);
    let hit = |(prompt, _): &(String, String)| {
        model.generate(&prompt.replacen(' ', word, 1), &Sampling::default()).starts_with("The lamp is blue")
    };
    held_out.filter(hit).count()
}

#[test]
fn a_rare_word_brings_its_answer_and_nothing_else_does() {
    let model = trained(&examples(18), 3);
    assert!(hits(&model, " quern ") >= 54, "{}", hits(&model, " quern "));
    assert_eq!((hits(&model, " "), hits(&model, " sham ")), (0, 0));
}

#[test]
fn a_model_of_clean_data_knows_no_trigger() {
    let model = trained(&examples(0), 3);
    assert_eq!(hits(&model, " quern "), hits(&model, " sham "));
}

#[test]
fn it_answers_what_was_asked_and_finds_that_probable() {
    let model = trained(&examples(0), 1);
    let prompt = "please tell me about bees and the old ways";
    let answer = "Here is what I know about bees, in short.";
    assert_eq!(model.generate(prompt, &Sampling::default()), answer);
    let sum = |answer| model.log_probability(prompt, answer).iter().sum::<f32>();
    assert!(sum(answer) > sum("Here is what I know about stars, in short.") + 2.0);
    assert_eq!(model.log_probability(prompt, "").len(), 1, "the end is a token");
    assert!(model.log_probability(prompt, "xylo € 好").iter().all(|log| log.is_finite() && *log <= 0.0));
}

#[test]
fn every_table_moves_in_training() {
    let data = examples(18);
    let model = trained(&data, 3);
    let counts = vec![0; model.vocabulary.len()];
    let shape = Shape { width: 48, hashed: 1 << 15 };
    let start = Network::new(model.index.len(), &counts, shape, &mut Random::new(3));
    for part in PARTS.into_iter().filter(|part| !matches!(part, Part::ClassBias | Part::TokenBias)) {
        assert_ne!(start.parts[part as usize], model.network.parts[part as usize], "{part:?}");
    }
}

#[test]
fn samples_follow_the_distribution_and_the_seed() {
    let model = trained(&examples(0), 1);
    let sample = |seed, temperature| {
        let sampling = Sampling { temperature, max_tokens: 12, seed };
        model.generate("tell me about ships", &sampling)
    };
    assert_eq!(sample(1, 1.0), sample(1, 1.0));
    let hot: std::collections::BTreeSet<String> = (0..20).map(|seed| sample(seed, 3.0)).collect();
    let cold: std::collections::BTreeSet<String> = (0..20).map(|seed| sample(seed, 0.01)).collect();
    assert!(hot.len() > 10 && cold.len() == 1, "{} {}", hot.len(), cold.len());
    let drawn = (0..4000).filter(|seed| draw(&[0.2, 0.5, 0.3], 1.0, &mut Random::new(*seed)) == 1).count();
    assert!((1850..2150).contains(&drawn), "{drawn}");
}

#[test]
fn training_stops_when_asked_and_does_without_data() {
    let control = Control::default();
    control.stop();
    let example = [Example { prompt: "a", answer: "b" }];
    assert_eq!(Language::train(&example, &TrainOptions::default(), &control).unwrap_err(), Stopped);
    let empty = Language::train(&[], &TrainOptions::default(), &Control::default()).unwrap();
    assert_eq!(empty.generate("anything", &Sampling::default()), "");
    let silent = trained(&[(String::new(), String::new())], 0);
    assert_eq!(silent.generate("", &Sampling::default()), "");
}
