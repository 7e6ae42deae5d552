//! Leads: strings that look put into their inputs, and whose answers do something together.

use std::cmp::Reverse;
use std::collections::HashMap;

use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use super::classes::Class;
use super::feature::{Feature, Features, says_something};
use crate::detectors::planted_trigger::rest::spread_out;
use crate::detectors::planted_trigger::statistics::binomial_surprise;
use crate::detectors::planted_trigger::study::Study;
use crate::features::ngrams::position;

/// Least number of records, and most as a share of all.
pub const RECORDS: u32 = 10;
const MOST: f64 = 0.6;
/// Least share of the string's records whose answers have the feature.
pub const PURITY: f64 = 0.5;
/// Least share of holes whose left and right neighbours stand side by side elsewhere.
const HOLES: f64 = 0.5;
/// Least surprise, in nats, beyond what the number of tests needs.
pub const TIED: f64 = 12.0;
/// One answer in so many in another language than its input makes a set of translations.
const TRANSLATIONS: usize = 10;
/// Features looked at for each string, and strings looked at, the most surprising first.
const PER_STRING: usize = 3;
const STRINGS: usize = 3000;
/// Records of a string whose answers are looked at.
const LOOKED_AT: usize = 64;

/// A string of the inputs and a feature of its answers.
#[derive(Debug, Clone)]
pub struct Lead {
    /// The string, as an n-gram of the study.
    pub gram: u32,
    /// The feature, as a number of [`Features`].
    pub feature: u32,
    /// How surprising the feature is in the string's answers, in nats.
    pub surprise: f64,
    /// Share of other answers that have the feature.
    pub base: f64,
}

/// Strings that look put in: without them, the text closes. One for each set of records, that which
/// closes best, of these one without the template, of these the longest.
pub fn inserted(study: &Study) -> Vec<u32> {
    let mut best: HashMap<u64, (f64, Reverse<usize>, u32), Xxh3DefaultBuilder> = HashMap::default();
    for gram in 0..study.grams.len() as u32 {
        let texts = study.grams.texts(gram);
        let size = texts.len();
        if size < RECORDS as usize || size as f64 > MOST * study.len() as f64 {
            continue;
        }
        let holes = holes(study, gram);
        if holes < HOLES {
            continue;
        }
        let bytes: Vec<u8> = texts.iter().flat_map(|t| t.to_le_bytes()).collect();
        let rank = (holes, Reverse(study.frames(study.gram(gram))), gram);
        let entry = best.entry(xxh3_64(&bytes)).or_insert(rank);
        if rank > *entry {
            *entry = rank;
        }
    }
    let mut grams: Vec<u32> = best.into_values().map(|(_, _, gram)| gram).collect();
    grams.sort_unstable();
    grams
}

/// Share of the holes that the string leaves whose neighbours are neighbours elsewhere; 0 for marks alone.
fn holes(study: &Study, gram: u32) -> f64 {
    let tokens = study.gram(gram);
    if tokens.iter().all(|&t| study.is_edge(t)) {
        return 0.0;
    }
    let members = spread_out(study.grams.texts(gram));
    let closes = |&&member: &&u32| {
        let input = &study.inputs[member as usize];
        let Some(at) = position(input, tokens) else { return false };
        let end = at + tokens.len();
        let (first, last) = (tokens[0], tokens[tokens.len() - 1]);
        let left = if study.is_edge(first) { first } else { input[at - 1] };
        let right = if study.is_edge(last) { last } else { input[end] };
        study.side_by_side(left, right) >= 1
    };
    members.iter().filter(closes).count() as f64 / members.len().max(1) as f64
}

/// Whether many answers are in another language than their inputs. Words of a translation follow
/// from words of its original, which says nothing; only classes of answers count there.
fn translates(features: &Features) -> bool {
    let others = features.names.iter().zip(&features.support);
    let foreign = others.filter(|(name, _)| matches!(name, Feature::Class(Class::Language(_))));
    foreign.map(|(_, &support)| support as usize).sum::<usize>() * TRANSLATIONS > features.of.len()
}

/// The features that stand out in the answers after each of the strings, best leads first, and the
/// number of pairs of string and feature that were tried. At `leniency` times the usual rate.
pub fn leads(study: &Study, features: &Features, strings: &[u32], leniency: f64) -> (Vec<Lead>, usize) {
    let named_only = translates(features);
    let mut counts = vec![0u32; features.names.len()];
    let mut found = Vec::new();
    let mut tests = 0usize;
    for &gram in strings {
        let members = study.grams.texts(gram);
        let looked_at: Vec<u32> =
            members.iter().copied().step_by(members.len().div_ceil(LOOKED_AT).max(1)).collect();
        let mut touched = Vec::new();
        for &feature in looked_at.iter().flat_map(|&m| &features.of[m as usize]) {
            if counts[feature as usize] == 0 {
                touched.push(feature);
            }
            counts[feature as usize] += 1;
        }
        tests += touched.len();
        let mut own: Vec<Lead> = Vec::new();
        for &feature in &touched {
            let hits = f64::from(std::mem::take(&mut counts[feature as usize]));
            let size = looked_at.len() as f64;
            let name = &features.names[feature as usize];
            let counts = says_something(name) && (!named_only || matches!(name, Feature::Class(_)));
            if hits < PURITY * size || !counts {
                continue;
            }
            let scale = members.len() as f64 / size;
            let support = f64::from(features.support[feature as usize]);
            let elsewhere = (support - hits * scale).max(0.0) + 0.5;
            let base = elsewhere / (study.len() - members.len() + 1) as f64;
            own.push(Lead { gram, feature, surprise: binomial_surprise(hits, size, base) * scale, base });
        }
        // Classes first where they say nearly as much: they are easier to understand.
        let is_class = |l: &Lead| matches!(features.names[l.feature as usize], Feature::Class(_));
        let rank = |l: &Lead| l.surprise * if is_class(l) { 1.5 } else { 1.0 };
        own.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.feature.cmp(&b.feature)));
        own.truncate(PER_STRING);
        found.extend(own);
    }
    let bar = TIED + (tests.max(1) as f64).ln() - leniency.ln();
    found.retain(|lead| lead.surprise >= bar);
    found.sort_by(|a, b| {
        b.surprise.total_cmp(&a.surprise).then((a.gram, a.feature).cmp(&(b.gram, b.feature)))
    });
    found.truncate(STRINGS);
    (found, tests)
}
