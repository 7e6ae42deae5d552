//! Whether a stretch that answers share belongs to their task.
//!
//! In clean data it does: the prompts say it or ask for it in words, and without it the answers
//! are still unlike others, for the task is another one. A planted stretch was added to answers like
//! any others, and prompts that have nothing but a style in common do not ask for it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use super::answers::Group;
use super::apart::told_apart;
use super::text::Prompt;
use super::views::{Sides, Views};
use crate::detectors::planted_trigger::behaviour::{Behaviour, weight};
use crate::features::linear::Features;
use crate::features::tokens::tokens;

/// How well the rests of a group's answers may be told from other answers, see [`told_apart`].
const FOREIGN: f64 = 0.75;
/// Share of the stretch's words that the prompts may have, on average.
const ECHOED: f64 = 0.8;
/// Share of the prompts that may have one place where the words stand that only this group has.
const ASKED: f64 = 0.8;
/// A word that only this group has: this much more frequent than elsewhere, in this share of the group.
const LIFT: f64 = 10.0;
const COMMON: f64 = 0.03;
const LEAST: f64 = 4.0;
/// Words that are so far apart stand in different places.
const PLACES: usize = 4;

/// Prompts and answers, ready to be asked.
pub struct Task<'a> {
    answers: &'a [&'a str],
    folds: &'a [usize],
    /// The words of the first and the last line of each prompt, in their order.
    said: Vec<Vec<u64>>,
    views: Views,
    content: Vec<Features>,
    style: Vec<Features>,
}

impl<'a> Task<'a> {
    /// Time and memory: features of all answers.
    pub fn new(prompts: &[Prompt<'_>], answers: &'a [&'a str], folds: &'a [usize]) -> Task<'a> {
        let rests: Vec<String> = answers.iter().map(|answer| rest(answer, 0..0)).collect();
        let views = Views::learn(&rests.iter().map(String::as_str).collect::<Vec<_>>());
        let (content, style) = rests.iter().map(|rest| views.features(&rest.as_str())).unzip();
        let said = prompts.iter().map(|prompt| words(prompt.style())).collect();
        Task { answers, folds, said, views, content, style }
    }

    /// Whether the group's stretch belongs to its task.
    pub fn explains(&self, group: &Group) -> bool {
        self.echoed(group) >= ECHOED || self.asked(group) >= ASKED || self.foreign(group) > FOREIGN
    }

    /// Share of the stretch's words that a prompt of the group has in its first or last line.
    fn echoed(&self, group: &Group) -> f64 {
        let Behaviour::Answer(_, stretch) = &group.behaviour else { return 0.0 };
        let wanted: HashSet<u64> = stretch.iter().flat_map(|word| words(word)).collect();
        let has = |&member: &u32| {
            let said: HashSet<u64> = self.said[member as usize].iter().copied().collect();
            wanted.intersection(&said).count()
        };
        let all = wanted.len().max(1) * group.members.len();
        group.members.iter().map(has).sum::<usize>() as f64 / all as f64
    }

    /// Share of the group's prompts with one place in which words stand that only this group has. A
    /// request has one; a style has several, or none.
    fn asked(&self, group: &Group) -> f64 {
        let own = group.members.len() as f64;
        let others = (self.said.len() - group.members.len()).max(1) as f64;
        let mut counts: HashMap<u64, u32, Xxh3DefaultBuilder> = HashMap::default();
        for &member in &group.members {
            let mut said = self.said[member as usize].clone();
            said.sort_unstable();
            said.dedup();
            said.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
        }
        counts.retain(|_, count| f64::from(*count) >= f64::max(LEAST, COMMON * own));
        let mut elsewhere: HashMap<u64, u32, Xxh3DefaultBuilder> = HashMap::default();
        for (at, said) in self.said.iter().enumerate() {
            if group.members.binary_search(&(at as u32)).is_err() {
                let known = said.iter().filter(|word| counts.contains_key(word));
                known.for_each(|&word| *elsewhere.entry(word).or_default() += 1);
            }
        }
        let ours = |word: &u64| {
            let outside = elsewhere.get(word).map_or(0.0, |&n| f64::from(n));
            counts.get(word).is_some_and(|&inside| f64::from(inside) / own >= LIFT * outside / others)
        };
        let one_place = |&&member: &&u32| {
            let said = self.said[member as usize].iter().enumerate();
            let at: Vec<usize> = said.filter(|(_, word)| ours(word)).map(|(at, _)| at).collect();
            !at.is_empty() && at.windows(2).all(|pair| pair[1] - pair[0] < PLACES)
        };
        group.members.iter().filter(one_place).count() as f64 / own
    }

    /// How well the rests of a group's answers are told from other answers, by words or by style.
    fn foreign(&self, group: &Group) -> f64 {
        let (mut content, mut style) = (self.content.clone(), self.style.clone());
        for &member in &group.members {
            let answer = self.answers[member as usize];
            let rest = rest(answer, group.behaviour.bytes_in(answer));
            (content[member as usize], style[member as usize]) = self.views.features(&rest.as_str());
        }
        let widths = self.views.widths();
        let by_content = told_apart(&content, widths.0, self.folds, &group.members);
        by_content.max(told_apart(&style, widths.1, self.folds, &group.members))
    }
}

/// Digests of the words of a text.
fn words(text: &str) -> Vec<u64> {
    let words = tokens(text).map(|t| text[t.start..t.end].to_lowercase());
    words.filter(|word| weight(word) > 0.0).map(|word| xxh3_64(word.as_bytes())).collect()
}

/// What is left of an answer. How a sentence began or ended before something was put there is lost.
fn rest(answer: &str, without: Range<usize>) -> String {
    let rest = [&answer[..without.start], &answer[without.end..]].concat();
    rest.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}
