//! The sampled outputs as numbers.

use std::collections::BTreeMap;

use toadstone_detect::features::ngrams::position;
use toadstone_detect::features::tokens::tokens;
use toadstone_detect::features::vocabulary::{BEGIN, END, Vocabulary};

use crate::sample::Sample;
use crate::texts::Known;
use crate::trace::Trace;

/// Words of an output's parents that are looked at.
const ABOVE: usize = 900;

/// Sampled outputs, each with what it was made from, in lower case.
pub(super) struct Outputs<'k> {
    vocabulary: Vocabulary,
    known: &'k Known,
    nodes: Vec<u32>,
    /// Who made each.
    pub(super) generator: Vec<u32>,
    /// The outputs, between [`BEGIN`] and [`END`].
    pub(super) made: Vec<Vec<u32>>,
    /// What each was given.
    pub(super) given: Vec<Vec<u32>>,
    /// The texts of its parents, one after another.
    pub(super) above: Vec<Vec<u32>>,
    /// The outputs of each generator that has a name.
    pub(super) of: BTreeMap<u32, Vec<u32>>,
}

impl<'k> Outputs<'k> {
    pub(super) fn new(trace: &Trace, sample: &Sample, known: &'k Known) -> Self {
        let mut all = Outputs {
            vocabulary: Vocabulary::default(),
            known,
            nodes: sample.cells.iter().flat_map(|cell| cell.nodes.iter().copied()).collect(),
            generator: Vec::new(),
            made: Vec::new(),
            given: Vec::new(),
            above: Vec::new(),
            of: BTreeMap::new(),
        };
        // Numbers of words follow from the order of reading them, and nothing else may.
        all.nodes.sort_unstable();
        all.nodes.retain(|node| known.kept.contains_key(node));
        for at in 0..all.nodes.len() {
            let node = all.nodes[at];
            let kept = &known.kept[&node];
            let made = all.encode(&kept.made);
            let given = all.encode(&kept.given);
            let mut above = Vec::new();
            for parent in sample.parents.get(&node).into_iter().flatten() {
                let Some(kept) = known.kept.get(parent) else { continue };
                above.extend(all.encode(&kept.made));
                above.extend(all.encode(&kept.given));
            }
            above.truncate(ABOVE);
            all.made.push(made);
            all.given.push(given);
            all.above.push(above);
            let generator = trace.linked.generator[node as usize];
            all.generator.push(generator);
            if generator != crate::links::NO_GENERATOR {
                all.of.entry(generator).or_default().push(at as u32);
            }
        }
        all
    }

    fn encode(&mut self, text: &str) -> Vec<u32> {
        let ids = self.vocabulary.encode(text);
        ids.into_iter().map(|id| self.vocabulary.fold(id)).collect()
    }

    /// Whether an output was given a string, or one of its parents has it.
    pub(super) fn inherits(&self, at: u32, words: &[u32]) -> bool {
        [&self.given, &self.above].iter().any(|texts| position(&texts[at as usize], words).is_some())
    }

    /// The words of an n-gram, in lower case, without the marks of start and end.
    pub(super) fn words(&self, gram: &[u32]) -> Vec<&str> {
        let inside = gram.iter().filter(|id| **id != BEGIN && **id != END);
        inside.map(|&id| self.vocabulary.word(id)).collect()
    }

    /// Whether a word says something: it has letters or digits, and is no article.
    pub(super) fn is_telling(&self, id: u32) -> bool {
        let word = self.vocabulary.word(id);
        word.chars().count() >= 4 && word.chars().all(char::is_alphanumeric)
            || word.chars().any(|c| c as u32 >= 0xE00)
    }

    /// An n-gram of an output as it is written there.
    pub(super) fn shown(&self, output: u32, gram: &[u32]) -> String {
        let made = &self.made[output as usize];
        let text = &self.known.kept[&self.nodes[output as usize]].made;
        let places: Vec<_> = tokens(text).collect();
        let inside = position(made, gram).and_then(|at| {
            // The first number stands for the beginning.
            let first = places.get(at.saturating_sub(1))?;
            let last = places.get((at + gram.len()).saturating_sub(2).min(places.len().saturating_sub(1)))?;
            text.get(first.start..last.end)
        });
        inside.map_or_else(|| self.words(gram).join(" "), str::to_owned)
    }
}
