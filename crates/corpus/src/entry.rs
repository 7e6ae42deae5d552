//! One file of a data set: its format, its columns, and what tells that it is still the same.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use toadstone_core::Kind;

use crate::find::{Found, Skipped, UNKNOWN};
use crate::medium::{Medium, Stamp};
use crate::names::Meaning;
use crate::options::Limits;
use crate::plan::Plan;
use crate::readers::{self, Failure, Format, Nature, Setup};
use crate::sample::{last, sample};
use crate::schema::recognise;
use crate::sniff::sniff;
use crate::stream::Packing;

/// Files of a store that are looked at together: nearly all of the time is waiting.
const TOGETHER: usize = 16;

/// Looks at all files, and gives them in their order.
pub(crate) fn open_all(
    files: Vec<Found>,
    map: &[(Meaning, String)],
    named: &[String],
    limits: Limits,
) -> Vec<Result<Entry, Skipped>> {
    let open = |found| Entry::open(found, map, named.to_vec(), limits);
    if !files.iter().any(|found| matches!(found.medium, Medium::Remote(_))) {
        return files.into_iter().map(open).collect();
    }
    let waiting = Mutex::new(files.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).map(|(at, found)| (at, open(found))).collect::<Vec<_>>();
    let mut opened: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..TOGETHER).map(|_| scope.spawn(work)).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    });
    opened.sort_by_key(|(at, _)| *at);
    opened.into_iter().map(|(_, opened)| opened).collect()
}

/// One file of the data set.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) medium: Medium,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) packing: Packing,
    extension: String,
    pub(crate) format: &'static str,
    pub(crate) plan: Plan,
    pub(crate) wanted: Vec<String>,
    /// Columns that the user named.
    named: Vec<String>,
    pub(crate) error: Option<String>,
    /// Whether `error` only says that no column was recognised: rows can be told apart all the same.
    pub(crate) nameless: bool,
}

impl Entry {
    /// A file that was not looked at.
    pub(crate) fn unknown(name: String, medium: Medium, error: Option<String>) -> Entry {
        Entry {
            name,
            medium,
            stamp: None,
            packing: Packing::None,
            extension: String::new(),
            format: readers::format("text").name,
            plan: Plan::text(Kind::Document, "text"),
            wanted: Vec::new(),
            named: Vec::new(),
            error,
            nameless: false,
        }
    }

    /// Looks at a file. A file in a folder that is no training data is left out. `named` are names by
    /// which a header is known.
    pub(crate) fn open(
        found: Found,
        map: &[(Meaning, String)],
        named: Vec<String>,
        limits: Limits,
    ) -> Result<Entry, Skipped> {
        let mut entry = Entry { named, ..Entry::unknown(found.name, found.medium, found.error) };
        if entry.error.is_some() {
            return Ok(entry);
        }
        let sniffed = (|| {
            entry.medium = entry.medium.with_head()?;
            Ok((entry.medium.found()?, sniff(&entry.name, &entry.medium, limits)?))
        })();
        let (stamp, sniffed) = match sniffed {
            Ok(both) => both,
            Err(error) => {
                let error: io::Error = error;
                entry.error = Some(error.to_string());
                return Ok(entry);
            }
        };
        entry.stamp = Some(stamp);
        entry.packing = sniffed.packing;
        entry.extension = sniffed.extension;
        match sniffed.format {
            Ok(format) => entry.recognise(format, map, limits, found.beside_text),
            Err(_) if found.walked => {
                return Err(Skipped { name: entry.name, why: UNKNOWN, medium: entry.medium.without_head() });
            }
            Err(why) => entry.error = Some(why.to_owned()),
        }
        entry.wanted = entry.plan.wanted();
        entry.medium = entry.medium.without_head();
        // What was recognised in half a sample would depend on the network.
        if let Some(error) = entry.medium.failure() {
            entry.error = Some(error.to_string());
        }
        Ok(entry)
    }

    fn recognise(&mut self, format: &Format, map: &[(Meaning, String)], limits: Limits, beside_text: bool) {
        self.format = format.name;
        match format.nature {
            Nature::Prose => return,
            Nature::Source => {
                self.plan.kind = Kind::Code;
                return;
            }
            Nature::Table => {}
        }
        let setup = self.setup(limits, false);
        let sampled = sample(format, &setup);
        let nameless = sampled.is_ok();
        let recognised = match sampled {
            Ok(rows) => recognise(&rows, &last(format, &setup), map),
            Err(Failure::Io(error)) => Err(error.to_string()),
            Err(Failure::Unreadable(why)) => Err(why),
        };
        self.nameless = nameless;
        match recognised {
            Ok(plan) => self.plan = plan,
            // `package.json` in a folder of source code is a text like its neighbours.
            Err(_) if beside_text && matches!(format.name, "json" | "jsonl" | "csv" | "tsv") => {
                self.format = "text"
            }
            Err(why) => self.error = Some(why),
        }
    }

    pub(crate) fn setup(&self, limits: Limits, digest: bool) -> Setup<'_> {
        let (named, extension) = (&self.named, &self.extension);
        Setup { medium: &self.medium, packing: self.packing, limits, named, extension, digest }
    }

    pub(crate) fn shown_format(&self) -> String {
        match self.packing {
            Packing::None => self.format.to_owned(),
            packing => format!("{}.{}", self.format, packing.name()),
        }
    }

    pub(crate) fn shown_columns(&self) -> Vec<toadstone_core::ColumnMap> {
        let table = readers::format(self.format).nature == Nature::Table && self.error.is_none();
        if table { self.plan.columns() } else { Vec::new() }
    }
}
