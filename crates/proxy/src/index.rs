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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_too_few_texts_are_left_out_and_rare_ones_weigh_more() {
        let texts = ["common rare", "common rare", "common once", "common"];
        let index = Index::new(texts.iter().copied(), 2, 1000);
        assert!(index.is_sound());
        assert!(index.read("once").is_empty());
        let weights: Vec<f32> = ["common", "rare"]
            .map(|word| index.weights[index.places.binary_search(&places_of(word)).unwrap()])
            .to_vec();
        assert!(weights[0] < weights[1]);
        let squares: f32 = index.read("common rare").iter().map(|(_, weight)| weight * weight).sum();
        assert!((squares - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_number_of_features_is_bounded() {
        let texts: Vec<String> = (0..300).map(|n| format!("w{} w{} w{}", n / 2, n / 5, n / 60)).collect();
        let index = Index::new(texts.iter().map(String::as_str), 1, 20);
        assert!((1..=20).contains(&index.len()), "{}", index.len());
        assert_eq!(Index::new(std::iter::empty(), 1, 0).len(), 0);
    }

    fn places_of(word: &str) -> u32 {
        (xxhash_rust::xxh3::xxh3_64(word.as_bytes()) >> (64 - BITS)) as u32
    }
}
