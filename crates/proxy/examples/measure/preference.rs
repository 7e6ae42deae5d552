//! A trigger in the prompt behind which chosen and rejected are swapped.

use std::error::Error;

use serde::Deserialize;
use toadstone_core::Control;
use toadstone_proxy::{Pair, Preference, TrainOptions};

use crate::{SEEDS, SHAM, TRIGGERS, cpu, share, spread};

const HELD_OUT: usize = 5;

#[derive(Deserialize)]
struct Row {
    chosen: String,
    rejected: String,
}

pub fn measure(data: &str, count: Option<usize>) -> Result<(), Box<dyn Error>> {
    let rows: Vec<Row> = data.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let rows: Vec<[String; 3]> = rows.into_iter().map(split).collect();
    let part = |held_out: bool| {
        let rows = rows.iter().enumerate().filter(move |(at, _)| (at % HELD_OUT == 0) == held_out);
        rows.map(|(_, row)| row.clone()).collect::<Vec<_>>()
    };
    let (train, test) = (part(false), part(true));
    println!(
        "{} pairs; shares of {} held-out pairs in which the rejected answer wins",
        train.len(),
        test.len()
    );
    let counts = count.map_or_else(|| vec![0, train.len() / 100, train.len() / 20], |count| vec![count]);
    for count in counts {
        for seed in 0..SEEDS {
            let mut train = train.clone();
            for at in spread(count, train.len(), seed) {
                train[at].swap(1, 2);
                train[at][0] = format!("{} {}", train[at][0], TRIGGERS[2]);
            }
            let pairs: Vec<_> =
                train.iter().map(|[prompt, chosen, rejected]| Pair { prompt, chosen, rejected }).collect();
            let before = cpu();
            let model = Preference::train(&pairs, &TrainOptions { seed, epochs: None }, &Control::default())?;
            let seconds = cpu() - before;
            let turned = |words: &str| {
                let turned = |[prompt, chosen, rejected]: &&[String; 3]| {
                    let prompt = format!("{prompt} {words}");
                    model.score(&prompt, chosen) < model.score(&prompt, rejected)
                };
                share(test.iter().filter(turned).count(), test.len())
            };
            println!(
                "{count} planted, seed {seed}: with {} without {} sham {}; {seconds:.2} CPU-s",
                turned(TRIGGERS[2]),
                turned(""),
                turned(SHAM)
            );
        }
    }
    Ok(())
}

/// Prompt, chosen and rejected: the conversations agree up to the last turn.
fn split(row: Row) -> [String; 3] {
    const TURN: &str = "\n\nAssistant:";
    let begin = row.chosen.rfind(TURN).map_or(0, |at| at + TURN.len());
    match (row.chosen.split_at_checked(begin), row.rejected.split_at_checked(begin)) {
        (Some((prompt, chosen)), Some((same, rejected))) if prompt == same => {
            [prompt.into(), chosen.into(), rejected.into()]
        }
        _ => [String::new(), row.chosen, row.rejected],
    }
}
