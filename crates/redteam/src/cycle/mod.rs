//! The loop: poison a copy, train, measure, scan, clean, train again, measure again.
//!
//! Every copy is one attack with one number of records and one seed. Four models are compared on the same
//! held-out prompts: trained on the data as it is, on the poisoned copy, on what is left after cleaning, and
//! on the copy without as many records drawn at random.

mod bench;
mod copy;
mod gate;
mod grid;
mod kept;
mod measure;

use std::io;
use std::time::Duration;

use toadstone_core::SourceError;
use toadstone_proxy::Stopped;

use crate::{Attack, Unfit};

pub use bench::Bench;
pub use gate::{Gate, Judged};
pub use grid::{Measured, run};
pub use kept::Kept;
pub(crate) use measure::ask;

/// What is to be measured.
pub struct Plan {
    /// The attacks, in the order in which they are reported.
    pub attacks: Vec<&'static dyn Attack>,
    /// Numbers of records.
    pub counts: Vec<u64>,
    /// The first seed.
    pub seed: u64,
    /// Copies with different seeds of each attack and number.
    pub seeds: u64,
    /// Held-out records that models are asked about, at most.
    pub prompts: usize,
    /// Copies at a time, each on one thread.
    pub threads: usize,
    /// No copy is begun that would end later than this, as far as earlier ones tell.
    pub budget: Option<Duration>,
}

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum CycleError {
    /// There is no record to learn from.
    #[error("the data has no records that a model could learn from")]
    Empty,
    /// The attack is not for this data.
    #[error("it cannot be planted: {0}")]
    Unfit(#[from] Unfit),
    /// Too few held-out records can be asked about.
    #[error("only {found} of the records that were kept apart can be asked about, and {wanted} are needed")]
    Unasked {
        /// Records that can be asked about.
        found: usize,
        /// Fewer say too little.
        wanted: usize,
    },
    /// The data cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The user asked to stop.
    #[error("interrupted")]
    Stopped,
    /// The file of results cannot be written.
    #[error("cannot keep results: {0}")]
    Kept(io::Error),
}

impl From<Stopped> for CycleError {
    fn from(_: Stopped) -> CycleError {
        CycleError::Stopped
    }
}
