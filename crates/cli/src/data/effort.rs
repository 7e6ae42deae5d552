//! How much of the machine a command takes.

use std::path::Path;

use toadstone_detect::ScanOptions;

use super::{Mode, units};

/// The part of `--memory` that the states of the detectors may hold is one in this many: batches on
/// their way, and two states that are being merged, need the rest.
const STATES: usize = 2;

/// Memory, threads, and what is shown.
#[derive(Debug, Clone, clap::Args)]
pub struct Effort {
    /// Memory to stay below; beyond it, temporary files are used. The result does not depend on it
    #[arg(long, value_name = "BYTES", default_value = "1G", value_parser = units::bytes)]
    memory: usize,

    /// Worker threads [default: one for each core]. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What to show while it runs
    #[arg(long, value_name = "HOW", default_value = "auto", value_enum)]
    pub progress: Mode,
}

impl Effort {
    /// How detectors are to be run.
    pub fn scan_options(&self, temporary: &Path, seed: u64) -> ScanOptions {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        ScanOptions {
            threads: self.threads.map_or_else(cores, usize::from),
            memory: self.memory / STATES,
            temporary: temporary.to_owned(),
            seed,
            leniency: 1.0,
        }
    }
}
