//! The folder that `--out` names, on this machine or in an object store.
//!
//! Everything is written beside it first and moved in at the end, the main file last: a folder that
//! has its main file (`run.json`, ...) holds a finished result, whatever happened to the process that
//! wrote it.

use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use toadstone_core::Control;

use super::Prefix;
use crate::data::{STATES, temporary_folder};
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
    pub(super) fn replaced(&self) -> String {
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
        let is_in = |path: PathBuf| fs::read(path).is_ok_and(|text| self.describes(&text));
        let ours = || is_in(target.join(self.name)) || is_in(target.join(self.replaced()));
        // States of a run that was not finished.
        let states = |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|entry| entry.file_name() == STATES);
        if entries.into_iter().all(states) || ours() {
            return Ok(());
        }
        Err(self.foreign(&shown.to_string()))
    }

    /// Whether a file of this name is ours.
    pub(super) fn describes(&self, text: &[u8]) -> bool {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(text) else { return false };
        self.keys.iter().all(|key| value.get(key).is_some())
    }

    /// What a user is told who named a place that holds something else.
    pub(super) fn foreign(&self, shown: &str) -> Failure {
        let what = format!("{shown} holds files that are not {}, and nothing was written", self.what);
        Failure::new(what).help("name a new folder, an empty one, or one that an earlier `--out` wrote")
    }
}

/// Where a result goes.
enum Target {
    Folder(PathBuf),
    Store(Prefix),
}

/// A folder to write to, and the temporary one beside it; for a store, in the system's temporary folder.
pub struct OutFolder {
    target: Target,
    main: Main,
    stage: TempDir,
    staged: Vec<&'static str>,
}

impl OutFolder {
    /// Looks whether `target` may be written to, and makes the temporary folder beside it.
    ///
    /// # Errors
    /// `target` holds something that is no such result of toadstone, or cannot be written to.
    pub fn prepare(target: &Path, main: Main, control: &Arc<Control>) -> Result<Self, Failure> {
        if let Some(prefix) = Prefix::of(target, control)? {
            prefix.check(&main)?;
            return Ok(OutFolder::to(Target::Store(prefix), main, temporary_folder()?));
        }
        let shown = target.display();
        main.check(target)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let stage = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix(".toadstone-unfinished-").tempdir_in(parent))
            .map_err(|e| Failure::new(format!("cannot write beside {shown}: {e}")))?;
        Ok(OutFolder::to(Target::Folder(target.to_owned()), main, stage))
    }

    fn to(target: Target, main: Main, stage: TempDir) -> Self {
        OutFolder { target, main, stage, staged: Vec::new() }
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

    /// Moves or sends what was written into place, the main file last.
    ///
    /// # Errors
    /// A file cannot be moved or sent. The folder then has no main file.
    pub fn publish(mut self) -> Result<(), Failure> {
        self.put()
    }

    /// The same, and the temporary folder stays until this is dropped.
    ///
    /// # Errors
    /// As [`OutFolder::publish`].
    pub fn put(&mut self) -> Result<(), Failure> {
        self.staged.sort_by_key(|name| *name == self.main.name);
        match &self.target {
            Target::Folder(folder) => self
                .move_in(folder)
                .map_err(|e| Failure::new(format!("cannot write to {}: {e}", folder.display()))),
            Target::Store(prefix) => {
                let stage = self.stage.path();
                let others = self.staged.iter().filter(|name| **name != self.main.name);
                let files: Vec<_> = others.map(|name| (stage.join(name), (*name).to_owned())).collect();
                prefix.publish(&self.main, stage, &files, &[])
            }
        }
    }

    fn move_in(&self, target: &Path) -> io::Result<()> {
        fs::create_dir_all(target)?;
        let (run, replaced) = (target.join(self.main.name), target.join(self.main.replaced()));
        if run.exists() {
            fs::rename(&run, &replaced)?;
        }
        for name in &self.staged {
            fs::rename(self.stage.path().join(name), target.join(name))?;
        }
        match fs::remove_file(&replaced) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}
