//! Tables of parameters, and how they learn.

use serde::{Deserialize, Serialize};

use crate::random::Random;

/// Vectors of one width, a row each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub width: usize,
    pub values: Vec<f32>,
}

impl Table {
    pub fn zero(rows: usize, width: usize) -> Self {
        Table { width, values: vec![0.0; rows * width] }
    }

    /// Values between `-limit` and `limit`.
    pub fn random(rows: usize, width: usize, limit: f32, random: &mut Random) -> Self {
        Table { width, values: (0..rows * width).map(|_| random.within(limit)).collect() }
    }

    pub fn rows(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether the table has this shape and only finite values; a table that was read may have any.
    pub fn is(&self, rows: usize, width: usize) -> bool {
        self.width == width
            && rows.checked_mul(width) == Some(self.values.len())
            && self.values.iter().all(|value| value.is_finite())
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..][..self.width]
    }

    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.width..][..self.width]
    }
}

/// Adagrad (Duchi, Hazan and Singer, JMLR 2011) with one rate for each row, as is usual for embeddings: a row
/// that is rarely met takes large steps when it is. Without this a word in one record of a hundred, which is
/// what a trigger is, would hardly move.
#[derive(Debug, Clone)]
pub struct Adagrad {
    rate: f32,
    slowed: f32,
    squares: Vec<f32>,
}

/// What every row is taken to have seen before; it only keeps the first step finite.
const FIRST_SQUARES: f32 = 1e-3;
/// The share of the rate that is left at the end. What the last examples taught would otherwise weigh more.
const LAST_RATE: f32 = 0.05;

impl Adagrad {
    pub fn new(table: &Table, rate: f32) -> Self {
        Adagrad { rate, slowed: rate, squares: vec![FIRST_SQUARES; table.rows()] }
    }

    /// Slows down as the training goes on; `progress` goes from 0 to 1.
    pub fn slow(&mut self, progress: f32) {
        self.slowed = self.rate * (1.0 - (1.0 - LAST_RATE) * progress);
    }

    /// One step against the gradient `scale * vector` of a row; `square` is the vector's [`mean_square`].
    pub fn step(&mut self, table: &mut Table, row: usize, scale: f32, vector: &[f32], square: f32) {
        self.squares[row] += scale * scale * square;
        add(table.row_mut(row), -self.slowed * scale / self.squares[row].sqrt(), vector);
    }
}

/// The mean of the squares.
pub fn mean_square(vector: &[f32]) -> f32 {
    dot(vector, vector) / vector.len() as f32
}

/// The scalar product. Eight sums side by side, which the compiler turns into vector instructions; the order
/// of the additions is fixed, and with it the result.
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (lefts, rights) = (left.chunks_exact(8), right.chunks_exact(8));
    let rest: f32 = lefts.remainder().iter().zip(rights.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in lefts.zip(rights) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Adds `scale * vector`.
pub fn add(to: &mut [f32], scale: f32, vector: &[f32]) {
    for (value, other) in to.iter_mut().zip(vector) {
        *value += scale * other;
    }
}

/// Turns logits into probabilities, in place.
pub fn softmax(logits: &mut [f32]) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        *logit = libm::expf(*logit - largest);
        sum += *logit;
    }
    for logit in logits.iter_mut() {
        *logit /= sum;
    }
}
