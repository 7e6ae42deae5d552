//! The one who asks.

use std::sync::{Mutex, PoisonError};

use toadstone_core::{Control, Profile, ReadSummary, RecordId, Source, SourceError};
use toadstone_corpus::{Corpus, RowsApart};
use toadstone_detect::ScanOptions;
use toadstone_detect::engine::{Engine, Lane};

use super::job::{Job, Planned};
use super::observer::{READ, Read, apart, read};

/// What stays the same for all readings.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The version of the program.
    pub program: String,
    /// Names of the tables.
    pub tables: Vec<String>,
    /// Rows of all tables, as counted before.
    pub rows: u64,
    /// The first rows as an Arrow stream; the columns of the corpus were recognised by them.
    pub sample: Vec<u8>,
    /// What the user says of columns.
    pub map: Vec<(String, String)>,
    /// Records that are left out, ascending.
    pub gone: Vec<RecordId>,
}

/// Takes a piece of a state that a cluster made.
pub type Take<'t> = &'t mut dyn FnMut(&[u8]) -> Result<(), String>;

/// Has a cluster do a job and gives the pieces to the other argument, in any order. The error says why not.
pub type Ask<'a> = &'a (dyn Fn(&[u8], Take<'_>) -> Result<(), String> + Sync);

/// An engine that has a cluster read the data.
///
/// Memory here: the merged states, which are bounded by what was found.
pub struct Apart<'a> {
    corpus: &'a Corpus,
    question: Question,
    options: ScanOptions,
    ask: Ask<'a>,
    first: Mutex<Option<RowsApart>>,
}

impl<'a> Apart<'a> {
    /// An engine for the tables of `corpus`, which [`Question::sample`] stands for. Each process may use
    /// `options.memory`.
    pub fn new(corpus: &'a Corpus, question: Question, options: &ScanOptions, ask: Ask<'a>) -> Apart<'a> {
        Apart { corpus, question, options: options.clone(), ask, first: Mutex::new(None) }
    }

    fn job(&self, lanes: &[Lane]) -> Result<(Vec<u8>, Vec<u128>), String> {
        let mut planned = Vec::with_capacity(lanes.len());
        let mut digests = Vec::with_capacity(lanes.len());
        for lane in lanes {
            let plan = lane.pass.plan().map_err(|error| error.to_string())?;
            digests.push(plan.digest());
            planned.push(Planned { chain: lane.name.to_owned(), pass: plan.pass, plan: plan.bytes });
        }
        let Question { program, tables, sample, map, gone, rows: _ } = self.question.clone();
        let ScanOptions { memory, seed, leniency, .. } = self.options;
        let job = Job { program, tables, sample, map, memory, gone, seed, leniency, lanes: planned };
        Ok((job.encode()?, digests))
    }

    fn ask(&self, lanes: &mut [Lane]) -> Result<RowsApart, String> {
        let (job, plans) = self.job(lanes)?;
        let mut whole = Read::default();
        (self.ask)(&job, &mut |piece| {
            let (lane, plan, piece) = apart(piece).map_err(|error| error.to_string())?;
            let at = usize::from(lane);
            match lanes.get_mut(at) {
                _ if lane == READ => whole.merge(read(piece).map_err(|error| error.to_string())?),
                Some(lane) if plans[at] == plan => lane.pass.receive(piece).map_err(|e| e.to_string())?,
                _ => return Err("the cluster gave a piece of another job".to_owned()),
            }
            Ok(())
        })?;
        if whole.is_whole() {
            return Ok(whole.rows);
        }
        Err("the cluster lost parts of states, or gave some twice; nothing can be said of the data"
            .to_owned())
    }
}

impl Engine for Apart<'_> {
    fn profile(&self) -> &Profile {
        self.corpus.profile()
    }

    fn fill(&self, lanes: &mut [Lane], control: &Control) -> Result<ReadSummary, SourceError> {
        let rows = match self.ask(lanes) {
            _ if control.stopped() => return Err(SourceError::Interrupted),
            asked => asked.map_err(SourceError::Elsewhere)?,
        };
        control.advance(rows.summary.records, rows.summary.text_bytes);
        let (read, counted) = (rows.summary.records + rows.summary.rejected, self.question.rows);
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        match &*first {
            Some(first) if first.is_same(&rows) => Ok(first.summary),
            Some(_) => Err(SourceError::Changed { file: self.question.tables.join(", ") }),
            None if read != counted => Err(SourceError::Elsewhere(format!(
                "the cluster read {read} rows of {counted}; nothing can be said of the data"
            ))),
            None => {
                let summary = self.corpus.admit_rows(&rows)?;
                *first = Some(rows);
                Ok(summary)
            }
        }
    }
}
