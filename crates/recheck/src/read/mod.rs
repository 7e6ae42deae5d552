//! Looks at pages, in whatever form they were kept: one file for each form.

pub mod cdxj;
mod dataset;
mod hashes;
pub(crate) mod journal;
mod notes;
mod sniff;
mod table;
mod unpack;
pub mod warc;

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use toadstone_core::{Control, RecordId, Role, Source, SourceError};
use toadstone_corpus::{Corpus, OpenError, Options};

use crate::page::Page;
pub use notes::Notes;
use sniff::{Files, Form, Found, find};
pub use table::write_pages;
pub(crate) use unpack::Unpacked;

/// Why pages cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A path that is not there, or an option that makes no sense.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// A data set whose records do not name their address.
    #[error("no column of {file} says which page a record is from")]
    NoAddress {
        /// The file, as the user named it.
        file: String,
    },
    /// A file that cannot be read.
    #[error("cannot read {file}: {why}")]
    File {
        /// The file, as the user named it.
        file: String,
        /// The reason.
        why: String,
    },
    /// The data set's.
    #[error("{0}")]
    Source(#[from] SourceError),
}

/// One look at pages: data sets, tables of fingerprints, archives, indexes, lists of digests, together.
pub struct Look {
    /// What is read as a data set.
    corpus: Option<Corpus>,
    files: Vec<Found>,
    left_out: Vec<String>,
}

/// Pages of one look, in no particular order.
pub type Batch = Vec<(RecordId, Option<Page>)>;

impl Look {
    /// Finds the files of `paths` and tells what they are.
    ///
    /// A folder stands for everything in it; one with a `pages.parquet` for that file.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn open(paths: &[String], options: &Options) -> Result<Look, ReadError> {
        let Files { found: files, rest, left_out } = find(paths)?;
        let corpus = match rest.is_empty() && !files.is_empty() {
            true => None,
            false => Some(Corpus::open(&rest, options)?),
        };
        if let Some(corpus) = &corpus {
            refuse(corpus)?;
        }
        Ok(Look { corpus, files, left_out })
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        let files: u64 =
            self.files.iter().map(|file| file.path.metadata().map_or(0, |data| data.len())).sum();
        files + self.corpus.as_ref().map_or(0, |corpus| corpus.profile().bytes)
    }

    /// What was recognised: each file with its form, data sets last.
    pub fn forms(&self) -> Vec<(String, &'static str)> {
        let files = self.files.iter().map(|file| (file.name(), file.form.name()));
        let data = self.corpus.iter().flat_map(|corpus| corpus.names()).map(|name| (name, "data set"));
        files.chain(data).collect()
    }

    /// Files that stand beside archives and the like, and are not read.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Gives all pages to `each`, in no particular order; a record without an address is `None`.
    /// The place of a page is the same in every reading.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(
        &self,
        threads: usize,
        control: &Control,
        mut each: impl FnMut(Batch),
    ) -> Result<Notes, ReadError> {
        let (send, receive) = sync_channel::<Batch>(threads.max(1) * 2);
        let notes = Mutex::new(Notes::default());
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| -> Result<(), ReadError> {
                let send = send;
                self.read_files(threads, control, &send, &notes)?;
                let base = self.files.len() as u32;
                if let Some(corpus) = &self.corpus {
                    dataset::pages(corpus, base, threads, control, &send)?;
                }
                Ok(())
            });
            receive.into_iter().for_each(&mut each);
            reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        if control.stopped() {
            return Err(SourceError::Interrupted.into());
        }
        let mut notes = notes.into_inner().unwrap_or_else(PoisonError::into_inner);
        for refused in self.corpus.iter().flat_map(Corpus::rejected) {
            notes.refuse_many(&refused.reason, refused.records);
        }
        Ok(notes)
    }

    fn read_files(
        &self,
        threads: usize,
        control: &Control,
        send: &SyncSender<Batch>,
        notes: &Mutex<Notes>,
    ) -> Result<(), ReadError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<(), ReadError> {
            while let Some((at, file)) = Some(next.fetch_add(1, Ordering::Relaxed))
                .and_then(|at| self.files.get(at).map(|file| (at as u32, file)))
                .filter(|_| !control.stopped())
            {
                let mut own = Notes::of(&file.name());
                let read = read_file(file, at, control, send, &mut own);
                notes.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
                read.map_err(|why| ReadError::File { file: file.name(), why: why.to_string() })?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> =
                (0..threads.clamp(1, self.files.len().max(1))).map(|_| scope.spawn(work)).collect();
            let mut ended = workers.into_iter().map(|worker| worker.join());
            ended.try_for_each(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

/// Pages that are handed over together.
const TOGETHER: usize = 64;

fn read_file(
    file: &Found,
    number: u32,
    control: &Control,
    send: &SyncSender<Batch>,
    notes: &mut Notes,
) -> io::Result<()> {
    let mut batch = Vec::new();
    let mut each = |row: u64, page: Page| {
        batch.push((RecordId { file: number, row }, Some(page)));
        if batch.len() == TOGETHER {
            control.advance(batch.len() as u64, 0);
            let _ = send.send(std::mem::take(&mut batch));
        }
        if control.stopped() { Err(io::Error::other("interrupted")) } else { Ok(()) }
    };
    let read = match file.form {
        Form::Pages => table::pages(&file.path, notes, &mut each),
        form => {
            let mut unpacked = Unpacked::open(&file.path, control)?;
            let mut input = BufReader::with_capacity(256 << 10, &mut unpacked);
            let read = read_stream(form, &mut input, notes, &mut each);
            match read {
                Err(_) if unpacked.damaged() && !control.stopped() => {
                    notes.refuse("a compressed stream that is damaged from here on", unpacked.out());
                    Ok(())
                }
                read => read,
            }
        }
    };
    let _ = send.send(batch);
    if control.stopped() { Ok(()) } else { read }
}

fn read_stream(
    form: Form,
    input: &mut dyn BufRead,
    notes: &mut Notes,
    each: &mut dyn FnMut(u64, Page) -> io::Result<()>,
) -> io::Result<()> {
    match form {
        Form::Warc => warc::pages(input, notes, each),
        Form::Cdxj => cdxj::pages(input, notes, each),
        Form::Hashes(columns) => hashes::pages(&mut &mut *input, columns, notes, each),
        Form::Journal => journal::pages(input, notes, each),
        Form::Pages => Ok(()),
    }
}

/// Whether every file of a data set can be used.
fn refuse(corpus: &Corpus) -> Result<(), ReadError> {
    if let Some((file, why)) = corpus.unreadable().next() {
        return Err(ReadError::File { file: file.to_owned(), why: why.to_owned() });
    }
    if corpus.profile().roles.has(Role::Url) {
        return Ok(());
    }
    let file = corpus.names().into_iter().next().unwrap_or_default();
    Err(ReadError::NoAddress { file })
}

/// What the folder of a seal, or one that `--pages` wrote, holds its pages in.
pub const PAGES: &str = "pages.parquet";

/// The table of pages in a folder, if it has one.
fn in_folder(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(PAGES)).filter(|path| path.is_file())
}
