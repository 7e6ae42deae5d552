//! How likely a behaviour is given the rest of the input.
//!
//! A linear model of the behaviour is trained in folds on the words of the inputs. Margins become
//! chances by how often the behaviour is shown at such margins, so a chance of .3 means that three
//! of ten records that look like this show it.

use crate::detectors::planted_trigger::rest::{Parts, covered};
use crate::detectors::planted_trigger::study::Study;
use crate::features::linear::{Features as Words, Linear, fold};

const FOLDS: usize = 3;
/// Most records with, and without, the behaviour that a fold learns from.
const LEARNT: usize = 3000;
/// Records in the outermost strata of margins; each further one is twice as large.
const STRATUM: usize = 40;

/// The words of an input that are not hidden, lower-cased, each once.
pub fn words(study: &Study, record: u32, hidden: &[bool]) -> Words {
    let input = &study.inputs[record as usize];
    let shown = |at: &usize| !hidden.get(*at).copied().unwrap_or(false);
    let mut words: Words = (1..input.len() - 1).filter(shown).map(|at| study.words.fold(input[at])).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A model of one behaviour.
pub struct Given {
    folds: Vec<Linear>,
    /// Least margin of each stratum, ascending, and the share of its records that show the behaviour.
    strata: Vec<(f64, f64)>,
}

impl Given {
    /// Trains on all records. `inputs` are their words. Time: folds x learnt records x words.
    pub fn train(inputs: &[Words], width: usize, shows: &dyn Fn(usize) -> bool) -> Given {
        let classes: Vec<u32> = (0..inputs.len()).map(|at| u32::from(shows(at))).collect();
        let learnt = learnt(&classes);
        let folds: Vec<Linear> = (0..FOLDS)
            .map(|held| {
                Linear::train(inputs, &classes, 2, width, &|at| fold(at, FOLDS) != held && learnt[at])
            })
            .collect();
        let mut margins: Vec<(f64, u32)> = (0..inputs.len())
            .map(|at| (folds[fold(at, FOLDS)].margin(&inputs[at], 1), classes[at]))
            .collect();
        margins.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Given { strata: strata(&margins), folds }
    }

    /// The chance that record number `at` shows the behaviour, from these words of its input.
    pub fn chance(&self, at: usize, words: &[u32]) -> f64 {
        let margin = self.folds[fold(at, FOLDS)].margin(words, 1);
        let stratum = self.strata.partition_point(|(least, _)| *least <= margin).max(1) - 1;
        self.strata.get(stratum).map_or(0.5, |(_, chance)| *chance)
    }

    /// The chances of some records without `parts`.
    pub fn rests(&self, study: &Study, members: &[u32], parts: &Parts) -> Vec<f64> {
        let chance = |&member: &u32| {
            let hidden = covered(study, &study.inputs[member as usize], parts);
            self.chance(member as usize, &words(study, member, &hidden))
        };
        members.iter().map(chance).collect()
    }
}

/// Every so many-th record with and without the behaviour, so that training has a bounded size.
fn learnt(classes: &[u32]) -> Vec<bool> {
    let mut seen = [0usize; 2];
    let sizes = [0, 1].map(|class| classes.iter().filter(|&&c| c == class).count());
    let step = sizes.map(|size| size.div_ceil(LEARNT).max(1));
    let mut keep = |class: u32| {
        let class = class as usize;
        seen[class] += 1;
        seen[class].is_multiple_of(step[class])
    };
    classes.iter().map(|&class| keep(class)).collect()
}

/// Strata of sorted margins: small at both ends, where the chances change most.
fn strata(margins: &[(f64, u32)]) -> Vec<(f64, f64)> {
    let n = margins.len();
    let mut ends = vec![0, n];
    let (mut at, mut size) = (STRATUM, STRATUM);
    while at < n / 2 {
        ends.extend([at, n - at]);
        size *= 2;
        at += size;
    }
    ends.sort_unstable();
    ends.dedup();
    let stratum = |pair: &[usize]| {
        let part = &margins[pair[0]..pair[1]];
        let hits = part.iter().filter(|(_, class)| *class == 1).count() as f64;
        (part[0].0, (hits + 0.5) / (part.len() as f64 + 1.0))
    };
    ends.windows(2).filter(|pair| pair[0] < pair[1]).map(stratum).collect()
}
