//! Strings that one generator puts into outputs and the others do not.

use std::collections::BTreeMap;

use ahash::AHashMap;
use toadstone_detect::features::ngrams::{NGrams, position};
use toadstone_detect::features::vocabulary::{BEGIN, END};
use xxhash_rust::xxh3::xxh3_64;

use super::outputs::Outputs;

/// Longest n-gram that is counted; longer strings are grown from them.
const LONGEST: usize = 6;
const GROWN: usize = 40;
/// Outputs of a generator from which on it is looked at, and least outputs with a string.
const OUTPUTS: usize = 50;
pub(super) const SUPPORT: u32 = 8;
/// Most outputs with the string, as a share: more is how the generator writes.
const MOST: f64 = 0.6;
/// How many times the others' rate, and the most outputs that may have the string from their source.
const OFTENER: f64 = 8.0;
const INHERITED: f64 = 0.2;
/// Least surprise beyond what the number of candidates needs, in nats.
const SURPRISE: f64 = 9.0;
/// Outputs of a candidate that are compared with their sources.
const LOOKED_AT: usize = 64;
/// Candidates of a generator.
const KEPT: usize = 60;
/// Outputs that two strings share, from which on they are one.
const SAME: f64 = 0.7;
/// Share of the outputs that must agree on the next word.
const AGREED: f64 = 0.9;

/// A string that a generator adds.
#[derive(Debug, Clone)]
pub(super) struct Added {
    /// The string that is counted, and the longer one that it is nearly always a part of.
    pub(super) gram: Vec<u32>,
    pub(super) grown: Vec<u32>,
    /// The outputs that have it, ascending.
    pub(super) members: Vec<u32>,
    /// How surprising its number is by the rate of the others, in nats, and how many strings were tried.
    pub(super) surprise: f64,
    pub(super) tried: f64,
}

/// A string of one generator, and how many outputs of the others have it.
struct Counted {
    generator: u32,
    gram: Vec<u32>,
    members: Vec<u32>,
    others: u32,
    last: u32,
}

/// The strings that each generator adds, the most surprising first.
pub(super) fn added(outputs: &Outputs) -> BTreeMap<u32, Vec<Added>> {
    let mut counted = Vec::new();
    for (&generator, own) in outputs.of.iter().filter(|(_, own)| own.len() >= OUTPUTS) {
        counted.extend(strings(outputs, generator, own));
    }
    count_others(outputs, &mut counted);
    let mut found: BTreeMap<u32, Vec<Added>> = BTreeMap::new();
    for (&generator, own) in outputs.of.iter().filter(|(_, own)| own.len() >= OUTPUTS) {
        let strings: Vec<&Counted> = counted.iter().filter(|one| one.generator == generator).collect();
        let others = outputs.made.len() - own.len();
        let chosen = choose(outputs, &strings, own.len(), others);
        if !chosen.is_empty() {
            found.insert(generator, chosen);
        }
    }
    found
}

/// The n-grams of a generator's outputs, the longest one of those that stand in the same outputs.
fn strings(outputs: &Outputs, generator: u32, own: &[u32]) -> Vec<Counted> {
    let texts: Vec<&[u32]> = own.iter().map(|&at| outputs.made[at as usize].as_slice()).collect();
    let grams = NGrams::frequent(&texts, LONGEST, SUPPORT);
    let mut longest: AHashMap<u64, u32> = AHashMap::new();
    for gram in 0..grams.len() as u32 {
        if f64::from(grams.support(gram)) <= MOST * own.len() as f64 {
            let bytes: Vec<u8> = grams.texts(gram).iter().flat_map(|text| text.to_le_bytes()).collect();
            // Longer ones come later.
            longest.insert(xxh3_64(&bytes), gram);
        }
    }
    let mut kept: Vec<u32> = longest.into_values().collect();
    kept.sort_unstable();
    let counted = kept.into_iter().filter_map(|gram| {
        let (text, at, len) = grams.place(gram);
        let words = &texts[text][at..at + len];
        let says = words.iter().any(|&id| id != BEGIN && id != END && outputs.is_telling(id));
        says.then(|| Counted {
            generator,
            gram: words.to_vec(),
            members: grams.texts(gram).iter().map(|&text| own[text as usize]).collect(),
            others: 0,
            last: u32::MAX,
        })
    });
    counted.collect()
}

/// Counts the outputs of all other generators, and of none, that have the strings.
fn count_others(outputs: &Outputs, counted: &mut [Counted]) {
    let name = |words: &[u32]| {
        words.iter().fold(words.len() as u64, |name, id| toadstone_sketch::mix(name ^ u64::from(*id) << 8))
    };
    let mut named: AHashMap<u64, Vec<u32>> = AHashMap::new();
    for (at, one) in (0..).zip(counted.iter()) {
        named.entry(name(&one.gram)).or_default().push(at);
    }
    for (at, made) in (0..).zip(&outputs.made) {
        for length in 1..=LONGEST {
            for words in made.windows(length) {
                for &place in named.get(&name(words)).into_iter().flatten() {
                    let one = &mut counted[place as usize];
                    if one.last != at && one.generator != outputs.generator[at as usize] {
                        one.last = at;
                        one.others += 1;
                    }
                }
            }
        }
    }
}

fn choose(outputs: &Outputs, strings: &[&Counted], own: usize, others: usize) -> Vec<Added> {
    let tried = strings.len().max(1) as f64;
    let bar = SURPRISE + tried.ln();
    let mut ranked: Vec<(f64, &Counted)> = strings
        .iter()
        .filter_map(|one| {
            // Where there are no others, what is rare is measured by the generator's own number.
            let rate = (f64::from(one.others) + 0.5) / (others.max(own / 2) as f64 + 1.0);
            let share = one.members.len() as f64 / own as f64;
            let chance = toadstone_sketch::chance::binomial_tail(own as f64, one.members.len() as f64, rate);
            let surprise = -libm::log(chance.max(1e-300));
            (share >= OFTENER * rate && surprise >= bar).then_some((surprise, *one))
        })
        .collect();
    ranked.sort_by(|(a, one), (b, two)| {
        b.total_cmp(a).then(two.gram.len().cmp(&one.gram.len())).then(one.gram.cmp(&two.gram))
    });
    let mut chosen: Vec<Added> = Vec::new();
    for (surprise, one) in ranked {
        if chosen.len() == KEPT {
            break;
        }
        if chosen.iter().any(|before| overlap(&before.members, &one.members) >= SAME)
            || inherited(outputs, one)
        {
            continue;
        }
        let grown = grow(outputs, one);
        chosen.push(Added { gram: one.gram.clone(), grown, members: one.members.clone(), surprise, tried });
    }
    chosen
}

/// Share of the smaller of two ascending lists that is in both.
fn overlap(a: &[u32], b: &[u32]) -> f64 {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|at| many.binary_search(at).is_ok()).count() as f64 / few.len().max(1) as f64
}

/// Whether the outputs have the string from what they were made from.
fn inherited(outputs: &Outputs, one: &Counted) -> bool {
    let words: Vec<u32> = one.gram.iter().copied().filter(|id| *id != BEGIN && *id != END).collect();
    let looked_at = spread(&one.members, LOOKED_AT);
    let has = |at: &&u32| outputs.inherits(**at, &words);
    looked_at.iter().filter(has).count() as f64 > INHERITED * looked_at.len() as f64
}

/// Some of a list, evenly.
pub(super) fn spread(list: &[u32], most: usize) -> Vec<u32> {
    list.iter().copied().step_by(list.len().div_ceil(most).max(1)).collect()
}

/// The string with the words that nearly always stand before and behind it.
fn grow(outputs: &Outputs, one: &Counted) -> Vec<u32> {
    let looked_at = spread(&one.members, LOOKED_AT);
    let mut grown = one.gram.clone();
    for forward in [true, false] {
        while grown.len() < GROWN {
            let mut next: BTreeMap<u32, usize> = BTreeMap::new();
            for &at in &looked_at {
                let made = &outputs.made[at as usize];
                let word = position(made, &grown).and_then(|place| match forward {
                    true => made.get(place + grown.len()),
                    false => made.get(place.checked_sub(1)?),
                });
                word.into_iter().for_each(|&word| *next.entry(word).or_default() += 1);
            }
            let Some((&word, &often)) = next.iter().max_by_key(|(_, often)| **often) else { break };
            if word == BEGIN || word == END || (often as f64) < AGREED * looked_at.len() as f64 {
                break;
            }
            if forward { grown.push(word) } else { grown.insert(0, word) }
        }
    }
    grown
}
