//! A person's judgement on what a run found.
//!
//! - [`Decision`]: who says what of a record or of a whole finding; [`Journal`]: the file of them, which
//!   only grows.
//! - [`RunFolder`]: a run that is looked at again; [`Desk`]: it, its records and its decisions together.
//! - [`server`]: the page on which a person decides.
//! - [`exchange`]: the same for people elsewhere, as JSON lines or CSV.
//! - [`Agreement`]: how person and machine, and people among each other, agree; [`waivers`]: decisions as
//!   entries of `toadstone.toml`.

mod agreement;
mod book;
mod decision;
mod desk;
mod digest;
pub mod exchange;
mod folder;
mod gather;
mod highlight;
mod journal;
mod list;
mod page;
pub mod server;
mod similar;
mod spool;
mod statistics;
mod table;
pub mod waivers;
mod words;

pub use agreement::{Agreement, DetectorAgreement, PairAgreement};
pub use decision::{Call, Decision, Fault, LONGEST_NOTE, Subject};
pub use desk::{Desk, DeskError, Progress};
pub use digest::{Digest, content_digest, members_digest};
pub use folder::{FolderError, RunFolder};
pub use journal::{Journal, Read, parse};
