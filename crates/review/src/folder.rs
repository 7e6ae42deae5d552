//! The folder that a scan left.

use std::io;
use std::path::{Path, PathBuf};

use toadstone_core::{Run, SCHEMA_VERSION};
use toadstone_corpus::{LoadError, read_records};

use crate::table::{Mismatch, Table};

/// Why a folder cannot be reviewed.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no finished run.
    #[error("{0} holds no finished run: there is no run.json in it")]
    NoRun(PathBuf),
    /// A file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The run is of another version.
    #[error("the run in {folder} has schema {found}, and this version of toadstone reads {SCHEMA_VERSION}")]
    Schema {
        /// The folder.
        folder: PathBuf,
        /// What it has.
        found: u32,
    },
    /// Its files contradict each other.
    #[error("the files in {0} do not belong together: {1}")]
    Mixed(PathBuf, String),
}

/// A finished run: its account, its findings and its suspicious records.
#[derive(Debug)]
pub struct RunFolder {
    /// The account, with the findings, worst first.
    pub run: Run,
    pub(crate) table: Table,
    path: PathBuf,
}

impl RunFolder {
    /// Reads `run.json`, `findings.json` and `records.parquet`.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(path: &Path) -> Result<RunFolder, FolderError> {
        let read = |name: &str| {
            let file = path.join(name);
            std::fs::read(&file).map_err(|error| match (name, error.kind()) {
                ("run.json", io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    FolderError::NoRun(path.to_owned())
                }
                _ => FolderError::Unreadable { file, reason: error.to_string() },
            })
        };
        let mixed = |why: String| FolderError::Mixed(path.to_owned(), why);
        let (run, findings) = (read("run.json")?, read("findings.json")?);
        let run = toadstone_report::read_run(&run, &findings).map_err(|error| mixed(error.to_string()))?;
        if run.schema != SCHEMA_VERSION {
            return Err(FolderError::Schema { folder: path.to_owned(), found: run.schema });
        }
        let file = path.join("records.parquet");
        let records = read_records(&file).map_err(|error| match error {
            LoadError::Io(error) => FolderError::Unreadable { file, reason: error.to_string() },
            LoadError::Table(why) => FolderError::Unreadable { file, reason: why },
        })?;
        let table = Table::new(records, &run.inputs, &run.findings)
            .map_err(|mismatch: Mismatch| mixed(mismatch.to_string()))?;
        Ok(RunFolder { run, table, path: path.to_owned() })
    }

    /// Where the decisions on it are kept, unless the user says otherwise.
    pub fn decisions(&self) -> PathBuf {
        self.path.join("decisions.jsonl")
    }

    /// Number of suspicious records.
    pub fn suspicious(&self) -> u64 {
        self.table.len() as u64
    }
}
