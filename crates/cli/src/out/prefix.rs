//! A folder in an object store that `--out` names.
//!
//! The rules are those of folders on disk. Everything is written to this machine first and sent at the end,
//! the main file last; an older main file is put aside before anything is replaced. So whatever happens to
//! the process, a prefix that has its main file holds a finished result.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use toadstone_core::Control;
use toadstone_store::{Address, Store, StoreError, is_address, shown};

use super::Main;
use crate::failure::Failure;

/// Files that are sent side by side.
const TOGETHER: usize = 4;

/// A folder in an object store.
pub struct Prefix {
    store: Store,
    control: Arc<Control>,
}

/// A file on this machine, and where it belongs below the prefix.
pub type Sending = (PathBuf, String);

impl Prefix {
    /// The prefix that a path of the command line names; `None` if it is a path on this machine.
    ///
    /// # Errors
    /// It is an address that nothing can be written to.
    pub fn of(target: &Path, control: &Arc<Control>) -> Result<Option<Prefix>, Failure> {
        let Some(text) = target.to_str().filter(|text| is_address(text)) else { return Ok(None) };
        let cannot = |why: &dyn std::fmt::Display| {
            Failure::new(format!("cannot use {} as output folder: {why}", shown(text)))
        };
        let address = Address::parse(text).map_err(|error| cannot(&error))?;
        if !address.can_write() {
            return Err(cannot(&"nothing can be written there")
                .help("name a folder, or an s3://, gs:// or az:// address"));
        }
        let store = Store::open(&address).map_err(|error| cannot(&error))?;
        Ok(Some(Prefix { store, control: Arc::clone(control) }))
    }

    /// Whether there is nothing yet, or a result of the same kind that may be replaced.
    ///
    /// # Errors
    /// There is something else, or the store does not say.
    pub fn check(&self, main: &Main) -> Result<(), Failure> {
        let shown = self.shown();
        let failed = |error| Failure::new(format!("cannot use {shown} as output folder: {error}"));
        let objects = self.store.below(self.store.address().key()).map_err(failed)?;
        let mains = [self.key(main.name), self.key(&main.replaced())];
        let found = objects.iter().filter(|object| mains.iter().any(|key| key == object.key()));
        let ours = found.map(|object| object.range(0..object.stat().size).map(|text| main.describes(&text)));
        let ours = ours.collect::<Result<Vec<bool>, _>>().map_err(failed)?;
        if objects.is_empty() || ours.contains(&true) { Ok(()) } else { Err(main.foreign(&shown)) }
    }

    /// Sends files and then the main file. What else an earlier result left below the folders `whole` goes.
    ///
    /// # Errors
    /// A file cannot be sent, or the user asked to stop. There is no main file then.
    pub fn publish(
        &self,
        main: &Main,
        stage: &Path,
        files: &[Sending],
        whole: &[&str],
    ) -> Result<(), Failure> {
        let sent = self.send_all(main, stage, files, whole);
        sent.map_err(|error| {
            let what = format!("cannot write to {}: {error}", self.shown());
            Failure::new(what)
                .help(format!("there is no {} in it, so it does not pass for finished", main.name))
        })
    }

    fn send_all(
        &self,
        main: &Main,
        stage: &Path,
        files: &[Sending],
        whole: &[&str],
    ) -> Result<(), StoreError> {
        let (key, replaced) = (self.key(main.name), self.key(&main.replaced()));
        if self.store.object(&key)?.is_some() {
            self.store.copy(&key, &replaced)?;
            self.store.delete(std::slice::from_ref(&key))?;
        }
        self.send(files)?;
        self.remove_others(files, whole)?;
        self.store.send(&key, &stage.join(main.name), &|| self.control.stopped())?;
        self.store.delete(&[replaced])
    }

    fn send(&self, files: &[Sending]) -> Result<(), StoreError> {
        let waiting = Mutex::new(files.iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let stopped = || self.control.stopped();
        let work = || -> Result<(), StoreError> {
            while let Some((path, name)) = next() {
                self.store.send(&self.key(name), path, &stopped)?;
            }
            Ok(())
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..TOGETHER).map(|_| scope.spawn(work)).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            // All are waited for, so that nothing is sent after an error was told.
            let sent: Vec<Result<(), StoreError>> = threads.into_iter().map(join).collect();
            sent.into_iter().collect()
        })
    }

    fn remove_others(&self, files: &[Sending], whole: &[&str]) -> Result<(), StoreError> {
        let ours: BTreeSet<String> = files.iter().map(|(_, name)| self.key(name)).collect();
        for folder in whole {
            let there = self.store.below(&self.key(folder))?;
            let others = there.iter().map(|object| object.key().to_owned()).filter(|key| !ours.contains(key));
            self.store.delete(&others.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn key(&self, name: &str) -> String {
        match self.store.address().key() {
            "" => name.to_owned(),
            key => format!("{key}/{name}"),
        }
    }

    fn shown(&self) -> String {
        self.store.address().to_string()
    }
}
