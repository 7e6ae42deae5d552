//! What changed from one data set to another, record by record.
//!
//! Files that are the same to the byte are not looked into. Of the others, records with the same
//! content are brought together by an external sort, so memory does not grow with the data; what is
//! left over on both sides is paired as edited if it has the same identifier, follows the same
//! record, or stands in the same row.

mod gather;
mod intern;
mod moved;
mod pair;
mod tally;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use toadstone_core::{Changes, Control, FileChange};
use toadstone_corpus::{MetaColumns, RowsError, is_table};

use crate::digest::Digest;
use crate::files::{File, hash_all, list};
use crate::folder::Folder;
use gather::{Gatherer, Side};

/// One of the two states.
pub struct State<'s> {
    /// The folder or file.
    pub data: &'s Path,
    /// Its seal, if it has one: which columns say what.
    pub seal: Option<&'s Folder>,
}

/// How the work is done.
pub struct Options<'o> {
    /// Threads.
    pub threads: usize,
    /// Bytes that may be held in memory for sorting.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: &'o Path,
    /// Stops the work.
    pub control: &'o Control,
}

/// Why two states cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// A file cannot be read.
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// Temporary files cannot be written.
    #[error("cannot write temporary files: {0}")]
    Temporary(#[from] io::Error),
}

/// A file of one state.
struct Known {
    file: File,
    sha256: Digest,
}

/// Compares two states. Reads every file once for its digest, and those that are not the same once
/// more. Memory: `options.memory`, and some bytes for each file, source and label.
///
/// # Errors
/// [`DiffError`].
pub fn diff(before: &State<'_>, after: &State<'_>, options: &Options<'_>) -> Result<Changes, DiffError> {
    let (old, new) = (files(before, options)?, files(after, options)?);
    let mut changes = Changes::default();
    let mut gatherer = Gatherer::new(options);
    // Single files are compared with one another whatever they are called.
    let single = before.data.is_file() && after.data.is_file();
    let name = |known: &Known| if single { String::new() } else { known.file.name.clone() };
    let names: BTreeSet<String> = old.iter().chain(&new).map(name).collect();
    for wanted in names {
        let find = |side: &'_ [Known]| side.iter().position(|known| name(known) == wanted);
        let (a, b) = (find(&old).map(|at| &old[at]), find(&new).map(|at| &new[at]));
        if let (Some(a), Some(b)) = (a, b)
            && a.sha256 == b.sha256
        {
            changes.same_files += 1;
            continue;
        }
        changes.files.push(file_change((before, a), (after, b), &mut gatherer)?);
    }
    gatherer.conclude(&mut changes)?;
    Ok(changes)
}

fn files(state: &State<'_>, options: &Options<'_>) -> Result<Vec<Known>, DiffError> {
    let listing = list(state.data, &[]).map_err(|(path, error)| DiffError::Read { path, error })?;
    let paths: Vec<(&Path, bool)> = listing.files.iter().map(|file| (file.path.as_path(), false)).collect();
    let hashed = hash_all(&paths, options.threads, options.control);
    let known = hashed.into_iter().zip(&listing.files).map(|(hashed, file)| match hashed {
        None => Err(DiffError::Interrupted),
        Some(Err(error)) => Err(DiffError::Read { path: file.path.clone(), error }),
        Some(Ok(hashed)) => Ok(Known { file: file.clone(), sha256: hashed.sha256 }),
    });
    known.collect()
}

/// A file that is not the same: its records go to the gatherer.
fn file_change(
    (before, a): (&State<'_>, Option<&Known>),
    (after, b): (&State<'_>, Option<&Known>),
    gatherer: &mut Gatherer<'_>,
) -> Result<FileChange, DiffError> {
    let name = b.or(a).map(|known| known.file.name.clone()).unwrap_or_default();
    let what = match (a, b) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    let mut change = FileChange { name, before: None, after: None, what: what.to_owned(), whole: None };
    if !is_table(&change.name) {
        change.whole = Some("it holds no records that stand on their own".to_owned());
        return Ok(change);
    }
    let id = gatherer.begin(&change.name);
    // One choice of columns for both, or a column that is recognised in one only would change all.
    let columns = [before, after].into_iter().find_map(|state| sealed_columns(state, &change.name));
    for (side, known, count) in [(Side::Before, a, &mut change.before), (Side::After, b, &mut change.after)] {
        let Some(known) = known else { continue };
        match gatherer.read(id, side, &known.file.path, columns.as_ref()) {
            Ok(rows) => *count = Some(rows),
            Err(RowsError::Interrupted) => return Err(DiffError::Interrupted),
            Err(RowsError::Io(error)) => {
                return Err(DiffError::Read { path: known.file.path.clone(), error });
            }
            Err(RowsError::Unreadable(why)) => change.whole = Some(why),
        }
    }
    Ok(change)
}

fn sealed_columns(state: &State<'_>, name: &str) -> Option<MetaColumns> {
    let records = state.seal?.manifest.file(name)?.records.as_ref()?;
    Some(records.columns.clone())
}
