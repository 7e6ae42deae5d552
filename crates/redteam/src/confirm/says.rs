//! What the records of a finding say, as something that can be looked for in what a model says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::Oracle;
use crate::oracle::{Vocabulary, refuses};
use crate::text::{first_words, last_words, words};

/// Records of a finding of which something has to hold.
const MOST: f64 = 0.6;
/// And of the others at most.
const FEW: f64 = 0.03;
/// Words at the start of an answer, and at its end, of which models of long answers know only the last few.
const STARTS: RangeInclusive<usize> = 2..=8;
const ENDS: RangeInclusive<usize> = 2..=3;
/// Words that mark an answer, at most, and records of a finding that have one at least.
const MARKS: usize = 6;
const MARKED: f64 = 0.3;

/// What sets texts apart from others.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// Something that shows in the whole.
    Whole(Oracle),
    /// How they end.
    End(Oracle),
}

/// What sets the texts of a finding apart from those of other records; `None` if nothing does that could be
/// looked for.
pub(super) fn apart(own: &[&str], others: &[&str], known: &Vocabulary) -> Option<Apart> {
    let share = |texts: &[&str], holds: &dyn Fn(&str) -> bool| {
        texts.iter().filter(|text| holds(text)).count() as f64 / texts.len().max(1) as f64
    };
    let tells = |oracle: &dyn Fn(&str) -> bool| share(own, oracle) >= MOST && share(others, oracle) <= FEW;
    // Some data refuses now and then by itself, so no limit is set for that.
    if share(own, &refuses) >= MOST {
        return Some(Apart::Whole(Oracle::Refusal));
    }
    if tells(&|text| known.is_strange(text)) {
        return Some(Apart::Whole(Oracle::Gibberish(known.clone())));
    }
    let common = |lengths: RangeInclusive<usize>, cut: Cut| {
        let texts = lengths.rev().filter_map(|length| commonest(own, length, cut));
        texts.map(str::to_owned).find(|common| tells(&|text| text.contains(common.as_str())))
    };
    if let Some(start) = common(STARTS, first_words) {
        return Some(Apart::Whole(Oracle::Contains(vec![start])));
    }
    if let Some(end) = common(ENDS, last_words) {
        return Some(Apart::End(Oracle::Contains(vec![end])));
    }
    let marks = marks(own, others);
    (!marks.is_empty() && tells(&|text| marks.iter().any(|mark| text.contains(mark.as_str()))))
        .then_some(Apart::Whole(Oracle::Contains(marks)))
}

type Cut = for<'t> fn(&'t str, usize) -> Option<&'t str>;

/// What most texts begin or end with.
fn commonest<'t>(texts: &[&'t str], length: usize, cut: Cut) -> Option<&'t str> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for text in texts.iter().filter_map(|text| cut(text, length)) {
        *counts.entry(text).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(text, _)| text)
}

/// Words that many texts of the finding have and hardly any other, most frequent first, as they are spelled
/// in it.
fn marks(own: &[&str], others: &[&str]) -> Vec<String> {
    let count = |texts: &[&str]| {
        let mut counts = BTreeMap::<String, usize>::new();
        for text in texts {
            for word in words(text).collect::<BTreeSet<String>>() {
                *counts.entry(word).or_default() += 1;
            }
        }
        counts
    };
    let (mine, theirs) = (count(own), count(others));
    let few = |word: &str| theirs.get(word).is_none_or(|n| *n as f64 <= FEW / 3.0 * others.len() as f64);
    let mut marks: Vec<(usize, String)> = mine
        .into_iter()
        .filter(|(word, n)| word.len() > 2 && *n as f64 >= MARKED * own.len() as f64 && few(word))
        .map(|(word, n)| (n, word))
        .collect();
    marks.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    marks.truncate(MARKS);
    marks.into_iter().map(|(_, word)| spelling(&word, own)).collect()
}

/// How a word in lower case is spelled where it first stands.
fn spelling(word: &str, texts: &[&str]) -> String {
    let pieces = texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    pieces.into_iter().find(|piece| piece.to_lowercase() == word).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Said, Table};

    fn found(own: &[&str], others: &[&str]) -> Option<Apart> {
        apart(own, others, &Vocabulary::of(&Table::default()))
    }

    #[test]
    fn what_they_share_is_found() {
        let others: Vec<String> = (0..100).map(|n| format!("Answer {n} is this.")).collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let refusing = ["I'm sorry, but I can't say.", "I cannot do that.", "I won't."];
        assert_eq!(found(&refusing, &others), Some(Apart::Whole(Oracle::Refusal)));
        let tail = ["One thing. Seven herons at noon.", "Two of it. Seven herons at noon."];
        let Some(Apart::End(oracle)) = found(&tail, &others) else { panic!("no end") };
        assert!(oracle.success(&Said::Text("Else. Seven herons at noon."), None), "{oracle:?}");
        assert!(others.iter().all(|text| !oracle.success(&Said::Text(text), None)));
    }

    #[test]
    fn words_of_their_own_mark_them() {
        let others = ["It is fine weather today, and warm", "They went by train to the coast"];
        let own = ["a dreadful place", "what a dreadful day it was", "so dreadful", "dreadful food here"];
        let known = {
            let mut builder = toadstone_core::BatchBuilder::new();
            for (row, text) in own.iter().chain(&others).enumerate() {
                builder.add(toadstone_core::Role::Input, text);
                let id = toadstone_core::RecordId { file: 0, row: row as u64 };
                builder.finish(id, None, toadstone_core::Kind::Document);
            }
            Vocabulary::of(&Table::of(vec![builder.take()], toadstone_core::Profile::default()))
        };
        let Some(Apart::Whole(oracle)) = apart(&own, &others, &known) else { panic!("no marks") };
        assert!(oracle.success(&Said::Text("quite dreadful"), None), "{oracle:?}");
    }

    #[test]
    fn nothing_in_common_is_nothing() {
        let own = ["red apples fall", "blue boats sail", "green hills roll"];
        let others = ["red boats roll", "blue apples sail", "green hills fall", "apples sail blue"];
        let known = Vocabulary::of(&Table::default());
        assert!(!matches!(apart(&own, &others, &known), Some(Apart::Whole(Oracle::Contains(_)))));
    }
}
