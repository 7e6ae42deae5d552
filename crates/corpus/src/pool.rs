//! Several workers read several files.
//!
//! There is no reading thread: a worker takes the reader of some file, cuts one chunk, gives the
//! reader back and parses the chunk, while the next worker cuts the next one. So memory is bounded by
//! the number of workers, a single file keeps them all busy, and many files are read side by side.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use toadstone_core::{BatchBuilder, Control, Observe, ReadSummary, RecordId, SourceError};

use crate::corpus::{Corpus, Entry};
use crate::medium::is_change;
use crate::parse::Wanted;
use crate::readers::{Chunk, Failure, Reader, Sink, Work};
use crate::rejected::{Place, Reason, RejectLog, Rejected};
use crate::value::Fields;

/// Bytes of text after which a batch is handed over.
const BATCH_TEXT: usize = 8 << 20;

/// What a reading gave.
pub(crate) struct Done {
    pub(crate) summary: ReadSummary,
    pub(crate) digests: Vec<Option<u128>>,
    pub(crate) records: Vec<u64>,
}

/// A file that is being read.
struct Active {
    file: usize,
    reader: Box<dyn Reader>,
    chunk: u64,
    /// Bytes on disk that its chunks were cut from.
    disk: u64,
}

#[derive(Default)]
struct State {
    /// Readers that nobody uses right now.
    idle: Vec<Active>,
    /// The next file to open, and the first that is not to be read.
    next: usize,
    end: usize,
    /// Readers in use.
    busy: usize,
    failed: Option<SourceError>,
    digests: Vec<Option<u128>>,
}

/// One reading.
struct Reading<'r> {
    corpus: &'r Corpus,
    control: &'r Control,
    log: Option<&'r RejectLog>,
    state: Mutex<State>,
    ready: Condvar,
    records: Vec<AtomicU64>,
}

/// What a worker is to do next.
enum Turn {
    Go(Active),
    Open(usize),
}

/// Reads the files of `range` once. `log` takes what is refused, and asks for digests.
pub(crate) fn read(
    corpus: &Corpus,
    range: Range<usize>,
    workers: Vec<Observe<'_>>,
    control: &Control,
    log: Option<&RejectLog>,
) -> Result<Done, SourceError> {
    let files = corpus.files.len();
    let digests = vec![None; files];
    let state = Mutex::new(State { digests, next: range.start, end: range.end, ..State::default() });
    let records = (0..files).map(|_| AtomicU64::new(0)).collect();
    let reading = Reading { corpus, control, log, state, ready: Condvar::new(), records };
    let mut summary = ReadSummary::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            workers.into_iter().map(|observe| scope.spawn(|| reading.work(observe))).collect();
        for thread in threads {
            match thread.join() {
                Ok(part) => {
                    summary.records += part.records;
                    summary.rejected += part.rejected;
                    summary.text_bytes += part.text_bytes;
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    let mut state = reading.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.failed.take() {
        return Err(error);
    }
    if control.stopped() {
        return Err(SourceError::Interrupted);
    }
    Ok(Done {
        summary,
        digests: state.digests,
        records: reading.records.into_iter().map(AtomicU64::into_inner).collect(),
    })
}

impl Reading<'_> {
    /// The life of one worker.
    fn work(&self, observe: Observe<'_>) -> ReadSummary {
        let mut worker = Worker { observe, builder: BatchBuilder::new(), summary: ReadSummary::default() };
        while let Some(turn) = self.turn() {
            // Returned even if something panics, so that nobody waits for ever.
            let lease = Lease(self);
            let cut = match turn {
                Turn::Open(file) => self.open(file),
                Turn::Go(active) => Ok(active),
            };
            match cut.and_then(|active| self.cut(active)) {
                Ok(Some((file, number, chunk))) => {
                    drop(lease);
                    if let Err(error) = self.process(&mut worker, file, number, chunk) {
                        self.fail(error);
                    }
                }
                Ok(None) => {}
                Err(error) => self.fail(error),
            }
        }
        worker.summary
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, error: SourceError) {
        self.lock().failed.get_or_insert(error);
        self.ready.notify_all();
    }

    /// Waits for something to do; `None` when there is nothing more.
    fn turn(&self) -> Option<Turn> {
        let mut state = self.lock();
        loop {
            if state.failed.is_some() || self.control.stopped() {
                return None;
            }
            let turn = match state.idle.pop() {
                Some(active) => Some(Turn::Go(active)),
                None => self.next_file(&mut state).map(Turn::Open),
            };
            if turn.is_some() {
                state.busy += 1;
                return turn;
            }
            if state.busy == 0 {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn next_file(&self, state: &mut State) -> Option<usize> {
        let readable = |file: &usize| self.corpus.files[*file].error.is_none();
        let found = (state.next..state.end).find(readable);
        state.next = found.map_or(state.end, |file| file + 1);
        found
    }

    fn open(&self, file: usize) -> Result<Active, SourceError> {
        let entry = &self.corpus.files[file];
        check_unchanged(entry)?;
        let reader =
            self.corpus.open_reader(entry, self.log.is_some()).map_err(|failure| failed(entry, failure))?;
        Ok(Active { file, reader, chunk: 0, disk: 0 })
    }

    /// Cuts the next chunk and gives the reader back; at the end of a file, closes it.
    fn cut(&self, mut active: Active) -> Result<Option<(usize, u64, Chunk)>, SourceError> {
        let (file, number) = (active.file, active.chunk);
        let entry = &self.corpus.files[file];
        let next = active.reader.next().map_err(|failure| failed(entry, failure))?;
        check_readable(entry)?;
        if let Some(chunk) = next {
            active.chunk += 1;
            active.disk += chunk.disk;
            self.lock().idle.push(active);
            return Ok(Some((file, number, chunk)));
        }
        let digest = active.reader.finish().map_err(|error| failed(entry, Failure::Io(error)))?;
        check_unchanged(entry)?;
        self.lock().digests[file] = digest;
        // Footers and the like, which no chunk was cut from.
        let bytes = entry.stamp.map_or(0, |stamp| stamp.bytes);
        self.control.advance(0, bytes.saturating_sub(active.disk));
        Ok(None)
    }

    fn process(
        &self,
        worker: &mut Worker<'_>,
        file: usize,
        number: u64,
        chunk: Chunk,
    ) -> Result<(), SourceError> {
        let entry = &self.corpus.files[file];
        let before = worker.summary.records;
        let mut taker = Taker {
            worker,
            entry,
            file: file as u32,
            depth: self.corpus.limits.depth,
            control: self.control,
            rejected: chunk.rejected,
        };
        if let Some(work) = chunk.work {
            work.parse(Wanted::Columns(&entry.wanted), &self.corpus.limits, &mut taker);
        }
        check_readable(entry)?;
        taker.hand_over();
        let mut rejected = taker.rejected;
        let records = worker.summary.records - before;
        worker.summary.rejected += rejected.iter().map(|r| r.rows).sum::<u64>();
        self.records[file].fetch_add(records, Ordering::Relaxed);
        self.control.advance(records, chunk.disk);
        if let Some(log) = self.log {
            rejected.iter_mut().for_each(|r| r.file = file as u32);
            rejected.sort_by_key(|r| r.row.unwrap_or(u64::MAX));
            log.add(&entry.name, (file as u32, number), &rejected)?;
        }
        Ok(())
    }
}

/// Parses rows of a file that this process did not read itself, and hands them to `observe` in batches. Gives
/// what there was, and what was refused.
pub(crate) fn take(
    corpus: &Corpus,
    file: usize,
    work: Box<dyn Work>,
    rows: &[u64],
    observe: Observe<'_>,
) -> (ReadSummary, Vec<Rejected>) {
    let entry = &corpus.files[file];
    let mut worker = Worker { observe, builder: BatchBuilder::new(), summary: ReadSummary::default() };
    let mut taker = Taker {
        worker: &mut worker,
        entry,
        file: file as u32,
        depth: corpus.limits.depth,
        control: &Control::default(),
        rejected: Vec::new(),
    };
    work.parse(Wanted::Columns(&entry.wanted), &corpus.limits, &mut Numbered { taker: &mut taker, rows });
    taker.hand_over();
    let mut rejected = taker.rejected;
    worker.summary.rejected += rejected.iter().map(|r| r.rows).sum::<u64>();
    rejected.iter_mut().for_each(|r| r.file = file as u32);
    rejected.sort_by_key(|r| r.row.unwrap_or(u64::MAX));
    (worker.summary, rejected)
}

/// Gives rows, which are counted from 0 here, the numbers that they have in their file.
struct Numbered<'n, 't, 'o> {
    taker: &'n mut Taker<'t, 'o>,
    rows: &'n [u64],
}

impl Sink for Numbered<'_, '_, '_> {
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>) {
        let row = usize::try_from(place.row).ok().and_then(|at| self.rows.get(at));
        self.taker.row(Place { row: row.copied().unwrap_or(place.row), ..place }, fields, raw);
    }

    fn reject(&mut self, rejected: Rejected) {
        self.taker.reject(rejected);
    }

    fn full(&self) -> bool {
        self.taker.full()
    }
}

/// A reader in use.
struct Lease<'l, 'r>(&'l Reading<'r>);

impl Drop for Lease<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
        self.0.ready.notify_all();
    }
}

/// What a store could not give must not pass for damaged records.
fn check_readable(entry: &Entry) -> Result<(), SourceError> {
    entry.medium.failure().map_or(Ok(()), |error| Err(failed(entry, Failure::Io(error))))
}

fn check_unchanged(entry: &Entry) -> Result<(), SourceError> {
    if entry.medium.is_pinned() {
        return Ok(());
    }
    match entry.medium.stamp() {
        Ok(stamp) if Some(stamp) == entry.stamp => Ok(()),
        Ok(_) => Err(SourceError::Changed { file: entry.name.clone() }),
        Err(error) => Err(failed(entry, Failure::Io(error))),
    }
}

fn failed(entry: &Entry, failure: Failure) -> SourceError {
    let reason = match failure {
        Failure::Io(error) if is_change(&error) => return SourceError::Changed { file: entry.name.clone() },
        Failure::Io(error) => error.to_string(),
        Failure::Unreadable(why) => why,
    };
    SourceError::File { file: entry.name.clone(), reason }
}

/// What a worker keeps from chunk to chunk.
struct Worker<'o> {
    observe: Observe<'o>,
    builder: BatchBuilder,
    summary: ReadSummary,
}

/// Turns the rows of a chunk into batches.
struct Taker<'t, 'o> {
    worker: &'t mut Worker<'o>,
    entry: &'t Entry,
    file: u32,
    depth: usize,
    control: &'t Control,
    rejected: Vec<Rejected>,
}

impl Taker<'_, '_> {
    fn hand_over(&mut self) {
        if self.worker.builder.is_empty() {
            return;
        }
        let batch = self.worker.builder.take();
        self.worker.summary.records += batch.len() as u64;
        self.worker.summary.text_bytes += batch.text_bytes() as u64;
        (self.worker.observe)(&batch);
    }
}

impl Sink for Taker<'_, '_> {
    fn row(&mut self, place: Place, fields: &Fields<'_>, raw: Option<&[u8]>) {
        let plan = &self.entry.plan;
        let id = RecordId { file: self.file, row: place.row };
        let filled = plan.fill(fields, &mut self.worker.builder, self.depth);
        let filled = filled.and_then(|()| match self.worker.builder.finish(id, place.offset, plan.kind) {
            true => Ok(()),
            false => Err(Reason::TooLong { limit: u32::MAX as usize }),
        });
        if let Err(reason) = filled {
            self.worker.builder.abandon();
            let shown = || serde_json::to_vec(fields).unwrap_or_default();
            let content = raw.map(std::borrow::Cow::Borrowed).unwrap_or_else(|| shown().into());
            self.rejected.push(Rejected::new(Some(place), reason, &content));
        } else if self.worker.builder.text_bytes() >= BATCH_TEXT {
            self.hand_over();
        }
    }

    fn reject(&mut self, rejected: Rejected) {
        self.rejected.push(rejected);
    }

    fn full(&self) -> bool {
        self.control.stopped()
    }
}
