//! Folders of states.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::file::{Header, StateError, Writer, read};

const LOCK: &str = "lock";
/// What ends the names of states.
const STATE: &str = ".state";

/// Why a folder of states cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process is writing to it.
    #[error("another run is using {0}")]
    Taken(PathBuf),
    /// The system's reason.
    #[error("cannot use {path}: {error}")]
    Io {
        /// The folder.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
}

/// A folder that this process writes states to, and others that it finds them in.
#[derive(Debug)]
pub struct States {
    folder: PathBuf,
    others: Vec<PathBuf>,
    program: String,
    /// Names of states that were of use.
    used: Mutex<BTreeSet<String>>,
    _lock: File,
}

impl States {
    /// Opens `folder`, which is made if it is not there. `program` is the version of the program: states of
    /// another one are not used.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(folder: &Path, others: Vec<PathBuf>, program: &str) -> Result<States, FolderError> {
        let failed = |error| FolderError::Io { path: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK));
        let lock = lock.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Taken(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let (folder, program) = (folder.to_owned(), program.to_owned());
        Ok(States { folder, others, program, used: Mutex::default(), _lock: lock })
    }

    fn header(&self, chain: &str, plan: u128, shard: u128) -> Header {
        Header { program: self.program.clone(), chain: chain.to_owned(), plan, shard }
    }

    /// Whether there is a file of the state; it may turn out not to be whole.
    pub(crate) fn has(&self, chain: &str, plan: u128, shard: u128) -> bool {
        self.found(&name(chain, plan, shard)).is_some()
    }

    fn found(&self, name: &str) -> Option<PathBuf> {
        let folders = std::iter::once(&self.folder).chain(&self.others);
        folders.map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// Hands the pieces of a state to `each`. `false` if there is no sound one; then `each` may have got
    /// some pieces all the same.
    ///
    /// # Errors
    /// What `each` gives, and the system's where a state is to be kept here, too.
    pub(crate) fn load(
        &self,
        (chain, plan, shard): (&str, u128, u128),
        each: impl FnMut(&[u8]) -> Result<(), StateError>,
    ) -> io::Result<bool> {
        let name = name(chain, plan, shard);
        let Some(path) = self.found(&name) else { return Ok(false) };
        if read(&path, &self.header(chain, plan, shard), each).is_err() {
            return Ok(false);
        }
        self.adopt(&path, &name)?;
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        Ok(true)
    }

    /// Keeps a state that was found elsewhere here, too, so that this folder is enough the next time.
    fn adopt(&self, path: &Path, name: &str) -> io::Result<()> {
        let here = self.folder.join(name);
        if path == here || fs::hard_link(path, &here).is_ok() {
            return Ok(());
        }
        let mut copy = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(&self.folder)?;
        io::copy(&mut File::open(path)?, &mut copy)?;
        copy.persist(here).map_err(|error| error.error)?;
        Ok(())
    }

    /// Begins to write a state.
    pub(crate) fn begin(&self, chain: &str, plan: u128, shard: u128) -> io::Result<Writer> {
        Writer::new(&self.folder, &self.header(chain, plan, shard))
    }

    /// Ends a state that was begun.
    pub(crate) fn end(&self, writer: Writer, chain: &str, plan: u128, shard: u128) -> io::Result<()> {
        let name = name(chain, plan, shard);
        writer.finish(&self.folder.join(&name))?;
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        Ok(())
    }

    /// Removes what was of no use to this run: states of plans and shards that are no more, and files that
    /// a killed process had begun.
    ///
    /// # Errors
    /// The system's.
    pub fn tidy(&self) -> io::Result<()> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = name.ends_with(STATE) || name.starts_with(".unfinished-");
            if ours && !used.contains(&name) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn name(chain: &str, plan: u128, shard: u128) -> String {
    format!("{shard:032x}-{chain}-{plan:032x}{STATE}")
}
