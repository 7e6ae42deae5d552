//! Which file is what.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toadstone_core::Control;

use super::hashes::{self, Columns};
use super::unpack::Unpacked;
use super::{ReadError, cdxj, in_folder, journal, table};

/// Bytes of a file that are looked at.
const HEAD: u64 = 16 << 10;
/// Folders in folders.
const DEEPEST: usize = 32;

/// What a file is, if it is no data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Pages,
    Warc,
    Cdxj,
    Hashes(Columns),
    Journal,
}

impl Form {
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Pages => "fingerprints",
            Form::Warc => "web archive",
            Form::Cdxj => "index of a web archive",
            Form::Hashes(_) => "list of digests",
            Form::Journal => "fetched pages",
        }
    }
}

/// A file that is no data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) form: Form,
}

impl Found {
    pub(super) fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

/// The files of some paths.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Those of a form of their own.
    pub(super) found: Vec<Found>,
    /// What is left for the readers of data sets.
    pub(super) rest: Vec<String>,
    /// What stands in a folder beside files of a form of their own, and is not read.
    pub(super) left_out: Vec<String>,
}

/// Tells the files of `paths` apart. A folder without any of a form of its own is left as a whole to the
/// readers of data sets.
pub(super) fn find(paths: &[String]) -> Result<Files, ReadError> {
    let Files { mut found, mut rest, mut left_out } = Files::default();
    for name in paths {
        let path = Path::new(name);
        if path.is_dir() {
            let path = in_folder(path).unwrap_or_else(|| path.to_path_buf());
            let (mut own, mut others) = (Vec::new(), Vec::new());
            let walked = if path.is_dir() {
                walk(&path, 0, &mut own, &mut others)
            } else {
                file(&path, &mut own, &mut others)
            };
            walked.map_err(|why| ReadError::File { file: name.clone(), why: why.to_string() })?;
            if own.is_empty() {
                rest.push(name.clone());
            } else {
                found.append(&mut own);
                left_out.append(&mut others);
            }
        } else if path.is_file() {
            file(path, &mut found, &mut rest)
                .map_err(|why| ReadError::File { file: name.clone(), why: why.to_string() })?;
        } else {
            rest.push(name.clone());
        }
    }
    Ok(Files { found, rest, left_out })
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<Found>, rest: &mut Vec<String>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by(|a, b| a.file_name().as_encoded_bytes().cmp(b.file_name().as_encoded_bytes()));
    for entry in entries {
        let kind = entry.file_type()?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // Links to folders are not followed: they could lead in circles.
        if kind.is_dir() && depth < DEEPEST {
            walk(&entry.path(), depth + 1, found, rest)?;
        } else if entry.path().is_file() {
            file(&entry.path(), found, rest)?;
        }
    }
    Ok(())
}

fn file(path: &Path, found: &mut Vec<Found>, rest: &mut Vec<String>) -> io::Result<()> {
    match form(path)? {
        Some(form) => found.push(Found { path: path.to_path_buf(), form }),
        None => rest.push(path.to_string_lossy().into_owned()),
    }
    Ok(())
}

fn form(path: &Path) -> io::Result<Option<Form>> {
    let mut head = Vec::new();
    let control = Control::default();
    let mut unpacked = Unpacked::open(path, &control)?;
    // What is damaged, or packed in another way, is left to the readers of data sets.
    let _ = (&mut unpacked).take(HEAD).read_to_end(&mut head);
    if head.starts_with(b"PAR1") {
        return Ok(table::is_pages(path)?.then_some(Form::Pages));
    }
    if head.starts_with(b"WARC/") {
        return Ok(Some(Form::Warc));
    }
    let text = String::from_utf8_lossy(&head);
    if journal::is_journal(&text) {
        return Ok(Some(Form::Journal));
    }
    if let Some(columns) = text.lines().next().and_then(hashes::columns) {
        return Ok(Some(Form::Hashes(columns)));
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('!'));
    let index = lines.next().is_some_and(|line| cdxj::capture(line).is_ok() || is_cdxj_name(path));
    Ok(index.then_some(Form::Cdxj))
}

fn is_cdxj_name(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    [".cdxj", ".cdxj.gz", ".cdxj.zst"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_beginning() {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            ("a.bin", "WARC/1.0\r\n"),
            ("b.txt", "org,example)/ 20240309120000 {\"status\": \"404\"}\n"),
            ("c.csv", "url,sha256\n"),
            ("d.jsonl", "{\"url\":\"http://a.example/\",\"text\":\"x\"}\n"),
            ("sub/e.jsonl", "{\"toadstone\":\"fetched pages\",\"version\":1}\n"),
        ];
        fs::create_dir(dir.path().join("sub")).unwrap();
        files.iter().for_each(|(name, text)| fs::write(dir.path().join(name), text).unwrap());
        let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
        let files = find(&[path("")]).unwrap();
        let forms: Vec<&str> = files.found.iter().map(|found| found.form.name()).collect();
        assert_eq!(forms, ["web archive", "index of a web archive", "list of digests", "fetched pages"]);
        assert_eq!((files.rest.len(), files.left_out.len()), (0, 1), "{files:?}");
        let files = find(&[path("d.jsonl"), "nowhere".to_owned()]).unwrap();
        assert!(files.found.is_empty() && files.rest.len() == 2);
    }
}
