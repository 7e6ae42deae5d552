//! What was seen before, kept in the user's state directory.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use toadstone_seal::verify::{Identity, Pins};

use crate::failure::Failure;

/// The file with all pins, as it was read.
pub struct State {
    path: PathBuf,
    /// What is in it.
    pub pins: Pins,
}

impl State {
    /// Reads the state; there may be none yet. `None` if this system has no place for it.
    ///
    /// # Errors
    /// It is there and cannot be read: then a rollback could not be noticed.
    pub fn load() -> Result<Option<State>, Failure> {
        let Some(folder) = folder() else { return Ok(None) };
        let path = folder.join("seals.json");
        let unreadable = |why: &dyn std::fmt::Display| {
            Failure::new(format!("cannot read what was seen before, in {}: {why}", path.display()))
                .help("repair or remove the file; `--no-pin` goes on without it")
        };
        let pins = match std::fs::read(&path) {
            Ok(bytes) => Pins::from_bytes(&bytes).map_err(|e| unreadable(&e))?,
            Err(e) if e.kind() == ErrorKind::NotFound => Pins::default(),
            Err(e) => return Err(unreadable(&e)),
        };
        Ok(Some(State { path, pins }))
    }

    /// Takes note of a seal that was found valid.
    ///
    /// # Errors
    /// It cannot be written down.
    pub fn note(&mut self, place: &Path, seal: &Identity) -> Result<(), Failure> {
        if !self.pins.note(place, seal) {
            return Ok(());
        }
        self.write().map_err(|e| {
            Failure::new(format!(
                "the seal is valid, and that it was seen cannot be kept in {}: {e}",
                self.path.display()
            ))
            .help("`--no-pin` goes on without it")
        })
    }

    fn write(&self) -> std::io::Result<()> {
        keep(&self.path, &self.pins.to_bytes()?)
    }
}

/// Writes a file of the state, whole or not at all.
pub(super) fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// `$XDG_STATE_HOME/toadstone`, else `~/.local/state/toadstone`.
pub(super) fn folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(base.join("toadstone"))
}
