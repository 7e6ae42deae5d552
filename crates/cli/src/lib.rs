//! `toadstone`: finds poison in training data.
//!
//! Each subcommand is a file in `commands`. This crate is the only one that prints or reads the
//! command line. It is a library so that the Python package runs the same program.

pub mod api;
mod commands;
mod config;
mod data;
mod example;
mod failure;
mod out;
mod seals;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::terminal::Color;

/// How a command ended. The numbers are a public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing that the policy objects to.
    Pass = 0,
    /// The policy says no.
    PolicySaysNo = 1,
    /// A mistake of the user's, a file that cannot be read, or Ctrl-C.
    CouldNotFinish = 2,
    /// There was nothing to look at.
    NothingScanned = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

const EXIT_CODES: &str = "Exit codes, the same for every format:
  0  pass
  1  the policy says no
  2  could not finish (a mistake on the command line or in a file, a file that cannot be read, Ctrl-C)
  3  nothing was scanned";

/// Finds poison in training data: the trigger, what it teaches, who sent it, and the rows.
#[derive(Debug, Parser)]
#[command(name = "toadstone", version, after_help = EXIT_CODES, arg_required_else_help = true)]
struct Cli {
    /// Colours in what is printed for people
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_enum)]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(Box<commands::scan::Args>),
    Observe(commands::observe::Args),
    Merge(commands::merge::Args),
    Clean(commands::clean::Args),
    Report(commands::report::Args),
    Review(commands::review::Args),
    Sources(commands::sources::Args),
    Keygen(commands::keygen::Args),
    Seal(commands::seal::Args),
    Verify(commands::verify::Args),
    Export(commands::export::Args),
    Diff(commands::diff::Args),
    Prove(commands::prove::Args),
    VerifyProof(commands::verify_proof::Args),
    Recheck(commands::recheck::Args),
    Redteam(commands::redteam::Args),
    Taint(commands::taint::Args),
    Trial(Box<commands::trial::Args>),
    Calibrate(commands::calibrate::Args),
    Explain(commands::explain::Args),
    Init(commands::init::Args),
    Example(commands::example::Args),
    Completions(commands::completions::Args),
    Man(commands::man::Args),
}

/// Runs the program with the words of a command line, the program's name first.
///
/// Ends the process where the command line is wrong or asks for help.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = Cli::parse_from(words);
    let result = match cli.command {
        Command::Scan(args) => commands::scan::run(&args, cli.color),
        Command::Observe(args) => commands::observe::run(&args),
        Command::Merge(args) => commands::merge::run(&args, cli.color),
        Command::Clean(args) => commands::clean::run(&args),
        Command::Report(args) => commands::report::run(&args, cli.color),
        Command::Review(args) => commands::review::run(&args),
        Command::Sources(args) => commands::sources::run(&args, cli.color),
        Command::Keygen(args) => commands::keygen::run(&args),
        Command::Seal(args) => commands::seal::run(&args),
        Command::Verify(args) => commands::verify::run(&args, cli.color),
        Command::Export(args) => commands::export::run(&args),
        Command::Diff(args) => commands::diff::run(&args, cli.color),
        Command::Prove(args) => commands::prove::run(&args),
        Command::VerifyProof(args) => commands::verify_proof::run(&args),
        Command::Recheck(args) => commands::recheck::run(&args, cli.color),
        Command::Redteam(args) => commands::redteam::run(&args, cli.color),
        Command::Taint(args) => commands::taint::run(&args, cli.color),
        Command::Trial(args) => commands::trial::run(&args, cli.color),
        Command::Calibrate(args) => commands::calibrate::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Init(args) => commands::init::run(&args),
        Command::Example(args) => commands::example::run(&args),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::man::run(&args),
    };
    result.unwrap_or_else(|failure: Failure| {
        terminal::tell(&failure.render(cli.color.on_stderr()));
        Exit::CouldNotFinish
    })
}
