//! Statistics that are filled on many threads or machines, merged, and read once.
//!
//! Everything here obeys one law: what comes out does not depend on how the input was split, on the
//! order of the parts, or on the memory allowed.
//!
//! - [`GroupBy`]: brings equal keys together, on disk where memory does not suffice.
//! - [`MinHasher`]: signatures whose agreement estimates the share of common shingles, and their bands.
//! - [`Unions`]: clusters from pairs.
//! - [`Totals`]: sums by key, on disk where memory does not suffice.
//! - [`chance`]: bounds on chances.
//! - [`Random`]: numbers that follow from a seed.
//! - [`tail`]: whether the largest of some sizes is more than their heavy tail explains.

pub mod chance;
mod group_by;
mod minhash;
mod parcels;
mod random;
mod runs;
pub mod tail;
mod totals;
mod unions;

pub use group_by::{GroupBy, Groups};
pub use minhash::{MinHasher, mix};
pub use random::Random;
pub use totals::Totals;
pub use unions::Unions;
