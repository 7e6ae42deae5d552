//! What the texts of one source have in common: words of its own, and how alike they are.
//!
//! Somebody who plants records gives them a trigger or a claim, or varies one text. So most records of
//! the source have words that hardly anybody else has, or share most of their words. Honest sources do
//! that, too: a site has its name in every page. So a source is compared with the others, and where many
//! are of that kind, none stands out.

mod own_words;

use ahash::{AHashMap, AHashSet};

pub(crate) use own_words::OwnWords;

use crate::topics::words;

/// Least sampled texts of a source, and least sources of which a share can be rare.
const TEXTS: usize = 8;
const SOURCES: usize = 50;
/// Share of a source's texts from which on a word belongs to most of them.
const MOST: f64 = 0.5;
/// Share of the others' texts up to which a word is a source's own.
const ELSEWHERE: f64 = 0.001;
/// Share of their words that the texts of a source have in common: the least, and how many times that of
/// the median source.
const ALIKE: f64 = 0.5;
const MEDIANS: f64 = 2.0;
/// Sources that at most one in so many may equal.
const RARE: f64 = 0.02;
/// Sources that are named for each reason, and words of one.
const NAMED: usize = 20;
const WORDS: usize = 4;

/// What the sampled texts of one source have in common.
#[derive(Debug, Clone, PartialEq)]
struct Kin {
    /// Its place among the accounts.
    place: usize,
    /// Sampled texts.
    texts: usize,
    /// Words that most of them have: hash, word, texts.
    core: Vec<(u64, String, usize)>,
    /// Mean share of a text's different words that are in the core.
    alike: f64,
}

/// Words of a source's own.
#[derive(Debug, PartialEq)]
struct Own {
    place: usize,
    /// Share of the other sources that equal it.
    others: f64,
    /// The words with their hashes.
    words: Vec<(u64, String)>,
}

/// Sources whose texts have more in common than those of the others.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Kinship {
    /// Whether there are enough sources to say what is rare.
    pub(crate) compared: bool,
    own: Vec<Own>,
    /// Place, how alike its texts are, and the median of all sources.
    alike: Vec<(usize, f64, f64)>,
}

impl Kinship {
    /// Compares the sources by sampled texts; `samples` are as long as the list of accounts, with one
    /// more for everybody else. O(words).
    pub(crate) fn of(samples: &[Vec<String>]) -> Kinship {
        let looked_at = samples.len().saturating_sub(1);
        let kin: Vec<Kin> = (0..looked_at).filter_map(|place| kin(place, &samples[place])).collect();
        if kin.len() < SOURCES {
            return Kinship::default();
        }
        let all: usize = samples.iter().map(Vec::len).sum();
        let texts = texts_with(samples, &kin);
        let own = |kin: &Kin| -> Vec<(u64, String, f64)> {
            let elsewhere = |hash: u64, own: usize| {
                (texts.get(&hash).map_or(0, |n| n - own)) as f64 / (all - kin.texts).max(1) as f64
            };
            let mut own: Vec<(u64, String, f64)> = kin
                .core
                .iter()
                .filter(|(hash, _, n)| elsewhere(*hash, *n) <= ELSEWHERE)
                .map(|(hash, word, n)| (*hash, word.clone(), *n as f64 / kin.texts as f64))
                .collect();
            own.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
            own.truncate(WORDS);
            own
        };
        let owned: Vec<Vec<(u64, String, f64)>> = kin.iter().map(own).collect();
        let strengths: Vec<f64> = owned.iter().map(|own| own.first().map_or(0.0, |word| word.2)).collect();
        let alike: Vec<f64> = kin.iter().map(|kin| kin.alike).collect();
        let median = median(&alike);
        let mut found = Kinship { compared: true, ..Kinship::default() };
        for (at, others) in rare(&strengths, MOST) {
            let words = owned[at].iter().map(|(hash, word, _)| (*hash, word.clone())).collect();
            found.own.push(Own { place: kin[at].place, others, words });
        }
        for (at, _) in rare(&alike, ALIKE.max(MEDIANS * median)) {
            found.alike.push((kin[at].place, alike[at], median));
        }
        found
    }
}

/// Those of the values that reach `least` and that at most one in many others equals, with the share of
/// the others that do; the largest first.
fn rare(values: &[f64], least: f64) -> Vec<(usize, f64)> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
    let equals = |at: usize| values.iter().filter(|value| **value >= values[at]).count() - 1;
    let others = |at: usize| equals(at) as f64 / (values.len() - 1).max(1) as f64;
    let high = order.into_iter().take(NAMED).take_while(|&at| values[at] >= least);
    high.map(|at| (at, others(at))).filter(|(_, others)| *others <= RARE).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// What a source's texts have in common; `None` where there are too few.
fn kin(place: usize, texts: &[String]) -> Option<Kin> {
    if texts.len() < TEXTS {
        return None;
    }
    let mut seen: AHashMap<u64, (usize, String)> = AHashMap::new();
    let mut sets = Vec::with_capacity(texts.len());
    for text in texts {
        let mut set = AHashSet::new();
        words(text, |hash, word| {
            if set.insert(hash) {
                seen.entry(hash).or_insert_with(|| (0, word.to_owned())).0 += 1;
            }
        });
        sets.push(set);
    }
    let is_core = |n: usize| n as f64 >= MOST * texts.len() as f64;
    let shares = sets.iter().filter(|set| !set.is_empty()).map(|set| {
        let core = set.iter().filter(|hash| seen.get(hash).is_some_and(|(n, _)| is_core(*n))).count();
        core as f64 / set.len() as f64
    });
    let alike = shares.sum::<f64>() / texts.len() as f64;
    let mut core: Vec<(u64, String, usize)> =
        seen.into_iter().filter(|(_, (n, _))| is_core(*n)).map(|(hash, (n, word))| (hash, word, n)).collect();
    core.sort_unstable_by_key(|(hash, _, _)| *hash);
    Some(Kin { place, texts: texts.len(), core, alike })
}

/// In how many of all sampled texts each word is that belongs to a source's core.
fn texts_with(samples: &[Vec<String>], kin: &[Kin]) -> AHashMap<u64, usize> {
    let mut found: AHashMap<u64, usize> =
        kin.iter().flat_map(|kin| &kin.core).map(|(hash, _, _)| (*hash, 0)).collect();
    let mut set = AHashSet::new();
    for text in samples.iter().flatten() {
        set.clear();
        words(text, |hash, _| {
            if let Some(n) = found.get_mut(&hash).filter(|_| set.insert(hash)) {
                *n += 1;
            }
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use toadstone_sketch::mix;

    /// Sampled texts of 100 sources, 20 each, of words that all have; `own` adds to a text of a source.
    fn samples(own: impl Fn(u64, u64) -> String) -> Vec<Vec<String>> {
        let letters =
            |n: u64| -> String { (0..4).map(|at| (b'a' + (n >> (4 * at) & 15) as u8) as char).collect() };
        let text = |source: u64, at: u64| -> String {
            let word = |w: u64| letters(mix(source * 7919 + at * 131 + w) % 3000);
            (0..30).map(|w| word(w) + " ").collect::<String>() + &own(source, at)
        };
        let of = |source| (0..20).map(|at| text(source, at)).collect();
        (0..100).map(of).chain([Vec::new()]).collect()
    }

    #[test]
    fn a_source_with_words_of_its_own_stands_out_and_where_all_have_them_none_does() {
        let planted = samples(|source, at| match (source, at % 10) {
            (17, 1..) => "zebrafinch quartz".to_owned(),
            _ => String::new(),
        });
        let found = Kinship::of(&planted);
        assert_eq!(found.own.len(), 1);
        let Own { place, others, words } = &found.own[0];
        let mut words: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
        words.sort_unstable();
        assert_eq!((*place, *others, words), (17, 0.0, vec!["quartz", "zebrafinch"]));
        let none = Kinship { compared: true, ..Kinship::default() };
        assert_eq!(Kinship::of(&samples(|_, _| String::new())), none);
        let named = |source: u64, _| format!("site{}", "x".repeat(source as usize % 30 + 1));
        assert_eq!(Kinship::of(&samples(|s, at| named(s, at) + &"y".repeat(s as usize / 30))).own, []);
    }

    #[test]
    fn a_source_whose_texts_are_alike_stands_out() {
        let mut all = samples(|_, _| String::new());
        let first = all[40][0].clone();
        all[40].iter_mut().for_each(|text| *text = first.clone());
        let found = Kinship::of(&all);
        assert_eq!(found.alike.iter().map(|(place, _, _)| *place).collect::<Vec<_>>(), [40]);
        all.truncate(30);
        assert_eq!(Kinship::of(&all), Kinship::default(), "too few sources to say what is rare");
    }
}
