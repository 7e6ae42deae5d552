//! Sorted runs of rows in temporary files, and their merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

/// Least bytes of a run that are read at once.
const LEAST_BUFFER: usize = 16 << 10;

/// A sorted stretch of a temporary file.
///
/// The file has no name (see [`tempfile::tempfile_in`]): the system reclaims it when the last
/// handle goes, whether by drop, panic or kill.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    file: Arc<File>,
    start: u64,
    end: u64,
}

/// The temporary file that one state appends its runs to.
#[derive(Debug)]
pub(crate) struct SpillFile {
    file: Arc<File>,
    end: u64,
}

impl SpillFile {
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        Ok(SpillFile { file: Arc::new(tempfile::tempfile_in(folder)?), end: 0 })
    }

    /// Appends `rows`, which are sorted, as one run.
    pub(crate) fn append<const WIDTH: usize>(
        &mut self,
        rows: impl Iterator<Item = io::Result<[u64; WIDTH]>>,
    ) -> io::Result<Run> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.end))?;
        let mut out = io::BufWriter::with_capacity(256 << 10, file);
        let mut bytes = 0u64;
        for row in rows {
            for word in row? {
                out.write_all(&word.to_le_bytes())?;
            }
            bytes += 8 * WIDTH as u64;
        }
        out.flush()?;
        let run = Run { file: Arc::clone(&self.file), start: self.end, end: self.end + bytes };
        self.end = run.end;
        Ok(run)
    }
}

/// Reads one run from its start to its end.
struct Reader<const WIDTH: usize> {
    run: Run,
    buffer: Vec<u8>,
    at: usize,
}

impl<const WIDTH: usize> Reader<WIDTH> {
    fn new(run: Run, capacity: usize) -> Self {
        let whole = (capacity / (8 * WIDTH)).max(1) * 8 * WIDTH;
        Reader { run, buffer: Vec::with_capacity(whole), at: 0 }
    }

    fn next(&mut self) -> io::Result<Option<[u64; WIDTH]>> {
        if self.at == self.buffer.len() && !self.fill()? {
            return Ok(None);
        }
        let mut row = [0; WIDTH];
        let bytes = &self.buffer[self.at..self.at + 8 * WIDTH];
        for (word, bytes) in row.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        self.at += 8 * WIDTH;
        Ok(Some(row))
    }

    fn fill(&mut self) -> io::Result<bool> {
        let left = self.run.end - self.run.start;
        let take = left.min(self.buffer.capacity() as u64);
        self.buffer.resize(take as usize, 0);
        let mut file = &*self.run.file;
        file.seek(SeekFrom::Start(self.run.start))?;
        file.read_exact(&mut self.buffer)?;
        self.run.start += take;
        self.at = 0;
        Ok(take > 0)
    }
}

/// The rows of several runs in ascending order.
pub(crate) struct Merge<const WIDTH: usize> {
    readers: Vec<Reader<WIDTH>>,
    heads: BinaryHeap<Reverse<([u64; WIDTH], usize)>>,
}

impl<const WIDTH: usize> Merge<WIDTH> {
    /// Merges `runs` with `memory` bytes of buffers. If there are too many runs for that, some are
    /// merged into longer ones first.
    pub(crate) fn new(mut runs: Vec<Run>, memory: usize, folder: &Path) -> io::Result<Self> {
        let fan_in = (memory / LEAST_BUFFER).clamp(8, 4096);
        while runs.len() > fan_in {
            // A file of its own: handles of one file share one position, and a merge reads while it writes.
            let mut file = SpillFile::create(folder)?;
            let some = runs.drain(..fan_in.min(runs.len() - fan_in + 1)).collect();
            let mut merged = Merge::<WIDTH>::open(some, memory)?;
            let longer = file.append(std::iter::from_fn(|| merged.next().transpose()))?;
            runs.push(longer);
        }
        Self::open(runs, memory)
    }

    fn open(runs: Vec<Run>, memory: usize) -> io::Result<Self> {
        let capacity = (memory / runs.len().max(1)).clamp(LEAST_BUFFER, 1 << 20);
        let mut readers: Vec<_> = runs.into_iter().map(|run| Reader::new(run, capacity)).collect();
        let mut heads = BinaryHeap::with_capacity(readers.len());
        for (index, reader) in readers.iter_mut().enumerate() {
            if let Some(row) = reader.next()? {
                heads.push(Reverse((row, index)));
            }
        }
        Ok(Merge { readers, heads })
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<[u64; WIDTH]>> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(None) };
        let Reverse((row, index)) = *head;
        match self.readers[index].next()? {
            Some(following) => head.0.0 = following,
            None => {
                PeekMut::pop(head);
            }
        }
        Ok(Some(row))
    }
}
