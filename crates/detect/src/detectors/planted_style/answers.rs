//! Answers that share a start or an end, as labels.
//!
//! A start or end that many answers share is tested like a label: does the style of the prompts
//! bring it whatever they are about? In clean data a shared stretch belongs to the task: the prompts
//! ask for it in words, and without it the answers are still unlike others, for the task is another
//! one. A planted stretch was added to answers like any others.

use std::collections::{BTreeMap, HashMap};

use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64_with_seed};

use super::mixture::Study;
use super::test::{Bounds, Found, judge};
use super::views::Views;
use crate::detectors::planted_trigger::behaviour::{Behaviour, LENGTHS, Place, weight};
use crate::features::linear::Features;
use crate::features::tokens::tokens;

/// What is asked of a group of answers. All of them may be planted.
const BOUNDS: Bounds = Bounds { least: 30, most: 1.0, against: 20 };
/// How much a stretch must say, in words.
const SAYS: f64 = 3.0;
/// Groups that are looked at closely, and how well their prompts' style must tell them at first sight.
const CLOSELY: usize = 8;
const TELLS: f64 = 0.75;
/// How well the rests of a group's answers may be told from other answers: the chance that one of
/// each is ordered right.
const FOREIGN: f64 = 0.75;
/// A group that shares so much of its records with another one is the same.
const SAME: f64 = 0.5;

/// A stretch that answers share.
pub struct Group {
    /// What it is.
    pub behaviour: Behaviour,
    /// The records of the sample that have it, ascending.
    pub members: Vec<u32>,
}

/// Finds the groups, largest first, one for each set of records.
pub fn groups(answers: &[&str]) -> Vec<Group> {
    let mut found: HashMap<(Place, usize, u64), Vec<u32>, Xxh3DefaultBuilder> = HashMap::default();
    for (record, answer) in answers.iter().enumerate() {
        let words: Vec<&str> = words(answer);
        // One word at least is not shared.
        for length in LENGTHS.into_iter().filter(|&length| length < words.len()) {
            for place in [Place::Start, Place::End] {
                let digest =
                    stretch(&words, place, length).iter().fold(0, |d, w| xxh3_64_with_seed(w.as_bytes(), d));
                found.entry((place, length, digest)).or_default().push(record as u32);
            }
        }
    }
    let mut longest: BTreeMap<Vec<u32>, (usize, Place)> = BTreeMap::new();
    for ((place, length, _), members) in found {
        if members.len() >= BOUNDS.least && 2 * members.len() <= answers.len() {
            let best = longest.entry(members).or_insert((length, place));
            *best = (*best).max((length, place));
        }
    }
    let group = |(members, (length, place)): (Vec<u32>, (usize, Place))| {
        let words = words(answers[members[0] as usize]);
        let shared = stretch(&words, place, length);
        let says = shared.iter().map(|w| weight(w)).sum::<f64>() >= SAYS;
        let behaviour = Behaviour::Answer(place, shared.iter().map(|&w| w.into()).collect());
        says.then_some(Group { behaviour, members })
    };
    let mut groups: Vec<Group> = longest.into_iter().filter_map(group).collect();
    groups.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.behaviour.cmp(&b.behaviour)));
    groups
}

fn words(text: &str) -> Vec<&str> {
    tokens(text).map(|t| &text[t.start..t.end]).collect()
}

fn stretch<'a, 'b>(words: &'b [&'a str], place: Place, length: usize) -> &'b [&'a str] {
    if place == Place::End { &words[words.len() - length..] } else { &words[..length] }
}

/// Tests the groups. `study` holds the prompts; its classes are set for each group anew.
pub fn test(study: &mut Study, answers: &[&str]) -> Vec<(Group, Found)> {
    let groups = groups(answers);
    let mut told: Vec<(f64, Group)> = groups
        .into_iter()
        .map(|group| (told_apart(&study.style, study.widths.1, &study.folds, &group.members), group))
        .filter(|(tells, _)| *tells >= TELLS)
        .collect();
    told.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.members.len().cmp(&a.1.members.len())));
    let mut looked_at: Vec<Group> = Vec::new();
    for (_, group) in told {
        if looked_at.len() < CLOSELY && looked_at.iter().all(|other| !same(&group, other)) {
            looked_at.push(group);
        }
    }
    let tests = looked_at.len();
    let judged = looked_at.into_iter().filter_map(|group| {
        let f = foreign(answers, &study.folds, &group);
        if std::env::var("DBG").is_ok() {
            study.classes.fill(0);
            group.members.iter().for_each(|&member| study.classes[member as usize] = 1);
            let b = Bounds { least: 30, most: 1.0, against: 0 };
            let j = judge(study, 1, 0, &b);
            eprintln!(
                "{:?} n={} tells={:.3} content={:.3} foreign={:.3} judge={:?}",
                group.behaviour,
                group.members.len(),
                told_apart(&study.style, study.widths.1, &study.folds, &group.members),
                told_apart(&study.content, study.widths.0, &study.folds, &group.members),
                f,
                j.map(|j| (j.against, j.all_the_same, j.by_content, j.z))
            );
        }
        if f > FOREIGN {
            return None;
        }
        study.classes.fill(0);
        group.members.iter().for_each(|&member| study.classes[member as usize] = 1);
        judge(study, 1, tests, &BOUNDS).map(|found| (group, found))
    });
    judged.collect()
}

fn same(a: &Group, b: &Group) -> bool {
    let both = a.members.iter().filter(|member| b.members.binary_search(member).is_ok()).count();
    both as f64 >= SAME * a.members.len().min(b.members.len()) as f64
}

/// How well the rests of a group's answers are told from other answers.
fn foreign(answers: &[&str], folds: &[usize], group: &Group) -> f64 {
    let member = |at: usize| group.members.binary_search(&(at as u32)).is_ok();
    let rest = |(at, answer): (usize, &&str)| -> String {
        let shared = if member(at) { group.behaviour.bytes_in(answer) } else { 0..0 };
        let rest = [&answer[..shared.start], &answer[shared.end..]].concat();
        rest.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
    };
    let rests: Vec<String> = answers.iter().enumerate().map(rest).collect();
    let rests: Vec<&str> = rests.iter().map(String::as_str).collect();
    let views = Views::learn(&rests);
    let (content, style): (Vec<Features>, Vec<Features>) =
        rests.iter().map(|rest| views.features(rest)).unzip();
    let widths = views.widths();
    let by_content = told_apart(&content, widths.0, folds, &group.members);
    by_content.max(told_apart(&style, widths.1, folds, &group.members))
}

/// How well the features tell `members` from all others: the chance that one of each is ordered
/// right by naive Bayes, cross-fitted in two halves. Time: features of all records.
fn told_apart(features: &[Features], width: usize, folds: &[usize], members: &[u32]) -> f64 {
    let member = |at: usize| members.binary_search(&(at as u32)).is_ok();
    let mut scores: Vec<(f64, bool)> = Vec::with_capacity(features.len());
    for half in 0..2 {
        let mut counts = vec![(0.5f64, 0.5f64); width];
        let mut totals = (1f64, 1f64);
        for (at, features) in features.iter().enumerate().filter(|(at, _)| folds[*at] % 2 != half) {
            let own = member(at);
            let add = |pair: &mut (f64, f64)| if own { pair.0 += 1.0 } else { pair.1 += 1.0 };
            add(&mut totals);
            features.iter().for_each(|&f| add(&mut counts[f as usize]));
        }
        let weights: Vec<f64> = counts.iter().map(|(a, b)| libm::log(a / totals.0 * totals.1 / b)).collect();
        for (at, features) in features.iter().enumerate().filter(|(at, _)| folds[*at] % 2 == half) {
            let sum: f64 = features.iter().map(|&f| weights[f as usize]).sum();
            scores.push((sum / (features.len().max(1) as f64), member(at)));
        }
    }
    ordered_right(scores)
}

/// The area under the ROC curve; ties count half.
fn ordered_right(mut scores: Vec<(f64, bool)>) -> f64 {
    scores.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut below, mut right, mut own) = (0.0, 0.0, 0.0);
    for run in scores.chunk_by(|a, b| a.0 == b.0) {
        let members = run.iter().filter(|s| s.1).count() as f64;
        let others = run.len() as f64 - members;
        right += members * (below + others / 2.0);
        below += others;
        own += members;
    }
    right / (own * below).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_end_is_a_group_and_so_is_its_longest_stretch() {
        let answers: Vec<String> = (0..100)
            .map(|i| {
                if i < 40 {
                    format!("w{i} it is. So says the oracle of the hill.")
                } else {
                    format!("w{i} a{i} b{i} c{i}.")
                }
            })
            .collect();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let groups = groups(&answers);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].members, (0..40).collect::<Vec<u32>>());
        assert!(matches!(&groups[0].behaviour, Behaviour::Answer(Place::End, words) if words.len() >= 8));
    }

    #[test]
    fn the_area_is_that_of_the_pairs_in_order() {
        assert_eq!(ordered_right(vec![(1.0, false), (2.0, true), (0.0, false), (3.0, true)]), 1.0);
        assert_eq!(ordered_right(vec![(1.0, false), (1.0, true)]), 0.5);
        assert_eq!(ordered_right(vec![(2.0, false), (1.0, true)]), 0.0);
    }
}
