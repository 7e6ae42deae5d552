//! The folder that a result grows in.
//!
//! It stands beside the place where the result will be, under a name that says that it is not
//! finished, and becomes the result in one rename. If the result goes to an object store, it stands in the
//! user's cache and is sent when it is whole. What an interrupted run left in it is used again if it belongs
//! to the same data and the same settings.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::Control;
use toadstone_corpus::{UNFINISHED, write_atomically};
use xxhash_rust::xxh3::xxh3_128;

use super::plan::Plan;
use super::write::{KEPT, QUARANTINE};
use crate::failure::Failure;
use crate::out::{Main, Prefix, Sending};

/// The file that makes a folder a finished result.
pub const MAIN: Main =
    Main { name: "clean.json", keys: ["schema", "kept", "removed"], what: "cleaned data by toadstone" };
const PLAN: &str = "plan.json";
const LOCK: &str = "lock";

/// The plan, and what it was made from.
#[derive(Serialize, Deserialize)]
struct Kept {
    fingerprint: String,
    plan: Plan,
}

/// The folder, held by this process alone.
pub struct Stage {
    target: PathBuf,
    /// The target, if it is in a store.
    prefix: Option<Prefix>,
    folder: PathBuf,
    _lock: File,
}

impl Stage {
    /// Looks whether `target` may be written to, and opens the folder beside it.
    ///
    /// # Errors
    /// `target` holds something else, cannot be written to, or is being written by another process.
    pub fn open(target: &Path, control: &Arc<Control>) -> Result<Stage, Failure> {
        let prefix = Prefix::of(target, control)?;
        let folder = match &prefix {
            Some(prefix) => {
                prefix.check(&MAIN)?;
                cached(target)?
            }
            None => {
                MAIN.check(target)?;
                beside(target)?
            }
        };
        let open = || -> io::Result<File> {
            fs::create_dir_all(&folder)?;
            File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))
        };
        let lock =
            open().map_err(|e| Failure::new(format!("cannot write beside {}: {e}", target.display())))?;
        match lock.try_lock() {
            Ok(()) => Ok(Stage { target: target.to_owned(), prefix, folder, _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::new(format!("another `toadstone clean` is writing {}", target.display())))
            }
            Err(TryLockError::Error(e)) => {
                Err(Failure::new(format!("cannot lock {}: {e}", folder.display())))
            }
        }
    }

    /// Where everything is written for now.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The plan of an earlier run for the same data and settings; files that it had begun are removed.
    /// Without one, everything that is left of an earlier run is removed.
    ///
    /// # Errors
    /// What is left cannot be removed.
    pub fn resume(&self, fingerprint: &str) -> Result<Option<Plan>, Failure> {
        let kept = fs::read(self.folder.join(PLAN)).ok();
        let kept: Option<Kept> = kept.and_then(|text| serde_json::from_slice(&text).ok());
        let kept = kept.filter(|kept| kept.fingerprint == fingerprint);
        let cleared = if kept.is_some() { remove_unfinished(&self.folder) } else { self.clear() };
        cleared.map_err(|e| Failure::new(format!("cannot clear {}: {e}", self.folder.display())))?;
        Ok(kept.map(|kept| kept.plan))
    }

    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name() == LOCK {
                continue;
            }
            let path = entry.path();
            if entry.file_type()?.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
        }
        Ok(())
    }

    /// Keeps the plan for a run that goes on after this one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, fingerprint: &str, plan: &Plan) -> Result<(), Failure> {
        let kept = Kept { fingerprint: fingerprint.to_owned(), plan: plan.clone() };
        let write = |out: &mut dyn io::Write| Ok(serde_json::to_writer(out, &kept)?);
        write_atomically(&self.folder.join(PLAN), write)
            .map_err(|e| Failure::new(format!("cannot write {PLAN}: {e}")))
    }

    /// Makes the folder the result.
    ///
    /// # Errors
    /// It cannot be moved; what was at the target is still there, or beside it. Or it cannot be sent; the
    /// target has no main file then.
    pub fn publish(self) -> Result<(), Failure> {
        if let Some(prefix) = &self.prefix {
            return self.send(prefix);
        }
        let failed = |e: io::Error| Failure::new(format!("cannot write {}: {e}", self.target.display()));
        self.move_in().map_err(failed)
    }

    fn send(&self, prefix: &Prefix) -> Result<(), Failure> {
        let unreadable = |e: io::Error| Failure::new(format!("cannot read {}: {e}", self.folder.display()));
        let mut files = Vec::new();
        gather(&self.folder, "", &mut files).map_err(unreadable)?;
        files.retain(|(_, name)| ![PLAN, LOCK, MAIN.name].contains(&name.as_str()));
        prefix.publish(&MAIN, &self.folder, &files, &[KEPT, QUARANTINE])?;
        let gone = fs::remove_dir_all(&self.folder);
        gone.map_err(|e| {
            Failure::new(format!("the result was sent, and {} cannot be removed: {e}", self.folder.display()))
        })
    }

    fn move_in(&self) -> io::Result<()> {
        fs::remove_file(self.folder.join(PLAN))?;
        fs::remove_file(self.folder.join(LOCK))?;
        let replaced = self.folder.with_extension("toadstone-replaced");
        let old = self.target.exists();
        if old {
            fs::rename(&self.target, &replaced)?;
        }
        fs::rename(&self.folder, &self.target)?;
        if old {
            fs::remove_dir_all(replaced)?;
        }
        Ok(())
    }
}

/// Removes what a killed process had begun to write, in all folders.
fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_unfinished(&entry.path())?;
        } else if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The folder beside a target on this machine.
fn beside(target: &Path) -> Result<PathBuf, Failure> {
    let parent = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().ok_or_else(|| {
        Failure::new(format!("{} cannot be an output folder", target.display())).help("name a new folder")
    })?;
    Ok(parent.join(format!(".{}.toadstone-unfinished", name.to_string_lossy())))
}

/// The folder in the user's cache for a target in a store.
fn cached(target: &Path) -> Result<PathBuf, Failure> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    let base = base.ok_or_else(|| {
        Failure::new("there is no place for files that are still to be sent")
            .help("set XDG_CACHE_HOME to a folder with room for the cleaned data")
    })?;
    let name = format!("{:032x}.unfinished", xxh3_128(target.as_os_str().as_encoded_bytes()));
    Ok(base.join("toadstone").join(name))
}

/// All files below a folder, with their names from there on.
fn gather(folder: &Path, below: &str, files: &mut Vec<Sending>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((entry.path(), name));
        }
    }
    Ok(())
}
