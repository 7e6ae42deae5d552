//! The folder that a poisoned copy grows in: beside its place, and moved there in one rename.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;
use toadstone_core::{Batch, Control, Observe, Record, RecordId, Role, Source, SourceError};
use toadstone_corpus::{Corpus, Options, RewriteError, RowEdit, write_atomically};
use toadstone_redteam::{Edit, Place, Planting, Poisoned};
use toadstone_store::is_address;

use super::truth::{Truth, WARNING};
use crate::commands::clean::below;
use crate::data::MESSAGE;
use crate::failure::Failure;

/// The folder of the data.
const DATA: &str = "data";
/// The note for whoever finds the folder.
const NOTE: &str = "DO-NOT-TRAIN.txt";

/// A copy in the making.
pub(super) struct Copy {
    stage: TempDir,
    /// Of each file, below the folder of the data.
    names: Vec<String>,
}

impl Copy {
    /// Looks whether `target` can be written, and makes the folder beside it.
    ///
    /// # Errors
    /// It exists, lies in the data, or cannot be written.
    pub(super) fn begin(target: &Path, corpus: &Corpus, arguments: &[String]) -> Result<Copy, Failure> {
        let shown = target.display();
        if is_address(&target.to_string_lossy()) {
            return Err(Failure::new(format!(
                "cannot write {shown}: copies are written to folders of this machine"
            ))
            .help("name a new folder"));
        }
        if target.symlink_metadata().is_ok() {
            return Err(Failure::new(format!("{shown} exists")).help("name a new folder for the copy"));
        }
        let cannot = |e: io::Error| Failure::new(format!("cannot write {shown}: {e}"));
        let place = absolute(target).map_err(cannot)?;
        let folders = arguments.iter().filter_map(|path| absolute(Path::new(path)).ok());
        if let Some(folder) = folders.filter(|path| path.is_dir()).find(|path| place.starts_with(path)) {
            let what =
                format!("{shown} lies in the data, {}, and would become a part of it", folder.display());
            return Err(Failure::new(what).help("name a folder elsewhere"));
        }
        let parent = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(cannot)?;
        let stage =
            tempfile::Builder::new().prefix(".toadstone-unfinished-").tempdir_in(parent).map_err(cannot)?;
        let names = corpus.names();
        let names = below(&names.iter().map(String::as_str).collect::<Vec<_>>(), arguments);
        let names = names.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        Ok(Copy { stage, names })
    }

    /// Where everything is for now.
    pub(super) fn folder(&self) -> &Path {
        self.stage.path()
    }

    /// The names of the files below the folder of the data.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    fn path(&self, file: usize) -> PathBuf {
        self.folder().join(DATA).join(&self.names[file])
    }

    /// Writes every file with the edits that belong to it.
    ///
    /// # Errors
    /// A file cannot hold them, or cannot be written.
    pub(super) fn write(&self, corpus: &Corpus, edits: &[Edit], control: &Control) -> Result<(), Failure> {
        for (file, name) in corpus.names().iter().enumerate() {
            if control.stopped() {
                return Err(Failure::new(MESSAGE));
            }
            let path = self.path(file);
            let of_file: Vec<RowEdit> =
                edits.iter().filter(|edit| edit.place.anchor().file as usize == file).map(row_edit).collect();
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            let written =
                made.map_err(RewriteError::from).and_then(|()| corpus.rewrite(file as u32, &of_file, &path));
            written.map_err(|error| Failure::new(format!("cannot write a copy of {name}: {error}")))?;
        }
        Ok(())
    }

    /// Reads the copy and makes sure that it has exactly the records that were planned.
    ///
    /// # Errors
    /// It has not, or cannot be read.
    pub(super) fn compare(
        &self,
        planned: &Poisoned,
        options: &Options,
        control: &Control,
    ) -> Result<(), Failure> {
        let data = self.folder().join(DATA);
        let copy = Corpus::open(&[data.to_string_lossy().into_owned()], options).map_err(Failure::new)?;
        let files: Vec<Option<usize>> = copy
            .names()
            .iter()
            .map(|name| (0..self.names.len()).find(|file| self.path(*file) == Path::new(name)))
            .collect();
        let moved = |id: RecordId| Some(RecordId { file: (*files.get(id.file as usize)?)? as u32, ..id });
        let read = |source: &dyn Source, place: &(dyn Fn(RecordId) -> Option<RecordId> + Sync)| {
            digests(source, place, control)
                .map_err(|error| Failure::new(format!("cannot read the copy: {error}")))
        };
        let (found, wanted) = (read(&copy, &moved)?, read(planned, &Some)?);
        let differs =
            found.iter().zip(&wanted).find(|(found, wanted)| found != wanted).map(|(_, wanted)| wanted.0);
        let short = wanted.get(found.len()).or(found.get(wanted.len())).map(|record| record.0);
        match differs.or(short) {
            None => Ok(()),
            Some(id) => {
                let name = self.names.get(id.file as usize).map_or("", String::as_str);
                let what = format!("the copy would not be read as it was planned: row {} of {name}", id.row);
                Err(Failure::new(what).help("another `--seed` or `--count` may do"))
            }
        }
    }

    /// Writes the truth, the note, and what belongs to the attack beside the data.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(super) fn account(&self, truth: &Truth<'_>, planting: &Planting) -> Result<(), Failure> {
        let put = |name: &str, bytes: &[u8]| {
            write_atomically(&self.folder().join(name), |out| out.write_all(bytes))
                .map_err(|e| Failure::new(format!("cannot write {name}: {e}")))
        };
        let mut json = serde_json::to_vec_pretty(truth).map_err(Failure::new)?;
        json.push(b'\n');
        put("truth.json", &json)?;
        put(NOTE, format!("{WARNING}\nWhat was planted, and where: truth.json\n").as_bytes())?;
        planting.beside.iter().try_for_each(|beside| put(beside.name, beside.text.as_bytes()))
    }

    /// Moves the folder to its place.
    ///
    /// # Errors
    /// It cannot be moved.
    pub(super) fn publish(self, target: &Path) -> Result<(), Failure> {
        let cannot = |e: io::Error| Failure::new(format!("cannot write {}: {e}", target.display()));
        if target.symlink_metadata().is_ok() {
            return Err(cannot(io::ErrorKind::AlreadyExists.into()));
        }
        fs::rename(self.stage.path(), target).map_err(cannot)?;
        // The folder is gone from where it was made, and nothing is left to remove.
        let _ = self.stage.keep();
        Ok(())
    }
}

fn row_edit(edit: &Edit) -> RowEdit {
    let like = match edit.place {
        Place::Replace(_) => None,
        Place::Insert { like, .. } => Some(like.row),
    };
    RowEdit { row: edit.place.anchor().row, like, fields: edit.fields.clone() }
}

/// The place and a digest of each record, in order.
fn digests(
    source: &dyn Source,
    place: &(dyn Fn(RecordId) -> Option<RecordId> + Sync),
    control: &Control,
) -> Result<Vec<(RecordId, u128)>, SourceError> {
    let all = Mutex::new(Vec::new());
    let observe: Observe<'_> = Box::new(|batch: &Batch| {
        let records = batch.records().filter_map(|record| Some((place(record.id())?, digest(&record))));
        if let Ok(mut all) = all.lock() {
            all.extend(records);
        }
    });
    source.read(vec![observe], control)?;
    let mut all = all.into_inner().unwrap_or_default();
    all.sort_unstable();
    Ok(all)
}

fn digest(record: &Record<'_>) -> u128 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for role in Role::ALL {
        for part in record.parts(role) {
            let length = part.map_or(u64::MAX, |text| text.len() as u64);
            hash.update(&length.to_be_bytes());
            hash.update(part.unwrap_or_default().as_bytes());
        }
    }
    hash.digest128()
}

/// A path from the root, links resolved as far as it exists.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let mut missing = Vec::new();
    let mut at = std::path::absolute(path)?;
    loop {
        match at.canonicalize() {
            Ok(real) => return Ok(missing.iter().rev().fold(real, |path, name| path.join(name))),
            Err(error) => match at.components().next_back() {
                Some(Component::Normal(name)) => missing.push(name.to_owned()),
                _ => return Err(error),
            },
        }
        at.pop();
    }
}
