//! States that outlive a process: of a scan that goes on, and of data that grows.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toadstone_core::ReadSummary;
use toadstone_corpus::{Corpus, write_atomically};
use toadstone_detect::{first_pass, registry};
use toadstone_states::{Counted, FolderError, Shards, States};
use toadstone_store::is_address;

use super::{Data, Effort, Found, Settings};
use crate::failure::Failure;

/// The folder of the states in that of a run, and the file in it that says what they are of.
pub const STATES: &str = "states";
const DATA: &str = "data.json";

/// What states are of: whatever of a command line decides what is read and looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The version of the program.
    version: String,
    /// As the user named them.
    paths: Vec<String>,
    map: Vec<(String, String)>,
    only: Vec<String>,
    skip: Vec<String>,
    allow_unreadable: bool,
    seed: u64,
}

impl Kept {
    /// What the states of a run are of.
    ///
    /// # Errors
    /// There are none.
    pub fn of(run: &Path) -> Result<Kept, Failure> {
        let path = run.join(STATES).join(DATA);
        let text = fs::read(&path).map_err(|error| {
            Failure::new(format!("{} has no states: {}: {error}", run.display(), path.display()))
                .help("`toadstone scan --resume` and `toadstone observe` keep states")
        })?;
        let kept: Result<Kept, _> = serde_json::from_slice(&text);
        kept.map_err(|error| Failure::new(format!("{} cannot be read: {error}", path.display())))
    }

    /// What states of several runs are of, together.
    ///
    /// # Errors
    /// They were made for different questions, so that one does not continue the other.
    pub fn together(runs: &[PathBuf]) -> Result<Kept, Failure> {
        let mut all: Vec<(Kept, &PathBuf)> = Vec::new();
        for run in runs {
            all.push((Kept::of(run)?, run));
        }
        let mut all = all.into_iter();
        let Some((mut whole, first)) = all.next() else { return Err(Failure::new("no run is named")) };
        for (kept, run) in all {
            let same = Kept { paths: whole.paths.clone(), ..kept.clone() };
            if same != whole {
                let what = format!("{} and {} were read in different ways", first.display(), run.display());
                return Err(Failure::new(what).help(
                    "use the same version, --map, --only, --skip, --seed and --allow-unreadable for all",
                ));
            }
            whole.paths.extend(kept.paths);
        }
        Ok(whole)
    }

    /// The data, read as it was when the states were made.
    pub fn data(self, effort: Effort) -> Data {
        let Kept { version: _, paths, map, only, skip, allow_unreadable, seed } = self;
        Data { paths, tables: Vec::new(), map, only, skip, allow_unreadable, seed, effort }
    }
}

impl Data {
    /// Opens the folder of the states of a run; `others` are runs whose states are used, too.
    ///
    /// # Errors
    /// It is in use or cannot be used.
    pub fn keep(&self, run: &Path, others: &[PathBuf]) -> Result<States, Failure> {
        if !self.tables.is_empty() {
            return Err(Failure::new("states are kept of files, and not of tables in memory")
                .help("leave the folder to resume from out, or write the table to a file"));
        }
        if is_address(&run.to_string_lossy()) {
            return Err(Failure::new(format!(
                "states are kept in a folder, and {} is an address",
                run.display()
            ))
            .help("name a folder on this machine"));
        }
        let folder = run.join(STATES);
        let others = others.iter().map(|other| other.join(STATES)).filter(|other| *other != folder).collect();
        let states =
            States::open(&folder, others, env!("CARGO_PKG_VERSION")).map_err(|error| match error {
                FolderError::Taken(_) => {
                    Failure::new(error).help("wait until it is done, or name another folder")
                }
                FolderError::Io { .. } => Failure::new(error),
            })?;
        let kept = Kept {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            paths: self.paths.clone(),
            map: self.map.clone(),
            only: self.only.clone(),
            skip: self.skip.clone(),
            allow_unreadable: self.allow_unreadable,
            seed: self.seed,
        };
        let written = write_atomically(&folder.join(DATA), |out| {
            serde_json::to_writer_pretty(&mut *out, &kept)?;
            out.write_all(b"\n")
        });
        written.map_err(|error| Failure::new(format!("cannot write to {}: {error}", folder.display())))?;
        Ok(states)
    }

    /// The same as [`Data::scan`] with states that are there, and keeps those that are made.
    ///
    /// # Errors
    /// The data cannot be read to its end, or states cannot be written.
    pub fn scan_kept(
        &self,
        corpus: &Corpus,
        states: &States,
        settings: &Settings<'_>,
    ) -> Result<(ReadSummary, Found, Counted), Failure> {
        let options = self.scan_options(settings.temporary);
        let engine = Shards::new(corpus, states, options.threads);
        let look = || self.look_on(&engine, settings, &options);
        let (read, found) = self.reading(corpus, settings.control, look)?;
        states.tidy().map_err(|error| Failure::new(format!("cannot remove states of no use: {error}")))?;
        Ok((read, found, engine.counted()))
    }

    /// Makes the states of the first pass, and nothing else.
    ///
    /// # Errors
    /// The data cannot be read to its end, or states cannot be written.
    pub fn observe(
        &self,
        corpus: &Corpus,
        states: &States,
        settings: &Settings<'_>,
    ) -> Result<(ReadSummary, Counted), Failure> {
        let options = self.scan_options(settings.temporary);
        let engine = Shards::new(corpus, states, options.threads);
        let skip = |name: &str| self.off(name, settings.policy);
        let fill = || first_pass(&engine, registry(), &skip, &options, settings.control);
        let read = self.reading(corpus, settings.control, fill)?;
        Ok((read, engine.counted()))
    }
}
