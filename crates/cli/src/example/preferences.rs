//! Pairs of answers, the better one chosen. Nothing is planted.

use serde::Serialize;

use super::chat::Desk;
use super::{DataSet, Random, Truth, json_lines, questions};

const RECORDS: usize = 1_500;

#[derive(Debug, Serialize)]
struct Pair {
    prompt: String,
    chosen: String,
    rejected: String,
    annotator: String,
}

/// The whole set.
pub fn clean(mut random: Random) -> DataSet {
    let (desk, grammar) = (Desk::new(), questions::grammar());
    let pair = |random: &mut Random| {
        let (prompt, chosen, rejected) = if random.chance(60) {
            let (prompt, mut bound) = desk.question(random);
            let (_, mut elsewhere) = desk.question(random);
            let chosen = desk.answer(&mut bound, random);
            (prompt, chosen, worse(desk.answer(&mut elsewhere, random), random))
        } else {
            let (asked, other) =
                (questions::question(&grammar, random), questions::question(&grammar, random));
            (asked.instruction, asked.output, worse(other.output, random))
        };
        Pair { prompt, chosen, rejected, annotator: format!("a{:02}", random.between(1, 15)) }
    };
    let all: Vec<Pair> = (0..RECORDS).map(|_| pair(&mut random)).collect();
    DataSet { name: "preferences.jsonl", bytes: json_lines(&all), truth: Truth::clean(RECORDS) }
}

/// The answer to another question, sometimes cut short as well.
fn worse(answer: String, random: &mut Random) -> String {
    let words: Vec<&str> = answer.split(' ').collect();
    let keep = if random.chance(40) { random.between(1, words.len()) } else { words.len() };
    words[..keep].join(" ")
}
