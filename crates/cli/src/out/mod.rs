//! Where results and temporary files go.

mod folder;
mod prefix;

use std::path::Path;

use tempfile::TempDir;

pub use folder::{Main, OutFolder};
pub use prefix::{Prefix, Sending};

use crate::data::{Interrupt, temporary_folder};
use crate::failure::Failure;

/// Where temporary files go, and the results if they are kept.
pub enum Space {
    /// A folder that the user named.
    Out(Box<OutFolder>),
    /// Nothing is kept.
    Temporary(TempDir),
}

impl Space {
    /// Makes ready for a command with `--out DIR` or without it.
    ///
    /// # Errors
    /// The folder holds something else, or cannot be written to.
    pub fn prepare(out: Option<&Path>, main: Main, interrupt: &Interrupt) -> Result<Self, Failure> {
        let space = match out {
            Some(dir) => Space::Out(Box::new(OutFolder::prepare(dir, main, interrupt.control())?)),
            None => Space::Temporary(temporary_folder()?),
        };
        interrupt.remove_at_end(space.temporary());
        Ok(space)
    }

    /// A folder for temporary files.
    pub fn temporary(&self) -> &Path {
        match self {
            Space::Out(out) => out.temporary(),
            Space::Temporary(dir) => dir.path(),
        }
    }
}
