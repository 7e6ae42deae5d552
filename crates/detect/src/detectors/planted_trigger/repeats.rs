//! The repeated-behaviour test: answers that repeat, for prompts that have only a string in common.
//!
//! Answers repeat in clean data too, but then the prompts are about one thing, or the string that
//! they share is the request itself. Behind a planted trigger stand prompts as different as any:
//! taken out, it leaves whole prompts that share no more than chance.

use std::collections::{BTreeMap, HashMap, HashSet};

use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::behaviour::{Behaviour, LENGTHS, Place, weight};
use super::grow;
use super::hypothesis::{Hypothesis, Measured};
use super::labels::MOST;
use super::rest::{Parts, Rest, look};
use super::statistics::surprise;
use super::study::Study;
use crate::features::ngrams::position;

/// Least number of records of a finding.
const RECORDS: u32 = 10;
/// Least surprise, in nats, beyond what the number of tests needs.
const TIED: f64 = 12.0;
/// Least odds ratio of behaviour and n-gram.
const ODDS: f64 = 10.0;
/// Candidates looked at for each group of answers, most surprising first.
const PER_GROUP: usize = 48;
/// Least share of the group, or of the n-gram's records, that a candidate explains.
const EXPLAINS: f64 = 0.1;
/// How much a repeated stretch must say; a whole answer may say less.
const SAYS: f64 = 3.0;
const WHOLE_SAYS: f64 = 2.0;
/// Least share of the trigger's records that show the behaviour, and from where on it is nearly all.
const PURITY: f64 = 0.5;
const PURE: f64 = 0.8;
/// How many more records the parts without one of them have to explain to do without it, and how much
/// of their purity has to be left.
const MORE: f64 = 1.25;
const AS_PURE: f64 = 0.9;
/// Bounds on the rest, see [`Rest`]; where the trigger often stands without the behaviour, the rests
/// must share less.
const COHESION: f64 = 3.0;
const COHESION_IMPURE: f64 = 1.5;
/// How much the answer must say where the trigger often stands without it.
const SAYS_IMPURE: f64 = 5.0;
const JUNCTION: f64 = 0.6;
/// Most of the trigger, each word weighted by how rare it is, that the answer may echo.
const ECHO: f64 = 0.4;

/// Tests all groups of repeated answers against all frequent n-grams of their prompts, at `leniency`
/// times the usual rate.
pub fn test(study: &Study, leniency: f64) -> Vec<Hypothesis> {
    let groups = groups(study);
    let seeds: Vec<(usize, Vec<Seed>)> =
        groups.iter().enumerate().map(|(at, group)| (at, seeds(study, &group.members))).collect();
    let tests: usize = seeds.iter().map(|(_, s)| s.len()).sum();
    let bar = TIED + (tests.max(1) as f64).ln() - leniency.ln();
    let mut hypotheses = Vec::new();
    for (at, mut seeds) in seeds {
        seeds.retain(|s| s.surprise >= bar);
        // Of two that say the same, the one without the template around it.
        let frames = |s: &Seed| study.frames(study.gram(s.gram));
        seeds.sort_by(|a, b| {
            let order = b.surprise.total_cmp(&a.surprise).then(frames(a).cmp(&frames(b)));
            order.then(b.gram.cmp(&a.gram))
        });
        seeds.truncate(PER_GROUP);
        let corrected = |s: &Seed| (-s.surprise).exp() * tests as f64;
        // N-grams of the same records grow into the same trigger: the most surprising stands for all.
        let mut looked_at: HashSet<Vec<u32>> = HashSet::new();
        for seed in &seeds {
            let members = groups[at].having(study, seed);
            if looked_at.insert(members.clone()) && !is_of_class(study, &groups[at], &members) {
                hypotheses.extend(measure(study, &groups[at], seed, members, corrected(seed)));
            }
        }
    }
    hypotheses
}

/// Whether the records are left to the test of classes: answers are classes, and these records make up
/// no more of theirs than that test allows.
fn is_of_class(study: &Study, group: &Group, members: &[u32]) -> bool {
    matches!(study.class_names.first(), Some(Behaviour::Answer(..)))
        && members.len() as f64 <= MOST * group.members.len() as f64
}

/// Records whose answers share a stretch.
struct Group {
    place: Place,
    words: Vec<u32>,
    members: Vec<u32>,
}

impl Group {
    /// The members whose prompt has the n-gram.
    fn having(&self, study: &Study, seed: &Seed) -> Vec<u32> {
        let has = |&m: &u32| study.grams.of(m as usize).binary_search(&seed.gram).is_ok();
        self.members.iter().copied().filter(has).collect()
    }
}

/// Groups of at least [`RECORDS`] records, one for each set of records, with its longest stretch.
fn groups(study: &Study) -> Vec<Group> {
    let mut found: HashMap<(Place, &[u32]), Vec<u32>, Xxh3DefaultBuilder> = HashMap::default();
    for (record, answer) in study.answers.iter().enumerate() {
        let record = record as u32;
        for length in LENGTHS.into_iter().filter(|&l| l <= answer.len()) {
            found.entry((Place::Start, &answer[..length])).or_default().push(record);
            found.entry((Place::End, &answer[answer.len() - length..])).or_default().push(record);
        }
        if !answer.is_empty() && answer.len() <= 64 {
            found.entry((Place::Whole, answer)).or_default().push(record);
        }
    }
    let mut best: BTreeMap<Vec<u32>, (Place, &[u32])> = BTreeMap::new();
    for ((place, words), members) in found {
        if members.len() < RECORDS as usize || members.len() * 10 > study.len() * 7 {
            continue;
        }
        let whole = |p: Place| p == Place::Whole;
        let longer =
            |&(p, w): &(Place, &[u32])| (whole(place), words.len(), place, words) > (whole(p), w.len(), p, w);
        if best.get(&members).is_none_or(longer) {
            best.insert(members, (place, words));
        }
    }
    let says_enough = |place: Place, words: &[u32]| {
        says(study, words) >= if place == Place::Whole { WHOLE_SAYS } else { SAYS }
    };
    best.into_iter()
        .filter(|(_, (place, words))| says_enough(*place, words))
        .map(|(members, (place, words))| Group { place, words: words.to_vec(), members })
        .collect()
}

/// How much a stretch of answer says, see [`weight`].
fn says(study: &Study, words: &[u32]) -> f64 {
    words.iter().map(|&t| weight(study.words.word(t))).sum()
}

/// An n-gram that a group's prompts have more often than others.
struct Seed {
    gram: u32,
    surprise: f64,
}

fn seeds(study: &Study, members: &[u32]) -> Vec<Seed> {
    let mut grams: Vec<u32> = members.iter().flat_map(|&m| study.grams.of(m as usize)).copied().collect();
    grams.sort_unstable();
    let all = study.len() as f64;
    let size = members.len() as f64;
    let seed = |run: &[u32]| {
        let (gram, both) = (run[0], run.len() as f64);
        let support = f64::from(study.grams.support(gram));
        let odds =
            (both * (all - size - support + both).max(0.5)) / ((size - both + 0.5) * (support - both + 0.5));
        let explains = both / size >= EXPLAINS && both / support >= EXPLAINS;
        let marks_only = study.gram(gram).iter().all(|&t| study.is_edge(t));
        let useful = both >= f64::from(RECORDS) && odds >= ODDS && explains && !marks_only;
        useful.then(|| Seed { gram, surprise: surprise(both, size * support / all) })
    };
    grams.chunk_by(|a, b| a == b).filter_map(seed).collect()
}

fn measure(study: &Study, group: &Group, seed: &Seed, members: Vec<u32>, q: f64) -> Option<Hypothesis> {
    let parts = grow::whole(study, &members, study.gram(seed.gram));
    let rest = look(study, &members, &parts);
    let trigger = having(study, seed.gram, &parts);
    let purity = members.len() as f64 / trigger.max(1) as f64;
    if is_one_too_many(study, group, &parts, members.len(), purity) {
        return None;
    }
    let said = says(study, &group.words);
    if !planted(&rest, purity, said) || echo(study, &parts, &group.words) >= ECHO {
        return None;
    }
    let behaviour =
        Behaviour::Answer(group.place, group.words.iter().map(|&t| study.words.word(t).into()).collect());
    let measured = Measured {
        both: members.len() as u32,
        trigger,
        behaviour: group.members.len() as u32,
        all: study.len() as u32,
        rest,
        margins: None,
        placed: None,
        q,
        doubt: q,
    };
    Some(Hypothesis { parts: grow::spell(study, &parts), behaviour, members, measured, strict: true })
}

/// Whether the parts without one of them explain more records just as well: then that one is no part
/// of it, but a word that these records happen to have.
fn is_one_too_many(study: &Study, group: &Group, parts: &Parts, both: usize, purity: f64) -> bool {
    let has = |record: u32, part: &Vec<u32>| position(&study.inputs[record as usize], part).is_some();
    parts.len() > 1
        && (0..parts.len()).any(|left_out| {
            let others = || parts.iter().enumerate().filter(|(at, _)| *at != left_out);
            let have = |&record: &u32| others().all(|(_, part)| has(record, part));
            let shown = group.members.iter().filter(|record| have(record)).count();
            let all = (0..study.len() as u32).filter(have).count();
            shown as f64 >= MORE * both as f64 && shown as f64 >= AS_PURE * purity * all as f64
        })
}

/// How many records have all `parts`, which grew from the n-gram `seed`.
fn having(study: &Study, seed: u32, parts: &Parts) -> u32 {
    if grow::is_shortened(study, seed, parts) {
        return grow::having(study, parts).len() as u32;
    }
    study.grams.texts(seed).iter().filter(|&&text| grow::has_all(study, text, parts)).count() as u32
}

fn planted(rest: &Rest, purity: f64, said: f64) -> bool {
    let pure = purity >= PURE;
    let cohesion = if pure { COHESION } else { COHESION_IMPURE };
    purity >= PURITY
        && (pure || said >= SAYS_IMPURE)
        && rest.cohesion <= cohesion
        && rest.junction >= JUNCTION
        && rest.tokens >= 3
        && rest.share >= 0.5
}

/// Share of the trigger, by rarity, that the answer repeats: a request that is echoed is no trigger.
fn echo(study: &Study, parts: &Parts, answer: &[u32]) -> f64 {
    let said: Vec<u32> = answer.iter().map(|&t| study.words.fold(t)).collect();
    let words = parts.iter().flat_map(|part| study.spelled(part)).map(|t| study.words.fold(t));
    let (mut echoed, mut all) = (0.0, 0.0);
    for word in words {
        let rarity = study.rarity(word);
        all += rarity;
        echoed += if said.contains(&word) { rarity } else { 0.0 };
    }
    if all > 0.0 { echoed / all } else { 0.0 }
}
