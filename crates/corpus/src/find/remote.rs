//! From addresses to objects, by the rules that hold for files on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use toadstone_store::{Address, Object, Store, StoreError, shown};

use super::{Findings, Found, Skipped, data_files};
use crate::corpus::OpenError;
use crate::medium::Medium;

/// Why an object is left out.
const NOT_SAVED: &str = "not among the data files of the saved dataset";
/// Most bytes of a file that lists the files of a saved dataset.
const LONGEST_STATE: u64 = 16 << 20;

/// The object, or the file, of an address that names one.
///
/// # Errors
/// Why there is none, for the user.
pub(crate) fn object(address: &str) -> Result<Medium, String> {
    let address = Address::parse(address).map_err(|error| error.to_string())?;
    let found = Store::open(&address).and_then(|store| store.object(address.key()));
    match found.map_err(|error| error.to_string())? {
        Some(object) => Ok(Medium::Remote(object)),
        None => Err(StoreError::Missing.to_string()),
    }
}

impl Findings {
    /// What an address names: an object, all objects below a prefix, or those that match a pattern.
    pub(super) fn address(&mut self, text: &str, temporary: &Path) -> Result<(), OpenError> {
        let address =
            Address::parse(text).map_err(|error| OpenError::Address { path: shown(text), error })?;
        let path = address.to_string();
        let failed = |error| OpenError::Store { path: path.clone(), error };
        let store = Store::open(&address).map_err(failed)?;
        let key = address.key();
        if !address.is_folder() {
            match store.object(key) {
                Ok(Some(object)) => {
                    self.push_object(object, false);
                    return Ok(());
                }
                Ok(None) => {}
                Err(StoreError::NoRanges) => return self.download(&store, temporary),
                Err(error) => return Err(failed(error)),
            }
        }
        if !address.can_list() {
            return Err(failed(StoreError::Missing));
        }
        if key.contains(['*', '?', '[']) {
            return self.matches(&store, key);
        }
        let objects = store.below(key).map_err(failed)?;
        if objects.is_empty() {
            return Err(OpenError::Missing { path });
        }
        self.folder(key, objects)
    }

    /// A server that gives only whole files is asked for the whole once.
    fn download(&mut self, store: &Store, temporary: &Path) -> Result<(), OpenError> {
        let name = store.address().to_string();
        let mut spool = tempfile::NamedTempFile::new_in(temporary).map_err(OpenError::Temporary)?;
        let whole = store.download(spool.as_file_mut());
        whole.map_err(|error| OpenError::Store { path: name.clone(), error })?;
        let path = spool.into_temp_path();
        self.push(name, path.to_path_buf(), false);
        self.spools.push(Arc::new(path));
        Ok(())
    }

    fn push_object(&mut self, object: Object, walked: bool) {
        let name = object.name().to_owned();
        self.files.push(Found {
            name,
            medium: Medium::Remote(object),
            walked,
            beside_text: false,
            error: None,
        });
    }

    /// Objects whose key matches, and all below a prefix that does.
    fn matches(&mut self, store: &Store, pattern: &str) -> Result<(), OpenError> {
        let path = store.address().to_string();
        let wrong = |error: glob::PatternError| OpenError::Pattern { pattern: path.clone(), why: error.msg };
        let glob = glob::Pattern::new(pattern).map_err(wrong)?;
        let options = glob::MatchOptions {
            require_literal_separator: true,
            require_literal_leading_dot: true,
            ..glob::MatchOptions::new()
        };
        let literal = pattern.find(['*', '?', '[']).unwrap_or(pattern.len());
        let folder = pattern[..literal].rsplit_once('/').map_or("", |(folder, _)| folder);
        let objects = store.below(folder).map_err(|error| OpenError::Store { path: path.clone(), error })?;
        let mut found: BTreeMap<Vec<String>, Vec<Object>> = BTreeMap::new();
        for object in objects {
            let key = object.key();
            let ends = key.match_indices('/').map(|(at, _)| at).chain([key.len()]);
            let hit = ends.map(|end| &key[..end]).find(|part| glob.matches_with(part, options));
            let parts = hit.map(|hit| hit.split('/').map(str::to_owned).collect());
            if let Some(parts) = parts {
                found.entry(parts).or_default().push(object);
            }
        }
        if found.is_empty() {
            return Err(OpenError::NoMatch { pattern: path });
        }
        for (parts, objects) in found {
            let hit = parts.join("/");
            match objects.as_slice() {
                [object] if object.key() == hit => self.push_object(object.clone(), false),
                _ => self.folder(&hit, objects)?,
            }
        }
        Ok(())
    }

    /// The objects below a prefix, as [`Findings::path`] takes the files of a folder.
    fn folder(&mut self, folder: &str, objects: Vec<Object>) -> Result<(), OpenError> {
        let start = self.files.len();
        let saved = saved_datasets(&objects)?;
        for object in objects {
            let key = object.key();
            let below = key.strip_prefix(folder).unwrap_or(key);
            if below.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            let (parent, base) = key.rsplit_once('/').unwrap_or(("", key));
            if saved.get(parent).is_some_and(|only| !only.contains(base)) {
                let name = object.name().to_owned();
                self.skipped.push(Skipped { name, why: NOT_SAVED, medium: Medium::Remote(object) });
            } else {
                self.push_object(object, true);
            }
        }
        self.settle(start);
        Ok(())
    }
}

/// The folders that the Python library `datasets` saved, each with its data files.
fn saved_datasets(objects: &[Object]) -> Result<BTreeMap<String, BTreeSet<String>>, OpenError> {
    let parent = |object: &Object, base: &str| {
        let (parent, name) = object.key().rsplit_once('/').unwrap_or(("", object.key()));
        (name == base).then(|| parent.to_owned())
    };
    let told: BTreeSet<String> =
        objects.iter().filter_map(|object| parent(object, "dataset_info.json")).collect();
    let mut saved = BTreeMap::new();
    for object in objects {
        let Some(folder) = parent(object, "state.json").filter(|folder| told.contains(folder)) else {
            continue;
        };
        let state = object.range(0..object.stat().size.min(LONGEST_STATE));
        let state = state.map_err(|error| OpenError::Store { path: object.name().to_owned(), error })?;
        saved.extend(data_files(&state).map(|files| (folder, files)));
    }
    Ok(saved)
}
