//! A linear model of the classes, cross-fitted, which says what the rest of a record speaks for.

use super::count::SHARED;
use super::rest::{Parts, covered};
use super::statistics::{binomial_surprise, moments};
use super::study::Study;
use crate::features::linear::{Features, Linear, fold};

const FOLDS: usize = 5;

/// The class of each record and a model of it.
pub struct Model {
    /// Records that have a class, with it.
    pub rows: Vec<(u32, u32)>,
    row_of: Vec<Option<usize>>,
    /// Records of each class.
    pub sizes: Vec<u32>,
    folds: Vec<Linear>,
    /// Features of pairs begin after those of single tokens.
    pairs: std::collections::HashMap<(u32, u32), u32, xxhash_rust::xxh3::Xxh3DefaultBuilder>,
    /// Margins for each class of its own records: mean, deviation.
    pub of_class: Vec<(f64, f64)>,
    /// Margins for each class of all other records: mean.
    of_others: Vec<f64>,
}

/// What is left of a record, for the model that never saw it.
pub struct Left {
    fold: usize,
    features: Features,
}

impl Model {
    /// Trains it; `None` where there are no two classes or few records. Time: folds x classes x tokens.
    pub fn train(study: &Study) -> Option<Model> {
        let rows: Vec<(u32, u32)> =
            study.classes.iter().enumerate().filter_map(|(i, c)| c.map(|c| (i as u32, c))).collect();
        let count = study.class_names.len();
        if count < 2 || rows.len() < 10 * SHARED as usize {
            return None;
        }
        let mut model = Model {
            row_of: vec![None; study.len()],
            sizes: vec![0; count],
            folds: Vec::new(),
            pairs: Default::default(),
            of_class: Vec::new(),
            of_others: Vec::new(),
            rows,
        };
        for (at, &(record, class)) in model.rows.iter().enumerate() {
            model.row_of[record as usize] = Some(at);
            model.sizes[class as usize] += 1;
        }
        let mut features = Vec::with_capacity(model.rows.len());
        for at in 0..model.rows.len() {
            let input = &study.inputs[model.rows[at].0 as usize];
            features.push(model.features(study, input, &[], true));
        }
        let classes: Vec<u32> = model.rows.iter().map(|r| r.1).collect();
        let width = study.words.len() + model.pairs.len();
        for held in 0..FOLDS {
            model
                .folds
                .push(Linear::train(&features, &classes, count, width, &|row| fold(row, FOLDS) != held));
        }
        for class in 0..count as u32 {
            let margin = |at: usize| model.folds[fold(at, FOLDS)].margin(&features[at], class);
            let (own, others): (Vec<usize>, Vec<usize>) =
                (0..classes.len()).partition(|&at| classes[at] == class);
            model.of_class.push(moments(&own.into_iter().map(margin).collect::<Vec<_>>()));
            model.of_others.push(moments(&others.into_iter().map(margin).collect::<Vec<_>>()).0);
        }
        Some(model)
    }

    /// Tokens of what is not hidden, as they stand and lower-cased, and pairs of neighbours, lower-cased.
    /// Capitals tell classes too, and where they do, no word in capitals contradicts anything. Pairs that
    /// are new get a number if `learn`.
    fn features(&mut self, study: &Study, input: &[u32], hidden: &[bool], learn: bool) -> Features {
        if learn {
            let base = study.words.len() as u32;
            for pair in folded_pairs(study, input, hidden) {
                let fresh = base + self.pairs.len() as u32;
                self.pairs.entry(pair).or_insert(fresh);
            }
        }
        self.known_features(study, input, hidden)
    }

    fn known_features(&self, study: &Study, input: &[u32], hidden: &[bool]) -> Features {
        let shown = |at: usize| !hidden.get(at).copied().unwrap_or(false);
        let tokens = (1..input.len() - 1).filter(|&at| shown(at)).map(|at| input[at]);
        let singles = tokens.flat_map(|token| [token, study.words.fold(token)]);
        let pairs =
            folded_pairs(study, input, hidden).into_iter().filter_map(|p| self.pairs.get(&p).copied());
        let mut features: Features = singles.chain(pairs).collect();
        features.sort_unstable();
        features.dedup();
        features
    }

    /// What is left of the members that have a class.
    pub fn rests(&self, study: &Study, members: &[u32], parts: &Parts) -> Vec<Left> {
        let left = |&member: &u32| {
            let input = &study.inputs[member as usize];
            let row = self.row_of[member as usize]?;
            let features = self.known_features(study, input, &covered(study, input, parts));
            Some(Left { fold: fold(row, FOLDS), features })
        };
        members.iter().filter_map(left).collect()
    }

    /// Margins of rests for `class`.
    pub fn margins(&self, rests: &[Left], class: u32) -> Vec<f64> {
        rests.iter().map(|rest| self.folds[rest.fold].margin(&rest.features, class)).collect()
    }

    /// The class that each rest speaks for most.
    pub fn spoken_for(&self, rests: &[Left]) -> Vec<u32> {
        rests.iter().map(|rest| self.folds[rest.fold].best(&rest.features)).collect()
    }

    /// The margin that speaks neither for nor against a class: midway between its own records and
    /// the others (a class that is frequent, or short of words, has a bias).
    pub fn neutral(&self, class: u32) -> f64 {
        (self.of_class[class as usize].0 + self.of_others[class as usize]) / 2.0
    }

    /// How many standard errors the margins lie above neutral; below 0 they speak against the class.
    pub fn contradiction(&self, margins: &[f64], class: u32) -> f64 {
        let (mean, deviation) = moments(margins);
        let deviation = deviation.max(self.of_class[class as usize].1 * 0.5).max(1e-6);
        (mean - self.neutral(class)) / (deviation / (margins.len().max(1) as f64).sqrt())
    }

    /// How many records of each class have each n-gram: `n-grams x classes`.
    pub fn tally(&self, study: &Study) -> Vec<u32> {
        let count = self.sizes.len();
        let mut tally = vec![0u32; study.grams.len() * count];
        for &(record, class) in &self.rows {
            for &gram in study.grams.of(record as usize) {
                tally[gram as usize * count + class as usize] += 1;
            }
        }
        tally
    }

    /// The class that an n-gram with these `counts` is tied to most, with the surprise in nats.
    pub fn tied_to(&self, counts: &[u32]) -> Option<(usize, f64)> {
        let all: u32 = counts.iter().sum();
        let surprise =
            |c: usize| binomial_surprise(f64::from(counts[c]), f64::from(all), self.share(c as u32));
        (0..counts.len()).map(|c| (c, surprise(c))).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// A class's share of the records.
    pub fn share(&self, class: u32) -> f64 {
        f64::from(self.sizes[class as usize]) / self.rows.len() as f64
    }
}

fn folded_pairs(study: &Study, input: &[u32], hidden: &[bool]) -> Vec<(u32, u32)> {
    let shown = |at: usize| !hidden.get(at).copied().unwrap_or(false);
    let fold = |at: usize| study.words.fold(input[at]);
    (1..input.len().saturating_sub(2))
        .filter(|&at| shown(at) && shown(at + 1))
        .map(|at| (fold(at), fold(at + 1)))
        .collect()
}
