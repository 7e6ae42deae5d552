//! `toadstone observe`: the first pass over part of the data, apart.

use std::path::PathBuf;

use toadstone_core::visible;

use crate::config::Config;
use crate::data::{Data, Session, Settings, recognised, temporary_folder};
use crate::failure::Failure;
use crate::terminal::{print, quoted, tell};
use crate::{Exit, commands::scan};

/// Count part of the data, on another machine or as it comes; `toadstone merge` ends the scan
///
/// Gives no verdict. Exit codes: 0 counted, 2 could not finish, 3 there was no record.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: Data,

    /// Folder that the states are kept in; those that are there are not made again
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The policy, for the detectors that it switches off [default: toadstone.toml of the current folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    args.data.check()?;
    let config = Config::load(args.config.as_deref())?;
    let session = Session::at_terminal()?;
    let temporary = temporary_folder()?;
    session.interrupt.remove_at_end(temporary.path());
    let states = args.data.keep(&args.out, &[])?;
    let corpus = args.data.open(temporary.path())?;
    tell(&recognised(&corpus));
    let files = corpus.names();
    let settings = Settings {
        files: &files,
        policy: &config.policy,
        temporary: temporary.path(),
        control: &session.control,
    };
    let (read, counted) = args.data.observe(&corpus, &states, &settings)?;
    session.interrupt.check()?;
    if read.records == 0 {
        tell("there is no record\n");
        return Ok(Exit::NothingScanned);
    }
    let merge = format!("toadstone merge {} --out toadstone-run", quoted(&args.out));
    let text = format!("{}next: {}\n", scan::told(counted), visible(&merge));
    print(text.into_bytes())?;
    Ok(Exit::Pass)
}
