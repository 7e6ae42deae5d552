//! `toadstone redteam`: known attacks, on copies of the user's own data.

mod run;

use crate::Exit;
use crate::failure::Failure;
use crate::terminal::Color;

/// Measure the defence: plant known poisoning techniques in copies of the data, with inert payloads
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Run(run::Args),
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    match &args.what {
        What::Run(args) => run::run(args, color),
    }
}
