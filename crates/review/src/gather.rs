//! Reads the data once and puts aside what is needed of the suspicious records.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use toadstone_core::{Batch, Control, InputFile, Observe, Source, SourceError};
use toadstone_corpus::Corpus;

use crate::digest::{Digest, content_digest};
use crate::similar::{Sketch, Sketcher};
use crate::spool::{Place, Sections, Spool, Texts};
use crate::table::Table;

/// What is kept of a record: 176 bytes.
#[derive(Debug, Clone)]
pub struct Fact {
    pub place: Place,
    pub digest: Digest,
    pub sketch: Sketch,
}

/// What was read so far.
#[derive(Debug)]
pub struct Gathered {
    facts: Mutex<Vec<Option<Box<Fact>>>>,
    spool: Mutex<Spool>,
    /// Why something cannot be shown, in sentences (hostile text); none before the data has been read.
    problems: Mutex<Option<Vec<String>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gathered {
    /// Nothing yet, for `records` records; texts go to a temporary file in `folder`.
    pub fn new(records: usize, folder: &Path) -> io::Result<Gathered> {
        let mut facts = Vec::new();
        facts.resize_with(records, || None);
        Ok(Gathered {
            facts: Mutex::new(facts),
            spool: Mutex::new(Spool::new(folder)?),
            problems: Mutex::new(None),
        })
    }

    /// Reads all of `corpus`, whose files are the `inputs` of the run.
    ///
    /// # Errors
    /// [`SourceError`]; what was read until then stays.
    pub fn read(
        &self,
        corpus: &Corpus,
        inputs: &[InputFile],
        table: &Table,
        threads: usize,
        control: &Control,
    ) -> Result<(), SourceError> {
        let failed: Mutex<Option<io::Error>> = Mutex::new(None);
        let fail = |error: io::Error| {
            lock(&failed).get_or_insert(error);
            control.stop();
        };
        let worker = || -> Observe<'_> {
            let mut sketcher = Sketcher::default();
            Box::new(move |batch: &Batch| self.take(batch, table, &mut sketcher).unwrap_or_else(fail))
        };
        let workers = (0..threads.max(1)).map(|_| worker()).collect();
        let read = corpus.read(workers, control);
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error.into());
        }
        read?;
        self.conclude(corpus, inputs, table);
        Ok(())
    }

    fn take(&self, batch: &Batch, table: &Table, sketcher: &mut Sketcher) -> io::Result<()> {
        for record in batch.records() {
            let Some(number) = table.number(record.id()) else { continue };
            let (digest, sketch) = (content_digest(&record), sketcher.sketch(&record));
            let place = lock(&self.spool).put(&record)?;
            lock(&self.facts)[number as usize] = Some(Box::new(Fact { place, digest, sketch }));
        }
        Ok(())
    }

    /// Forgets the records of files that are not those of the run, and says so.
    fn conclude(&self, corpus: &Corpus, inputs: &[InputFile], table: &Table) {
        let mut problems: Vec<String> = corpus
            .unreadable()
            .filter(|(name, _)| inputs.iter().any(|input| input.name == *name && input.error.is_none()))
            .map(|(name, why)| format!("{name}: {why}"))
            .collect();
        let mut facts = lock(&self.facts);
        let mut missing = 0u64;
        let read = corpus.inputs();
        let changed: Vec<bool> = read
            .iter()
            .zip(inputs)
            .map(|(now, then)| now.error.is_none() && now.digest != then.digest)
            .collect();
        problems.extend(changed.iter().zip(inputs).filter(|(changed, _)| **changed).map(|(_, input)| {
            format!("{}: it changed since it was scanned; its records are not shown", input.name)
        }));
        for (fact, row) in facts.iter_mut().zip(table.rows()) {
            let file = row.id.file as usize;
            if changed.get(file).copied().unwrap_or(true) {
                *fact = None;
            } else if fact.is_none() && read[file].error.is_none() {
                missing += 1;
            }
        }
        if missing > 0 {
            problems.push(format!("{missing} records of the run are not in the data any more"));
        }
        *lock(&self.problems) = Some(problems);
    }

    /// Says that nothing more will be read, and why.
    pub fn give_up(&self, why: String) {
        *lock(&self.problems) = Some(vec![why]);
    }

    /// What cannot be shown; `None` while the data is being read.
    pub fn problems(&self) -> Option<Vec<String>> {
        lock(&self.problems).clone()
    }

    /// Whether the data has been read, or never will be.
    pub fn done(&self) -> bool {
        lock(&self.problems).is_some()
    }

    /// The digest of a record's content, if it was read.
    pub fn digest(&self, number: u32) -> Option<Digest> {
        lock(&self.facts).get(number as usize)?.as_ref().map(|fact| fact.digest)
    }

    /// The digests of some records; `None` if one of them was not read.
    pub fn digests(&self, numbers: impl Iterator<Item = u32>) -> Option<Vec<Digest>> {
        let facts = lock(&self.facts);
        numbers.map(|number| facts.get(number as usize)?.as_ref().map(|fact| fact.digest)).collect()
    }

    /// The texts of a record, if it was read.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn texts(&self, number: u32) -> io::Result<Option<Texts>> {
        let place = lock(&self.facts).get(number as usize).and_then(|fact| fact.as_ref().map(|f| f.place));
        place.map(|place| lock(&self.spool).get(place)).transpose()
    }

    /// The numbers among `numbers` (ascending) whose records have such texts. Reads all of these texts.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn having(&self, numbers: &[u32], has: impl Fn(Sections<'_>) -> bool) -> io::Result<Vec<u32>> {
        let place = |number: &u32| lock(&self.facts)[*number as usize].as_ref().map(|fact| fact.place);
        let mut places: Vec<(Place, u32)> = numbers.iter().filter_map(|n| Some((place(n)?, *n))).collect();
        places.sort_unstable_by_key(|(place, _)| place.at);
        let mut out = Vec::new();
        for (place, number) in places {
            if has(lock(&self.spool).sections(place)?) {
                out.push(number);
            }
        }
        out.sort_unstable();
        Ok(out)
    }

    /// How alike the sketches of a record and of all others are, best first, at most `most`.
    pub fn alike(&self, number: u32, least: f64, most: usize) -> Vec<(u32, f64)> {
        let facts = lock(&self.facts);
        let Some(Some(own)) = facts.get(number as usize) else { return Vec::new() };
        let other = |(at, fact): (usize, &Option<Box<Fact>>)| {
            let alike = own.sketch.alike(&fact.as_ref()?.sketch);
            (at as u32 != number && alike >= least).then_some((at as u32, alike))
        };
        let mut found: Vec<(u32, f64)> = facts.iter().enumerate().filter_map(other).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(most);
        found
    }
}
