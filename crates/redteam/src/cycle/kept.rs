//! What a red team measured so far, on disk, so that it can go on after it was stopped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use toadstone_core::scorecard::Copy;

/// Which copy: attack, number of records, seed.
pub(super) type Key = (String, u64, u64);

#[derive(Serialize, Deserialize)]
struct Head {
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    attack: String,
    count: u64,
    copy: Copy,
}

/// A file of copies, one a line, behind a line that says what they were measured with.
pub struct Kept {
    file: Mutex<File>,
    copies: BTreeMap<Key, Copy>,
}

impl Kept {
    /// Opens the file, and takes what it holds if it was measured with the same data and settings; of
    /// anything else nothing is kept.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(path: &Path, fingerprint: &str) -> io::Result<Kept> {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let (copies, end) = read(&file, fingerprint)?;
        // A line that a killed process left half written goes away.
        file.set_len(end)?;
        file.seek(io::SeekFrom::End(0))?;
        if end == 0 {
            write(&mut file, &Head { fingerprint: fingerprint.to_owned() })?;
        }
        Ok(Kept { file: Mutex::new(file), copies })
    }

    /// A copy that was measured before.
    pub(super) fn get(&self, key: &Key) -> Option<&Copy> {
        self.copies.get(key)
    }

    /// Keeps a copy.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn add(&self, (attack, count, _): &Key, copy: &Copy) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut file, &Line { attack: attack.clone(), count: *count, copy: copy.clone() })
    }
}

fn write(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_data()
}

/// The copies of a file, and where the last whole line ends.
fn read(file: &File, fingerprint: &str) -> io::Result<(BTreeMap<Key, Copy>, u64)> {
    let mut reader = BufReader::new(file);
    let (mut copies, mut end, mut line) = (BTreeMap::new(), 0, Vec::new());
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Ok((copies, end));
        }
        if end == 0 {
            let head = serde_json::from_slice::<Head>(&line).ok();
            if head.is_none_or(|head| head.fingerprint != fingerprint) {
                return Ok((copies, 0));
            }
        } else {
            let Ok(Line { attack, count, copy }) = serde_json::from_slice(&line) else {
                return Ok((copies, end));
            };
            copies.insert((attack, count, copy.seed), copy);
        }
        end += line.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use toadstone_core::Verdict;
    use toadstone_core::scorecard::Stopped;

    use super::*;

    fn copy(seed: u64) -> Copy {
        let stopped = Stopped {
            verdict: Verdict::Pass,
            fails: false,
            planted: 5,
            removed: 0,
            caught: 0,
            detectors: Vec::new(),
        };
        Copy { seed, stopped, success: None, utility: None, lift: Some(0.1 + 0.2) }
    }

    #[test]
    fn it_goes_on_where_it_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copies.jsonl");
        let key = |seed| ("rare-word".to_owned(), 5, seed);
        let kept = Kept::open(&path, "a").unwrap();
        kept.add(&key(1), &copy(1)).unwrap();
        kept.add(&key(2), &copy(2)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let kept = Kept::open(&path, "a").unwrap();
            let lines = whole[..cut].iter().filter(|&&b| b == b'\n').count();
            assert_eq!(kept.copies.len(), lines.saturating_sub(1));
            assert!(kept.copies.iter().all(|(key, kept)| *kept == copy(key.2)), "to the last digit");
            kept.add(&key(3), &copy(3)).unwrap();
            assert_eq!(Kept::open(&path, "a").unwrap().get(&key(3)), Some(&copy(3)));
        }
        assert!(Kept::open(&path, "b").unwrap().copies.is_empty(), "other data or settings");
    }
}
