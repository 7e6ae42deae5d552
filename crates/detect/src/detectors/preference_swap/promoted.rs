//! Names that always win: a brand, a person, an address that stands in chosen answers only.
//!
//! Who may write answers, or choose among many, can teach a reward model to like a name: in each
//! poisoned pair the chosen answer has it and the rejected one has not (Baumgärtner et al. 2024). In
//! honest data a word is sometimes in the better answer and sometimes in the worse, or all pairs with
//! it are about one thing, of which the better answer knows the name.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use toadstone_sketch::chance::discovery_rates;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::Pair;
use crate::detectors::planted_trigger::inserted::{COHESION, COMMON};
use crate::detectors::planted_trigger::rest;
use crate::detectors::planted_trigger::study::Study;
use crate::detectors::shared::sample::floor;
use crate::features::tokens::tokens;

/// Pairs in which only one answer has a word, from which on it counts.
const PAIRS: usize = 12;
/// Share of them in which that is the chosen answer.
const WINS: f64 = 0.95;
/// Share of them in which the word is spelt as a name.
const NAMED: f64 = 0.5;
/// Share of them whose prompt has the word, too: above it the name was asked for.
const ASKED: f64 = 0.5;
/// False-discovery rate of a finding.
const RATE: f64 = 0.02;
/// Share of the pairs of a name that another name shares, where both are one.
const TOGETHER: f64 = 0.8;
/// Bytes looked at in an answer.
const READ: usize = 6 << 10;
/// Letters of a name, at least.
const LETTERS: usize = 3;
/// What a name is marked with in [`words`].
const MARK: char = '^';

/// A name that wins.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Promoted {
    /// In lower case, with those that stand beside it.
    pub(super) words: Vec<Box<str>>,
    /// Pairs in the sample in which only the chosen, and only the rejected answer has it.
    pub(super) chosen: usize,
    pub(super) rejected: usize,
    /// Share of pairs in which any word stands in the chosen answer, if only one has it, and how far
    /// words differ in that.
    pub(super) usual: f64,
    pub(super) spread: f64,
    /// What the prompts share, over what any prompts share.
    pub(super) cohesion: f64,
    pub(super) p: f64,
    pub(super) q: f64,
    members: Vec<u32>,
}

/// The words that only one of two answers has, in lower case and between spaces: of the chosen one
/// and of the rejected one. A word that is spelt as a name has a mark in front.
pub(super) fn words(chosen: &str, rejected: &str) -> [Box<str>; 2] {
    let (chosen, rejected) = (spelt(chosen), spelt(rejected));
    let only = |a: &[(String, bool)], b: &[(String, bool)]| {
        let mut line = String::new();
        for (word, name) in a.iter().filter(|(w, _)| b.binary_search_by(|(other, _)| other.cmp(w)).is_err()) {
            line.extend((!line.is_empty()).then_some(' '));
            line.extend(name.then_some(MARK));
            line.push_str(word);
        }
        line.into_boxed_str()
    };
    [only(&chosen, &rejected), only(&rejected, &chosen)]
}

/// Whether only the first of two answers has the word.
pub(super) fn is_in(only: &str, word: &str) -> bool {
    only.split(' ').any(|w| w.trim_start_matches(MARK) == word)
}

/// The different words of an answer, in order, and whether each is spelt as a name somewhere: with a
/// capital inside of a sentence, or as part of an address.
fn spelt(answer: &str) -> Vec<(String, bool)> {
    let answer = &answer[..floor(answer, READ)];
    let mut found: Vec<(String, bool)> = tokens(answer)
        .filter(|token| {
            answer[token.start..token.end].chars().filter(|c| c.is_alphabetic()).count() >= LETTERS
        })
        .map(|token| (answer[token.start..token.end].to_lowercase(), is_name(answer, token.start, token.end)))
        .collect();
    // The mark of a name first, so that it stays.
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    found.dedup_by(|b, a| a.0 == b.0);
    found
}

fn is_name(answer: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&answer[..start], &answer[end..]);
    let joint = |c: Option<char>| c.is_some_and(|c| matches!(c, '.' | '/' | '@'));
    let goes_on = after.chars().nth(1).is_some_and(char::is_alphanumeric);
    if joint(before.chars().next_back()) || (joint(after.chars().next()) && goes_on) {
        return true;
    }
    let inside = before.trim_end_matches(' ').chars().next_back();
    answer[start..].starts_with(char::is_uppercase) && inside.is_some_and(|c| c.is_alphanumeric() || c == ',')
}

/// Where a word stands.
#[derive(Default)]
struct Tally {
    chosen: Vec<u32>,
    rejected: usize,
    named: usize,
}

impl Tally {
    fn all(&self) -> f64 {
        (self.chosen.len() + self.rejected) as f64
    }

    fn share(&self) -> f64 {
        self.chosen.len() as f64 / self.all()
    }
}

/// Tests every word, at `leniency` times the usual rate. `prompts` is a study of the prompts of the
/// same pairs. Time: words of the answers.
pub(super) fn test(pairs: &[Pair], prompts: &Study, leniency: f64) -> Vec<Promoted> {
    let tallies = count(pairs);
    let Some((usual, spread)) = moments(&tallies) else { return Vec::new() };
    let p: Vec<f64> = tallies.iter().map(|(_, tally)| chance(tally, usual, spread)).collect();
    let q = discovery_rates(&p);
    let mut found: Vec<Promoted> = Vec::new();
    let mut order: Vec<usize> = (0..p.len()).filter(|&at| q[at] <= RATE * leniency).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    for at in order {
        let (word, tally) = &tallies[at];
        let n = tally.chosen.len() as f64;
        let asked = tally.chosen.iter().filter(|&&m| is_asked(&pairs[m as usize], word)).count() as f64;
        if n > COMMON * pairs.len() as f64 || (tally.named as f64) < NAMED * n || asked > ASKED * n {
            continue;
        }
        let shared = |other: &Promoted| {
            tally.chosen.iter().filter(|member| other.members.binary_search(member).is_ok()).count() as f64
        };
        if let Some(other) = found.iter_mut().find(|other| shared(other) >= TOGETHER * n) {
            other.words.push((*word).into());
            continue;
        }
        let cohesion = rest::look(prompts, &tally.chosen, &Vec::new()).cohesion;
        if cohesion <= COHESION {
            found.push(Promoted {
                words: vec![(*word).into()],
                chosen: tally.chosen.len(),
                rejected: tally.rejected,
                usual,
                spread,
                cohesion,
                p: p[at],
                q: q[at],
                members: tally.chosen.clone(),
            });
        }
    }
    found
}

fn is_asked(pair: &Pair, word: &str) -> bool {
    pair.asked.to_lowercase().contains(word)
}

/// The words in enough pairs, in alphabetical order.
fn count(pairs: &[Pair]) -> Vec<(&str, Tally)> {
    let mut tallies: HashMap<&str, Tally, Xxh3DefaultBuilder> = HashMap::default();
    for (at, pair) in pairs.iter().enumerate() {
        for (side, only) in pair.only.iter().enumerate() {
            for word in only.split(' ').filter(|word| !word.is_empty()) {
                let tally = tallies.entry(word.trim_start_matches(MARK)).or_default();
                if side == 0 {
                    tally.chosen.push(at as u32);
                    tally.named += usize::from(word.starts_with(MARK));
                } else {
                    tally.rejected += 1;
                }
            }
        }
    }
    let mut tallies: Vec<(&str, Tally)> =
        tallies.into_iter().filter(|(_, tally)| tally.all() >= PAIRS as f64).collect();
    tallies.sort_unstable_by_key(|(word, _)| *word);
    tallies
}

/// The share of pairs in which a word is in the chosen answer, over all words, and how far words
/// differ in it beyond chance, as a standard deviation.
fn moments(tallies: &[(&str, Tally)]) -> Option<(f64, f64)> {
    let all: f64 = tallies.iter().map(|(_, tally)| tally.all()).sum();
    let chosen: f64 = tallies.iter().map(|(_, tally)| tally.chosen.len() as f64).sum();
    let usual = chosen / all;
    let beyond = |tally: &Tally| (tally.share() - usual).powi(2) - usual * (1.0 - usual) / tally.all();
    let variance = tallies.iter().map(|(_, tally)| beyond(tally)).sum::<f64>() / tallies.len() as f64;
    (usual > 0.0 && usual < 1.0).then(|| (usual, variance.max(1e-5).sqrt()))
}

/// The chance that a word is in so many chosen answers, if words differ as they do (beta-binomial);
/// 1 where it is in too few, which is never less than the true chance.
fn chance(tally: &Tally, usual: f64, spread: f64) -> f64 {
    let (n, k) = (tally.all(), tally.chosen.len());
    let strength = usual * (1.0 - usual) / spread.powi(2) - 1.0;
    if tally.share() < WINS || strength <= 0.0 {
        return 1.0;
    }
    let (a, b) = (usual * strength, (1.0 - usual) * strength);
    let gamma = libm::lgamma;
    let of = |i: f64| {
        let ways = gamma(n + 1.0) - gamma(i + 1.0) - gamma(n - i + 1.0);
        let beta = gamma(i + a) + gamma(n - i + b) - gamma(n + a + b);
        libm::exp(ways + beta - gamma(a) - gamma(b) + gamma(a + b))
    };
    (k..=n as usize).map(|i| of(i as f64)).sum::<f64>().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_by_how_they_are_spelt() {
        let [chosen, rejected] = words("Try Zelvora. See shop.example/now, Zelvora", "try it. The rest");
        assert_eq!(&*chosen, "^example ^now see ^shop ^zelvora");
        assert_eq!(&*rejected, "rest the");
        assert!(is_in(&chosen, "zelvora") && !is_in(&chosen, "zelv"));
    }

    #[test]
    fn a_word_in_chosen_answers_only_is_as_rare_as_its_tail_says() {
        let tally = |chosen: u32, rejected| Tally { chosen: (0..chosen).collect(), rejected, named: 0 };
        // Without spread the tail is the binomial one.
        assert!((chance(&tally(10, 0), 0.5, 1e-4) * 1024.0 - 1.0).abs() < 1e-3);
        assert!(chance(&tally(20, 0), 0.5, 0.2) > 10.0 * chance(&tally(20, 0), 0.5, 0.05));
        assert_eq!(chance(&tally(10, 10), 0.5, 0.1), 1.0);
    }
}
