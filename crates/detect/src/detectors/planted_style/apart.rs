//! How well features tell records from others, at first sight.

use crate::features::linear::Features;

/// So many records' worth of doubt about every feature: rare ones tell little.
const DOUBT: f64 = 3.0;

/// How well the features tell `members` from all others: the chance that one of each is ordered
/// right by naive Bayes, cross-fitted in two halves of the folds. Time: features of all records.
pub fn told_apart(features: &[Features], width: usize, folds: &[usize], members: &[u32]) -> f64 {
    let mut own = vec![false; features.len()];
    members.iter().for_each(|&member| own[member as usize] = true);
    let mut scores: Vec<(f64, bool)> = Vec::with_capacity(features.len());
    for half in 0..2 {
        let learns = |at: &usize| folds[*at] % 2 != half;
        let weights = weights(features, width, &own, (0..features.len()).filter(learns));
        scores.extend((0..features.len()).filter(|at| !learns(at)).map(|at| {
            let sum: f64 = features[at].iter().map(|&f| weights[f as usize]).sum();
            (sum, own[at])
        }));
    }
    ordered_right(scores)
}

fn weights(features: &[Features], width: usize, own: &[bool], rows: impl Iterator<Item = usize>) -> Vec<f64> {
    let mut counts = vec![(0u32, 0u32); width];
    let mut totals = (0u32, 0u32);
    for at in rows {
        let add = |pair: &mut (u32, u32)| if own[at] { pair.0 += 1 } else { pair.1 += 1 };
        add(&mut totals);
        features[at].iter().for_each(|&f| add(&mut counts[f as usize]));
    }
    let ratio = f64::from(totals.0) / f64::from(totals.1.max(1));
    let weight = |(a, b)| libm::log((f64::from(a) + DOUBT) / (f64::from(b) * ratio + DOUBT));
    counts.into_iter().map(weight).collect()
}

/// The area under the ROC curve; ties count half.
fn ordered_right(mut scores: Vec<(f64, bool)>) -> f64 {
    scores.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut below, mut right, mut own) = (0.0, 0.0, 0.0);
    for run in scores.chunk_by(|a, b| a.0 == b.0) {
        let members = run.iter().filter(|s| s.1).count() as f64;
        let others = run.len() as f64 - members;
        right += members * (below + others / 2.0);
        below += others;
        own += members;
    }
    right / f64::max(own * below, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_that_of_the_pairs_in_order() {
        assert_eq!(ordered_right(vec![(1.0, false), (2.0, true), (0.0, false), (3.0, true)]), 1.0);
        assert_eq!(ordered_right(vec![(1.0, false), (1.0, true)]), 0.5);
        assert_eq!(ordered_right(vec![(2.0, false), (1.0, true)]), 0.0);
    }

    #[test]
    fn a_common_feature_tells_and_rare_ones_do_not() {
        let features: Vec<Features> = (0..200u32).map(|i| vec![i % 2, 2 + i % 90]).collect();
        let folds: Vec<usize> = (0..200).map(|i| i / 2 % 4).collect();
        let odd: Vec<u32> = (0..200).filter(|i| i % 2 == 1).collect();
        assert!(told_apart(&features, 92, &folds, &odd) > 0.99);
    }
}
