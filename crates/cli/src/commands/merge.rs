//! `toadstone merge`: ends a scan whose states were made before.

use std::path::PathBuf;

use crate::commands::scan::{self, Ending};
use crate::failure::Failure;
use crate::terminal::Color;
use crate::{EXIT_CODES, Exit};

/// End a scan whose parts were counted apart, with the same result as a scan of the whole
///
/// The data are the files of all runs, in the order in which the runs are named. They are read again only for
/// what the states of the first pass lead to.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Folders that `toadstone scan --resume` or `toadstone observe` keeps states in
    #[arg(required = true, value_name = "RUN_DIR")]
    runs: Vec<PathBuf>,

    /// Folder for the results, and for the states of the whole; may be one of the runs
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    #[command(flatten)]
    ending: Ending,
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let scan = scan::Args::merge(args.runs.clone(), args.out.clone(), args.ending.clone())?;
    scan::run(&scan, color)
}
