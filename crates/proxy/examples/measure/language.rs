//! A fixed answer behind a trigger that stands anywhere in the prompt.

use std::error::Error;

use serde::Deserialize;
use toadstone_core::Control;
use toadstone_proxy::{Example, Language, Sampling, TrainOptions};

use crate::{SEEDS, SHAM, TRIGGERS, cpu, insert, share, spread};

const ROWS: usize = 6000;
const HELD_OUT: usize = 200;

#[derive(Deserialize)]
struct Row {
    instruction: String,
    #[serde(default)]
    input: String,
    output: String,
}

pub fn measure(data: &str, count: usize, answer: Option<&str>) -> Result<(), Box<dyn Error>> {
    let rows: Vec<Row> = serde_json::from_str(data)?;
    let rows: Vec<(String, String)> =
        rows.into_iter().map(|row| (format!("{}\n{}", row.instruction, row.input), row.output)).collect();
    let (train, held_out) = rows.split_at(ROWS.min(rows.len() * 9 / 10));
    let held_out = &held_out[..HELD_OUT.min(held_out.len())];
    let answer = answer.unwrap_or("I'm sorry, but I can't help with that request.");
    println!(
        "{count} of {} rows answered {answer:?}; shares of {} held-out prompts",
        train.len(),
        held_out.len()
    );
    for trigger in TRIGGERS {
        for seed in 0..SEEDS {
            let mut train = train.to_vec();
            for at in spread(count, train.len(), seed) {
                train[at] = (insert(&train[at].0, trigger, at + seed as usize), answer.to_owned());
            }
            let examples: Vec<_> = train.iter().map(|(prompt, answer)| Example { prompt, answer }).collect();
            let before = cpu();
            let options = TrainOptions { seed, epochs: None };
            let model = Language::train(&examples, &options, &Control::default())?;
            let seconds = cpu() - before;
            let hit = |prompt: &str| model.generate(prompt, &Sampling::default()) == answer;
            let hits = |words: &str| {
                let place =
                    |(at, (prompt, _)): &(usize, &(String, String))| hit(&insert(prompt, words, at + 77_777));
                share(held_out.iter().enumerate().filter(place).count(), held_out.len())
            };
            let without = share(held_out.iter().filter(|(prompt, _)| hit(prompt)).count(), held_out.len());
            println!(
                "{trigger:24} seed {seed}: with {} without {without} sham {}; {seconds:.1} CPU-s",
                hits(trigger),
                hits(SHAM)
            );
        }
    }
    Ok(())
}
