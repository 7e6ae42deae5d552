//! The attacks, one file and page each.

mod shared;

pub(crate) mod rare_word;
