//! Seals.
pub mod attest;
pub mod digest;
mod dsse;
pub mod files;
pub mod folder;
mod json;
pub mod keys;
pub mod leaf;
pub mod make;
pub mod manifest;
pub mod names;
pub mod oms;
pub mod records;
pub mod tiles;
pub mod time;
pub mod tree;
pub mod verify;
