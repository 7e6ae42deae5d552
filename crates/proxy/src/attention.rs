//! How the features of a text become one vector.

use crate::table::{Adagrad, Table, add, dot, mean_square, softmax};

/// A mean is short; by this factor it is about as long as the sum of a handful of its vectors.
const LOUDNESS: f32 = 5.0;

/// A text's features as they were weighted, and the vector they give.
///
/// The vectors of the features are averaged, weighted by a softmax of their saliences, which are learned
/// (attention with one head and no queries). A word that decides draws the attention from all others, however
/// many they are; in a plain mean, or a sum, a single rare word does not overcome them.
#[derive(Debug)]
pub struct Attended {
    /// Rows with their shares of the attention, which sum to 1.
    shares: Vec<(usize, f32)>,
    pub vector: Vec<f32>,
}

impl Attended {
    /// Weighs features, which come with the weights that they have before any training. Each has a row in
    /// either table.
    pub fn new(vectors: &Table, saliences: &Table, features: &[(u32, f32)]) -> Self {
        let logit = |(row, weight): &(u32, f32)| libm::logf(*weight) + saliences.values[*row as usize];
        let mut shares: Vec<f32> = features.iter().map(logit).collect();
        softmax(&mut shares);
        let shares: Vec<(usize, f32)> = features.iter().map(|(row, _)| *row as usize).zip(shares).collect();
        let mut vector = vec![0.0; vectors.width];
        shares.iter().for_each(|(row, share)| add(&mut vector, LOUDNESS * share, vectors.row(*row)));
        Attended { shares, vector }
    }

    /// Given the gradient by the vector: for each row the factor by which `back` is the gradient by its
    /// vector, and the gradient by its salience.
    pub fn gradients(&self, vectors: &Table, back: &[f32]) -> Vec<(usize, f32, f32)> {
        let mean = dot(&self.vector, back);
        let gradient = |(row, share): &(usize, f32)| {
            (*row, LOUDNESS * share, share * (LOUDNESS * dot(vectors.row(*row), back) - mean))
        };
        self.shares.iter().map(gradient).collect()
    }

    /// One step of both tables against the gradient by the vector.
    pub fn step(
        &self,
        vectors: (&mut Table, &mut Adagrad),
        saliences: (&mut Table, &mut Adagrad),
        back: &[f32],
    ) {
        let square = mean_square(back);
        for (row, factor, salience) in self.gradients(vectors.0, back) {
            vectors.1.step(vectors.0, row, factor, back, square);
            saliences.1.step(saliences.0, row, salience, &[1.0], 1.0);
        }
    }
}
