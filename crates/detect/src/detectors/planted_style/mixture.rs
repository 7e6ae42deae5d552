//! A class as a mixture of two populations.
//!
//! Clean records have the class as often as their content says, `c`. Planted ones always have it,
//! and their style tells them: a record is planted with chance `p`, which depends on style only. So
//! `P(class) = p + (1 - p) c`, and a record of the class is planted with chance
//! `p / (p + (1 - p) c)`; a record of another class never is, so a style that lives outside the
//! class as well is no sign. Content and style models and these chances are refined in turns (EM;
//! Dempster, Laird, Rubin 1977). No record is scored by a model that saw it.

use serde::{Deserialize, Serialize};

use crate::features::linear::Features;
use crate::features::soft::{Calibration, Lesson, fit, logistic, margin};

/// Folds of the cross-fit.
const FOLDS: usize = 4;
/// Turns of the refinement.
const TURNS: usize = 10;
/// Inverse strength of the regularisation: of content, of the planted style (which few records teach;
/// from about 40 on it learns records by heart), and of the model that only starts the search.
const COST: f64 = 1.0;
const STYLE_COST: f64 = 10.0;
const START_COST: f64 = 0.3;
/// The search starts with so much of the data, but no more than [`Study::most`] of the class.
const STARTS_WITH: f64 = 0.15;

/// The sample as numbers.
pub struct Study {
    /// Content features of each record.
    pub content: Vec<Features>,
    /// Style features of each record.
    pub style: Vec<Features>,
    /// Numbers of content and style features.
    pub widths: (usize, usize),
    /// Folds of the records; equal texts share one.
    pub folds: Vec<usize>,
    /// The class of each record.
    pub classes: Vec<u32>,
    /// Share of records whose class is wrong whatever the content; keeps single contradictions from
    /// looking planted.
    pub noise: f64,
    /// The most of a class that is planted, for a start.
    pub most: f64,
}

/// The fold of a record, by a digest of its text.
pub fn fold(digest: u64) -> usize {
    (digest % FOLDS as u64) as usize
}

impl Study {
    /// Makes `members` class 1 and all others class 0.
    pub fn single_out(&mut self, members: &[u32]) {
        self.classes.clear();
        self.classes.resize(self.content.len(), 0);
        members.iter().for_each(|&member| self.classes[member as usize] = 1);
    }

    fn lessons(&self, class: u32) -> Vec<Lesson> {
        let chance = |&c: &u32| if c == class { 1.0 } else { 0.0 };
        self.classes.iter().map(|c| Lesson { chance: chance(c), weight: 1.0 }).collect()
    }

    fn cross_fit(&self, view: &[Features], width: usize, lessons: &[Lesson], cost: f64) -> CrossFit {
        let train = |fold| fit(view, lessons, &|i| self.folds[i] != fold, width, cost);
        let weights: Vec<Vec<f32>> = (0..FOLDS).map(train).collect();
        let margins: Vec<[f64; 1]> =
            view.iter().zip(&self.folds).map(|(f, &fold)| [margin(&weights[fold], f)]).collect();
        let calibration = Calibration::fit(&margins, lessons);
        CrossFit { weights, margins, calibration }
    }
}

/// A model for each fold that never saw its records.
#[derive(Serialize, Deserialize)]
struct CrossFit {
    weights: Vec<Vec<f32>>,
    margins: Vec<[f64; 1]>,
    calibration: Calibration<1>,
}

impl CrossFit {
    fn chances(&self) -> Vec<f64> {
        self.margins.iter().map(|m| self.calibration.chance(m)).collect()
    }

    fn chance(&self, fold: usize, features: &[u32]) -> f64 {
        self.calibration.chance(&[margin(&self.weights[fold], features)])
    }
}

/// What a model says of one record.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Said {
    /// The chance that a record of this style is planted.
    pub planted: f64,
    /// The chance of the class by content, if it is not.
    pub class: f64,
}

impl Said {
    /// The chance of the class.
    pub fn of_class(self) -> f64 {
        self.planted + (1.0 - self.planted) * self.class
    }

    /// The chance that a record of the class is planted.
    pub fn membership(self) -> f64 {
        self.planted / self.of_class().max(1e-12)
    }
}

/// The mixture for one class.
#[derive(Serialize, Deserialize)]
pub struct Mixture {
    content: CrossFit,
    style: CrossFit,
    noise: f64,
    /// What it says of each record of the sample.
    pub said: Vec<Said>,
    /// Log-likelihood of each record's being or not being of the class: mixture, and one population.
    /// In both, content and style of clean records add up.
    pub likelihoods: Vec<(f64, f64)>,
}

impl Mixture {
    /// Fits the mixture for `class`. Time: turns x folds x features of all records.
    pub fn fit(study: &Study, class: u32) -> Mixture {
        let one = study.lessons(class);
        let (ahead, single) = additive(study, &one);
        let mut planted = start(&ahead, &one, study.most);
        let mut last = None;
        for _ in 0..TURNS {
            let clean: Vec<Lesson> =
                one.iter().zip(&planted).map(|(l, p)| Lesson { weight: 1.0 - p, ..*l }).collect();
            let content = study.cross_fit(&study.content, study.widths.0, &clean, COST);
            let soft: Vec<Lesson> = content
                .chances()
                .iter()
                .zip(&one)
                .zip(&planted)
                .map(|((&c, l), &p)| teaches(l, p, c))
                .collect();
            let style = study.cross_fit(&study.style, study.widths.1, &soft, STYLE_COST);
            let said: Vec<Said> = style
                .chances()
                .into_iter()
                .zip(content.chances())
                .map(|(planted, class)| Said { planted, class: with_noise(class, study.noise) })
                .collect();
            planted = said.iter().zip(&one).map(|(s, l)| l.chance * s.membership()).collect();
            last = Some((content, style, said));
        }
        let (content, style, said) = last.unwrap_or_else(|| unreachable!("there is at least one turn"));
        let clean: Vec<Lesson> =
            one.iter().zip(&planted).map(|(l, p)| Lesson { weight: 1.0 - p, ..*l }).collect();
        let unplanted = additive(study, &clean).1;
        let likelihood = |at: usize| {
            let of = |p: f64| libm::log((if one[at].chance > 0.5 { p } else { 1.0 - p }).max(1e-9));
            let mixed = Said { class: unplanted[at], ..said[at] };
            (of(mixed.of_class()), of(single[at]))
        };
        let likelihoods = (0..one.len()).map(likelihood).collect();
        Mixture { content, style, noise: study.noise, said, likelihoods }
    }

    /// What it says of a text in `fold`.
    pub fn says(&self, fold: usize, content: &[u32], style: &[u32]) -> Said {
        let planted = self.style.chance(fold, style);
        Said { planted, class: with_noise(self.content.chance(fold, content), self.noise) }
    }

    /// The mean weight of a style feature over the folds.
    pub fn weight(&self, feature: u32) -> f64 {
        self.style.weights.iter().map(|w| f64::from(w[feature as usize])).sum::<f64>() / FOLDS as f64
    }
}

/// What a record teaches the model of the planted style. One whose content speaks for the class would
/// have it in either population and tells nothing; counted, a style of the class's own content would
/// join the planted one.
fn teaches(own: &Lesson, planted: f64, by_content: f64) -> Lesson {
    Lesson { chance: planted, weight: 1.0 - own.chance * by_content }
}

fn with_noise(chance: f64, noise: f64) -> f64 {
    noise + (1.0 - 2.0 * noise) * chance
}

/// The class's log-odds by style less those by content, and the chance of the class when both add up.
fn additive(study: &Study, lessons: &[Lesson]) -> (Vec<f64>, Vec<f64>) {
    let style = study.cross_fit(&study.style, study.widths.1, lessons, START_COST);
    let content = study.cross_fit(&study.content, study.widths.0, lessons, COST);
    let both: Vec<[f64; 2]> = style.margins.iter().zip(&content.margins).map(|(s, c)| [s[0], c[0]]).collect();
    let calibration = Calibration::fit(&both, lessons);
    let odds = |p: f64| libm::log(p.max(1e-9) / (1.0 - p).max(1e-9));
    let ahead = style.chances().into_iter().zip(content.chances()).map(|(s, c)| odds(s) - odds(c)).collect();
    (ahead, both.iter().map(|margins| calibration.chance(margins)).collect())
}

/// Where the search starts: records of the class whose style speaks for it more than their content.
fn start(ahead: &[f64], one: &[Lesson], most: f64) -> Vec<f64> {
    let mut own: Vec<f64> = ahead.iter().zip(one).filter(|(_, l)| l.chance > 0.5).map(|(&a, _)| a).collect();
    own.sort_unstable_by(|a, b| b.total_cmp(a));
    let taken = ((STARTS_WITH * one.len() as f64) as usize).min((most * own.len() as f64) as usize);
    let cut = own.get(taken).or(own.last()).copied().unwrap_or(0.0);
    ahead.iter().zip(one).map(|(a, l)| l.chance * logistic(1.5 * (a - cut))).collect()
}
