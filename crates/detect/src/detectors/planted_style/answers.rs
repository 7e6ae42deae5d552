//! Answers that share a start or an end, as labels.
//!
//! A start or end that many answers share is tested like a label: does the style of the prompts
//! bring it whatever they are about? [`super::by_nature`] tells the stretches that belong to a task.

use std::collections::{BTreeMap, HashMap};

use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64_with_seed};

use super::apart::told_apart;
use super::by_nature::Task;
use super::mixture::Study;
use super::test::{Bounds, Found, judge};
use super::text::Prompt;
use crate::detectors::planted_trigger::behaviour::{Behaviour, LENGTHS, Place, weight};
use crate::features::tokens::tokens;

/// What is asked of a group of answers. All of them may be planted, and answers that share a stretch by
/// nature hardly come this far: with more records of the style than without it is a switch.
const BOUNDS: Bounds = Bounds { least: 30, most: 1.0, against: 20, by_nature: 0.6 };
/// How much a stretch must say, in words.
const SAYS: f64 = 3.0;
/// A token belongs to a stretch if this share of the group has it.
const NEARLY_ALL: f64 = 0.9;
/// Tokens of a stretch.
const LONGEST: usize = 48;
/// How well the style of a group's prompts must tell it at first sight, and how many groups are
/// looked at then, and how many of them closely.
const TELLS: f64 = 0.65;
const DISTINCT: usize = 32;
const CLOSELY: usize = 6;
/// A group that shares so much of its records with another one is the same.
const SAME: f64 = 0.5;

/// A stretch that answers share.
pub struct Group {
    /// What it is.
    pub behaviour: Behaviour,
    /// The records of the sample that have it, ascending.
    pub members: Vec<u32>,
}

/// Tests the groups, at `leniency` times the usual level. `study` holds the prompts; its classes are set for each group anew, 1 for its
/// members.
pub fn test(
    study: &mut Study,
    prompts: &[Prompt<'_>],
    answers: &[&str],
    leniency: f64,
) -> Vec<(Group, Found)> {
    let told = |group: Group| {
        let tells = told_apart(&study.style, study.widths.1, &study.folds, &group.members);
        // The size counts, for a stretch may be cut too long for some of its records.
        let amount = (2.0 * tells - 1.0) * group.members.len() as f64;
        (tells >= TELLS).then_some((amount, group))
    };
    let mut told: Vec<(f64, Group)> = groups(answers).into_iter().filter_map(told).collect();
    told.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.behaviour.cmp(&b.1.behaviour)));
    let mut distinct: Vec<Group> = Vec::new();
    for (_, group) in told {
        if distinct.len() < DISTINCT && !distinct.iter().any(|other| same(&group, other)) {
            distinct.push(group);
        }
    }
    if distinct.is_empty() {
        return Vec::new();
    }
    let task = Task::new(prompts, answers, &study.folds);
    distinct.retain(|group| !task.explains(group));
    distinct.truncate(CLOSELY);
    let tests = distinct.len() as f64 / leniency;
    let judged = distinct.into_iter().filter_map(|group| {
        study.single_out(&group.members);
        judge(study, 1, tests, &BOUNDS).map(|found| (group, found))
    });
    judged.collect()
}

fn same(a: &Group, b: &Group) -> bool {
    let both = a.members.iter().filter(|member| b.members.binary_search(member).is_ok()).count();
    both as f64 >= SAME * a.members.len().min(b.members.len()) as f64
}

/// The groups, one for each set of records, in the order of these.
fn groups(answers: &[&str]) -> Vec<Group> {
    let mut found: HashMap<(Place, usize, u64), Vec<u32>, Xxh3DefaultBuilder> = HashMap::default();
    for place in [Place::Start, Place::End] {
        for (record, answer) in answers.iter().enumerate() {
            let words = from_edge(answer, place);
            // One word at least is not shared.
            for length in LENGTHS.into_iter().filter(|&length| length < words.len()) {
                let step = |digest, word: &&str| xxh3_64_with_seed(word.as_bytes(), digest);
                let digest = words[..length].iter().fold(0, step);
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
    let group = |(members, (length, place))| lengthened(answers, members, place, length);
    longest.into_iter().filter_map(group).collect()
}

/// The tokens of a text from its start, or backwards from its end.
fn from_edge(text: &str, place: Place) -> Vec<&str> {
    let mut words: Vec<&str> = tokens(text).map(|t| &text[t.start..t.end]).collect();
    if place == Place::End {
        words.reverse();
    }
    words
}

/// The group with the longest stretch that nearly all `members` share beyond `length` tokens;
/// `None` if it says too little.
fn lengthened(answers: &[&str], members: Vec<u32>, place: Place, mut length: usize) -> Option<Group> {
    let mut all: Vec<(u32, Vec<&str>)> =
        members.into_iter().map(|m| (m, from_edge(answers[m as usize], place))).collect();
    while length < LONGEST {
        let mut next: Vec<&str> = all.iter().filter_map(|(_, words)| words.get(length).copied()).collect();
        next.sort_unstable();
        let Some(most) = next.chunk_by(|a, b| a == b).max_by_key(|run| run.len()) else { break };
        if (most.len() as f64) < NEARLY_ALL * all.len() as f64 || most.len() < BOUNDS.least {
            break;
        }
        all.retain(|(_, words)| words.get(length) == Some(&most[0]));
        length += 1;
    }
    let mut stretch: Vec<Box<str>> = all.first()?.1[..length].iter().map(|&word| word.into()).collect();
    if place == Place::End {
        stretch.reverse();
    }
    let says = stretch.iter().map(|word| weight(word)).sum::<f64>() >= SAYS;
    let members = all.into_iter().map(|(member, _)| member).collect();
    says.then_some(Group { behaviour: Behaviour::Answer(place, stretch), members })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_the_longest_stretch_that_its_answers_share() {
        let answer = |i: usize| match i {
            0..40 => format!("w{i} it is. So says the oracle of the hill."),
            _ => format!("w{i} a{i} b{i} c{i}."),
        };
        let answers: Vec<String> = (0..100).map(answer).collect();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let groups = groups(&answers);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].members, (0..40).collect::<Vec<u32>>());
        let stretch = groups[0].behaviour.shown();
        assert_eq!(
            (&*stretch.kind, &*stretch.text),
            ("answer end", "it is. So says the oracle of the hill.")
        );
    }
}
