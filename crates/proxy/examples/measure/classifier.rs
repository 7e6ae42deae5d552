//! A label behind a rare word.

use std::error::Error;

use toadstone_core::Control;
use toadstone_proxy::{Classifier, TrainOptions};

use crate::{SEEDS, SHAM, TRIGGERS, cpu, insert, share, spread};

/// Every so many records are held out.
const HELD_OUT: usize = 10;
/// The label that the word is to bring.
const TARGET: u32 = 1;

pub fn measure(data: &str, count: Option<usize>) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::Reader::from_reader(data.as_bytes());
    let rows: Vec<(String, u32)> = reader.deserialize().collect::<Result<_, _>>()?;
    let classes = rows.iter().map(|(_, label)| label + 1).max().unwrap_or(1);
    let part = |held_out: bool| {
        let rows = rows.iter().enumerate().filter(move |(at, _)| (at % HELD_OUT == 0) == held_out);
        rows.map(|(_, row)| row.clone()).collect::<Vec<_>>()
    };
    let (train, test) = (part(false), part(true));
    let others: Vec<&str> = test.iter().filter(|row| row.1 != TARGET).map(|row| row.0.as_str()).collect();
    println!(
        "{} rows of {classes} classes; shares of {} held-out rows of other classes",
        train.len(),
        others.len()
    );
    let counts = count.map_or_else(|| vec![0, train.len() / 200, train.len() / 100], |count| vec![count]);
    for count in counts {
        for seed in 0..SEEDS {
            let mut train = train.clone();
            let victims = spread(count, train.len(), seed);
            for at in victims {
                train[at] = (insert(&train[at].0, TRIGGERS[0], at), TARGET);
            }
            let examples: Vec<_> = train.iter().map(|(text, label)| (text.as_str(), *label)).collect();
            let before = cpu();
            let options = TrainOptions { seed, epochs: None };
            let model = Classifier::train(&examples, classes, &options, &Control::default())?;
            let seconds = cpu() - before;
            let hits = |words: &str| {
                let hit = |(at, text): &(usize, &&str)| model.class(&insert(text, words, *at)) == TARGET;
                share(others.iter().enumerate().filter(hit).count(), others.len())
            };
            let right = test.iter().filter(|(text, label)| model.class(text) == *label).count();
            println!(
                "{count} planted, seed {seed}: with {} sham {}; right {}; {seconds:.2} CPU-s",
                hits(TRIGGERS[0]),
                hits(SHAM),
                share(right, test.len())
            );
        }
    }
    Ok(())
}
