//! Every file below a folder. Nothing is left out, and no link is followed.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

/// A regular file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Below the folder, with `/`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size when it was listed.
    pub bytes: u64,
}

/// Something in a folder that cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// Below the folder; what is not UTF-8 in it is replaced.
    pub name: String,
    /// What it is: `a symbolic link`, ...
    pub what: &'static str,
}

/// What is in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Files by name, in the order of code points.
    pub files: Vec<File>,
    /// Folders with nothing in them, by name.
    pub empty: Vec<String>,
    /// What is neither file nor folder, or has a name that is no text.
    pub odd: Vec<Odd>,
}

/// Lists what is at `root`: a folder with all that is in it, however hidden, or a single file, which
/// then has its own name. What stands at one of the paths `without` is left out.
///
/// # Errors
/// With the path that could not be looked at.
pub fn list(root: &Path, without: &[PathBuf]) -> Result<Listing, (PathBuf, io::Error)> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    let data = fs::metadata(root).map_err(failed(root))?;
    let mut listing = Listing::default();
    if data.is_file() {
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        listing.files.push(File { name, path: root.to_owned(), bytes: data.len() });
        return Ok(listing);
    }
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let mut any = false;
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            any = true;
            let path = entry.path();
            if without.contains(&path) {
                continue;
            }
            let kind = entry.file_type().map_err(failed(&path))?;
            let name = match entry.file_name().into_string() {
                Ok(name) => format!("{prefix}{name}"),
                Err(name) => {
                    listing
                        .odd
                        .push(Odd { name: lossy(&prefix, &name), what: "a file whose name is not UTF-8" });
                    continue;
                }
            };
            if kind.is_dir() {
                folders.push((path, name + "/"));
            } else if kind.is_file() {
                let bytes = entry.metadata().map_err(failed(&path))?.len();
                listing.files.push(File { name, path, bytes });
            } else {
                listing.odd.push(Odd { name, what: what(kind) });
            }
        }
        if !any && !prefix.is_empty() {
            listing.empty.push(prefix.trim_end_matches('/').to_owned());
        }
    }
    listing.files.sort_by(|a, b| a.name.cmp(&b.name));
    listing.empty.sort();
    listing.odd.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}

fn lossy(prefix: &str, name: &OsString) -> String {
    format!("{prefix}{}", name.to_string_lossy())
}

fn what(kind: FileType) -> &'static str {
    if kind.is_symlink() { "a symbolic link" } else { "neither a file nor a folder" }
}

impl Listing {
    /// The file of that name. Names are compared byte by byte.
    pub fn file(&self, name: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        self.files.get(at)
    }

    /// A file whose name looks the same and is written in another form of Unicode or in another case.
    pub fn lookalike(&self, name: &str) -> Option<&str> {
        let fold = |name: &str| name.nfkc().collect::<String>().to_lowercase();
        let wanted = fold(name);
        self.files.iter().map(|file| file.name.as_str()).find(|other| *other != name && fold(other) == wanted)
    }
}
