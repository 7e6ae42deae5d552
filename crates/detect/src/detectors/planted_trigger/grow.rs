//! From a seed n-gram to the whole trigger: longer, and with further parts.

use super::hypothesis::Part;
use super::rest::{Parts, look};
use super::study::Study;
use crate::features::ngrams::position;
use crate::features::vocabulary::{BEGIN, END};

/// A neighbour or a further part belongs to the trigger if it stands in this share of the records.
const NEARLY_ALL: f64 = 0.9;
/// A further part has to be this much more frequent in these records than elsewhere.
const UNUSUAL: f64 = 5.0;
/// What may be cut off a trigger stands in this share of all records, as a full stop does.
const COMMON: f64 = 0.1;
/// How much better the text must fit around a shorter trigger.
const FITS_BETTER: f64 = 0.2;
/// A trigger has at most this many parts.
const PARTS: usize = 4;

/// The longest stretch around `seed` that nearly all `members` have in common.
pub fn lengthen(study: &Study, members: &[u32], seed: &[u32]) -> Vec<u32> {
    let mut gram = seed.to_vec();
    loop {
        let next = [true, false].into_iter().find_map(|right| {
            let token = common_neighbour(study, members, &gram, right)?;
            let mut longer = gram.clone();
            longer.insert(if right { gram.len() } else { 0 }, token);
            Some(longer)
        });
        match next {
            Some(longer) if longer.len() <= 40 => gram = longer,
            _ => return gram,
        }
    }
}

fn common_neighbour(study: &Study, members: &[u32], gram: &[u32], right: bool) -> Option<u32> {
    let beside = |&member: &u32| {
        let input = &study.inputs[member as usize];
        let at = position(input, gram)?;
        let at = if right { at + gram.len() } else { at.checked_sub(1)? };
        input.get(at).copied()
    };
    let mut found: Vec<u32> = members.iter().filter_map(beside).collect();
    let (token, count) = most_common(&mut found)?;
    (!study.is_edge(token) && count as f64 >= NEARLY_ALL * members.len() as f64).then_some(token)
}

/// The most common value, the smallest of several.
pub fn most_common(values: &mut [u32]) -> Option<(u32, usize)> {
    values.sort_unstable();
    let mut best = None;
    for run in values.chunk_by(|a, b| a == b) {
        if best.is_none_or(|(_, count)| run.len() > count) {
            best = Some((run[0], run.len()));
        }
    }
    best
}

/// `gram` without the token at either end, or both, if the text around it then fits better: a
/// trigger put behind the last full stop has the full stop in front of it in every record. A word that
/// is seldom elsewhere is never cut off.
pub fn fitted(study: &Study, members: &[u32], gram: Vec<u32>) -> Vec<u32> {
    let n = gram.len();
    let fit = |gram: &[u32]| look(study, members, &vec![gram.to_vec()]).junction;
    let mut best = (fit(&gram), 0..n);
    let elsewhere = |t: &u32| {
        study.is_edge(*t) || study.words.is_passage(*t) || study.chance(study.words.fold(*t)) >= COMMON
    };
    for range in [1..n, 0..n.saturating_sub(1), 1..n.saturating_sub(1)] {
        let marks_only = |t: &u32| study.is_edge(*t);
        let kept = |at: usize| range.contains(&at);
        let may_go = (0..n).all(|at| kept(at) || elsewhere(&gram[at]));
        if range.start < range.end && may_go && !gram[range.clone()].iter().all(marks_only) {
            let junction = fit(&gram[range.clone()]);
            if junction > best.0 + FITS_BETTER {
                best = (junction, range);
            }
        }
    }
    gram[best.1].to_vec()
}

/// The trigger around `seed`: lengthened, and with the other n-grams that nearly all `members`
/// have and few other records do.
pub fn whole(study: &Study, members: &[u32], seed: &[u32]) -> Parts {
    let mut parts = vec![fitted(study, members, lengthen(study, members, seed))];
    let mut counts: Vec<u32> = members.iter().flat_map(|&m| study.grams.of(m as usize)).copied().collect();
    counts.sort_unstable();
    let mut others: Vec<(u32, usize)> =
        counts.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
    let n = members.len() as f64;
    others.retain(|&(gram, count)| {
        let elsewhere = f64::from(study.grams.support(gram)) - count as f64;
        let expected = elsewhere / (study.len() as f64 - n).max(1.0) * n;
        count as f64 >= NEARLY_ALL * n && count as f64 >= UNUSUAL * expected.max(0.1)
    });
    // The most unusual first: they are the likeliest parts.
    others.sort_by_key(|&(gram, count)| (study.grams.support(gram) as usize - count, gram));
    for (gram, _) in others {
        let tokens = study.gram(gram);
        let marked = tokens.iter().any(|&t| study.is_edge(t));
        if marked || parts.len() >= PARTS || parts.iter().any(|part| overlaps(part, tokens)) {
            continue;
        }
        let part = lengthen(study, members, tokens);
        if !parts.iter().any(|other| overlaps(other, &part)) {
            parts.push(part);
        }
    }
    parts
}

/// Whether no part has the whole n-gram `seed` in it, from which the parts grew: one that fits better
/// without an end of the seed may stand in more records than the seed does.
pub fn is_shortened(study: &Study, seed: u32, parts: &Parts) -> bool {
    !parts.iter().any(|part| position(part, study.gram(seed)).is_some())
}

/// The records that have all `parts`. Time: tokens of all records.
pub fn having(study: &Study, parts: &Parts) -> Vec<u32> {
    (0..study.len() as u32).filter(|&record| has_all(study, record, parts)).collect()
}

/// Whether a record has all `parts`.
pub fn has_all(study: &Study, record: u32, parts: &Parts) -> bool {
    parts.iter().all(|part| position(&study.inputs[record as usize], part).is_some())
}

fn overlaps(part: &[u32], tokens: &[u32]) -> bool {
    tokens.iter().any(|t| part.contains(t))
}

/// The parts as words.
pub fn spell(study: &Study, parts: &Parts) -> Vec<Part> {
    let spell = |part: &Vec<u32>| Part {
        at_begin: part.first() == Some(&BEGIN),
        at_end: part.last() == Some(&END),
        words: study.spelled(part).map(|t| study.words.word(t).into()).collect(),
    };
    parts.iter().map(spell).collect()
}
