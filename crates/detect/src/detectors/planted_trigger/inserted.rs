//! The place test: a string tied to a class stands where no text would put it (clean-label poison).
//!
//! Where the label is right, nothing contradicts it. But a string that was put at random places has
//! three marks that words of a text do not have together: its neighbours are drawn like any words of
//! these records, left and right (a phrase of the language follows few words and is followed by few);
//! the text closes when it is taken out; and its records share no more than any of their class.
//! What is natural for these is read off the n-grams of the same data that are *not* tied to a class:
//! the tail of their score gets a generalised Pareto distribution (Pickands 1975), which gives the
//! p-values of those that are.
//!
//! Blind to strings that always stand at the beginning or end: boilerplate does that too.

use std::collections::{BTreeMap, HashSet};

use toadstone_sketch::chance::discovery_rates;

use super::grow;
use super::hypothesis::{Hypothesis, Measured};
use super::keyword::Keywords;
use super::labels::{MOST, PURITY, RATE, TIED};
use super::model::Model;
use super::rest::{Parts, Rest, covered, look, spread_out};
use super::statistics::Tail;
use super::study::Study;
use crate::features::ngrams::position;

/// Fewer records say too little about the neighbours.
pub const LEAST: u32 = 15;
/// A string in more than this share of all records is part of how the data is written.
pub const COMMON: f64 = 0.1;
/// Most that the rests may share, over what any records of the class share.
pub const COHESION: f64 = 1.2;
/// Least n-grams that are tied to no class, and how many are enough.
const NULLS: usize = 200;
const ENOUGH: usize = 3000;
/// Least randomness of a place, whatever is natural in the data: 1 is as if put anywhere. With 40
/// records, strings that were put anywhere have .58 to 1; words that are tied to a class by nature reach .4.
pub const LEAST_RANDOM: f64 = 0.5;
/// Collisions below this share of what chance gives are due to chance: no place is more than random.
const RANDOM: f64 = 0.8;

/// An n-gram, how random its place is, and the class that it is tied to, if any.
struct Placed {
    gram: u32,
    tokens: Vec<u32>,
    class: usize,
    tied: bool,
    both: u32,
    all: u32,
    rest: Rest,
    score: f64,
}

/// Tests the n-grams that are tied to a class, at `leniency` times the usual rate.
pub fn test(study: &Study, model: &Model, keywords: &Keywords, leniency: f64) -> Vec<Hypothesis> {
    let placed = placed(study, model, &keywords.shared);
    let (tied, free): (Vec<Placed>, Vec<Placed>) = placed.into_iter().partition(|p| p.tied);
    if free.len() < NULLS {
        return Vec::new();
    }
    let mut natural: Vec<f64> = free.iter().map(|p| p.score).collect();
    natural.sort_by(f64::total_cmp);
    let tail = Tail::fit(&natural);
    let p: Vec<f64> = tied.iter().map(|t| tail.above(t.score)).collect();
    let usual = libm::exp(natural[natural.len() / 2]);
    tied.iter()
        .zip(discovery_rates(&p))
        .filter(|(placed, q)| *q <= RATE * leniency && libm::exp(placed.score) >= LEAST_RANDOM)
        .map(|(placed, q)| placed.hypothesis(study, model, q, usual))
        .collect()
}

/// The n-grams of enough records whose rests share little, longest stretches, each once.
/// `baseline` is what records of each class share anyway.
fn placed(study: &Study, model: &Model, baseline: &[f64]) -> Vec<Placed> {
    let count = model.sizes.len();
    let tally = model.tally(study);
    let mut seen: HashSet<Vec<u32>> = HashSet::new();
    let mut placed = Vec::new();
    let (tied, free): (Vec<u32>, Vec<u32>) = (0..study.grams.len() as u32)
        .filter(|&g| is_usual(study, g))
        .partition(|&g| is_tied(model, &tally[g as usize * count..][..count]));
    let step = free.len().div_ceil(ENOUGH).max(1);
    for gram in tied.into_iter().chain(free.into_iter().step_by(step)) {
        let counts = &tally[gram as usize * count..][..count];
        let Some((class, _)) = model.tied_to(counts) else { continue };
        let members = study.grams.texts(gram);
        let tokens = grow::lengthen(study, members, study.gram(gram));
        if !seen.insert(tokens.clone()) {
            continue;
        }
        let parts = vec![tokens.clone()];
        let rest = look(study, members, &parts);
        if rest.edges < 0.5 && rest.cohesion <= COHESION * baseline[class] {
            placed.push(Placed {
                gram,
                class,
                tied: is_tied(model, counts),
                both: counts[class],
                all: counts.iter().sum(),
                score: score(study, &spread_out(members), &parts, &rest),
                tokens,
                rest,
            });
        }
    }
    placed
}

fn is_usual(study: &Study, gram: u32) -> bool {
    let support = study.grams.support(gram);
    support >= LEAST
        && f64::from(support) <= COMMON * study.len() as f64
        && !study.gram(gram).iter().any(|&t| study.is_edge(t))
}

fn is_tied(model: &Model, counts: &[u32]) -> bool {
    let all = f64::from(counts.iter().sum::<u32>());
    model.tied_to(counts).is_some_and(|(class, surprise)| {
        let both = f64::from(counts[class]);
        both >= PURITY * all && both <= MOST * f64::from(model.sizes[class]) && surprise >= TIED
    })
}

/// How random the place of `tokens` is in `members` (1: as if put anywhere), and what its rests look like.
pub fn randomness(study: &Study, members: &[u32], tokens: &[u32]) -> (f64, Rest) {
    let parts = vec![tokens.to_vec()];
    let rest = look(study, members, &parts);
    (libm::exp(score(study, &spread_out(members), &parts, &rest)), rest)
}

/// Logarithm of how random the place is: the fit of the text without the string, over how much more
/// the neighbours repeat than random words of the same records. Both are taken at the unfavourable end of
/// their standard error, so that few records have to say more.
fn score(study: &Study, members: &[u32], parts: &Parts, rest: &Rest) -> f64 {
    let gram = &parts[0];
    let mut neighbours = [Neighbours::default(), Neighbours::default()];
    let mut pool: BTreeMap<u32, f64> = BTreeMap::new();
    for &member in members {
        let input = &study.inputs[member as usize];
        let Some(at) = position(input, gram) else { continue };
        neighbours[0].add(study, input[at - 1]);
        neighbours[1].add(study, input[at + gram.len()]);
        let hidden = covered(study, input, parts);
        for at in (1..input.len() - 1).filter(|&at| !hidden[at] && !study.is_edge(input[at])) {
            // Every record gives one neighbour, however long it is.
            *pool.entry(study.words.fold(input[at])).or_insert(0.0) += 1.0 / input.len() as f64;
        }
    }
    let weight: f64 = pool.values().sum();
    let by_chance: f64 = pool.values().map(|w| (w / weight.max(1e-12)).powi(2)).sum();
    let holes = members.len() as f64;
    let fit = rest.junction.min(1.0);
    let fit = fit * (1.0 - 1.0 / libm::sqrt((holes * fit).max(1.0)));
    let [left, right] = neighbours.map(|n| n.repeat(by_chance).max(RANDOM));
    libm::log(fit + 0.05) - 0.5 * libm::log(left * right)
}

/// The words on one side of a string.
#[derive(Default)]
struct Neighbours {
    counts: BTreeMap<u32, u32>,
    all: f64,
}

impl Neighbours {
    fn add(&mut self, study: &Study, token: u32) {
        if !study.is_edge(token) {
            *self.counts.entry(study.words.fold(token)).or_insert(0) += 1;
            self.all += 1.0;
        }
    }

    /// How often two of the words are the same, over what chance gives, plus a standard error.
    fn repeat(&self, by_chance: f64) -> f64 {
        let pairs = |n: f64| n * (n - 1.0) / 2.0;
        let same: f64 = self.counts.values().map(|&c| pairs(f64::from(c))).sum();
        (same + 1.0 + libm::sqrt(same)) / (pairs(self.all) * by_chance).max(1e-9)
    }
}

impl Placed {
    fn hypothesis(&self, study: &Study, model: &Model, q: f64, usual: f64) -> Hypothesis {
        let class = self.class as u32;
        let of_class = |r: &&u32| study.classes[**r as usize] == Some(class);
        let members: Vec<u32> = study.grams.texts(self.gram).iter().filter(of_class).copied().collect();
        Hypothesis {
            parts: grow::spell(study, &vec![self.tokens.clone()]),
            behaviour: study.class_names[self.class].clone(),
            members,
            measured: Measured {
                both: self.both,
                trigger: self.all,
                behaviour: model.sizes[self.class],
                all: model.rows.len() as u32,
                rest: self.rest,
                margins: None,
                placed: Some((libm::exp(self.score), usual)),
                q,
                doubt: q,
            },
            strict: true,
        }
    }
}
