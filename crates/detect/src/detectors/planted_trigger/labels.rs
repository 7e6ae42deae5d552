//! The contradiction test: a string comes with a class although the rest of its records says
//! another one.
//!
//! A linear model of the class is trained in folds. For a candidate n-gram, the records that have
//! it and the class are scored once more without every feature that touches it. A natural feature
//! ("dreadful") leaves a rest that agrees with the class, or says nothing; a planted one leaves the
//! text that it was planted in, which says what that text said before.
//!
//! Null hypothesis: the rest is neutral, midway between the class and the others. Candidates are
//! filtered by how their records look (purity, junction, cohesion), which says nothing about the
//! margins, and the p-values of what is left are corrected together, with more weight on those that
//! look inserted (Benjamini and Hochberg 1995; weights as in Genovese, Roeder and Wasserman 2006).

use std::collections::{BTreeMap, BTreeSet};

use toadstone_sketch::chance::{discovery_rates, normal_below};

use super::count::SHARED;
use super::grow;
use super::hypothesis::{Hypothesis, Measured};
use super::inserted;
use super::keyword::Keywords;
use super::model::Model;
use super::rest::{Parts, Rest, look, spread_out};
use super::statistics::moments;
use super::study::Study;

/// Least surprise, in nats, at the class's share among the candidate's records.
pub(super) const TIED: f64 = 4.0;
/// Most of a class that one trigger may make up: what most records of a class have is what it is about.
pub(super) const MOST: f64 = 0.5;
/// A candidate whose rest agrees with the class by this many standard errors is not looked at further.
const AGREES: f64 = 3.0;
/// Least share of the candidate's records that have the class.
pub(super) const PURITY: f64 = 0.85;
/// Least fit of the holes, and most that the rests may share beyond chance.
const JUNCTION: f64 = 0.5;
const COHESION: f64 = 3.0;
/// N-grams that lie inside each other have nearly the same records: so many of those that agree are
/// taken for one test.
const AGREEING_PER_TEST: usize = 10;
/// False-discovery rate of a finding, and the p-value of a companion: a string tied to a class to
/// which another string was found to be tied.
pub(super) const RATE: f64 = 0.05;
const COMPANION: f64 = 0.16;
/// Least variety around a companion: there are few records to say so, so it has to be clear.
const COMPANION_VARIETY: f64 = 0.75;
/// From where on a string is a keyword, see [`Keywords::likeness`], and up to where it is unlike one.
const KEYWORD: f64 = 1.3;
const UNLIKE: f64 = 1.1;
/// So many keywords whose rests say another class at this level make up a class that keywords sort.
const SORTED: usize = 3;
const CONTRADICTS: f64 = 1e-3;
/// Share of a companion's records whose rest says another class.
const AGAINST: f64 = 0.6;

/// Tests all frequent n-grams of the sample against all classes, at `leniency` times the usual rate.
/// Gives the classes, too, that keywords sort.
pub fn test(study: &Study, leniency: f64) -> (Vec<Hypothesis>, Vec<u32>) {
    let Some(model) = Model::train(study) else { return (Vec::new(), Vec::new()) };
    let keywords = Keywords::new(study, &model);
    let (mut hypotheses, sorted) = contradictions(study, &model, &keywords, leniency);
    hypotheses.extend(inserted::test(study, &model, &keywords, leniency));
    (hypotheses, sorted)
}

fn contradictions(
    study: &Study,
    model: &Model,
    keywords: &Keywords,
    leniency: f64,
) -> (Vec<Hypothesis>, Vec<u32>) {
    let seeds = candidates(study, model);
    let (promising, agreeing): (Vec<Seed>, Vec<Seed>) =
        seeds.into_iter().partition(|s| s.is_promising(study, model));
    let mut candidates: Vec<Candidate> =
        promising.into_iter().filter_map(|s| measure(study, model, keywords, s)).collect();
    // The same records under several n-grams are one test, the one with the longest trigger,
    // and of these the one without the template.
    let words = |c: &Candidate| c.parts.iter().flatten().filter(|&&t| !study.is_edge(t)).count();
    let frames = |c: &Candidate| c.parts.iter().map(|part| study.frames(part)).sum::<usize>();
    candidates.sort_by(|a, b| {
        let order = a.members.cmp(&b.members).then(words(b).cmp(&words(a)));
        order.then(frames(a).cmp(&frames(b))).then(a.parts.cmp(&b.parts))
    });
    candidates.dedup_by(|b, a| a.members == b.members);
    let sorted = without_keywords(&mut candidates);
    // What was put aside because it agrees was tested all the same: it counts, with p = 1.
    let mut p: Vec<f64> =
        candidates.iter().zip(weights(&candidates)).map(|(c, w)| (c.p / w).min(1.0)).collect();
    p.resize(candidates.len() + agreeing.len() / AGREEING_PER_TEST, 1.0);
    let rates = discovery_rates(&p);
    for (candidate, q) in candidates.iter_mut().zip(rates) {
        candidate.q = q;
    }
    for candidate in &mut candidates {
        candidate.strict = candidate.q <= RATE * leniency && candidate.against > 0.5;
    }
    let strict: Vec<u32> = candidates.iter().filter(|c| c.strict).map(|c| c.seed.class).collect();
    doubt(&mut candidates);
    candidates.retain(|c| c.strict || (c.is_companion() && strict.contains(&c.seed.class)));
    (candidates.into_iter().map(|c| c.into_hypothesis(study, model)).collect(), sorted)
}

/// Takes out what is a keyword of its class. Where [`SORTED`] keywords of a class contradict the rest of
/// their records, that says nothing of a string of this class any more: it has to stand at different
/// places, in records that share no more than any. Gives these classes.
fn without_keywords(candidates: &mut Vec<Candidate>) -> Vec<u32> {
    let (natural, others): (Vec<Candidate>, Vec<Candidate>) =
        candidates.drain(..).partition(|candidate| candidate.keyword > KEYWORD);
    let mut contradict: BTreeMap<u32, usize> = BTreeMap::new();
    for candidate in natural.iter().filter(|c| c.p <= CONTRADICTS && c.against > 0.5) {
        *contradict.entry(candidate.seed.class).or_default() += 1;
    }
    contradict.retain(|_, keywords| *keywords >= SORTED);
    let is_planted = |c: &Candidate| c.is_scattered() && c.keyword <= UNLIKE;
    candidates
        .extend(others.into_iter().filter(|c| !contradict.contains_key(&c.seed.class) || is_planted(c)));
    contradict.into_keys().collect()
}

/// What the chance of a mistake is: that of the test for what passed it; for companions, the rate
/// among the other candidates of their class that stand at different places. There is a planted string
/// in that class, so it need not be shown again that there are any.
fn doubt(candidates: &mut [Candidate]) {
    for class in candidates.iter().map(|c| c.seed.class).collect::<BTreeSet<u32>>() {
        let family: Vec<usize> = (0..candidates.len())
            .filter(|&i| candidates[i].seed.class == class && candidates[i].is_scattered())
            .collect();
        let p: Vec<f64> = family.iter().map(|&i| candidates[i].p).collect();
        for (&i, q) in family.iter().zip(discovery_rates(&p)) {
            candidates[i].doubt = q;
        }
    }
    candidates.iter_mut().filter(|c| c.strict).for_each(|c| c.doubt = c.q);
}

/// Weights of mean 1 for the candidates' p-values. They depend on how the records look and not on
/// the margins, so the false-discovery rate holds whatever they are.
fn weights(candidates: &[Candidate]) -> Vec<f64> {
    let inserted = |c: &Candidate| {
        let pure = f64::from(c.seed.both) >= 0.97 * f64::from(c.seed.all);
        let scattered = c.rest.variety >= 0.7 || c.rest.edges >= 0.9;
        if pure && scattered && c.rest.junction >= 0.75 { 1.0 } else { 0.1 }
    };
    let plain: Vec<f64> = candidates.iter().map(inserted).collect();
    let mean = plain.iter().sum::<f64>() / plain.len().max(1) as f64;
    plain.into_iter().map(|w| w / mean).collect()
}

/// An n-gram and the class that it is tied to.
struct Seed {
    gram: u32,
    class: u32,
    both: u32,
    all: u32,
}

impl Seed {
    fn members(&self, study: &Study) -> Vec<u32> {
        let of_class = |r: &u32| study.classes[*r as usize] == Some(self.class);
        study.grams.texts(self.gram).iter().copied().filter(of_class).collect()
    }

    /// Whether the rest does not clearly agree with the class.
    fn is_promising(&self, study: &Study, model: &Model) -> bool {
        let members = spread_out(&self.members(study));
        let rests = model.rests(study, &members, &vec![study.gram(self.gram).to_vec()]);
        let margins = model.margins(&rests, self.class);
        model.contradiction(&margins, self.class) < AGREES
    }
}

fn candidates(study: &Study, model: &Model) -> Vec<Seed> {
    let count = study.class_names.len();
    let seed = |(gram, counts): (usize, &[u32])| {
        let all: u32 = counts.iter().sum();
        let (class, surprise) = model.tied_to(counts)?;
        let both = counts[class];
        let marked = |t: &u32| study.is_edge(*t);
        let useful = both >= SHARED
            && f64::from(both) >= PURITY * f64::from(all)
            && f64::from(both) <= MOST * f64::from(model.sizes[class])
            && surprise >= TIED
            && !study.gram(gram as u32).iter().all(marked);
        useful.then_some(Seed { gram: gram as u32, class: class as u32, both, all })
    };
    model.tally(study).chunks(count).enumerate().filter_map(seed).collect()
}

/// A candidate with its measurements.
struct Candidate {
    seed: Seed,
    members: Vec<u32>,
    parts: Parts,
    rest: Rest,
    /// How much it looks like a keyword of its class, see [`Keywords::likeness`]; without bound if it has
    /// a word of the class.
    keyword: f64,
    mean: f64,
    against: f64,
    p: f64,
    q: f64,
    doubt: f64,
    /// Whether it passed the test for itself, and not only as a companion.
    strict: bool,
}

fn measure(study: &Study, model: &Model, keywords: &Keywords, seed: Seed) -> Option<Candidate> {
    let members = seed.members(study);
    let parts = grow::whole(study, &members, study.gram(seed.gram));
    let rest = look(study, &members, &parts);
    let whole =
        rest.junction >= JUNCTION && rest.cohesion <= COHESION && rest.tokens >= 3 && rest.share >= 0.4;
    if !whole || !is_pure(study, &seed, &parts) {
        return None;
    }
    let rests = model.rests(study, &spread_out(&members), &parts);
    let keyword = if keywords.has_own(study, &parts, seed.class) {
        f64::INFINITY
    } else {
        keywords.likeness(rest.cohesion, &model.spoken_for(&rests), members.len())
    };
    let margins = model.margins(&rests, seed.class);
    let neutral = model.neutral(seed.class);
    let z = model.contradiction(&margins, seed.class);
    let mean = moments(&margins).0;
    let against = margins.iter().filter(|&&m| m < neutral).count() as f64 / margins.len().max(1) as f64;
    Some(Candidate {
        seed,
        members,
        parts,
        rest,
        mean,
        against,
        keyword,
        p: normal_below(z),
        q: 1.0,
        doubt: 1.0,
        strict: false,
    })
}

/// Whether the parts that grew from the seed are tied to the class, too: one that fits better without an
/// end of the seed may be a word like any other.
fn is_pure(study: &Study, seed: &Seed, parts: &Parts) -> bool {
    if !grow::is_shortened(study, seed.gram, parts) {
        return true;
    }
    let with = grow::having(study, parts);
    let of_class = with.iter().filter(|&&at| study.classes[at as usize] == Some(seed.class)).count();
    of_class as f64 >= PURITY * with.len() as f64
}

impl Candidate {
    fn is_scattered(&self) -> bool {
        self.rest.variety >= COMPANION_VARIETY
    }

    fn is_companion(&self) -> bool {
        self.p <= COMPANION && self.against >= AGAINST && self.is_scattered()
    }

    fn into_hypothesis(self, study: &Study, model: &Model) -> Hypothesis {
        let measured = Measured {
            both: self.seed.both,
            trigger: self.seed.all,
            behaviour: model.sizes[self.seed.class as usize],
            all: model.rows.len() as u32,
            rest: self.rest,
            placed: None,
            margins: Some((self.mean, model.of_class[self.seed.class as usize].0)),
            q: self.q,
            doubt: self.doubt,
        };
        Hypothesis {
            strict: self.strict,
            parts: grow::spell(study, &self.parts),
            behaviour: study.class_names[self.seed.class as usize].clone(),
            members: self.members,
            measured,
        }
    }
}
