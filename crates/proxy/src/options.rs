//! What all trainings have in common.

use std::num::NonZeroU32;

/// How a model is trained. Every training runs on one thread; the same data, options and program give the
/// same model on every machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrainOptions {
    /// Decides the order of the examples and the first values of the parameters.
    pub seed: u64,
    /// How often the data is gone through; `None`: what was measured to be enough for the kind of model.
    pub epochs: Option<NonZeroU32>,
}

impl TrainOptions {
    pub(crate) fn epochs_or(&self, usual: u32) -> u32 {
        self.epochs.map_or(usual, NonZeroU32::get)
    }
}

/// The training was asked to stop through its [`Control`](toadstone_core::Control); there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the training was stopped")]
pub struct Stopped;
