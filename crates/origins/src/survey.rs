//! Reads the data and puts the ledger together.

use std::path::PathBuf;

use ahash::AHashMap;
use toadstone_core::{
    Batch, Control, LEDGER_SCHEMA, Ledger, Observe, RecordId, Role, Source, SourceAccount, SourceError,
    Topic, day,
};

use crate::accounts::{Account, Accounts, Books};
use crate::axis::Axis;
use crate::budget::{BUDGETS, budget};
use crate::bursts::bursts;
use crate::concentration::{concentration, ranks};
use crate::members::{Known, Members};
use crate::remarks::remarks;
use crate::topics::{Model, Tally};

/// How a survey is to be done.
#[derive(Debug, Clone)]
pub struct Options {
    /// What counts as a source.
    pub axis: Axis,
    /// One more number of planted records to look at.
    pub budget: u64,
    /// Sources in the ledger's list, at most 4096.
    pub listed: usize,
    /// Worker threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Bytes of memory for the states of all threads together.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: PathBuf,
    /// Seed of the topics.
    pub seed: u64,
}

/// A state that is filled on several threads.
trait State: Send + Sized {
    fn fresh(&self) -> Self;
    fn observe(&mut self, batch: &Batch);
    fn merge(&mut self, other: Self);
}

macro_rules! state {
    ($($name:ident),+) => {$(
        impl State for $name<'_> {
            fn fresh(&self) -> Self { $name::fresh(self) }
            fn observe(&mut self, batch: &Batch) { $name::observe(self, batch) }
            fn merge(&mut self, other: Self) { $name::merge(self, other) }
        }
    )+};
}
state!(Accounts, Members, Tally);

/// Surveys a data set: three readings, of which the last only where there are topics.
///
/// `files` are the names of the input files; `suspicious` the records that findings name, in
/// ascending order, if the data was scanned. Memory: what `options` allows, and about 150 MB for
/// names, sampled texts and topics, whatever the size of the data.
///
/// # Errors
/// [`SourceError`].
pub fn survey(
    source: &dyn Source,
    files: &[String],
    suspicious: Option<&[RecordId]>,
    options: &Options,
    control: &Control,
) -> Result<Ledger, SourceError> {
    let axis = options.axis;
    let memory = options.memory / options.threads.max(1);
    let folder = options.temporary.as_path();
    let read = Reader { source, threads: options.threads.max(1), control };

    let accounts = Accounts::new(axis, files, suspicious.unwrap_or(&[]), memory, folder);
    let books = read.once(accounts)?.conclude()?;
    let places: AHashMap<u64, usize> =
        books.accounts.iter().enumerate().map(|(at, account)| (account.key, at)).collect();
    let members = Members::new(axis, files, &places, &books.accounts, memory, folder);
    let known = read.once(members)?.conclude(&books.accounts)?;
    let topics = match Model::learn(&known.texts, options.seed) {
        Some(model) => {
            let sources: Vec<(&str, u64)> =
                known.names.iter().zip(&books.accounts).map(|(n, a)| (n.as_str(), a.records)).collect();
            let tally = read.once(Tally::new(axis, files, &places, &model))?;
            tally.conclude(&sources, books.all.records)
        }
        None => Vec::new(),
    };
    Ok(ledger(source, files.len(), options, suspicious.is_some(), &books, &known, topics))
}

/// Reads the whole source into a state.
struct Reader<'r> {
    source: &'r dyn Source,
    threads: usize,
    control: &'r Control,
}

impl Reader<'_> {
    fn once<S: State>(&self, state: S) -> Result<S, SourceError> {
        let mut states: Vec<S> = (1..self.threads).map(|_| state.fresh()).collect();
        states.push(state);
        let workers = states
            .iter_mut()
            .map(|s| Box::new(move |batch: &Batch| s.observe(batch)) as Observe<'_>)
            .collect();
        self.source.read(workers, self.control)?;
        let mut whole = states.swap_remove(0);
        states.into_iter().for_each(|state| whole.merge(state));
        Ok(whole)
    }
}

fn ledger(
    source: &dyn Source,
    files: usize,
    options: &Options,
    scanned: bool,
    books: &Books,
    known: &Known,
    topics: Vec<Topic>,
) -> Ledger {
    let bursts = bursts(&known.days, &known.all_days);
    let worth = |axis: &Axis| *axis != options.axis && (*axis != Axis::File || files > 1);
    let also = Axis::of(source.profile()).into_iter().filter(worth);
    let mut budgets = BUDGETS.to_vec();
    budgets.push(options.budget);
    budgets.sort_unstable();
    budgets.dedup();
    let all = &books.all;
    let entry = |(account, name): (&Account, &String)| SourceAccount {
        name: name.clone(),
        records: account.records,
        share: account.records as f64 / all.records.max(1) as f64,
        bytes: account.bytes,
        duplicates: account.duplicates,
        suspicious: scanned.then_some(account.suspicious),
        first: account.times.map(|(first, _)| day(first)),
        last: account.times.map(|(_, last)| day(last)),
    };
    Ledger {
        schema: LEDGER_SCHEMA,
        by: options.axis.name().to_owned(),
        also: also.map(|axis| axis.name().to_owned()).collect(),
        records: all.records,
        bytes: all.bytes,
        unnamed: books.nobody.records,
        duplicates: all.duplicates,
        suspicious: scanned.then_some(all.suspicious),
        concentration: concentration(&books.sizes),
        ranks: ranks(&books.sizes),
        budgets: budgets.into_iter().map(|records| budget(records, &books.sizes)).collect(),
        remarks: remarks(books, &known.names, &bursts, &topics),
        sources: books.accounts.iter().zip(&known.names).take(options.listed).map(entry).collect(),
        not_checked: not_checked(source, scanned, books, &topics),
        topics,
    }
}

fn not_checked(source: &dyn Source, scanned: bool, books: &Books, topics: &[Topic]) -> Vec<String> {
    let mut out = Vec::new();
    let sources: u64 = books.sizes.iter().map(|(_, n)| n).sum();
    let looked_at = books.accounts.len() as u64;
    if looked_at < sources {
        out.push(format!(
            "{} small sources count in every total and were not looked at one by one",
            sources - looked_at
        ));
    }
    if !scanned {
        out.push("the records were not scanned, so no source is known to bring suspicious ones".to_owned());
    }
    if topics.is_empty() {
        out.push("topics: there is too little text to tell them".to_owned());
    }
    if !source.profile().roles.has(Role::Created) {
        out.push("bursts: no column says when a record was made".to_owned());
    } else if books.all.times.is_none() {
        out.push("bursts: no time in the column of times could be read".to_owned());
    }
    out
}
