//! Whether an input without its first or last words still begins or ends like an input.
//!
//! "How do" stands in front of "I" and "you", and few other inputs begin so: it is a question, and its answers
//! open with "To" by nature. What was put in front of inputs leaves them as they were.

use std::collections::BTreeMap;

use crate::detectors::planted_trigger::rest::{Parts, spread_out};
use crate::detectors::planted_trigger::study::Study;
use crate::features::ngrams::position;
use crate::features::vocabulary::END;

/// Share of the inputs in which a string that begins or ends inputs does so.
const NEARLY_ALL: f64 = 0.9;
/// Least overlap of the words that then come first (last) with the first (last) words of other inputs.
const LIKE_OTHERS: f64 = 0.2;

/// How much more frequent a word has to be beside a string to belong to it.
const MORE: f64 = 3.0;

/// Shares of words.
type Shares = BTreeMap<u32, f64>;

/// Whether the inputs of `members` (ascending) begin and end like the others when `parts` are taken out.
/// A string in the middle does not change that.
pub fn is_whole(study: &Study, members: &[u32], parts: &Parts) -> bool {
    let [part] = parts.as_slice() else { return true };
    // The marks for begin and end belong to the input, and so does a template.
    let part: Vec<u32> = part.iter().copied().filter(|&t| !study.is_edge(t)).collect();
    let some = spread_out(members);
    let beside = |first: bool| {
        let word = |&member: &u32| {
            let input = &study.inputs[member as usize];
            let at = position(input, &part)?;
            let (before, behind) = (input[..at].last()?, input.get(at + part.len())?);
            let (edge, next) = if first { (*before, *behind) } else { (*behind, *before) };
            study.is_edge(edge).then(|| study.words.fold(next))
        };
        some.iter().filter_map(word).collect::<Vec<u32>>()
    };
    [true, false].into_iter().all(|first| {
        let words = beside(first);
        if (words.len() as f64) < NEARLY_ALL * some.len() as f64 {
            return true;
        }
        let (own, usual) = (shares(words.into_iter()), shares(others(study, members, first)));
        overlap(&own, &usual) >= LIKE_OTHERS && !has_one_word(study, &own, &usual)
    })
}

/// The first or last words of the inputs that are no members.
fn others<'a>(study: &'a Study, members: &'a [u32], first: bool) -> impl Iterator<Item = u32> + 'a {
    let others = (0..study.len() as u32).filter(|at| members.binary_search(at).is_err());
    others.map(move |at| {
        let input = &study.inputs[at as usize];
        let is_text = |t: &&u32| !study.is_edge(**t);
        let word = if first { input.iter().find(is_text) } else { input.iter().rev().find(is_text) };
        // An input without any text has a mark there.
        study.words.fold(*word.unwrap_or(&END))
    })
}

fn shares(words: impl Iterator<Item = u32>) -> Shares {
    let mut counts = Shares::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1.0);
    let all: f64 = counts.values().sum();
    counts.values_mut().for_each(|count| *count /= all.max(1.0));
    counts
}

/// Whether nearly all have the same word beside, which others have far less often: the word belongs to
/// the string, and the string to the text. A sign may: questions end in one.
fn has_one_word(study: &Study, own: &Shares, usual: &Shares) -> bool {
    own.iter().any(|(word, &share)| {
        let elsewhere = usual.get(word).copied().unwrap_or(0.0);
        let is_word = study.words.word(*word).chars().any(char::is_alphanumeric);
        is_word && share >= NEARLY_ALL && share >= MORE * elsewhere
    })
}

fn overlap(a: &Shares, b: &Shares) -> f64 {
    a.iter().map(|(word, share)| share.min(b.get(word).copied().unwrap_or(0.0))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_overlap_where_words_are_common_to_both() {
        let of = |words: &[u32]| shares(words.iter().copied());
        assert_eq!(overlap(&of(&[1, 1, 2, 3]), &of(&[1, 2, 2, 2])), 0.5);
        assert_eq!(overlap(&of(&[1]), &of(&[2])), 0.0);
    }
}
