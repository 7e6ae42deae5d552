//! Whether data that is to be scanned is data that was sealed.

use std::path::{Path, PathBuf};

use toadstone_core::Control;

use super::AttestError;
use crate::digest::Digest;
use crate::files::hash_all;
use crate::folder::Folder;
use crate::manifest::Scope;

/// A file that is what was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Its name in the seal.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// xxh3-128 of its bytes: what readers of records compute, so that what they read later can be
    /// compared.
    pub xxh3: Option<u128>,
}

/// Reads the files and compares each with what was sealed below `data`, the sealed folder or file. The
/// result has a place for each path: the file's account, or why it is not what was sealed.
///
/// # Errors
/// [`AttestError::Interrupted`], or a file that cannot be read.
pub fn cover(
    folder: &Folder,
    data: &Path,
    paths: &[PathBuf],
    threads: usize,
    control: &Control,
) -> Result<Vec<Result<Covered, AttestError>>, AttestError> {
    let base = base(folder, data);
    let full = |path: &PathBuf| path.canonicalize().ok();
    let places: Vec<Option<PathBuf>> = paths.iter().map(full).collect();
    // Files that were not sealed need not be read.
    let sealed: Vec<Option<(&Path, &str)>> = places
        .iter()
        .map(|place| Some((place.as_deref()?, name(folder, base.as_deref()?, place.as_deref()?)?)))
        .collect();
    let wanted: Vec<(&Path, bool)> = sealed.iter().flatten().map(|(place, _)| (*place, true)).collect();
    let mut hashed = hash_all(&wanted, threads, control).into_iter();
    let each = paths.iter().zip(&sealed).map(|(path, sealed)| {
        let Some((_, name)) = sealed else { return Ok(Err(AttestError::NotSealed(path.clone()))) };
        let read = |error| AttestError::Read { path: path.clone(), error };
        let hashed = hashed.next().flatten().ok_or(AttestError::Interrupted)?.map_err(read)?;
        let same = folder.manifest.file(name).is_some_and(|entry| entry.sha256 == hashed.sha256);
        Ok(match same {
            true => Ok(Covered { name: (*name).to_owned(), sha256: hashed.sha256, xxh3: hashed.xxh3 }),
            false => Err(AttestError::Changed { path: path.clone(), name: (*name).to_owned() }),
        })
    });
    each.collect()
}

/// The folder that names in the seal are below.
fn base(folder: &Folder, data: &Path) -> Option<PathBuf> {
    let data = data.canonicalize().ok()?;
    match folder.manifest.scope {
        Scope::File => data.parent().map(Path::to_owned),
        Scope::Folder | Scope::Files => Some(data),
    }
}

/// The name of a file in the seal.
fn name<'f>(folder: &'f Folder, base: &Path, place: &Path) -> Option<&'f str> {
    let parts: Option<Vec<&str>> = place.strip_prefix(base).ok()?.iter().map(|part| part.to_str()).collect();
    folder.manifest.file(&parts?.join("/")).map(|entry| entry.name.as_str())
}

/// The name in the seal of a file below `data`, the sealed folder or file; `None` if it was not sealed.
pub fn sealed_name<'f>(folder: &'f Folder, data: &Path, path: &Path) -> Option<&'f str> {
    name(folder, &base(folder, data)?, &path.canonicalize().ok()?)
}
