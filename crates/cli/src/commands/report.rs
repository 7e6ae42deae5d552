//! `toadstone report`: a finished run in another format.

use std::path::PathBuf;

use toadstone_report::{Format, Style};
use toadstone_review::RunFolder;

use super::scan::{context, exit_of, format_parser};
use crate::failure::Failure;
use crate::terminal::{self, Color};
use crate::{EXIT_CODES, Exit};

/// Print a finished run again, in any format, without reading the data
///
/// One scan serves several readers this way: the log, code scanning, a comment. The exit code is that of the scan.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Folder that `scan --out` wrote
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    format: Format,
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    let folder = RunFolder::open(&args.run).map_err(|e| {
        Failure::new(e).help("`toadstone scan PATH... --out RUN` writes what can be reported")
    })?;
    let style = Style { color: color.on_stdout(), width: terminal::width() };
    let mut text = Vec::new();
    args.format.render(&folder.run, &context(style), &mut text).map_err(Failure::new)?;
    terminal::print(&text)?;
    Ok(exit_of(&folder.run))
}
