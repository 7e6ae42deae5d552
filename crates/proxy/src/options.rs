//! What all trainings have in common.

use std::num::NonZeroU32;

use toadstone_core::Control;

use crate::random::Random;

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

/// The training was asked to stop through its [`Control`]; there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the training was stopped")]
pub struct Stopped;

/// Hands out the numbers of `len` examples, all of them in each pass and each time in another order: pass,
/// number, and the progress of the whole training from 0 to 1.
pub(crate) fn passes(
    passes: u32,
    len: usize,
    random: &mut Random,
    control: &Control,
    mut step: impl FnMut(u32, usize, f32),
) -> Result<(), Stopped> {
    for pass in 0..passes {
        for (done, at) in random.order(len).into_iter().enumerate() {
            if control.stopped() {
                return Err(Stopped);
            }
            step(pass, at, (pass as f32 + done as f32 / len as f32) / passes as f32);
        }
    }
    Ok(())
}
