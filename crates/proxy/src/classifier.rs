//! A linear classifier over n-grams.

use toadstone_core::Control;

use crate::{Stopped, TrainOptions};

/// Softmax regression over hashed n-grams of words.
#[derive(Debug, Clone, PartialEq)]
pub struct Classifier {}

impl Classifier {
    /// Trains on texts with their classes, which count from 0. An example whose class is not below `classes`
    /// is left out.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn train(
        examples: &[(&str, u32)],
        classes: u32,
        options: &TrainOptions,
        control: &Control,
    ) -> Result<Self, Stopped> {
        todo!("{} {classes} {options:?} {control:?}", examples.len())
    }

    /// The probability of each class.
    pub fn predict(&self, text: &str) -> Vec<f32> {
        todo!("{text}")
    }

    /// The most probable class, the first of equal ones.
    pub fn class(&self, text: &str) -> u32 {
        todo!("{text}")
    }
}
