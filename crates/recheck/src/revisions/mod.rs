//! Front-running: edits that were made shortly before a snapshot and taken back after it, so that they
//! live on in the snapshot alone (Carlini et al. 2023, section 5).
//!
//! Edits are taken back at all times; whether more were at a snapshot is measured at other moments of the
//! same data.

mod history;
mod read;
mod test;

pub use history::{History, Revision};
pub use read::read;
pub use test::{LEVEL, Windows, front_running};
