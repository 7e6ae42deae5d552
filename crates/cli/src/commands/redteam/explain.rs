//! `redteam explain`: the page of an attack.

use super::named;
use crate::Exit;
use crate::failure::Failure;
use crate::terminal::print;

/// Print what an attack does, where it is published, and what should catch it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of an attack, as `redteam list` has it
    name: String,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let page = named(&args.name)?.card().page.trim_end();
    let next = format!("next: toadstone redteam plant {} --in DATA --out COPY --count 50", args.name);
    print(format!("{page}\n\n{next}\n"))?;
    Ok(Exit::Pass)
}
