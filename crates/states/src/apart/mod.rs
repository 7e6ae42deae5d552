//! Passes over data that a cluster holds.
//!
//! ```text
//! here                     processes of the cluster
//! Apart --- a job -------> Observer: rows in, pieces out, each for a bucket
//!                          Observer: pieces of some buckets in, rows that say nothing pruned, pieces out
//!       <-- pieces -------
//! ```
//!
//! The cluster reads the rows, brings pieces to buckets, and does again what a lost process did. States do not
//! depend on how the rows were dealt out, so what comes back is the same whatever was lost. Data that gives
//! other rows the second time is noticed by a fingerprint of all rows, and ends the run.

mod engine;
mod job;
mod observer;

pub use engine::{Apart, Ask, Question, Take};
pub use job::JobError;
pub use observer::{Observer, Spooled};
