//! Answers that are kept in a file, so that an interrupted trial goes on.
//!
//! JSON lines. The first says whose answers they are; each further one has the digest of a question, with
//! all that was sent, and its answer. Keys are no part of either.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::response::Reply;

/// What the first line of such a file says.
const FORMAT: &str = "toadstone trial answers 1";
/// Bytes of a line.
const LINE: u64 = 32 << 20;

/// Why a file of answers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It is another file.
    #[error("{file} is no file of a trial's answers, and was left as it is; name another with `--cache`")]
    Other {
        /// The file.
        file: String,
    },
    /// It holds what another model, or an earlier state of it, has answered.
    #[error(
        "{file} holds answers of another model, or of this one before it changed; delete it, or name another with `--cache`"
    )]
    Stale {
        /// The file.
        file: String,
    },
    /// Somebody else writes to it.
    #[error("another trial is writing to {file}")]
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

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    format: String,
    of: Vec<String>,
    /// What the model answers to fixed questions, as a digest; empty if it does not answer twice alike.
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    question: String,
    #[serde(flatten)]
    reply: Reply,
}

/// The answers. Memory: all of them.
pub(super) struct Cache {
    known: HashMap<u128, Reply>,
    file: Option<(File, String)>,
    taken: u64,
}

impl Cache {
    /// One that keeps nothing beyond the process.
    pub(super) fn none() -> Cache {
        Cache { known: HashMap::new(), file: None, taken: 0 }
    }

    /// Opens a file or begins a new one. A last line that a killed run left unfinished is taken off.
    pub(super) fn open(path: &Path, of: &[&str], fingerprint: &str) -> Result<Cache, CacheError> {
        let name = || path.to_string_lossy().into_owned();
        let failed = |why| CacheError::Io { file: name(), why };
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CacheError::Busy { file: name() }),
            Err(TryLockError::Error(why)) => return Err(failed(why)),
        }
        let head = Head {
            format: FORMAT.to_owned(),
            of: of.iter().map(|text| (*text).to_owned()).collect(),
            fingerprint: fingerprint.to_owned(),
        };
        let mut cache = Cache {
            known: HashMap::new(),
            file: Some((file.try_clone().map_err(failed)?, name())),
            taken: 0,
        };
        let mut reader = BufReader::new(file);
        let (first, mut whole) = line(&mut reader).map_err(failed)?;
        if whole == 0 && (FORMAT_START.starts_with(&first) || first.starts_with(FORMAT_START)) {
            // Empty, or killed while the first line was written.
            cache.rewrite(&head).map_err(failed)?;
            return Ok(cache);
        }
        let read: Head = serde_json::from_slice(&first).map_err(|_| CacheError::Other { file: name() })?;
        if read.format != head.format {
            return Err(CacheError::Other { file: name() });
        }
        let unsure = read.fingerprint.is_empty() || head.fingerprint.is_empty();
        if read.of != head.of || (!unsure && read.fingerprint != head.fingerprint) {
            return Err(CacheError::Stale { file: name() });
        }
        loop {
            let (bytes, length) = line(&mut reader).map_err(failed)?;
            if length == 0 {
                break;
            }
            whole += length;
            // A line that is damaged is a question that will be asked again.
            if let Ok(entry) = serde_json::from_slice::<Entry>(&bytes)
                && let Ok(question) = u128::from_str_radix(&entry.question, 16)
            {
                cache.known.insert(question, entry.reply);
            }
        }
        cache.end_at(whole).map_err(failed)?;
        Ok(cache)
    }

    fn rewrite(&mut self, head: &Head) -> io::Result<()> {
        let Some((file, _)) = &mut self.file else { return Ok(()) };
        file.set_len(0)?;
        file.rewind()?;
        file.write_all((serde_json::to_string(head)? + "\n").as_bytes())
    }

    fn end_at(&mut self, length: u64) -> io::Result<()> {
        let Some((file, _)) = &mut self.file else { return Ok(()) };
        file.set_len(length)?;
        file.seek(SeekFrom::End(0)).map(|_| ())
    }

    /// The answer to a question.
    pub(super) fn get(&mut self, question: &str) -> Option<Reply> {
        let reply = self.known.get(&xxh3_128(question.as_bytes())).cloned();
        self.taken += u64::from(reply.is_some());
        reply
    }

    /// Keeps an answer.
    pub(super) fn put(&mut self, question: &str, reply: &Reply) -> Result<(), CacheError> {
        let digest = xxh3_128(question.as_bytes());
        if let Some((file, name)) = &mut self.file {
            let entry = Entry { question: format!("{digest:032x}"), reply: reply.clone() };
            let text = serde_json::to_string(&entry).map_err(io::Error::from);
            let written = text.and_then(|text| file.write_all((text + "\n").as_bytes()));
            written.map_err(|why| CacheError::Io { file: name.clone(), why })?;
        }
        self.known.insert(digest, reply.clone());
        Ok(())
    }

    /// Answers that were not asked for again.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }
}

/// How every first line begins.
const FORMAT_START: &[u8] = b"{\"format\":\"toadstone trial answers 1\"";

/// A line and its length, which is 0 if it has no end.
fn line(reader: &mut BufReader<File>) -> io::Result<(Vec<u8>, u64)> {
    let mut bytes = Vec::new();
    io::Read::take(&mut *reader, LINE).read_until(b'\n', &mut bytes)?;
    let length = if bytes.ends_with(b"\n") { bytes.len() as u64 } else { 0 };
    Ok((bytes, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> Reply {
        Reply { text: text.into(), whole: true, ..Reply::default() }
    }

    #[test]
    fn answers_are_found_again_and_a_torn_line_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("answers.jsonl");
        let mut cache = Cache::open(&path, &["at", "model"], "f").unwrap();
        cache.put("a", &reply("one\n\u{1b}")).unwrap();
        assert!(matches!(Cache::open(&path, &["at", "model"], "f"), Err(CacheError::Busy { .. })));
        drop(cache);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&before[..], b"{\"question\":\"00"].concat()).unwrap();
        let mut cache = Cache::open(&path, &["at", "model"], "f").unwrap();
        assert_eq!((cache.get("a"), cache.get("b"), cache.taken()), (Some(reply("one\n\u{1b}")), None, 1));
        cache.put("b", &reply("two")).unwrap();
        drop(cache);
        assert_eq!(Cache::open(&path, &["at", "model"], "").unwrap().get("b"), Some(reply("two")));
        for (of, fingerprint) in [(["at", "other"], "f"), (["at", "model"], "g")] {
            assert!(matches!(Cache::open(&path, &of, fingerprint), Err(CacheError::Stale { .. })));
        }
    }

    #[test]
    fn other_files_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        for content in ["something else\n", "{}\n", "no line feed", "{\"a\""] {
            std::fs::write(&path, content).unwrap();
            assert!(matches!(Cache::open(&path, &["a"], ""), Err(CacheError::Other { .. })), "{content}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        std::fs::write(&path, &FORMAT_START[..20]).unwrap();
        assert!(Cache::open(&path, &["a"], "").is_ok());
    }
}
