//! Digests of whole files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use toadstone_core::Control;
use xxhash_rust::xxh3::Xxh3;

use crate::digest::Digest;

/// Bytes that are read together: more than this does not make it faster.
const BLOCK: usize = 128 << 10;

/// What reading a file gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// Bytes that were read.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: Digest,
    /// xxh3-128 of them, if it was asked for: what readers of records compute, too.
    pub xxh3: Option<u128>,
}

/// Digests files on `threads` threads; results are in the order of `files`, which are paths and
/// whether xxh3 is wanted. A file in which reading failed has its error. `None` stands for what was
/// not reached because `control` says stop.
pub fn hash_all(
    files: &[(&Path, bool)],
    threads: usize,
    control: &Control,
) -> Vec<Option<io::Result<Hashed>>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new((0..files.len()).map(|_| None).collect::<Vec<_>>());
    let work = || {
        let mut block = vec![0; BLOCK];
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, xxh3)) = files.get(at) else { return };
            let Some(hashed) = hash(path, *xxh3, &mut block, control) else { return };
            results.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(hashed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, files.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// `None` if it was stopped.
fn hash(path: &Path, xxh3: bool, block: &mut [u8], control: &Control) -> Option<io::Result<Hashed>> {
    let mut file = match open_regular(path) {
        Ok(file) => file,
        Err(error) => return Some(Err(error)),
    };
    let mut sha256 = Sha256::new();
    let mut fast = xxh3.then(Xxh3::new);
    let mut bytes = 0;
    loop {
        if control.stopped() {
            return None;
        }
        match file.read(block) {
            Ok(0) => break,
            Ok(n) => {
                sha256.update(&block[..n]);
                if let Some(fast) = &mut fast {
                    fast.update(&block[..n]);
                }
                bytes += n as u64;
                control.advance(0, n as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Some(Err(error)),
        }
    }
    let sha256 = Digest(sha256.finalize().into());
    Some(Ok(Hashed { bytes, sha256, xxh3: fast.map(|fast| fast.digest128()) }))
}

/// Opens a file that must not be a link. What is opened is compared with what was looked at, as
/// somebody may exchange it in between.
fn open_regular(path: &Path) -> io::Result<File> {
    let looked_at = fs::symlink_metadata(path)?;
    if !looked_at.is_file() {
        return Err(io::Error::other("it is no regular file any more"));
    }
    let file = File::open(path)?;
    if !same(&looked_at, &file.metadata()?) {
        return Err(io::Error::other("it was exchanged while it was being opened"));
    }
    Ok(file)
}

#[cfg(unix)]
fn same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.file_type() == b.file_type()
}
