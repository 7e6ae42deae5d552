//! Reads training data of any common format as records, and writes what a scan found.
//!
//! [`Corpus::open`] finds the files, tells their formats and recognises their columns;
//! [`toadstone_core::Source::read`] hands out the records, as often as wanted. What is malformed is
//! refused record by record and never stops a reading: see [`Corpus::write_rejected`].
//!
//! The way of the bytes: [`medium`] (where they are: on disk, in memory, in a store) → [`stream`] (decompression, bounds, digest) →
//! [`readers`] (cut into chunks; parse on any thread) → [`plan`] (columns to roles) → batches.

mod apart;
mod cell;
mod corpus;
mod dialog;
mod encode;
mod entry;
mod feed;
mod find;
mod load;
mod medium;
mod memory;
mod names;
mod options;
mod parse;
mod part;
mod plan;
mod pool;
mod readers;
mod rejected;
mod reopen;
mod rewrite;
mod rows;
mod sample;
mod schema;
mod sniff;
mod split;
mod stream;
mod value;
mod write;
mod written;

pub use apart::RowsApart;
pub use cell::guarded;
pub use corpus::{Corpus, OpenError};
pub use find::Skipped;
pub use load::{LoadError, read_duplicates, read_records};
pub use memory::{MemoryTable, TableError};
pub use options::{Limits, Options};
pub use part::{PartRead, Standing};
pub use rejected::{KEPT_CONTENT, Reason, Rejected};
pub use rewrite::{RewriteError, RowEdit};
pub use rows::{Content, MetaColumns, Parse, Row, RowsError, RowsRead, is_table};
pub use split::{Divided, SplitError};
pub use write::{
    Duplicate, LowQuality, Named, StoppedRecord, SuspiciousRecord, TaintedRecord, UNFINISHED, Weight,
    WriteError, Writer, records_batch, write_atomically, write_duplicates, write_parquet, write_quality,
    write_records, write_stopped, write_tainted, write_weights,
};
