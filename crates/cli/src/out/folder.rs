//! The folder that `--out` names.
//!
//! Everything is written beside it first and moved in at the end, the main file last: a folder that
//! has its main file (`run.json`, ...) holds a finished result, whatever happened to the process that
//! wrote it.

use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::data::STATES;
use crate::failure::Failure;

/// The file that makes a folder a finished result.
#[derive(Debug, Clone, Copy)]
pub struct Main {
    /// Its name, a JSON file.
    pub name: &'static str,
    /// Keys by which it is known to be ours.
    pub keys: [&'static str; 3],
    /// What such a folder is, for messages: `a run of toadstone`.
    pub what: &'static str,
}

impl Main {
    /// What the file of an earlier result is called while it is being replaced.
    fn replaced(&self) -> String {
        format!("{}.replaced", self.name)
    }

    /// Whether `target` is new, empty, or a result of the same kind that may be replaced.
    ///
    /// # Errors
    /// It is something else, or cannot be looked at.
    pub fn check(&self, target: &Path) -> Result<(), Failure> {
        let shown = target.display();
        let entries = match fs::read_dir(target) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(Failure::new(format!("cannot use {shown} as output folder: {e}"))),
        };
        let ours = || self.is_in(&target.join(self.name)) || self.is_in(&target.join(self.replaced()));
        // States of a run that was not finished.
        let states = |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|entry| entry.file_name() == STATES);
        if entries.into_iter().all(states) || ours() {
            return Ok(());
        }
        let what = format!("{shown} holds files that are not {}, and nothing was written", self.what);
        Err(Failure::new(what).help("name a new folder, an empty one, or one that an earlier `--out` wrote"))
    }

    fn is_in(&self, path: &Path) -> bool {
        let Ok(text) = fs::read(path) else { return false };
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&text) else { return false };
        self.keys.iter().all(|key| value.get(key).is_some())
    }
}

/// A folder to write to, and the temporary one beside it.
pub struct OutFolder {
    target: PathBuf,
    main: Main,
    stage: TempDir,
    staged: Vec<&'static str>,
}

impl OutFolder {
    /// Looks whether `target` may be written to, and makes the temporary folder beside it.
    ///
    /// # Errors
    /// `target` holds something that is no such result of toadstone, or cannot be written to.
    pub fn prepare(target: &Path, main: Main) -> Result<Self, Failure> {
        let shown = target.display();
        main.check(target)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let stage = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix(".toadstone-unfinished-").tempdir_in(parent))
            .map_err(|e| Failure::new(format!("cannot write beside {shown}: {e}")))?;
        Ok(OutFolder { target: target.to_owned(), main, stage, staged: Vec::new() })
    }

    /// A folder for temporary files on the same disk; removed with the rest.
    pub fn temporary(&self) -> &Path {
        self.stage.path()
    }

    /// Writes a file of the run, for now in the temporary folder. `write` is given its path there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn file<E: Display + From<io::Error>>(
        &mut self,
        name: &'static str,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), Failure> {
        let path = self.stage.path().join(name);
        // On disk before it is moved: a machine that loses power must not keep the name alone.
        let written = write(&path).and_then(|()| Ok(File::open(&path)?.sync_all()?));
        written.map_err(|e| Failure::new(format!("cannot write {name}: {e}")))?;
        self.staged.push(name);
        Ok(())
    }

    /// Moves what was written into place, the main file last.
    ///
    /// # Errors
    /// A file cannot be moved. The folder then has no main file.
    pub fn publish(mut self) -> Result<(), Failure> {
        self.put()
    }

    /// The same, and the temporary folder stays until this is dropped.
    ///
    /// # Errors
    /// As [`OutFolder::publish`].
    pub fn put(&mut self) -> Result<(), Failure> {
        self.staged.sort_by_key(|name| *name == self.main.name);
        self.move_in().map_err(|e| Failure::new(format!("cannot write to {}: {e}", self.target.display())))
    }

    fn move_in(&self) -> io::Result<()> {
        fs::create_dir_all(&self.target)?;
        let (run, replaced) = (self.target.join(self.main.name), self.target.join(self.main.replaced()));
        if run.exists() {
            fs::rename(&run, &replaced)?;
        }
        for name in &self.staged {
            fs::rename(self.stage.path().join(name), self.target.join(name))?;
        }
        match fs::remove_file(&replaced) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}
