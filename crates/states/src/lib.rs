//! States of passes in files.
//!
//! [`Shards`] is an engine that reads a data set shard by shard (a large file, or several small ones) and
//! keeps the state of every pass for every shard. What is there already is not read: a scan that was
//! interrupted goes on where it was, and of a data set that grew only the new files are read for the
//! first pass. Later passes look for what the whole data set gave; they are read again where that changed.
//!
//! [`apart::Apart`] is an engine that has the processes of a cluster fill the states.
//!
//! States in files are told apart by what they are made of: the shard's files with their sizes and times, how these
//! are read, and the pass with all that it looks for. So a state is used where it fits and not elsewhere,
//! whatever the folder that it was found in.

pub mod apart;
mod engine;
mod file;
mod folder;
mod shard;

pub use engine::{Counted, Shards};
pub use file::StateError;
pub use folder::{FolderError, States};
pub use shard::{Shard, shards};
