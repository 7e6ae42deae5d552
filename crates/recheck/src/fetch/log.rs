//! The journal of a fetcher: what it notes, and how it finds its place again.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use crate::page::{Key, Page};
use crate::read::Notes;
use crate::read::journal::{self, HEAD};

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It is another file.
    #[error("{file} is no journal of fetched pages, and was left as it is")]
    Other {
        /// The file.
        file: String,
    },
    /// Somebody else writes to it.
    #[error("another run is writing to {file}")]
    Busy {
        /// The file.
        file: String,
    },
    /// The system's reason.
    #[error("cannot use {file}: {why}")]
    Io {
        /// The file.
        file: String,
        /// The reason.
        why: io::Error,
    },
}

/// A journal that is open for more.
pub(super) struct Log {
    file: File,
    name: String,
    done: HashSet<Key>,
}

impl Log {
    /// Opens a journal, or begins a new one. A last line that a killed run left unfinished is taken off.
    pub(super) fn open(path: &Path) -> Result<Log, LogError> {
        let name = path.to_string_lossy().into_owned();
        let failed = |why| LogError::Io { file: path.to_string_lossy().into_owned(), why };
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LogError::Busy { file: name }),
            Err(TryLockError::Error(why)) => return Err(failed(why)),
        }
        let mut log = Log { file: file.try_clone().map_err(failed)?, name, done: HashSet::new() };
        let mut first = Vec::new();
        io::Read::take(BufReader::new(&file), HEAD.len() as u64 + 1)
            .read_until(b'\n', &mut first)
            .map_err(failed)?;
        let head = format!("{HEAD}\n");
        if first == head.as_bytes() {
            log.resume(&mut file).map_err(failed)?;
        } else if head.as_bytes().starts_with(&first) {
            // Empty, or killed while the first line was written.
            file.set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| file.write_all(head.as_bytes()))
                .map_err(failed)?;
        } else {
            return Err(LogError::Other { file: log.name });
        }
        Ok(log)
    }

    fn resume(&mut self, file: &mut File) -> io::Result<()> {
        file.rewind()?;
        let mut whole = 0;
        let mut reader = BufReader::new(&*file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            if line.ends_with(b"\n") {
                whole += line.len() as u64;
            }
            line.clear();
        }
        file.set_len(whole)?;
        file.rewind()?;
        let done = &mut self.done;
        journal::pages(&mut BufReader::new(&*file), &mut Notes::default(), &mut |_, page| {
            done.extend(Key::of(&page.url));
            Ok(())
        })?;
        file.seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// Whether a page is noted.
    pub(super) fn has(&self, key: Key) -> bool {
        self.done.contains(&key)
    }

    /// Pages that are noted.
    pub(super) fn len(&self) -> u64 {
        self.done.len() as u64
    }

    /// Notes a page, in one write.
    pub(super) fn add(&mut self, page: &Page) -> Result<(), LogError> {
        let written = self.file.write_all(journal::line(page).as_bytes());
        written.map_err(|why| LogError::Io { file: self.name.clone(), why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Content;

    fn page(n: usize) -> Page {
        Page {
            url: format!("http://a.example/{n}"),
            seen: Some(1),
            content: Content::Gone("status 404".into()),
            cut: false,
        }
    }

    #[test]
    fn a_torn_line_is_written_again_and_another_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let mut log = Log::open(&path).unwrap();
        log.add(&page(1)).unwrap();
        assert!(matches!(Log::open(&path), Err(LogError::Busy { .. })));
        drop(log);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&journal::line(&page(2)).as_bytes()[..30]).unwrap();
        drop(file);
        let mut log = Log::open(&path).unwrap();
        assert!(log.len() == 1 && log.has(Key::of("http://a.example/1").unwrap()));
        log.add(&page(2)).unwrap();
        drop(log);
        assert_eq!(Log::open(&path).unwrap().len(), 2);
        std::fs::write(&path, "something else\n").unwrap();
        assert!(matches!(Log::open(&path), Err(LogError::Other { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else\n");
    }
}
