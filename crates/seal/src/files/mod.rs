//! The files of a data set: which there are, and their digests.

mod hash;
mod walk;

pub use hash::{Hashed, hash_all};
pub use walk::{File, Listing, Odd, list};
