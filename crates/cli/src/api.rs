//! The commands for other programs: the same work as on the command line, without a terminal.
//!
//! A request has the options of a command line, so that each has one name, one meaning and one check, however
//! it is given. What comes back is the account of the work and not a text. Nothing here prints, listens for
//! signals or ends the process.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use toadstone_core::Control;
use toadstone_corpus::MemoryTable;

pub use crate::Exit;
pub use crate::commands::scan::Outcome as Scanned;
use crate::commands::scan;
use crate::data::{Data, Session};
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
pub fn scan(request: &Request, control: &Arc<Control>) -> Result<Scanned, Failure> {
    let mut arguments: scan::Args = request.arguments()?;
    request.hand_over(&mut arguments.data);
    scan::scan(&arguments, &Session::of_program(Arc::clone(control)))
}

/// Writes the files of a scan to `dir`, as `--out` would have.
///
/// # Errors
/// `dir` holds something else, or cannot be written to.
pub fn save(scanned: &Scanned, dir: &Path, control: &Arc<Control>) -> Result<(), Failure> {
    scanned.save(dir, &Session::of_program(Arc::clone(control)))
}
