//! Who brought the records, and how much harm any one of them could do.
//!
//! A *source* is one value of an *axis*: a source column, the registrable domain of an address, an
//! author, an annotator, a generator, or the file. [`survey()`] reads the data a few times and tells,
//! for every source, what it brought; how concentrated the data is ([`concentration()`]); how few
//! sources an attacker has to control ([`budget()`]); which topics hang on one source ([`toadstone_core::Topic`]); which
//! sources brought much at once ([`toadstone_core::Burst`]); and whose texts have more in common than those
//! of the others.

mod accounts;
mod axis;
mod budget;
mod bursts;
mod cap;
mod concentration;
mod kinship;
mod members;
mod remarks;
mod survey;
mod topics;
mod weigh;

pub use axis::Axis;
pub use budget::{BUDGETS, SUFFICES, budget};
pub use cap::{CapOptions, Capped, Over, Weighed, Weights, cap, most, weights};
pub use concentration::{concentration, ranks};
pub use survey::{Options, survey};
pub use weigh::{By, ORIGINS, revive, weigh};
