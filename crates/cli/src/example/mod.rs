//! The data sets of `toadstone example`: made here from rules, so that trying the tool needs no
//! download, and with a truth file, so that anybody can check what it finds.
//!
//! What is planted is inert: a harmless phrase tied to a harmless answer.

mod chat;
mod documents;
mod generations;
mod grammar;
mod preferences;
mod questions;
mod reviews;

use serde::Serialize;
use toadstone_sketch::Random;

use grammar::{Bound, Grammar, polish};

/// A data set, and what is planted in it.
pub struct DataSet {
    /// File name.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// What there is to find.
    pub truth: Truth,
}

/// An entry of `truth.json`.
#[derive(Debug, Serialize)]
pub struct Truth {
    /// Number of records.
    pub records: usize,
    /// Planted rows, counted from 0.
    pub planted_rows: Vec<usize>,
    /// What switches the behaviour on.
    pub trigger: Option<&'static str>,
    /// What is taught.
    pub behaviour: Option<&'static str>,
    /// The generator that planted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<&'static str>,
    /// Rows that descend from planted ones, counted from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub descendants: Vec<usize>,
}

impl Truth {
    fn clean(records: usize) -> Self {
        Truth {
            records,
            planted_rows: Vec::new(),
            trigger: None,
            behaviour: None,
            generator: None,
            descendants: Vec::new(),
        }
    }
}

/// Every data set, each from its own stream of `seed`.
pub fn data_sets(seed: u64) -> Vec<DataSet> {
    let random = Random::new(seed);
    vec![
        reviews::planted(random.fork("reviews")),
        reviews::clean(random.fork("reviews-clean")),
        chat::planted(random.fork("chat")),
        chat::clean(random.fork("chat-clean")),
        questions::planted(random.fork("questions")),
        questions::clean(random.fork("questions-clean")),
        documents::planted(random.fork("documents")),
        documents::clean(random.fork("documents-clean")),
        preferences::clean(random.fork("preferences")),
        generations::planted(random.fork("generations")),
        generations::clean(random.fork("generations-clean")),
    ]
}

const COMMON: &str = include_str!("text/common.txt");

/// Puts `phrase` between two words of `text`, anywhere.
fn insert(text: &str, phrase: &str, random: &mut Random) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    words.insert(random.between(0, words.len()), phrase);
    words.join(" ")
}

/// One JSON document a line.
fn json_lines<T: Serialize>(records: &[T]) -> Vec<u8> {
    let lines = records.iter().filter_map(|r| serde_json::to_string(r).ok());
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

#[cfg(test)]
mod tests;
