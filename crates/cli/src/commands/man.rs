//! `toadstone man`: the manual pages.

use std::fs;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::{Man, generate_to};

use crate::failure::Failure;
use crate::terminal::{print, quoted};
use crate::{Cli, Exit};

/// Print the manual page, or write one for each subcommand
///
/// `toadstone man | man -l -` shows it without installing anything.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder for the pages: toadstone.1, toadstone-scan.1, and so on; pages of those names are replaced
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    // Help has its own option on every page.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    match &args.out {
        Some(dir) => {
            let failed = |e| Failure::new(format!("cannot write manual pages to {}: {e}", dir.display()));
            fs::create_dir_all(dir).and_then(|()| generate_to(program, dir)).map_err(failed)?;
            print(format!("next: man -l {}\n", quoted(&dir.join("toadstone.1"))))?;
        }
        None => {
            let mut page = Vec::new();
            Man::new(program).render(&mut page).map_err(Failure::new)?;
            print(page)?;
        }
    }
    Ok(Exit::Pass)
}
