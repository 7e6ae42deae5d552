//! Which files are sealed.

use std::io;
use std::path::{Path, PathBuf};

use super::{MakeError, Order};
use crate::files::{File, Listing, Odd, list};
use crate::manifest::Scope;
use crate::names;

/// Everything that an order is about, if a seal can cover it.
pub(super) fn of(order: &Order<'_>) -> Result<(Scope, Listing), MakeError> {
    let (scope, listing) = match order.files {
        Some(chosen) => (Scope::Files, chosen_files(order.root, chosen)?),
        None => {
            let scope = if order.root.is_file() { Scope::File } else { Scope::Folder };
            (scope, list(order.root, &[]).map_err(|(path, error)| MakeError::Read { path, error })?)
        }
    };
    if let Some(odd) = listing.odd.first() {
        return Err(MakeError::Odd { name: odd.name.clone(), what: odd.what });
    }
    if listing.files.is_empty() {
        return Err(MakeError::Nothing(order.root.to_owned()));
    }
    let names = || listing.files.iter().map(|file| &file.name).chain(&listing.empty);
    names().try_for_each(|name| names::check(name))?;
    names::check_apart(names().map(String::as_str))?;
    Ok((scope, listing))
}

/// The files that were named, all below `root`.
fn chosen_files(root: &Path, chosen: &[PathBuf]) -> Result<Listing, MakeError> {
    let mut listing = Listing::default();
    for path in chosen {
        let read = |error| MakeError::Read { path: path.clone(), error };
        let found = std::fs::symlink_metadata(path).map_err(read)?;
        let name = path.strip_prefix(root).ok().and_then(Path::to_str);
        let name = name.ok_or_else(|| read(io::Error::other("its name is not UTF-8")))?.to_owned();
        match found.is_file() {
            true => listing.files.push(File { name, path: path.clone(), bytes: found.len() }),
            false => listing.odd.push(Odd { name, what: "no regular file" }),
        }
    }
    listing.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}
