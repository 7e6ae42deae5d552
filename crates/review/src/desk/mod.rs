//! A run on the desk of a person: its findings, its records, and what was decided.
//!
//! Every method may be called from any thread, and reads what other processes decided first.

mod views;
mod wire;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use toadstone_core::{Control, Finding, Run, Source};
use toadstone_corpus::Corpus;

use crate::agreement::{self, Agreement};
use crate::book::{Book, Key};
use crate::decision::{Call, Decision, Subject};
use crate::digest::{Digest, members_digest};
use crate::folder::RunFolder;
use crate::gather::Gathered;
use crate::journal::Journal;
use crate::list::{Filter, Words};
use crate::table::{Row, Table};

pub use wire::Progress;
pub(crate) use wire::Request;

/// Lists of records that were searched for are kept for this many queries.
const KEPT_LISTS: usize = 8;

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such record or finding in the run.
    #[error("the run has no such record or finding")]
    Unknown,
    /// The content is not known, so that nobody can have looked at it.
    #[error("its text has not been read: {0}")]
    NotRead(&'static str),
    /// The name or the note cannot be kept.
    #[error("{0}")]
    Refused(String),
    /// A file cannot be read or written.
    #[error("cannot read or write the decisions, or a temporary file: {0}")]
    Io(#[from] io::Error),
}

/// The decisions, and the file that they are in.
#[derive(Debug)]
struct Decided {
    journal: Journal,
    book: Book,
}

/// A list that was made for a filter, and what was decided and read until then.
type KeptList = (Filter, u64, Arc<Vec<u32>>);

/// See the module.
#[derive(Debug)]
pub struct Desk {
    folder: RunFolder,
    gathered: Gathered,
    control: Control,
    /// Bytes that reading the data takes.
    bytes: OnceLock<u64>,
    /// Digests of the findings' records, made when they are first asked for.
    members: Vec<OnceLock<Option<Digest>>>,
    decided: Mutex<Decided>,
    lists: Mutex<Vec<KeptList>>,
    who: String,
    now: fn() -> String,
}

impl Desk {
    /// Puts a run on the desk of `who`. `now` gives the time as decisions state it. The texts of
    /// suspicious records go to a temporary file in `temporary` that is gone afterwards.
    ///
    /// # Errors
    /// [`DeskError`] if the file of decisions cannot be read, or `who` is no name.
    pub fn new(
        folder: RunFolder,
        journal: Journal,
        temporary: &Path,
        who: &str,
        now: fn() -> String,
    ) -> Result<Desk, DeskError> {
        let gathered = Gathered::new(folder.table.len(), temporary)?;
        let members = folder.run.findings.iter().map(|_| OnceLock::new()).collect();
        let desk = Desk {
            folder,
            gathered,
            control: Control::default(),
            bytes: OnceLock::new(),
            members,
            decided: Mutex::new(Decided { journal, book: Book::default() }),
            lists: Mutex::default(),
            who: who.to_owned(),
            now,
        };
        desk.follow()?;
        Ok(desk)
    }

    /// Reads the data, which is that of the run opened again, on this thread and `threads` others. Until
    /// then a record has no text, and a finding cannot be decided on as a whole.
    pub fn read(&self, corpus: &Corpus, threads: usize) {
        let _ = self.bytes.set(corpus.profile().bytes);
        let (inputs, table) = (&self.folder.run.inputs, &self.folder.table);
        if let Err(error) = self.gathered.read(corpus, inputs, table, threads, &self.control) {
            self.gathered.give_up(error.to_string());
        }
    }

    /// Makes [`Desk::read`] return soon.
    pub fn stop(&self) {
        self.control.stop();
    }

    /// What cannot be shown or was not understood, in sentences (hostile text).
    pub fn problems(&self) -> Vec<String> {
        self.wrong(&self.decided())
    }

    fn wrong(&self, decided: &Decided) -> Vec<String> {
        let mut problems = self.gathered.problems().unwrap_or_default();
        let path = decided.journal.path().display();
        if let Some(first) = &decided.book.first_fault {
            problems.push(format!(
                "{path}: {} lines are no decisions and are left out ({first})",
                decided.book.faults
            ));
        }
        if decided.book.torn > 0 {
            problems.push(format!(
                "{path}: its last line is not whole ({} bytes) and is left out; a process was killed while it wrote",
                decided.book.torn
            ));
        }
        problems
    }

    /// The account of the run.
    pub fn run(&self) -> &Run {
        &self.folder.run
    }

    /// Number of suspicious records.
    pub fn suspicious(&self) -> u64 {
        self.folder.suspicious()
    }

    /// Decisions in the file so far, on subjects of this run; of a subject only the last one counts.
    pub fn decisions(&self) -> u64 {
        self.decided().book.all().filter(|(_, decision)| decision.call != Call::Withdrawn).count() as u64
    }

    /// How person and machine agree.
    ///
    /// # Errors
    /// [`DeskError::Io`].
    pub fn agreement(&self) -> Result<Agreement, DeskError> {
        self.follow()?;
        let decided = self.decided();
        let mut agreement =
            agreement::agreement(&self.folder.run, &self.folder.table, &decided.book, &|key| {
                self.digest(key)
            });
        agreement.outdated = agreement.outdated.filter(|_| self.gathered.done());
        Ok(agreement)
    }

    /// Findings that were judged fine as a whole, with the decision.
    ///
    /// # Errors
    /// [`DeskError::Io`].
    pub fn fine(&self) -> Result<Vec<(&Finding, Decision)>, DeskError> {
        self.follow()?;
        let decided = self.decided();
        let fine = |(at, finding)| {
            let decision = decided.book.holds(Key::Finding(at), None)?;
            (decision.call == Call::Fine).then(|| (finding, decision.clone()))
        };
        Ok((0..).zip(&self.folder.run.findings).filter_map(fine).collect())
    }

    /// Adds decisions to the file and takes note of them.
    ///
    /// # Errors
    /// [`DeskError::Io`]; nothing is to be taken for decided then.
    pub(crate) fn add(&self, decisions: &[Decision]) -> Result<(), DeskError> {
        self.decided().journal.append(decisions)?;
        self.follow()
    }

    /// A decision of this person, now.
    ///
    /// # Errors
    /// [`DeskError`] if the subject is unknown or was not read, or the note is too long.
    fn decision(
        &self,
        key: Key,
        under: Option<u32>,
        call: Call,
        note: String,
    ) -> Result<Decision, DeskError> {
        let subject = self.subject(key).ok_or(DeskError::Unknown)?;
        let reading =
            if self.gathered.done() { "see what is said above" } else { "wait until the data has been read" };
        let digest = self.digest(key).ok_or(DeskError::NotRead(reading))?;
        let under = under.and_then(|at| self.folder.run.findings.get(at as usize)).map(|f| f.id.clone());
        let under = under.filter(|_| matches!(key, Key::Record(_)));
        let (at, who) = ((self.now)(), self.who.clone());
        let records = self.extent(key);
        let decision = Decision { at, who, call, subject, under, digest, records, note };
        decision.check().map_err(DeskError::Refused)?;
        Ok(decision)
    }

    pub(crate) fn subject(&self, key: Key) -> Option<Subject> {
        let run = &self.folder.run;
        Some(match key {
            Key::Finding(at) => Subject::Finding(run.findings.get(at as usize)?.id.clone()),
            Key::Record(number) => {
                let id = self.folder.table.get(number)?.id;
                Subject::Record(run.inputs.get(id.file as usize)?.name.clone(), id.row)
            }
        })
    }

    /// How many records a finding has.
    pub(crate) fn extent(&self, key: Key) -> Option<u64> {
        match key {
            Key::Finding(at) => self.folder.run.findings.get(at as usize).map(|finding| finding.records),
            Key::Record(_) => None,
        }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.folder.table
    }

    pub(crate) fn gathered(&self) -> &Gathered {
        &self.gathered
    }

    pub(crate) fn who(&self) -> &str {
        &self.who
    }

    pub(crate) fn now(&self) -> String {
        (self.now)()
    }

    /// What a person last said of a subject, whether it still holds or not.
    pub(crate) fn last_by(&self, who: &str, key: Key) -> Option<Decision> {
        self.decided().book.people().get(who)?.get(&key).map(|decision| decision.as_ref().clone())
    }

    /// The digest of what a subject consists of, if all of it was read.
    pub(crate) fn digest(&self, key: Key) -> Option<Digest> {
        match key {
            Key::Record(number) => self.gathered.digest(number),
            Key::Finding(at) => {
                let make = || self.gathered.digests(self.folder.table.members(at)).map(members_digest);
                let slot = self.members.get(at as usize)?;
                if self.gathered.done() { *slot.get_or_init(make) } else { None }
            }
        }
    }

    fn decided(&self) -> MutexGuard<'_, Decided> {
        self.decided.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what was added to the file.
    pub(crate) fn follow(&self) -> Result<(), DeskError> {
        let mut decided = self.decided();
        let read = decided.journal.follow()?;
        decided.book.take(read, &self.folder.table);
        Ok(())
    }

    /// What holds for a record: what was said of it, else what was said of its findings as a whole.
    fn call(&self, book: &Book, number: u32, row: &Row) -> Option<Call> {
        let key = Key::Record(number);
        if let Some(own) = book.holds(key, self.digest(key)) {
            return Some(own.call);
        }
        let members = self.folder.table.marks(row).iter().filter(|mark| mark.member);
        let mut calls = members.map(|mark| {
            let key = Key::Finding(mark.finding);
            book.holds(key, self.digest(key)).map(|decision| decision.call)
        });
        let first = calls.next()??;
        calls.try_fold(first, |so_far, call| match call? {
            Call::Poison => Some(Call::Poison),
            call if call == so_far => Some(call),
            _ if so_far == Call::Poison => Some(Call::Poison),
            _ => Some(Call::Unsure),
        })
    }

    /// The records that a filter admits, in the order of the input.
    fn list(&self, filter: &Filter) -> Result<Arc<Vec<u32>>, DeskError> {
        let decided = self.decided();
        // What was read and decided decides about the list.
        let version = decided.journal.cursor() << 1 | u64::from(self.gathered.done());
        let lists = || self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., list)) = lists().iter().find(|(f, v, _)| f == filter && *v == version) {
            return Ok(Arc::clone(list));
        }
        let table = &self.folder.table;
        let admits = |number: &u32| {
            let row = table.get(*number);
            row.is_some_and(|row| filter.state.admits(self.call(&decided.book, *number, row)))
        };
        let list: Vec<u32> = match filter.finding {
            Some(finding) => table.named(finding).iter().copied().filter(admits).collect(),
            None => (0..table.len() as u32).filter(admits).collect(),
        };
        drop(decided);
        let list = match Words::new(&filter.text) {
            Some(words) => self.gathered.having(&list, |sections| words.all_in(sections))?,
            None => list,
        };
        let list = Arc::new(list);
        let mut lists = lists();
        if lists.len() >= KEPT_LISTS {
            lists.remove(0);
        }
        lists.push((filter.clone(), version, Arc::clone(&list)));
        Ok(list)
    }
}
