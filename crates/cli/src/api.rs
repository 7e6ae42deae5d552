//! The commands for other programs: the same work as on the command line, without a terminal.
//!
//! A request has the options of a command line, so that each has one name, one meaning and one check, however
//! it is given. What comes back is the account of the work and not a text. Nothing here prints, listens for
//! signals or ends the process: whoever calls holds the [`Control`] that stops the work.
//!
//! [`Control`]: toadstone_core::Control

use std::ffi::OsString;

use toadstone_corpus::MemoryTable;

pub use crate::Exit;
pub use crate::commands::clean::Cleaned;
pub use crate::commands::scan::Outcome as Scanned;
pub use crate::commands::seal::Sealed;
pub use crate::commands::sources::Surveyed;
pub use crate::commands::verify::Verified;
use crate::commands::{clean, scan, seal, sources, verify};
use crate::data::Data;
pub use crate::data::{Elsewhere, Session};
pub use crate::failure::Failure;

/// What a command is to do, and with what.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Options as on the command line, each in one word: `--seed=3`.
    pub options: Vec<OsString>,
    /// What the command works on: files, folders, patterns, addresses.
    pub paths: Vec<OsString>,
    /// Tables to work on in place of `paths`.
    pub tables: Vec<MemoryTable>,
}

impl Request {
    /// The arguments of a command.
    ///
    /// # Errors
    /// What the command line would have said of them.
    fn arguments<A: clap::Args>(&self) -> Result<A, Failure> {
        let command = A::augment_args(clap::Command::new("toadstone").no_binary_name(true));
        let names = self.tables.iter().map(|table| OsString::from(table.name()));
        let words = self.options.iter().cloned().chain(["--".into()]);
        let words = words.chain(self.paths.iter().cloned()).chain(names);
        let matches = command.try_get_matches_from(words);
        matches.and_then(|matches| A::from_arg_matches(&matches)).map_err(Failure::usage)
    }

    /// Puts the tables where the command reads from.
    fn hand_over(&self, data: &mut Data) {
        data.tables.clone_from(&self.tables);
    }
}

/// `toadstone scan`.
///
/// # Errors
/// Those of the command.
pub fn scan(request: &Request, session: &Session) -> Result<Scanned, Failure> {
    let mut arguments: scan::Args = request.arguments()?;
    request.hand_over(&mut arguments.data);
    Ok(told(scan::scan(&arguments, session, None)?, session))
}

/// `toadstone scan` of data that a cluster reads; the tables of the request stand for it, and the options
/// `--quality` and `--confirm`, for which it would have to be read here, are refused.
///
/// # Errors
/// Those of the command, and what the cluster says.
pub fn scan_elsewhere(
    request: &Request,
    session: &Session,
    elsewhere: &Elsewhere<'_>,
) -> Result<Scanned, Failure> {
    let mut arguments: scan::Args = request.arguments()?;
    request.hand_over(&mut arguments.data);
    arguments.refuse_readings()?;
    Ok(told(scan::scan(&arguments, session, Some(elsewhere))?, session))
}

/// Warns of waivers that do nothing.
fn told(scanned: Scanned, session: &Session) -> Scanned {
    for waiver in scanned.stale_waivers() {
        let text = waiver.render(false);
        session.warn(text.trim_end().trim_start_matches("warning: "));
    }
    scanned
}

/// `toadstone clean`. Tables without `--out` need `--dry-run`, and are divided afterwards.
///
/// # Errors
/// Those of the command.
pub fn clean(request: &Request, session: &Session) -> Result<Cleaned, Failure> {
    let mut arguments: clean::Args = request.arguments()?;
    request.hand_over(&mut arguments.data);
    clean::work(&arguments, session)
}

/// `toadstone sources`.
///
/// # Errors
/// Those of the command.
pub fn sources(request: &Request, session: &Session) -> Result<Surveyed, Failure> {
    let mut arguments: sources::Args = request.arguments()?;
    request.hand_over(&mut arguments.data);
    sources::work(&arguments, session)
}

/// `toadstone seal`, of files.
///
/// # Errors
/// Those of the command.
pub fn seal(request: &Request, session: &Session) -> Result<Sealed, Failure> {
    seal::work(&request.arguments()?, session)
}

/// `toadstone verify`, of files.
///
/// # Errors
/// Those of the command.
pub fn verify(request: &Request, session: &Session) -> Result<Verified, Failure> {
    verify::check(&request.arguments()?, session)
}
