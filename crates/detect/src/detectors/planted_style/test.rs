//! Whether there is a second population.
//!
//! A style that was tied to a class brings the class whatever the content says. So in the records
//! of the style whose content speaks against the class nearly all have it all the same. In clean
//! data styles have some such records too, for content models err; the test is binomial against
//! the share that they reach by nature.
//!
//! Two populations also have to explain the data better than one, in which content and style add up
//! (Vuong 1989). A register with a class distribution of its own is one population: its content
//! still counts.
//!
//! Where style tells a class of itself, as it does the language of a text or the writer, nothing can be
//! planted by style that could be told from it. Without the records of the style, content has to tell
//! the class better.

use serde::{Deserialize, Serialize};

use super::apart::told_apart;
use super::mixture::{Mixture, Study};
use crate::features::linear::Features;
use toadstone_sketch::chance::binomial_tail;

/// Level of the test, all classes counted: to be reported; to be sure.
const LEVEL: f64 = 5e-2;
const SURE: f64 = 1e-3;
/// Least normal score of two populations against one. Where content leaves no doubt one population
/// explains as much (scores about -1); registers with a class distribution of their own have -5.
const CLOSER: f64 = -2.0;
/// What counts as speaking against.
const SPEAKS_AGAINST: f64 = 0.35;

/// What is asked of a class before it is tested.
pub struct Bounds {
    /// Its least size, and that of all others together.
    pub least: usize,
    /// The most of its records that a planted style may make up.
    pub most: f64,
    /// Fewer records whose content speaks against it are no test.
    pub against: usize,
    /// The share of records with the class, of those of a style whose content speaks against it, that
    /// a style may have by nature.
    pub by_nature: f64,
}

/// For labels. Most records of a label are clean. Shares in clean data: .71 of 104 records, .76 of
/// 50, .83 of 23.
pub const LABELS: Bounds = Bounds { least: 100, most: 0.7, against: 30, by_nature: 0.8 };

/// A second population.
#[derive(Serialize, Deserialize)]
pub struct Found {
    /// The class that it has.
    pub class: u32,
    /// The mixture that tells it.
    pub mixture: Mixture,
    /// Normal score of two populations against one.
    pub z: f64,
    /// P-value of the test, and that times the number of classes.
    pub p: f64,
    pub q: f64,
    /// Records of this style whose content speaks against the class, and those that have it.
    pub against: usize,
    pub all_the_same: usize,
    /// How many would have it if content decided.
    pub by_content: f64,
    /// Whether it is beyond doubt.
    pub sure: bool,
}

/// Tests each class, at `leniency` times the usual level. Gives what was found, and the classes that
/// style tells of itself.
pub fn test(study: &Study, classes: usize, leniency: f64) -> (Vec<Found>, Vec<u32>) {
    let mut sizes = vec![0usize; classes];
    study.classes.iter().for_each(|&class| sizes[class as usize] += 1);
    let enough = |size: usize| size >= LABELS.least && study.classes.len() - size >= LABELS.least;
    let tested: Vec<u32> = (0..classes as u32).filter(|&class| enough(sizes[class as usize])).collect();
    let judged = tested.iter().map(|&class| judge(study, class, tested.len() as f64 / leniency, &LABELS));
    let (told, found): (Vec<Found>, Vec<Found>) =
        judged.flatten().partition(|found| is_told_by_style(study, found));
    (found, told.into_iter().map(|found| found.class).collect())
}

/// Whether the records that are not planted show their class by style at least as well as by content.
fn is_told_by_style(study: &Study, found: &Found) -> bool {
    let of_class = |at: usize| study.classes[at] == found.class;
    let planted = |at: usize| of_class(at) && found.mixture.said[at].membership() > 0.5;
    let clean: Vec<usize> = (0..study.classes.len()).filter(|&at| !planted(at)).collect();
    let folds: Vec<usize> = clean.iter().map(|&at| study.folds[at]).collect();
    let members: Vec<u32> =
        (0..).zip(&clean).filter(|(_, at)| of_class(**at)).map(|(number, _)| number).collect();
    let told = |view: &[Features], width| {
        let view: Vec<Features> = clean.iter().map(|&at| view[at].clone()).collect();
        told_apart(&view, width, &folds, &members)
    };
    told(&study.style, study.widths.1) >= told(&study.content, study.widths.0)
}

/// Tests one class, of `tests`; with fewer tests it is more lenient.
pub fn judge(study: &Study, class: u32, tests: f64, bounds: &Bounds) -> Option<Found> {
    let mixture = Mixture::fit(study, class);
    let z = vuong(&mixture.likelihoods);
    let of_class = |at: &usize| study.classes[*at] == class;
    let against: Vec<usize> = (0..study.classes.len())
        .filter(|&at| mixture.said[at].planted > 0.5 && mixture.said[at].class < SPEAKS_AGAINST)
        .collect();
    let all_the_same = against.iter().filter(|at| of_class(at)).count();
    let by_content = against.iter().map(|&at| mixture.said[at].class).sum();
    let planted: f64 =
        (0..study.classes.len()).filter(of_class).map(|at| mixture.said[at].membership()).sum();
    let size = study.classes.iter().filter(|&&c| c == class).count() as f64;
    let plausible = against.len() >= bounds.against && planted <= bounds.most * size && z >= CLOSER;
    if !plausible {
        return None;
    }
    let p = binomial_tail(against.len() as f64, all_the_same as f64, bounds.by_nature);
    let q = (p * tests).min(1.0);
    let against = against.len();
    let found = Found { class, z, p, q, against, all_the_same, by_content, sure: q <= SURE, mixture };
    (q <= LEVEL).then_some(found)
}

/// The normal score of the first model against the second.
fn vuong(likelihoods: &[(f64, f64)]) -> f64 {
    let n = likelihoods.len().max(1) as f64;
    let mean = likelihoods.iter().map(|(a, b)| a - b).sum::<f64>() / n;
    let variance = likelihoods.iter().map(|(a, b)| (a - b - mean).powi(2)).sum::<f64>() / n;
    mean * n.sqrt() / variance.sqrt().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::super::mixture::Said;
    use super::*;

    /// 800 records in which one view tells the second class but for every eighth record, and the other
    /// view says nothing; a quarter of the class is planted.
    fn told_by(style: bool) -> bool {
        let classes: Vec<u32> = (0..800).map(|at| at / 4 % 2).collect();
        let telling: Vec<Features> = classes
            .iter()
            .zip(0u32..)
            .map(|(&class, at)| vec![0, 1 + (class ^ u32::from(at % 8 == 0))])
            .collect();
        let silent: Vec<Features> = (0..800).map(|at| vec![0, 1 + at % 2]).collect();
        let (content, style) = if style { (silent, telling) } else { (telling, silent) };
        let folds = (0..800).map(|at| at / 8 % 4).collect();
        let study = Study { content, style, widths: (3, 3), folds, classes, noise: 0.05, most: 0.5 };
        let mut mixture = Mixture::fit(&study, 1);
        let planted = |at: usize| if at.is_multiple_of(4) { 1.0 } else { 0.0 };
        mixture.said = (0..800).map(|at| Said { planted: planted(at), class: 0.5 }).collect();
        let (z, p, q) = (0.0, 0.0, 0.0);
        let (against, all_the_same, by_content, sure) = (0, 0, 0.0, true);
        is_told_by_style(
            &study,
            &Found { class: 1, mixture, z, p, q, against, all_the_same, by_content, sure },
        )
    }

    #[test]
    fn what_style_tells_of_itself_is_not_planted() {
        assert!(told_by(true) && !told_by(false));
    }

    #[test]
    fn the_score_grows_with_the_number_of_records() {
        let few = [(-0.1, -0.3), (-0.4, -0.3)].repeat(50);
        let many = few.repeat(4);
        assert!((vuong(&many) / vuong(&few) - 2.0).abs() < 1e-9);
        assert!(vuong(&[(-0.1, -0.1), (-0.2, -0.2)]).abs() < 1e-9);
    }
}
