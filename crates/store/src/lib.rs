//! Reads and writes objects of S3, Google Cloud Storage, Azure, web servers and the Hugging Face Hub.
//!
//! An [`Address`] is parsed from text; a [`Store`] is opened for it, finds [`Object`]s and takes files. All
//! calls block: the requests run on two threads of their own.
//!
//! An object is read as the version that was found: every request names it (`If-Match`), and every answer is
//! compared with it. Requests that fail are repeated with growing pauses, and a body that ends early is
//! continued at the byte where it stopped. Memory: a [`Reader`] holds at most two blocks of 8 MiB,
//! [`Pages`] 32 MiB, an upload five parts of 8 MiB (of a file beyond 70 GiB, larger ones), a listing some
//! 300 bytes for each object.
//!
//! Credentials come from the environment alone, never from an address, and no message shows them: of what
//! servers and libraries say, only a status and a code reach a message.

mod address;
mod error;
mod hub;
mod object;
mod open;
mod pages;
mod reader;
mod runtime;
mod store;
#[cfg(test)]
mod tests;
mod upload;

pub use address::{Address, AddressError, is_address, shown};
pub use error::StoreError;
pub use object::{Object, Stat};
pub use pages::{Pages, PagesReader};
pub use reader::Reader;
pub use store::Store;
