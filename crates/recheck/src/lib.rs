//! Compares a first look at web pages with a second: which of them merely drifted, which were replaced, and
//! whose domain changed hands.
//!
//! A list of addresses is a promise that the pages stay as they were when somebody looked at them. Whoever
//! buys an expired domain on the list, or edits a page at the right moment, breaks it for everybody who
//! downloads later (Carlini et al. 2023, Poisoning Web-Scale Training Datasets is Practical). Digests notice
//! any change, and since a tenth of the web changes within a year, nobody listens to them. Here a change is
//! told by what is left of the text ([`page::Fingerprint`]), and by what happens to the other pages of the
//! domain ([`compare()`]).
//!
//! The way of a page: [`read`] (any form it was kept in) → [`First`], [`Second`] → [`compare()`] → the account.

mod chance;
mod compare;
pub mod fetch;
pub mod page;
pub mod read;
pub mod revisions;

pub use compare::{Compared, First, Known, PageChange, Second, compare, shows, write_changes};
