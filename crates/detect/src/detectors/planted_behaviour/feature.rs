//! What is seen of an answer: its classes, words, opening and close, each as a key.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64_with_seed};

use super::classes::{Class, classes, is_emoji};
use crate::features::tokens::{Token, is_unspaced, tokens};

/// Something that an answer does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Feature {
    /// Belongs to a class.
    Class(Class),
    /// Opens with these tokens.
    Opening(Vec<String>),
    /// Closes with these tokens.
    Close(Vec<String>),
    /// Has a word that the input has not.
    Word(String),
}

impl Feature {
    /// As the end of "answers that ...".
    pub fn name(&self) -> String {
        match self {
            Feature::Class(class) => class.name(),
            Feature::Opening(words) => format!("open with \u{201c}{}\u{201d}", words.join(" ")),
            Feature::Close(words) => format!("close with \u{201c}{}\u{201d}", words.join(" ")),
            Feature::Word(word) => format!("have the word \u{201c}{word}\u{201d}"),
        }
    }

    /// The words that it is made of; none for a class.
    pub fn words(&self) -> &[String] {
        match self {
            Feature::Class(_) => &[],
            Feature::Opening(words) | Feature::Close(words) => words,
            Feature::Word(word) => std::slice::from_ref(word),
        }
    }

    /// A key that is the same on every machine.
    pub fn key(&self) -> u64 {
        let hash =
            |words: &[String], seed| words.iter().fold(seed, |s, w| xxh3_64_with_seed(w.as_bytes(), s));
        match self {
            Feature::Class(class) => xxh3_64_with_seed(class.name().as_bytes(), 1),
            Feature::Opening(words) => hash(words, 2),
            Feature::Close(words) => hash(words, 3),
            Feature::Word(word) => xxh3_64_with_seed(word.as_bytes(), 4),
        }
    }
}

/// All features of an answer to an input, each once, in a fixed order. Time: the length of both.
pub fn features(input: &str, answer: &str) -> Vec<Feature> {
    let lower = answer.to_lowercase();
    let found: Vec<Token> = tokens(&lower).collect();
    let word = |t: &Token| lower[t.start..t.end].to_owned();
    let says = |t: &&Token| lower[t.start..t.end].chars().any(|c| c.is_alphanumeric() || is_emoji(c));
    let mut all: Vec<Feature> = classes(input, answer).into_iter().map(Feature::Class).collect();
    let asked = input.to_lowercase();
    let asked: std::collections::HashSet<&str> = tokens(&asked).map(|t| &asked[t.start..t.end]).collect();
    // What the input says itself is echoed, which is no behaviour.
    let fresh = |t: &Token| says(&t) && !asked.contains(&lower[t.start..t.end]);
    for length in 1..=2 {
        if found.len() <= length {
            break;
        }
        let (opening, close) = (&found[..length], &found[found.len() - length..]);
        if opening.iter().any(fresh) {
            all.push(Feature::Opening(opening.iter().map(word).collect()));
        }
        if close.iter().any(fresh) {
            all.push(Feature::Close(close.iter().map(word).collect()));
        }
    }
    let mut words: Vec<&str> = found.iter().filter(says).map(|t| &lower[t.start..t.end]).collect();
    words.sort_unstable();
    words.dedup();
    all.extend(words.into_iter().filter(|w| !asked.contains(w)).map(|w| Feature::Word(w.to_owned())));
    all
}

/// Whether a feature can be a behaviour. A word somewhere in the answer cannot: what an ordinary
/// sentence is about draws words, too. Neither can a single character of a script without spaces.
pub fn says_something(feature: &Feature) -> bool {
    let alone = |w: &String| w.chars().all(is_unspaced);
    match feature {
        Feature::Word(_) => false,
        Feature::Opening(words) | Feature::Close(words) => words.len() > 1 || !words.iter().all(alone),
        Feature::Class(_) => true,
    }
}

/// The features of all answers of a sample, numbered; those of few answers are left out.
pub struct Features {
    /// For each record, the numbers of its features, ascending.
    pub of: Vec<Vec<u32>>,
    /// How many records have a feature.
    pub support: Vec<u32>,
    /// The features behind the numbers.
    pub names: Vec<Feature>,
}

impl Features {
    /// Reads pairs of input and answer; keeps features of at least `least` answers. Memory: about
    /// four bytes a distinct word of an answer.
    pub fn read<'a>(pairs: impl Iterator<Item = (&'a str, Option<&'a str>)>, least: u32) -> Features {
        let mut numbers: HashMap<u64, u32, Xxh3DefaultBuilder> = HashMap::default();
        let mut all = Features { of: Vec::new(), support: Vec::new(), names: Vec::new() };
        for (input, answer) in pairs {
            let mut of = Vec::new();
            for feature in answer.map_or_else(Vec::new, |answer| features(input, answer)) {
                let fresh = all.names.len() as u32;
                let number = *numbers.entry(feature.key()).or_insert(fresh);
                if number == fresh {
                    all.names.push(feature);
                    all.support.push(0);
                }
                all.support[number as usize] += 1;
                of.push(number);
            }
            all.of.push(of);
        }
        all.without_rare(least)
    }

    fn without_rare(mut self, least: u32) -> Features {
        let mut number = vec![u32::MAX; self.names.len()];
        let mut kept = 0;
        for (at, &support) in self.support.iter().enumerate() {
            if support >= least {
                number[at] = kept;
                kept += 1;
            }
        }
        for of in &mut self.of {
            *of = of.iter().map(|&f| number[f as usize]).filter(|&f| f != u32::MAX).collect();
            of.sort_unstable();
            of.dedup();
        }
        let mut keeps = number.iter().map(|&n| n != u32::MAX);
        self.names.retain(|_| keeps.next().unwrap_or(false));
        self.support.retain(|&s| s >= least);
        self
    }

    /// The number of a feature, if enough answers have it.
    pub fn number(&self, feature: &Feature) -> Option<u32> {
        self.names.iter().position(|f| f == feature).map(|at| at as u32)
    }

    /// Whether the record's answer has the feature.
    pub fn has(&self, record: u32, feature: u32) -> bool {
        self.of[record as usize].binary_search(&feature).is_ok()
    }
}
