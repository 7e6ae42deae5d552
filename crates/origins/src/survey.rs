//! Reads the data and puts the ledger together.

use std::path::{Path, PathBuf};

use ahash::AHashMap;
use toadstone_core::{
    Batch, Control, LEDGER_SCHEMA, Ledger, Observe, Provenance, RecordId, Remark, Role, SealAccount, Source,
    SourceAccount, SourceError, Standing, Topic, Vouched, day,
};

use crate::accounts::{Account, Accounts, Books};
use crate::axis::Axis;
use crate::budget::{BUDGETS, budget};
use crate::bursts::bursts;
use crate::cap::CapOptions;
use crate::concentration::{concentration, ranks};
use crate::kinship::{Kinship, OwnWords};
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
    /// The seal that the data was compared with.
    pub seal: Option<SealAccount>,
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
state!(Accounts, Members, Tally, OwnWords);

/// Two states that one reading fills.
impl<A: State, B: State> State for (Option<A>, B) {
    fn fresh(&self) -> Self {
        (self.0.as_ref().map(State::fresh), self.1.fresh())
    }

    fn observe(&mut self, batch: &Batch) {
        if let Some(first) = &mut self.0 {
            first.observe(batch);
        }
        self.1.observe(batch);
    }

    fn merge(&mut self, other: Self) {
        if let (Some(first), Some(others)) = (&mut self.0, other.0) {
            first.merge(others);
        }
        self.1.merge(other.1);
    }
}

/// Surveys a data set: three readings.
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
    let read = Reader { source, threads: options.threads.max(1), control };
    let memory = options.memory / read.threads;
    let accounts = Accounts::new(axis, files, suspicious.unwrap_or(&[]), memory, &options.temporary);
    let standing =
        |seal: &SealAccount| seal.files.iter().map(|file| file.standing == Standing::Sealed).collect();
    let sealed: Option<Vec<bool>> = options.seal.as_ref().map(standing);
    let (books, places, known) = read.sources(accounts, sealed.as_deref(), memory, &options.temporary)?;
    let (model, kinship) = (Model::learn(&known.texts(), options.seed), Kinship::of(&known.samples));
    let sources: Vec<(&str, u64)> =
        known.names.iter().zip(&books.accounts).map(|(n, a)| (n.as_str(), a.records)).collect();
    let tally = model.as_ref().map(|model| Tally::new(axis, files, &places, model));
    let (tally, own) = read.once((tally, OwnWords::new(axis, files, &places, &kinship)))?;
    let topics = tally.map_or_else(Vec::new, |tally| tally.conclude(&sources, books.all.records));
    let common = kinship.compared.then(|| own.conclude(&sources));
    let surveyed = Surveyed { scanned: suspicious.is_some(), books: &books, known: &known, topics, common };
    Ok(surveyed.ledger(source, files.len(), options))
}

/// Learns the topics of a data set; two readings. `None` where there is too little text.
///
/// # Errors
/// [`SourceError`].
pub(crate) fn learn(
    source: &dyn Source,
    files: &[String],
    options: &CapOptions,
    seed: u64,
    control: &Control,
) -> Result<Option<Model>, SourceError> {
    let read = Reader { source, threads: options.threads.max(1), control };
    let memory = options.memory / read.threads;
    let accounts = Accounts::new(options.axis, files, &[], memory, &options.temporary);
    let (_, _, known) = read.sources(accounts, None, memory, &options.temporary)?;
    Ok(Model::learn(&known.texts(), seed))
}

/// Reads the whole source into a state.
struct Reader<'r> {
    source: &'r dyn Source,
    threads: usize,
    control: &'r Control,
}

impl Reader<'_> {
    /// Who there is, the place of each source by its key, and what is known of them.
    fn sources(
        &self,
        accounts: Accounts<'_>,
        sealed: Option<&[bool]>,
        memory: usize,
        folder: &Path,
    ) -> Result<(Books, AHashMap<u64, usize>, Known), SourceError> {
        let (axis, files) = accounts.counted();
        let books = self.once(accounts)?.conclude()?;
        let places: AHashMap<u64, usize> =
            books.accounts.iter().enumerate().map(|(at, account)| (account.key, at)).collect();
        let members = Members::new(axis, files, &places, &books.accounts, sealed, memory, folder);
        let known = self.once(members)?.conclude(&books.accounts)?;
        Ok((books, places, known))
    }

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

/// What all readings gave.
struct Surveyed<'s> {
    scanned: bool,
    books: &'s Books,
    known: &'s Known,
    topics: Vec<Topic>,
    /// What there is to say of sources whose texts have much in common; `None` where there are too few
    /// sources to compare them.
    common: Option<Vec<Remark>>,
}

impl Surveyed<'_> {
    fn ledger(self, source: &dyn Source, files: usize, options: &Options) -> Ledger {
        let Surveyed { scanned, books, known, .. } = self;
        let bursts = bursts(&known.days, &known.all_days);
        let worth = |axis: &Axis| *axis != options.axis && (*axis != Axis::File || files > 1);
        let also = Axis::of(source.profile()).into_iter().filter(worth);
        let mut budgets = BUDGETS.to_vec();
        budgets.push(options.budget);
        budgets.sort_unstable();
        budgets.dedup();
        let all = &books.all;
        let entry = |(at, (account, name)): (usize, (&Account, &String))| SourceAccount {
            vouched: known.vouched.get(at).copied(),
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
            not_checked: self.not_checked(source),
            remarks: remarks(books, &known.names, &bursts, self.common.unwrap_or_default(), &self.topics),
            provenance: options.seal.clone().map(|seal| Provenance { seal, all: together(&known.vouched) }),
            sources: books
                .accounts
                .iter()
                .zip(&known.names)
                .take(options.listed)
                .enumerate()
                .map(entry)
                .collect(),
            topics: self.topics,
        }
    }

    fn not_checked(&self, source: &dyn Source) -> Vec<String> {
        let books = self.books;
        let mut out = Vec::new();
        let sources: u64 = books.sizes.iter().map(|(_, n)| n).sum();
        let looked_at = books.accounts.len() as u64;
        if looked_at < sources {
            out.push(format!(
                "{} small sources count in every total and were not looked at one by one",
                sources - looked_at
            ));
        }
        if !self.scanned {
            out.push(
                "the records were not scanned, so no source is known to bring suspicious ones".to_owned(),
            );
        }
        if self.topics.is_empty() {
            out.push("topics: there is too little text to tell them".to_owned());
        }
        if self.common.is_none() {
            out.push(
                "words of their own, and how alike texts are: too few sources to say what is rare".to_owned(),
            );
        }
        if !source.profile().roles.has(Role::Created) {
            out.push("bursts: no column says when a record was made".to_owned());
        } else if books.all.times.is_none() {
            out.push("bursts: no time in the column of times could be read".to_owned());
        }
        out
    }
}

fn together(vouched: &[Vouched]) -> Vouched {
    vouched.iter().fold(Vouched::default(), |all, one| Vouched {
        sealed: all.sealed + one.sealed,
        known: all.known + one.known,
    })
}
