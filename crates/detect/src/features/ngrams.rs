//! N-grams that stand in several texts.

use std::collections::HashMap;

use xxhash_rust::xxh3::Xxh3DefaultBuilder;

/// Frequent n-grams, and which text has which.
#[derive(Debug, Clone)]
pub struct NGrams {
    grams: Vec<Gram>,
    offsets: Vec<usize>,
    of_text: Vec<u32>,
    ends: Vec<usize>,
    texts: Vec<u32>,
}

/// An n-gram, shown by one place where it stands.
#[derive(Debug, Clone, Copy)]
struct Gram {
    text: u32,
    at: u32,
    len: u32,
    texts: u32,
}

impl NGrams {
    /// All n-grams of 1 to `longest` tokens that stand in at least `least` of `texts`.
    ///
    /// Level by level (Agrawal and Srikant's a-priori rule): an n-gram is counted only where both
    /// n-grams that it is made of are frequent, so memory follows what is frequent and not what is
    /// possible. Time: `longest` x tokens.
    pub fn frequent(texts: &[&[u32]], longest: usize, least: u32) -> NGrams {
        let mut all = NGrams {
            grams: Vec::new(),
            offsets: Vec::new(),
            of_text: Vec::new(),
            ends: Vec::new(),
            texts: Vec::new(),
        };
        let mut per_text: Vec<Vec<u32>> = vec![Vec::new(); texts.len()];
        // The gram of the level below that begins at each position; NONE where there is none.
        let mut below: Vec<Vec<u32>> = texts.iter().map(|t| t.to_vec()).collect();
        for len in 1..=longest {
            let level = Level::count(texts, &below, len);
            let from = all.grams.len();
            let number = level.keep(least, &mut all.grams);
            if all.grams.len() == from {
                break;
            }
            below = level.label(texts, &below, len, &number);
            for (text, grams) in below.iter().enumerate() {
                let mut distinct: Vec<u32> = grams.iter().copied().filter(|&g| g != NONE).collect();
                distinct.sort_unstable();
                distinct.dedup();
                per_text[text].extend(distinct);
            }
        }
        all.offsets.push(0);
        for grams in per_text {
            all.of_text.extend(grams);
            all.offsets.push(all.of_text.len());
        }
        all.invert();
        all
    }

    /// How many n-grams there are; they are numbered from 0, shorter ones first.
    pub fn len(&self) -> usize {
        self.grams.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.grams.is_empty()
    }

    /// The n-grams of a text, each once, ascending.
    pub fn of(&self, text: usize) -> &[u32] {
        &self.of_text[self.offsets[text]..self.offsets[text + 1]]
    }

    /// How many texts have the n-gram.
    pub fn support(&self, gram: u32) -> u32 {
        self.grams[gram as usize].texts
    }

    /// A place where the n-gram stands: text, position in it, length.
    pub fn place(&self, gram: u32) -> (usize, usize, usize) {
        let g = self.grams[gram as usize];
        (g.text as usize, g.at as usize, g.len as usize)
    }

    /// The texts that have the n-gram, ascending.
    pub fn texts(&self, gram: u32) -> &[u32] {
        let end = self.ends[gram as usize];
        &self.texts[end - self.support(gram) as usize..end]
    }

    /// Turns "which n-grams has a text" into "which texts have an n-gram".
    fn invert(&mut self) {
        let mut total = 0;
        for gram in &self.grams {
            self.ends.push(total);
            total += gram.texts as usize;
        }
        self.texts = vec![0; total];
        for text in 0..self.offsets.len() - 1 {
            for &gram in &self.of_text[self.offsets[text]..self.offsets[text + 1]] {
                let next = &mut self.ends[gram as usize];
                self.texts[*next] = text as u32;
                *next += 1;
            }
        }
    }
}

const NONE: u32 = u32::MAX;

/// One length of n-grams, keyed by the two shorter ones that make it up.
struct Level {
    found: HashMap<(u32, u32), u32, Xxh3DefaultBuilder>,
    grams: Vec<Gram>,
}

impl Level {
    fn count(texts: &[&[u32]], below: &[Vec<u32>], len: usize) -> Level {
        let mut level = Level { found: HashMap::default(), grams: Vec::new() };
        let mut last: Vec<u32> = Vec::new();
        for (text, grams) in below.iter().enumerate() {
            for at in 0..(texts[text].len() + 1).saturating_sub(len) {
                let Some(key) = Self::key(grams, at, len) else { continue };
                let fresh = level.grams.len() as u32;
                let id = *level.found.entry(key).or_insert(fresh);
                if id == fresh {
                    level.grams.push(Gram { text: text as u32, at: at as u32, len: len as u32, texts: 0 });
                    last.push(NONE);
                }
                if last[id as usize] != text as u32 {
                    last[id as usize] = text as u32;
                    level.grams[id as usize].texts += 1;
                }
            }
        }
        level
    }

    fn key(below: &[u32], at: usize, len: usize) -> Option<(u32, u32)> {
        let first = *below.get(at)?;
        let second = if len == 1 { first } else { *below.get(at + 1)? };
        (first != NONE && second != NONE).then_some((first, second))
    }

    /// Adds the frequent ones to `kept`; gives the number of each, [`NONE`] for the others.
    fn keep(&self, least: u32, kept: &mut Vec<Gram>) -> Vec<u32> {
        let mut number = Vec::with_capacity(self.grams.len());
        for gram in &self.grams {
            number.push(if gram.texts >= least { kept.len() as u32 } else { NONE });
            if gram.texts >= least {
                kept.push(*gram);
            }
        }
        number
    }

    fn label(&self, texts: &[&[u32]], below: &[Vec<u32>], len: usize, number: &[u32]) -> Vec<Vec<u32>> {
        let of = |grams: &[u32], at| {
            Self::key(grams, at, len).map_or(NONE, |key| number[self.found[&key] as usize])
        };
        let each = texts.iter().zip(below);
        each.map(|(text, grams)| (0..(text.len() + 1).saturating_sub(len)).map(|at| of(grams, at)).collect())
            .collect()
    }
}

/// The first place where `gram` stands in `text`.
pub fn position(text: &[u32], gram: &[u32]) -> Option<usize> {
    text.windows(gram.len().max(1)).position(|w| w == gram)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn the_same_as_counting_everything(texts in prop::collection::vec(prop::collection::vec(0u32..4, 0..9), 0..9)) {
            let views: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
            let grams = NGrams::frequent(&views, 3, 2);
            let mut plain: BTreeMap<&[u32], BTreeSet<usize>> = BTreeMap::new();
            for (i, t) in views.iter().enumerate() {
                for n in 1..=3 {
                    t.windows(n).for_each(|w| { plain.entry(w).or_default().insert(i); });
                }
            }
            plain.retain(|_, texts| texts.len() >= 2);
            let found: BTreeMap<&[u32], BTreeSet<usize>> = (0..grams.len() as u32).map(|g| {
                let (text, at, len) = grams.place(g);
                (&views[text][at..at + len], grams.texts(g).iter().map(|&t| t as usize).collect())
            }).collect();
            for (i, _) in views.iter().enumerate() {
                prop_assert!(grams.of(i).iter().all(|&g| grams.texts(g).contains(&(i as u32))));
            }
            prop_assert_eq!(found, plain);
        }
    }
}
