//! From what the user names (files, folders, patterns, addresses, standard input) to a list of files.

pub(crate) mod remote;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempPath;
use toadstone_store::is_address;

use crate::corpus::OpenError;
use crate::medium::Medium;
use crate::readers::{self, Nature};
use crate::stream::Packing;

/// Folders within folders that are followed.
const DEEPEST: usize = 64;
/// Files that describe data and are none, where there is data beside them.
const COMPANIONS: [&str; 9] = [
    "dataset_info.json",
    "dataset_infos.json",
    "dataset_dict.json",
    "state.json",
    "croissant.json",
    "_success",
    "sha256sums",
    "md5sums",
    "checksums.txt",
];

/// A file in a folder that was left out.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// Its name (hostile text).
    pub name: String,
    /// Why.
    pub why: &'static str,
    pub(crate) medium: Medium,
}

/// Why a file is left out that says something of the data.
const DESCRIBES: &str = "describes the data beside it";
/// Why a file is left out that nobody can read as text.
pub(crate) const UNKNOWN: &str = "not text and of no known format";

impl Skipped {
    /// Whether a copy of the data set without some records needs the file as it is. A cache of the
    /// data, or its checksums, would be wrong beside the copy.
    pub fn accompanies(&self) -> bool {
        let sums = is_checksum(&self.name.to_ascii_lowercase());
        (self.why == DESCRIBES && !sums) || self.why == UNKNOWN
    }

    /// Copies it to a file, which is made or replaced.
    ///
    /// # Errors
    /// It cannot be read, or the file cannot be written.
    pub fn copy_to(&self, path: &Path) -> io::Result<()> {
        io::copy(&mut self.medium.open()?, &mut fs::File::create(path)?).map(drop)
    }
}

/// A file that is to be read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) medium: Medium,
    /// Whether it was found in a folder and not named.
    pub(crate) walked: bool,
    /// Whether files of text stand beside it, so that a table of unknown columns may be one.
    pub(crate) beside_text: bool,
    /// Why it cannot be read, if that is known already.
    pub(crate) error: Option<String>,
}

impl Found {
    pub(crate) fn skipped(self, why: &'static str) -> Skipped {
        Skipped { name: self.name, why, medium: self.medium }
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) files: Vec<Found>,
    pub(crate) skipped: Vec<Skipped>,
    /// Temporary files that live as long as they are read.
    pub(crate) spools: Vec<Arc<TempPath>>,
}

/// Finds the files. Their order is that of `paths`, and by the bytes of their names within a folder.
/// A file that is named twice is read once.
pub(crate) fn find(paths: &[String], temporary: &Path) -> Result<Findings, OpenError> {
    let mut findings = Findings::default();
    for path in paths {
        if path == "-" {
            findings.standard_input(temporary)?;
        } else if Path::new(path).exists() {
            findings.path(PathBuf::from(path));
        } else if is_address(path) {
            findings.address(path, temporary)?;
        } else if path.contains(['*', '?', '[']) {
            let options =
                glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
            let pattern = glob::glob_with(path, options)
                .map_err(|error| OpenError::Pattern { pattern: path.clone(), why: error.msg })?;
            let mut matches: Vec<PathBuf> = pattern.filter_map(Result::ok).collect();
            matches.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
            if matches.is_empty() {
                return Err(OpenError::NoMatch { pattern: path.clone() });
            }
            matches.into_iter().for_each(|path| findings.path(path));
        } else {
            return Err(OpenError::Missing { path: path.clone() });
        }
    }
    let mut seen = BTreeSet::new();
    findings.files.retain(|found| match &found.medium {
        Medium::File(path) => fs::canonicalize(path).map_or(true, |path| seen.insert(path)),
        // The name of a web address does not tell all of it.
        Medium::Remote(object) => object.key().is_empty() || seen.insert(PathBuf::from(object.name())),
        Medium::Memory(_) | Medium::Table(_) => true,
    });
    Ok(findings)
}

impl Findings {
    fn standard_input(&mut self, temporary: &Path) -> Result<(), OpenError> {
        let mut spool = tempfile::NamedTempFile::new_in(temporary).map_err(OpenError::Temporary)?;
        io::copy(&mut io::stdin().lock(), &mut spool).map_err(OpenError::Temporary)?;
        let path = spool.into_temp_path();
        self.push("-".to_owned(), path.to_path_buf(), false);
        self.spools.push(Arc::new(path));
        Ok(())
    }

    fn push(&mut self, name: String, path: PathBuf, walked: bool) {
        self.files.push(Found { name, medium: Medium::File(path), walked, beside_text: false, error: None });
    }

    fn skip(&mut self, path: &Path, why: &'static str) {
        let (name, medium) = (path.to_string_lossy().into_owned(), Medium::File(path.to_owned()));
        self.skipped.push(Skipped { name, why, medium });
    }

    /// A file or a folder that exists.
    fn path(&mut self, path: PathBuf) {
        if !path.is_dir() {
            self.push(path.to_string_lossy().into_owned(), path, false);
            return;
        }
        let start = self.files.len();
        self.walk(&path, &mut BTreeSet::new(), 0);
        self.settle(start);
    }

    /// Leaves out of a folder, whose files begin at `start`, what describes data beside it.
    fn settle(&mut self, start: usize) {
        let folder = &mut self.files[start..];
        let nature = |found: &Found| by_name(&found.name).map(|format| format.nature);
        let data =
            folder.iter().any(|found| nature(found) == Some(Nature::Table) && !is_companion(&found.name));
        let text = folder
            .iter()
            .any(|found| nature(found).is_some_and(|n| n != Nature::Table) && !is_companion(&found.name));
        folder.iter_mut().for_each(|found| found.beside_text = text);
        if data {
            let describes = |found: &mut Found| is_companion(&found.name);
            let describing = self.files.extract_if(start.., describes);
            self.skipped.extend(describing.map(|found| found.skipped(DESCRIBES)));
        }
    }

    fn walk(&mut self, folder: &Path, above: &mut BTreeSet<PathBuf>, depth: usize) {
        let name = |path: &Path| path.to_string_lossy().into_owned();
        let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let medium = Medium::File(folder.to_path_buf());
                let error = Some(error.to_string());
                self.files.push(Found {
                    name: name(folder),
                    medium,
                    walked: true,
                    beside_text: false,
                    error,
                });
                return;
            }
        };
        // A link that leads to a folder above itself would be walked for ever.
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        if depth > DEEPEST || !above.insert(real.clone()) {
            self.skip(folder, "a folder inside itself");
            return;
        }
        entries.sort_by(|a, b| a.file_name().as_encoded_bytes().cmp(b.file_name().as_encoded_bytes()));
        let only = saved_dataset(folder);
        for entry in entries {
            let (path, file_name) = (entry.path(), entry.file_name());
            if file_name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if path.is_dir() {
                self.walk(&path, above, depth + 1);
            } else if only
                .as_ref()
                .is_some_and(|only| !only.contains(&file_name.to_string_lossy().into_owned()))
            {
                self.skip(&path, "not among the data files of the saved dataset");
            } else if !path.exists() || path.is_file() {
                self.push(name(&path), path, true);
            } else {
                self.skip(&path, "not a regular file");
            }
        }
        above.remove(&real);
    }
}

/// The data files of a folder that the Python library `datasets` saved; `None` if it is none.
fn saved_dataset(folder: &Path) -> Option<BTreeSet<String>> {
    if !folder.join("dataset_info.json").is_file() {
        return None;
    }
    data_files(&fs::read(folder.join("state.json")).ok()?)
}

/// The data files that its `state.json` names.
fn data_files(state: &[u8]) -> Option<BTreeSet<String>> {
    let state: serde_json::Value = serde_json::from_slice(state).ok()?;
    let files = state.get("_data_files")?.as_array()?;
    Some(files.iter().filter_map(|file| Some(file.get("filename")?.as_str()?.to_owned())).collect())
}

fn is_companion(name: &str) -> bool {
    let base = Path::new(name).file_name().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    let stem = base.split('.').next().unwrap_or_default();
    COMPANIONS.contains(&base.as_str())
        || is_checksum(&base)
        || matches!(stem, "readme" | "license" | "licence" | "citation")
}

fn is_checksum(name: &str) -> bool {
    let ends = [".md5", ".sha256", ".sha1", ".crc", "sha256sums", "md5sums", "checksums.txt"];
    ends.iter().any(|end| name.ends_with(end))
}

/// The extension of a name without the compression's, in lower case; the whole name if it has none.
pub(crate) fn extension(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let mut parts: Vec<&str> = base.split('.').collect();
    if parts.len() > 1
        && parts.last().is_some_and(|last| *last != "tgz" && Packing::of_extension(last) != Packing::None)
    {
        parts.pop();
    }
    parts.pop().unwrap_or_default().to_owned()
}

/// The format that a name promises.
pub(crate) fn by_name(name: &str) -> Option<&'static readers::Format> {
    readers::by_extension(&extension(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(
                path,
                if file.ends_with("state.json") {
                    r#"{"_data_files":[{"filename":"b.arrow"}]}"#
                } else {
                    "x"
                },
            )
            .unwrap();
        }
        dir
    }

    fn names(findings: &Findings, dir: &tempfile::TempDir) -> Vec<String> {
        let root = format!("{}/", dir.path().display());
        findings.files.iter().map(|found| found.name.replace(&root, "")).collect()
    }

    #[test]
    fn folders_are_sorted_and_what_describes_data_is_left_out() {
        let dir = tree(&[
            "b/2.jsonl.gz",
            "b/10.jsonl",
            "a.csv",
            "README.md",
            ".hidden.csv",
            "dataset_infos.json",
            "notes.txt",
        ]);
        let path = dir.path().to_str().unwrap().to_owned();
        let findings = find(std::slice::from_ref(&path), dir.path()).unwrap();
        assert_eq!(names(&findings, &dir), ["a.csv", "b/10.jsonl", "b/2.jsonl.gz", "notes.txt"]);
        assert_eq!(findings.skipped.len(), 2);
        let twice = find(&[format!("{path}/a.csv"), format!("{path}/*.csv")], dir.path()).unwrap();
        assert_eq!(names(&twice, &dir), ["a.csv"]);
        let deep = find(&[format!("{path}/**/*.jsonl")], dir.path()).unwrap();
        assert_eq!(names(&deep, &dir), ["b/10.jsonl"]);
        let code = tree(&["README.md", "main.py"]);
        let findings = find(&[code.path().to_str().unwrap().to_owned()], dir.path()).unwrap();
        assert_eq!(names(&findings, &code), ["README.md", "main.py"]);
    }

    #[test]
    fn a_saved_dataset_has_the_files_that_it_says() {
        let dir = tree(&[
            "train/dataset_info.json",
            "train/state.json",
            "train/a.arrow",
            "train/b.arrow",
            "dataset_dict.json",
        ]);
        let findings = find(&[dir.path().to_str().unwrap().to_owned()], dir.path()).unwrap();
        assert_eq!(names(&findings, &dir), ["train/b.arrow"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let tmp = std::env::temp_dir();
        let error = |path: &str| find(&[path.to_owned()], &tmp).unwrap_err().to_string();
        assert_eq!(error("/nonexistent/x"), "there is no file or folder `/nonexistent/x`");
        assert_eq!(error("/nonexistent/*.x"), "no file matches `/nonexistent/*.x`");
        assert!(error("ftp://host/x").contains("this kind of address is not known"));
    }

    #[cfg(unix)]
    #[test]
    fn links_in_circles_end() {
        let dir = tree(&["a/x.csv"]);
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/up")).unwrap();
        let findings = find(&[dir.path().to_str().unwrap().to_owned()], dir.path()).unwrap();
        assert_eq!(names(&findings, &dir), ["a/x.csv"]);
    }

    #[test]
    fn extensions() {
        let cases = [
            ("a.jsonl.gz", "jsonl"),
            ("X.CSV", "csv"),
            ("a.tgz", "tgz"),
            ("Makefile", "makefile"),
            ("d.x/b.tar.zst", "tar"),
        ];
        cases.iter().for_each(|(name, expected)| assert_eq!(extension(name), *expected));
    }
}
