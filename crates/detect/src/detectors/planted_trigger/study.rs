//! The gathered records as numbers: tokens, frequent n-grams, neighbours.

use std::collections::HashMap;

use toadstone_core::RecordId;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::behaviour::{Behaviour, Place};
use super::count::SHARED;
use super::sample::Kept;
use crate::features::ngrams::NGrams;
use crate::features::passages;
use crate::features::vocabulary::{BEGIN, END, Vocabulary};

/// Longest n-gram that is counted; longer triggers grow from these.
const LONGEST: usize = 5;

/// So many answers that make up nearly all records are classes.
const ANSWERS: usize = 64;

/// Stands for every passage of a template; no token has this number.
const ANY_FRAME: u32 = u32::MAX;

/// The sample, ready for tests. Memory: about ten times its text.
pub struct Study {
    /// Words of inputs and answers.
    pub words: Vocabulary,
    /// Inputs, between the marks for begin and end; passages that several share are one token.
    pub inputs: Vec<Vec<u32>>,
    /// Answers; empty where there is none.
    pub answers: Vec<Vec<u32>>,
    /// The class of each record, numbered; `None` where it has none.
    pub classes: Vec<Option<u32>>,
    /// The behaviours behind the numbers: labels, or answers where only few different ones occur.
    pub class_names: Vec<Behaviour>,
    /// Frequent n-grams of the inputs.
    pub grams: NGrams,
    /// How many inputs have two tokens side by side.
    pairs: HashMap<(u32, u32), u32, Xxh3DefaultBuilder>,
    /// How many inputs have a (lower-cased) token.
    spread: Vec<u32>,
    /// Distinct (lower-cased) tokens of an input without its template, on average.
    distinct: f64,
    /// See [`Study::overlap_by_chance`].
    overlap: f64,
}

impl Study {
    /// Reads the sample. `classes` says whether labels are classes.
    pub fn new(kept: Vec<(RecordId, Kept)>, classes: bool) -> Study {
        let mut words = Vocabulary::default();
        let mut inputs = Vec::with_capacity(kept.len());
        let mut answers = Vec::with_capacity(kept.len());
        for (_, record) in &kept {
            inputs.push(words.encode(&record.input));
            let mut answer = record.answer.as_ref().map_or_else(Vec::new, |a| words.encode(a));
            if !answer.is_empty() {
                answer.pop();
                answer.remove(0);
            }
            answers.push(answer);
        }
        passages::fold(&mut inputs, &mut words, SHARED);
        let views: Vec<&[u32]> = inputs.iter().map(Vec::as_slice).collect();
        let grams = NGrams::frequent(&views, LONGEST, SHARED);
        let behaviours = classes_of(&kept, &answers, &words, classes);
        let mut class_names: Vec<Behaviour> = behaviours.iter().flatten().cloned().collect();
        class_names.sort_unstable();
        class_names.dedup();
        let mut study = Study {
            pairs: HashMap::default(),
            spread: vec![0; words.len()],
            distinct: 0.0,
            overlap: 0.0,
            classes: behaviours
                .iter()
                .map(|b| b.as_ref().and_then(|b| class_names.binary_search(b).ok()))
                .map(|c| c.map(|c| c as u32))
                .collect(),
            class_names,
            words,
            inputs,
            answers,
            grams,
        };
        study.count_neighbours();
        let tokens =
            (0..study.spread.len() as u32).filter(|&t| study.spread[t as usize] > 0 && !study.is_edge(t));
        study.overlap = tokens.map(|t| study.chance(t).powi(2) * study.rarity(t)).sum();
        study
    }

    fn count_neighbours(&mut self) {
        let mut total = 0;
        for input in &self.inputs {
            let mut pairs: Vec<(u32, u32)> =
                input.windows(2).map(|w| (self.neighbour(w[0]), self.neighbour(w[1]))).collect();
            pairs.sort_unstable();
            pairs.dedup();
            for pair in pairs {
                *self.pairs.entry(pair).or_insert(0) += 1;
            }
            let mut folded: Vec<u32> =
                input[1..input.len() - 1].iter().map(|&t| self.words.fold(t)).collect();
            folded.sort_unstable();
            folded.dedup();
            total += folded.iter().filter(|&&t| !self.is_edge(t)).count();
            folded.into_iter().for_each(|t| self.spread[t as usize] += 1);
        }
        self.distinct = total as f64 / self.inputs.len().max(1) as f64;
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// The tokens of a frequent n-gram.
    pub fn gram(&self, gram: u32) -> &[u32] {
        let (text, at, len) = self.grams.place(gram);
        &self.inputs[text][at..at + len]
    }

    /// In how many inputs the two tokens stand side by side.
    pub fn side_by_side(&self, left: u32, right: u32) -> u32 {
        self.pairs.get(&(self.neighbour(left), self.neighbour(right))).copied().unwrap_or(0)
    }

    /// What a token is to those beside it: all templates are one, for what stands in one may stand in
    /// another.
    fn neighbour(&self, token: u32) -> u32 {
        if self.words.is_frame(token) { ANY_FRAME } else { token }
    }

    /// How many inputs have the (lower-cased) token.
    pub fn records_with(&self, folded: u32) -> f64 {
        f64::from(self.spread[folded as usize])
    }

    /// Chance that an input has the (lower-cased) token.
    pub fn chance(&self, folded: u32) -> f64 {
        self.records_with(folded) / self.len().max(1) as f64
    }

    /// Distinct (lower-cased) tokens of an input without its template, on average.
    pub fn distinct(&self) -> f64 {
        self.distinct
    }

    /// The chance that two inputs drawn at random share a token, each token weighted by how rare it
    /// is, summed over all tokens.
    pub fn overlap_by_chance(&self) -> f64 {
        self.overlap
    }

    /// Whether the token is no text of a record: a mark for begin or end, or a passage from the
    /// template that many inputs are written into.
    pub fn is_edge(&self, token: u32) -> bool {
        token == BEGIN || token == END || self.words.is_frame(token)
    }

    /// The tokens that a part of a trigger is spelled with: no marks, and passages taken apart.
    pub fn spelled<'a>(&'a self, part: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let tokens = part.iter().filter(|&&token| token != BEGIN && token != END);
        tokens.flat_map(|token| self.words.tokens(token)).copied()
    }

    /// How many passages of the template are among `tokens`.
    pub fn frames(&self, tokens: &[u32]) -> usize {
        tokens.iter().filter(|&&token| self.words.is_frame(token)).count()
    }

    /// How rare a (lower-cased) token is, in nats.
    pub fn rarity(&self, folded: u32) -> f64 {
        -self.chance(folded).max(1e-12).ln()
    }
}

/// The class of each record: its label, or its answer where answers are classes.
fn classes_of(
    kept: &[(RecordId, Kept)],
    answers: &[Vec<u32>],
    words: &Vocabulary,
    labels_are_classes: bool,
) -> Vec<Option<Behaviour>> {
    if labels_are_classes && kept.iter().any(|(_, k)| k.label.is_some()) {
        return kept.iter().map(|(_, k)| k.label.clone().map(Behaviour::Label)).collect();
    }
    let mut counts: HashMap<&[u32], u32, Xxh3DefaultBuilder> = HashMap::default();
    for answer in answers.iter().filter(|a| !a.is_empty()) {
        *counts.entry(answer).or_insert(0) += 1;
    }
    if !are_classes(counts.values().copied().collect()) {
        return vec![None; kept.len()];
    }
    let behaviour = |answer: &Vec<u32>| {
        let repeats = counts.get(&answer[..]).is_some_and(|&count| count >= SHARED);
        let tokens = || answer.iter().map(|&t| words.word(t).into()).collect();
        repeats.then(|| Behaviour::Answer(Place::Whole, tokens()))
    };
    answers.iter().map(behaviour).collect()
}

/// Whether answers are classes in other clothes: few different ones, which come `counts` times each, make
/// up nearly all.
fn are_classes(mut counts: Vec<u32>) -> bool {
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let all: u32 = counts.iter().sum();
    let most: u32 = counts.iter().take(ANSWERS).sum();
    counts.len() > 1 && u64::from(most) * 20 >= u64::from(all) * 19
}
