//! Which features a model has parameters for, and how much each says.

use serde::{Deserialize, Serialize};

use crate::features::ngrams;

/// Features share a place where their digests agree in so many bits. With the 300,000 features of 6,000
/// prompts, one in fourteen shares its place, nearly always with one that is as rare.
const BITS: u32 = 22;

/// Features of texts that occurred in enough of the training data, weighted by rarity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Ends of the digests, ascending.
    places: Vec<u32>,
    /// Of each the weight: the logarithm of how rare it is.
    weights: Vec<f32>,
}

impl Index {
    /// Takes the features that at least `least` texts have, or more if these are more than `most`.
    ///
    /// A feature of a single text could explain that text's answer by itself, and would keep the model from
    /// learning from what several have in common.
    ///
    /// Memory: 16 MiB while it runs.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str> + Clone, least: u32, most: usize) -> Self {
        let mut counts = vec![0_u32; 1 << BITS];
        let mut total = 0_u64;
        for text in texts {
            total += 1;
            places(text).for_each(|place| counts[place as usize] += 1);
        }
        let mut least = least;
        while counts.iter().filter(|count| **count >= least).count() > most {
            least += 1 + least / 4;
        }
        let kept = counts.iter().enumerate().filter(|(_, count)| **count >= least);
        let weight = |count: u32| libm::logf((total + 1) as f32 / count as f32);
        let (places, weights) = kept.map(|(place, count)| (place as u32, weight(*count))).unzip();
        Index { places, weights }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether this is an index as [`Index::new`] makes it; one that was read may be anything.
    pub fn is_sound(&self) -> bool {
        self.places.len() == self.weights.len()
            && self.places.is_sorted_by(|a, b| a < b)
            && self.weights.iter().all(|weight| weight.is_finite() && *weight > 0.0)
    }

    /// The rows of a text's features with their weights; the squares of these sum to 1. By that a text of
    /// many words does not speak louder than one of few, and a rare word is heard among common ones: a mean
    /// over all words would drown it.
    pub fn read(&self, text: &str) -> Vec<(u32, f32)> {
        let row = |place| self.places.binary_search(&place).ok();
        let mut rows: Vec<(u32, f32)> =
            places(text).filter_map(row).map(|row| (row as u32, self.weights[row])).collect();
        let norm = rows.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        if norm > 0.0 {
            rows.iter_mut().for_each(|(_, weight)| *weight /= norm);
        }
        rows
    }
}

fn places(text: &str) -> impl Iterator<Item = u32> {
    let mut places: Vec<u32> =
        ngrams(text).into_iter().map(|digest| (digest >> (64 - BITS)) as u32).collect();
    places.dedup();
    places.into_iter()
}
