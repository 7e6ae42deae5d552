//! `toadstone redteam`: known attacks, on copies of the user's own data.

mod copy;
mod explain;
mod list;
mod plant;
mod run;
mod truth;

use toadstone_redteam::{Attack, find, registry};

use crate::config::closest;
use crate::failure::Failure;
use crate::terminal::Color;
use crate::{EXIT_CODES, Exit};

/// Plant known attacks in copies of your data, to see whether your gate catches them
///
/// Payloads are inert: fixed sentences, random letters, calls that every linter warns of. Nothing leaves
/// the machine, and the data itself is never touched.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    List(list::Args),
    Explain(explain::Args),
    Plant(plant::Args),
    Run(run::Args),
}

/// Runs the command.
pub fn run(args: &Args, color: Color) -> Result<Exit, Failure> {
    match &args.what {
        What::List(args) => list::run(args),
        What::Explain(args) => explain::run(args),
        What::Plant(args) => plant::run(args),
        What::Run(args) => run::run(args, color),
    }
}

/// The attack of this name.
///
/// # Errors
/// There is none.
fn named(name: &str) -> Result<&'static dyn Attack, Failure> {
    find(name).ok_or_else(|| {
        let help = match closest(name, registry().iter().map(|attack| attack.card().name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`toadstone redteam list` lists the attacks".to_owned(),
        };
        Failure::new(format!("there is no attack `{name}`")).help(help)
    })
}
