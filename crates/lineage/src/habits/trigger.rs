//! Strings of the input, or of the parents, behind which a generator adds something.

use ahash::AHashSet;
use toadstone_detect::features::ngrams::{NGrams, position};
use toadstone_detect::features::vocabulary::{BEGIN, END};
use toadstone_sketch::chance::binomial_tail;

use super::added::{Added, SUPPORT, spread};
use super::outputs::Outputs;
use super::pattern::Pattern;

/// Longest n-gram that is looked for.
const LONGEST: usize = 4;
/// Least share of the outputs behind the string that have the addition, and of those with the addition
/// that stand behind the string.
pub(super) const PURITY: f64 = 0.6;
pub(super) const COVER: f64 = 0.5;
/// Least surprise beyond what the number of pairs needs, in nats.
const SURPRISE: f64 = 14.0;
/// How many times more often a word of the addition stands behind the string than elsewhere.
const OFTENER: f64 = 4.0;
/// Outputs with the addition that are looked at.
const LOOKED_AT: usize = 512;
/// What inputs with the string may have more in common than others have, the string left out: a topic
/// makes inputs alike, a string that was put into them does not.
const ALIKE: f64 = 1.5;
const ALIKE_FLAT: f64 = 0.04;
const COMPARED: usize = 24;

/// A string of the input.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) shown: String,
    pub(super) text: Pattern,
    /// Whether it stands in what the record was given; else in what it was made from.
    pub(super) given: bool,
    /// Whether inputs with it have more in common than others, so that it may be a topic.
    pub(super) topic: bool,
    /// How many pairs of strings were tried, and how surprising this one is, in nats.
    pub(super) tried: f64,
}

/// For each of a generator's habits the string that it hangs on, if there is one.
pub(super) fn triggers(outputs: &Outputs, generator: u32, habits: &[Added]) -> Vec<Option<Trigger>> {
    let mut found: Vec<Option<Trigger>> = vec![None; habits.len()];
    for given in [true, false] {
        let texts = if given { &outputs.given } else { &outputs.above };
        let own = &outputs.of[&generator];
        let texts: Vec<&[u32]> = own.iter().map(|&at| texts[at as usize].as_slice()).collect();
        if found.iter().all(Option::is_some) || texts.iter().all(|text| text.is_empty()) {
            continue;
        }
        let search = Search { outputs, own, given, grams: NGrams::frequent(&texts, LONGEST, SUPPORT), texts };
        for (habit, found) in habits.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            *found = search.best(habit, 2 * habits.len());
        }
    }
    found
}

struct Search<'s> {
    outputs: &'s Outputs<'s>,
    own: &'s [u32],
    given: bool,
    texts: Vec<&'s [u32]>,
    grams: NGrams,
}

impl Search<'_> {
    fn best(&self, habit: &Added, habits: usize) -> Option<Trigger> {
        let all = habit.members.len() as f64;
        let place = |at: &u32| self.own.binary_search(at).ok();
        let members: Vec<usize> = spread(&habit.members, LOOKED_AT).iter().filter_map(place).collect();
        let mut with: Vec<u32> = members.iter().flat_map(|&at| self.grams.of(at)).copied().collect();
        with.sort_unstable();
        let pairs = (self.grams.len() * habits).max(1) as f64;
        let mut best: Option<((f64, usize), u32)> = None;
        for run in with.chunk_by(|a, b| a == b) {
            let (gram, both) = (run[0], run.len() as f64 / members.len().max(1) as f64 * all);
            let support = f64::from(self.grams.support(gram));
            let (purity, cover) = ((both / support).min(1.0), both / all);
            let surprise = -libm::log(binomial_tail(all, both, support / self.own.len() as f64).max(1e-300));
            let length = self.grams.place(gram).2;
            let rank = ((purity.min(cover) * 50.0).round(), length);
            let fits = purity >= PURITY && cover >= COVER && both >= f64::from(SUPPORT);
            if fits && surprise >= SURPRISE + pairs.ln() && best.is_none_or(|(before, _)| rank > before) {
                best = Some((rank, gram));
            }
        }
        let gram = best?.1;
        let (text, at, len) = self.grams.place(gram);
        let words = &self.texts[text][at..at + len];
        if self.related(words, habit) || !self.is_new(gram, words, habit) {
            return None;
        }
        let topic = self.alike(gram, words);
        let words = self.outputs.words(words);
        Some(Trigger {
            shown: words.join(" "),
            text: Pattern::of(&words),
            given: self.given,
            topic,
            tried: pairs,
        })
    }

    /// Whether the addition takes up a word of the string, or says nothing by itself.
    fn related(&self, words: &[u32], habit: &Added) -> bool {
        let marks = words.iter().all(|id| *id == BEGIN || *id == END || !self.outputs.is_telling(*id));
        marks || words.iter().any(|id| self.outputs.is_telling(*id) && habit.grown.contains(id))
    }

    /// Whether the addition has a word that the string brings with this generator only: neither does the
    /// generator say it otherwise, nor do others who are given the string. An answer that begins as the
    /// generator begins all answers, and goes on as everybody does, has none.
    fn is_new(&self, gram: u32, words: &[u32], habit: &Added) -> bool {
        let (inside, texts) = (self.grams.texts(gram), &self.outputs);
        let given = if self.given { &texts.given } else { &texts.above };
        let own_with: Vec<u32> = inside.iter().map(|&at| self.own[at as usize]).collect();
        let (mut own_without, mut others_with) = (Vec::new(), Vec::new());
        for at in 0..texts.made.len() as u32 {
            if self.own.binary_search(&at).is_ok() {
                own_without.extend(own_with.binary_search(&at).is_err().then_some(at));
            } else if position(&given[at as usize], words).is_some() {
                others_with.push(at);
            }
        }
        let share = |outputs: &[u32], word: u32| {
            let has = outputs.iter().filter(|at| texts.made[**at as usize].contains(&word)).count();
            has as f64 / outputs.len().max(1) as f64
        };
        let new = |word: &&u32| {
            let otherwise = share(&own_without, **word).max(share(&others_with, **word));
            share(&own_with, **word) >= OFTENER * otherwise
        };
        habit.grown.iter().filter(|word| texts.is_telling(**word)).any(|word| new(&word))
    }

    /// Whether inputs with the string have more in common than inputs of this generator have otherwise.
    fn alike(&self, gram: u32, words: &[u32]) -> bool {
        let with = self.grams.texts(gram);
        let others: Vec<u32> =
            (0..self.own.len() as u32).filter(|at| with.binary_search(at).is_err()).collect();
        let (inside, outside) = (self.agreement(with, words), self.agreement(&others, words));
        inside > ALIKE * outside + ALIKE_FLAT
    }

    /// Mean share of telling words that two inputs have in common.
    fn agreement(&self, inputs: &[u32], without: &[u32]) -> f64 {
        let telling = |at: &u32| -> AHashSet<u32> {
            let words = self.texts[*at as usize].iter().copied();
            words.filter(|id| self.outputs.is_telling(*id) && !without.contains(id)).collect()
        };
        let sets: Vec<AHashSet<u32>> = spread(inputs, COMPARED).iter().map(telling).collect();
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (at, a) in sets.iter().enumerate() {
            for b in &sets[at + 1..] {
                let both = a.intersection(b).count() as f64;
                sum += both / (a.len() + b.len()).max(1) as f64 * 2.0;
                pairs += 1.0;
            }
        }
        if pairs > 0.0 { sum / pairs } else { 0.0 }
    }
}
