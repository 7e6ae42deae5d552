//! The file of decisions. It only grows; several processes may add to it at the same time.

use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::decision::{Decision, Fault};

/// Decisions that came from a file, and what was wrong in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// In the order of the file, each with the offset at which its line ends.
    pub decisions: Vec<(u64, Decision)>,
    /// Whole lines that are no decisions.
    pub faults: Vec<Fault>,
    /// Whether everything before is to be forgotten: the file is shorter than it was.
    pub anew: bool,
    /// Bytes after the last whole line: a process was killed while it wrote, or is writing.
    pub torn: u64,
}

/// Reads all whole lines of `bytes`. Lines of white space are none.
pub fn parse(bytes: &[u8]) -> Read {
    let mut read = Read::default();
    Reader { offset: 0, line: 0 }.read(bytes, &mut read);
    read
}

/// How far a file was read.
#[derive(Debug, Clone, Copy, Default)]
struct Reader {
    offset: u64,
    line: u64,
}

impl Reader {
    fn read(&mut self, bytes: &[u8], read: &mut Read) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(text) = line.strip_suffix(b"\n") else {
                read.torn = line.len() as u64;
                return;
            };
            self.offset += line.len() as u64;
            self.line += 1;
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match Decision::from_line(text) {
                Ok(decision) => read.decisions.push((self.offset, decision)),
                Err(why) => read.faults.push(Fault { line: self.line, why }),
            }
        }
    }
}

/// The file of decisions of a run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Missing until there is a decision.
    file: Option<File>,
    reader: Reader,
}

impl Journal {
    /// Opens the file. One that does not exist is made with the first decision.
    ///
    /// # Errors
    /// The system's reason.
    pub fn open(path: &Path) -> io::Result<Journal> {
        Ok(Journal { path: path.to_owned(), file: existing(path)?, reader: Reader::default() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How far it was read. Grows with every decision that is read.
    pub fn cursor(&self) -> u64 {
        self.reader.offset
    }

    /// What was added since the last call, by whomever.
    ///
    /// # Errors
    /// The system's reason.
    pub fn follow(&mut self) -> io::Result<Read> {
        let mut read = Read::default();
        if self.file.is_none() {
            self.file = existing(&self.path)?;
        }
        let Some(file) = &mut self.file else { return Ok(read) };
        let length = file.metadata()?.len();
        if length < self.reader.offset {
            self.reader = Reader::default();
            read.anew = true;
        }
        if length == self.reader.offset {
            return Ok(read);
        }
        let mut bytes = Vec::new();
        file.lock_shared()?;
        let done = file.seek(SeekFrom::Start(self.reader.offset)).and_then(|_| file.read_to_end(&mut bytes));
        file.unlock()?;
        done?;
        self.reader.read(&bytes, &mut read);
        Ok(read)
    }

    /// Adds decisions: all of them are on disk when this returns. A line that a killed process left
    /// half written is ended first, so that it spoils nothing but itself.
    ///
    /// # Errors
    /// The system's reason. Some of the decisions may be in the file all the same.
    pub fn append(&mut self, decisions: &[Decision]) -> io::Result<()> {
        if decisions.is_empty() {
            return Ok(());
        }
        let path = &self.path;
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let file = File::options().read(true).append(true).create(true).open(path)?;
                sync_folder(path)?;
                none.insert(file)
            }
        };
        file.lock()?;
        let done = write(file, decisions);
        file.unlock()?;
        done
    }
}

fn existing(path: &Path) -> io::Result<Option<File>> {
    // Who may only read can look at the decisions.
    let open = File::options().read(true).append(true).open(path);
    let open = open.or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => File::open(path),
        _ => Err(error),
    });
    match open {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        open => open.map(Some),
    }
}

fn write(file: &mut File, decisions: &[Decision]) -> io::Result<()> {
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            bytes.push(b'\n');
        }
    }
    decisions.iter().for_each(|decision| bytes.extend(decision.to_line()));
    file.write_all(&bytes)?;
    file.sync_data()
}

/// Makes sure that the name of a new file survives a loss of power.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::tests::any_decision;
    use crate::{Call, Subject};
    use proptest::prelude::*;

    fn decision(row: u64) -> Decision {
        Decision {
            at: "2026-01-02T03:04:05Z".into(),
            who: "ann".into(),
            call: Call::Poison,
            subject: Subject::Record("a.jsonl".into(), row),
            under: None,
            digest: "0".repeat(64).parse().unwrap(),
            records: None,
            note: "line\nfeed".into(),
        }
    }

    fn rows(read: &Read) -> Vec<u64> {
        let row = |(_, d): &(u64, Decision)| match d.subject {
            Subject::Record(_, row) => row,
            Subject::Finding(_) => u64::MAX,
        };
        read.decisions.iter().map(row).collect()
    }

    #[test]
    fn what_one_adds_the_other_reads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("decisions.jsonl");
        let (mut a, mut b) = (Journal::open(&path).unwrap(), Journal::open(&path).unwrap());
        a.append(&[decision(1)]).unwrap();
        b.append(&[decision(2), decision(3)]).unwrap();
        assert_eq!(rows(&a.follow().unwrap()), [1, 2, 3]);
        assert_eq!(rows(&b.follow().unwrap()), [1, 2, 3]);
        assert_eq!(a.follow().unwrap(), Read::default());
        std::fs::write(&path, decision(9).to_line()).unwrap();
        let read = a.follow().unwrap();
        assert!(read.anew && rows(&read) == [9]);
    }

    /// A process can be killed after any byte.
    #[test]
    fn a_torn_line_is_told_and_spoils_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let line = decision(7).to_line();
        for cut in 1..line.len() {
            let path = dir.path().join(format!("{cut}"));
            std::fs::write(&path, [&decision(1).to_line()[..], &line[..cut]].concat()).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            let read = journal.follow().unwrap();
            assert_eq!((rows(&read), read.torn), (vec![1], cut as u64));
            journal.append(&[decision(2)]).unwrap();
            let read = journal.follow().unwrap();
            // Only what is behind the last byte but one may be whole: the line feed was all that missed.
            let expected = if cut == line.len() - 1 { vec![7, 2] } else { vec![2] };
            assert_eq!(rows(&read), expected, "{cut}");
            assert_eq!(read.faults.len(), usize::from(cut < line.len() - 1));
            assert!(read.faults.iter().all(|fault| fault.line == 2));
        }
    }

    #[test]
    fn threads_do_not_mix_their_lines() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d");
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let path = &path;
                scope.spawn(move || {
                    let mut journal = Journal::open(path).unwrap();
                    (0..25).for_each(|i| journal.append(&[decision(thread * 100 + i)]).unwrap());
                });
            }
        });
        let read = Journal::open(&path).unwrap().follow().unwrap();
        assert_eq!((read.decisions.len(), read.faults.len(), read.torn), (100, 0, 0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in any::<Vec<u8>>()) {
            let read = parse(&bytes);
            prop_assert!(read.torn as usize <= bytes.len());
        }

        #[test]
        fn rubbish_between_lines_costs_itself(decisions in prop::collection::vec(any_decision(), 0..5), rubbish in "[^\n]{0,20}") {
            let mut bytes = Vec::new();
            for decision in &decisions {
                bytes.extend(decision.to_line());
                bytes.extend(format!("{rubbish}\n").into_bytes());
            }
            let read = parse(&bytes);
            prop_assert_eq!(read.decisions.into_iter().map(|(_, d)| d).collect::<Vec<_>>(), decisions);
        }
    }
}
