//! Seals: who vouched for exactly which records, so that anybody can check it offline.
//!
//! A seal is a folder beside the data. `seal.sig` is a signature in the format of OpenSSF Model Signing
//! 1.0 over the list of files, which other programs can check, too; it also covers `seal.json`, with
//! the number of the seal in its series and, for each file of records, the roots of two Merkle trees:
//! one in the order of the file (RFC 6962), one sorted by content. With them a record can be proved to
//! be there, or not to be there.
//!
//! The way up: [`digest`] and [`leaf`] → [`tree`] → [`records`] (the trees of a file) and [`files`] →
//! [`manifest`] (`seal.json`) → [`oms`] (the signed statement) with [`keys`] or [`sigstore`] → [`folder`] (a seal on
//! disk). On them stand [`make`], [`verify`], [`prove`], [`diff`] and [`attest`].

pub mod attest;
mod carry;
pub mod diff;
pub mod digest;
mod dsse;
pub mod export;
pub mod files;
pub mod folder;
mod json;
pub mod keys;
pub mod known;
pub mod leaf;
pub mod make;
pub mod manifest;
pub mod names;
pub mod oms;
pub mod prove;
pub mod records;
pub mod sigstore;
pub mod sources;
pub mod tiles;
pub mod time;
pub mod tree;
pub mod verify;
