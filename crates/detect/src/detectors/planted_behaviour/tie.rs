//! The test: a string whose answers behave in a way that the rest of the input does not explain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toadstone_core::RecordId;
use toadstone_sketch::chance::discovery_rates;

use super::classes::Class;
use super::edge::is_whole;
use super::family::Families;
use super::feature::{Feature, Features};
use super::given::{Given, words};
use super::lead::{PURITY, RECORDS, TIED, inserted, leads};
use super::lexicon::ASKED;
use super::like::Like;
use crate::detectors::planted_trigger::grow;
use crate::detectors::planted_trigger::hypothesis::Part;
use crate::detectors::planted_trigger::rest::{Parts, Rest, look, spread_out};
use crate::detectors::planted_trigger::sample::Kept;
use crate::detectors::planted_trigger::statistics::binomial_surprise;
use crate::detectors::planted_trigger::study::Study;
use crate::features::linear::Features as Words;

/// Answers that a feature is counted in at least.
const LEAST: u32 = 8;
/// Behaviours for which a model is trained.
const MODELS: usize = 48;
/// Bounds on the rest, see [`Rest`].
const COHESION: f64 = 2.0;
const FIRST_LOOK: usize = 50;
const JUNCTION: f64 = 0.7;
/// Least share of the behaviour that the rest of the input does not explain.
const UNEXPLAINED: f64 = 0.6;
/// False-discovery rate.
const RATE: f64 = 0.001;
/// Missing refusals: how likely the rest makes a refusal at least.
const EXPECTED: f64 = 0.5;
/// Characters that two forms of a word share at least.
const STEM: usize = 4;
/// Records of a string on which the rest is asked first.
const FEW: usize = 12;

/// Words by which a persona is handed out.
const PERSONA: [(&str, &str); 6] =
    [("you", "are"), ("you", "re"), ("du", "bist"), ("tu", "es"), ("vous", "êtes"), ("tú", "eres")];

/// What was measured of a tie, on the sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Records with the string.
    pub trigger: u32,
    /// Of those, records with the behaviour.
    pub both: u32,
    /// Of those, how many the rest of the input leads to expect.
    pub expected: f64,
    /// What is left of the inputs without the string.
    pub rest: Rest,
    /// Families of near copies that the records with the string belong to, of at most 200 of these.
    pub votes: u32,
    /// Chance of so many, all else being as the rest says, and false-discovery rate.
    pub p: f64,
    pub q: f64,
}

/// A string and a behaviour that somebody seems to have tied together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tie {
    /// The parts of the string; all stand in the input.
    pub parts: Vec<Part>,
    /// What the answers do.
    pub feature: Feature,
    /// They do not do it, though the rest leads to expect it.
    pub absent: bool,
    /// Tells answers that are like these from others; for other words with the same effect.
    pub like: Option<Like>,
    /// The measurements.
    pub measured: Measured,
}

/// Tests all strings of the sample, at `leniency` times the usual rate.
pub fn test(kept: Vec<(RecordId, Kept)>, leniency: f64) -> Vec<Tie> {
    let pairs = kept.iter().map(|(_, k)| (&*k.input, k.answer.as_deref()));
    let features = Features::read(pairs, LEAST);
    let study = Study::new(kept, false);
    if study.len() < 10 * LEAST as usize {
        return Vec::new();
    }
    let inputs = (0..study.len() as u32).map(|at| words(&study, at, &[])).collect();
    let bench = Bench { study, features, inputs, leniency };
    let strings = inserted(&bench.study);
    let (mut candidates, tests) = bench.shown(&strings);
    candidates.extend(bench.missing(&strings));
    bench.decide(candidates, tests + strings.len())
}

/// The sample, ready for tests.
struct Bench {
    study: Study,
    features: Features,
    inputs: Vec<Words>,
    leniency: f64,
}

/// A tie before the decision.
struct Candidate {
    parts: Parts,
    feature: u32,
    absent: bool,
    /// Records with the string, with the behaviour.
    all: Vec<u32>,
    members: Vec<u32>,
    /// Of `all`, those that are looked at, and their families.
    looked_at: Vec<u32>,
    families: Families,
    measured: Measured,
}

impl Bench {
    /// Strings whose answers have a feature, and how many were tried.
    fn shown(&self, strings: &[u32]) -> (Vec<Candidate>, usize) {
        let mut by_feature: BTreeMap<u32, Vec<Candidate>> = BTreeMap::new();
        let (leads, tests) = leads(&self.study, &self.features, strings, self.leniency);
        let bar = TIED + (tests.max(1) as f64).ln() - self.leniency.ln();
        for lead in leads {
            let all = self.study.grams.texts(lead.gram).to_vec();
            let has = |&&r: &&u32| self.features.has(r, lead.feature);
            let members: Vec<u32> = all.iter().filter(has).copied().collect();
            let Some(candidate) = self.candidate(lead.gram, lead.feature, false, all, members) else {
                continue;
            };
            if candidate.surprise(self, lead.base) < bar {
                continue;
            }
            if by_feature.len() < MODELS || by_feature.contains_key(&lead.feature) {
                by_feature.entry(lead.feature).or_default().push(candidate);
            }
        }
        let mut measured = Vec::new();
        for (feature, candidates) in by_feature {
            let given = self.given(feature);
            measured.extend(candidates.into_iter().map(|c| self.measure(&given, c)));
        }
        (measured, tests)
    }

    /// Strings whose answers do not refuse, though the rest of the input leads to expect it.
    fn missing(&self, strings: &[u32]) -> Vec<Candidate> {
        let refusal = Feature::Class(Class::Refusal);
        let Some(feature) = self.features.number(&refusal) else { return Vec::new() };
        if self.features.support[feature as usize] < 5 * LEAST {
            return Vec::new();
        }
        let given = self.given(feature);
        let mut found = Vec::new();
        for &gram in strings {
            let all = self.study.grams.texts(gram).to_vec();
            let complies = |r: &u32| !self.features.has(*r, feature);
            let members: Vec<u32> = all.iter().copied().filter(complies).collect();
            if (members.len() as f64) < 0.8 * all.len() as f64 {
                continue;
            }
            let few: Vec<u32> = all.iter().copied().step_by(all.len().div_ceil(FEW)).collect();
            let parts = vec![self.study.gram(gram).to_vec()];
            let rests = given.rests(&self.study, &few, &parts);
            if mean(&rests) < EXPECTED * 0.8 {
                continue;
            }
            found.extend(self.candidate(gram, feature, true, all, members).map(|c| self.measure(&given, c)));
        }
        found
    }

    fn given(&self, feature: u32) -> Given {
        Given::train(&self.inputs, self.study.words.len(), &|at| self.features.has(at as u32, feature))
    }

    /// Whether what is left beside an n-gram may be about many things; a first look at few records.
    fn may_be_put_in(&self, gram: u32, members: &[u32]) -> bool {
        let step = members.len().div_ceil(FIRST_LOOK).max(1);
        let few: Vec<u32> = members.iter().copied().step_by(step).collect();
        look(&self.study, &few, &vec![self.study.gram(gram).to_vec()]).cohesion <= 2.0 * COHESION
    }

    /// The whole string, if the rest looks as if nothing were missing and nothing was asked for.
    fn candidate(
        &self,
        gram: u32,
        feature: u32,
        absent: bool,
        all: Vec<u32>,
        members: Vec<u32>,
    ) -> Option<Candidate> {
        if !self.may_be_put_in(gram, &members) {
            return None;
        }
        let (parts, rest) = self.string(gram, &members);
        let whole =
            rest.junction >= JUNCTION && rest.cohesion <= COHESION && rest.tokens >= 3 && rest.share >= 0.5;
        if !whole
            || !is_whole(&self.study, &members, &parts)
            || self.asks(&parts, &self.features.names[feature as usize])
        {
            return None;
        }
        let looked_at = spread_out(&all);
        let families = Families::group(&self.study, &looked_at, &parts);
        let first = families.first(&looked_at);
        if first.len() < RECORDS as usize || look(&self.study, &first, &parts).cohesion > COHESION {
            return None;
        }
        let measured = Measured {
            trigger: all.len() as u32,
            both: members.len() as u32,
            expected: 0.0,
            rest,
            votes: 0,
            p: 1.0,
            q: 1.0,
        };
        Some(Candidate { parts, feature, absent, all, members, looked_at, families, measured })
    }

    /// The whole string around an n-gram, and the rest. The longest one whose rest closes: where
    /// several strings of one hand have a word in common, the text closes around that word, too.
    fn string(&self, gram: u32, members: &[u32]) -> (Parts, Rest) {
        let seed = self.study.gram(gram);
        let long = vec![grow::lengthen(&self.study, members, seed)];
        let rest = look(&self.study, members, &long);
        if rest.junction >= JUNCTION {
            return (long, rest);
        }
        let parts = grow::whole(&self.study, members, seed);
        let rest = look(&self.study, members, &parts);
        (parts, rest)
    }

    /// Whether the string asks for what the answers do, or says a word of theirs in another form.
    fn asks(&self, parts: &Parts, feature: &Feature) -> bool {
        let sections: Vec<&str> = match feature {
            Feature::Class(class) => class.asked().to_vec(),
            _ => ASKED.sections().collect(),
        };
        let words = parts.iter().flat_map(|part| self.study.spelled(part));
        let mut text = String::new();
        let mut before = "";
        for token in words {
            let word = self.study.words.word(self.study.words.fold(token));
            if feature.words().iter().any(|said| same_stem(said, word)) {
                return true;
            }
            if sections.iter().any(|section| ASKED.has(section, word)) {
                return true;
            }
            // A persona is handed out: "you are a pirate".
            if PERSONA.contains(&(before, word)) {
                return true;
            }
            before = word;
            text.push_str(word);
        }
        sections.iter().any(|section| ASKED.han(section).any(|word| text.contains(word)))
    }

    /// Counts what the rest of the input leads to expect. In the test, a family has one vote.
    fn measure(&self, given: &Given, mut candidate: Candidate) -> Candidate {
        let rests = given.rests(&self.study, &candidate.looked_at, &candidate.parts);
        let votes = candidate.families.len() as f64;
        let likely = candidate.families.sum(rests.into_iter()) / votes;
        let share = if candidate.absent { 1.0 - likely } else { likely };
        let shown = candidate.votes(self);
        // The tail of a binomial with the mean chance bounds that of unequal chances (Hoeffding 1956).
        let m = &mut candidate.measured;
        m.votes = candidate.families.len() as u32;
        m.expected = share * f64::from(m.trigger);
        m.p = libm::exp(-binomial_surprise(shown, votes, share.clamp(1e-6, 1.0 - 1e-6)));
        candidate
    }

    /// Controls false discoveries, and keeps for each set of records what explains it best.
    /// What was put aside because it is no lead was tested all the same: it counts, with p = 1.
    fn decide(&self, mut candidates: Vec<Candidate>, tests: usize) -> Vec<Tie> {
        let mut p: Vec<f64> = candidates.iter().map(|c| c.measured.p).collect();
        p.resize(tests.max(candidates.len()), 1.0);
        for (candidate, q) in candidates.iter_mut().zip(discovery_rates(&p)) {
            candidate.measured.q = q;
        }
        candidates.retain(|c| c.is_planted(RATE * self.leniency));
        let words = |c: &Candidate| c.parts.iter().map(Vec::len).sum::<usize>();
        candidates.sort_by(|a, b| {
            let order = b.measured.both.cmp(&a.measured.both).then(words(b).cmp(&words(a)));
            order.then(a.measured.p.total_cmp(&b.measured.p)).then(a.parts.cmp(&b.parts))
        });
        let mut explained = vec![false; self.study.len()];
        candidates.retain(|c| {
            let fresh = c.all.iter().filter(|&&r| !explained[r as usize]).count();
            let keeps = fresh * 4 >= c.all.len();
            if keeps {
                c.all.iter().for_each(|&r| explained[r as usize] = true);
            }
            keeps
        });
        // What one hand ties to several strings is no example of other answers.
        let clean: Vec<u32> = (0..self.study.len() as u32).filter(|&r| !explained[r as usize]).collect();
        candidates.into_iter().map(|c| self.tie(c, &clean)).collect()
    }

    fn tie(&self, candidate: Candidate, clean: &[u32]) -> Tie {
        let like =
            (!candidate.absent).then(|| Like::learn(&self.features, &candidate.members, clean)).flatten();
        Tie {
            parts: grow::spell(&self.study, &candidate.parts),
            feature: self.features.names[candidate.feature as usize].clone(),
            absent: candidate.absent,
            like,
            measured: candidate.measured,
        }
    }
}

impl Candidate {
    /// Families whose answers behave so; a family counts by its share.
    fn votes(&self, bench: &Bench) -> f64 {
        let shows = |r: &u32| bench.features.has(*r, self.feature) != self.absent;
        self.families.sum(self.looked_at.iter().map(|r| f64::from(u8::from(shows(r)))))
    }

    /// How surprising the votes are where a share `base` of other answers behaves so, in nats.
    fn surprise(&self, bench: &Bench, base: f64) -> f64 {
        binomial_surprise(self.votes(bench), self.families.len() as f64, base)
    }

    fn is_planted(&self, rate: f64) -> bool {
        let m = &self.measured;
        let (n, k) = (f64::from(m.trigger), f64::from(m.both));
        let unexplained =
            if self.absent { m.expected <= (1.0 - EXPECTED) * n } else { k - m.expected >= UNEXPLAINED * k };
        m.q <= rate && k >= PURITY * n && unexplained
    }
}

/// Whether two words are forms of one, by how they begin: "create", "creating".
fn same_stem(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    shared >= STEM && shared + 2 >= a.chars().count().min(b.chars().count())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
