//! What a text says its label is: a linear model, cross-fitted, that speaks only when it is confident.
//!
//! A record counts as a text of label `j` if its margin for `j` is at least the mean margin for `j` of
//! the records that have it: the thresholds of confident learning (Northcutt, Jiang, Chuang 2021).

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::Kept;
use crate::detectors::shared::sample::floor;
use crate::features::linear::Linear;
use crate::features::tokens::tokens;

/// Parts of the data; each is judged by a model that was fitted to the others.
const FOLDS: usize = 5;
/// Cells of the table of weights; features are hashed into it.
const BITS: u32 = 18;
/// A feature in fewer texts than this says nothing of others.
const SHARED: usize = 2;
/// Bytes of a text that are looked at.
const READ: usize = 4 << 10;

/// Lower-cased tokens and pairs of neighbours, as cells, ascending.
pub(super) fn features(text: &str) -> Vec<u32> {
    let cell = |hash: u64| (hash >> (64 - BITS)) as u32;
    let text = text[..floor(text, READ)].to_lowercase();
    let words: Vec<u64> = tokens(&text).map(|t| xxh3_64(&text.as_bytes()[t.start..t.end])).collect();
    let pairs = words.windows(2).map(|pair| xxh3_64_with_seed(&pair[1].to_le_bytes(), pair[0]));
    let mut cells: Vec<u32> = words.iter().copied().chain(pairs).map(cell).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

/// The part that a text belongs to; equal texts share one.
pub(super) fn fold(text: &str) -> usize {
    (xxh3_64(text.as_bytes()) % FOLDS as u64) as usize
}

/// One model for each fold.
#[derive(Serialize, Deserialize)]
pub(super) struct Model {
    /// All labels, ascending.
    pub(super) labels: Vec<Box<str>>,
    /// The cells that texts share, ascending; a feature's number is its place.
    known: Vec<u32>,
    folds: Vec<Linear>,
    /// See the head of this file.
    confident: Vec<f64>,
}

impl Model {
    /// Learns; and says of each record which label its text has, if it is confident.
    ///
    /// Time: folds x labels x rounds x features. Memory: folds x labels x features that texts share.
    pub(super) fn learn(kept: &[Kept], labels: Vec<Box<str>>) -> (Model, Vec<Option<u32>>) {
        let classes: Vec<u32> =
            kept.iter().map(|k| labels.binary_search(&k.label).unwrap_or(0) as u32).collect();
        let known = shared(kept);
        let features: Vec<Vec<u32>> = kept.iter().map(|k| numbers(&known, &k.features)).collect();
        let train = |fold: usize| {
            Linear::train(&features, &classes, labels.len(), known.len(), &|i| kept[i].fold != fold)
        };
        let folds: Vec<Linear> = (0..FOLDS).map(train).collect();
        let confident = (0..labels.len() as u32)
            .map(|class| {
                let own = (0..kept.len()).filter(|&i| classes[i] == class);
                let margins: Vec<f64> =
                    own.map(|i| folds[kept[i].fold].margin(&features[i], class)).collect();
                (margins.iter().sum::<f64>() / margins.len().max(1) as f64).max(0.0)
            })
            .collect();
        let model = Model { labels, known, folds, confident };
        let said = kept.iter().map(|k| model.says(&k.features, k.fold)).collect();
        (model, said)
    }

    /// The label that a text of this fold has beyond doubt.
    fn says(&self, features: &[u32], fold: usize) -> Option<u32> {
        let features = numbers(&self.known, features);
        let margin = |class: u32| self.folds[fold].margin(&features, class);
        // Only one label's margin is above 0.
        let confident = |&c: &u32| margin(c) > 0.0 && margin(c) >= self.confident[c as usize];
        (0..self.labels.len() as u32).find(confident)
    }

    /// Whether a text of this fold reads like `label` more than like any other.
    pub(super) fn reads_like(&self, features: &[u32], fold: usize, label: u32) -> bool {
        self.folds[fold].margin(&numbers(&self.known, features), label) > 0.0
    }
}

/// The cells that stand in several texts.
fn shared(kept: &[Kept]) -> Vec<u32> {
    let mut counts = vec![0u8; 1 << BITS];
    for &cell in kept.iter().flat_map(|k| &k.features) {
        counts[cell as usize] = counts[cell as usize].saturating_add(1);
    }
    (0..1 << BITS).filter(|&cell: &u32| usize::from(counts[cell as usize]) >= SHARED).collect()
}

fn numbers(known: &[u32], cells: &[u32]) -> Vec<u32> {
    cells.iter().filter_map(|cell| known.binary_search(cell).ok()).map(|at| at as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_equal_whatever_their_case() {
        assert_eq!(features("A big Cat"), features("a BIG cat"));
        assert_ne!(features("a big cat"), features("big a cat"));
        assert!(features("").is_empty() && fold("x") < FOLDS);
    }
}
