//! `toadstone completions`: what a shell needs to complete command lines.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::failure::Failure;
use crate::terminal::print;
use crate::{Cli, Exit};

const HELP: &str = "Where it goes:
  bash        toadstone completions bash > ~/.local/share/bash-completion/completions/toadstone
  zsh         toadstone completions zsh > DIR/_toadstone, DIR being a folder of $fpath
  fish        toadstone completions fish > ~/.config/fish/completions/toadstone.fish
  powershell  toadstone completions powershell >> $PROFILE
  elvish      toadstone completions elvish >> ~/.config/elvish/rc.elv";

/// Print the completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    generate(args.shell, &mut Cli::command(), "toadstone", &mut text);
    print(text)?;
    Ok(Exit::Pass)
}
