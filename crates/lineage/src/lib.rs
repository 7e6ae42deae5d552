//! What descends from what, where data was generated from data.
//!
//! [`Trace::read`] finds out who was made from whom; [`Trace::closure`] follows it down from the records
//! that are poison ([`Closure`]); [`survey()`] adds how much each generation multiplies, what generators
//! put into their outputs, whether variety is lost, and which records no validation gate lets pass.

mod amplify;
mod blast;
mod closure;
mod diversity;
mod fingerprints;
mod gates;
mod generations;
mod graph;
mod habits;
mod links;
mod nodes;
mod reading;
mod references;
mod resolve;
mod sample;
mod survey;
mod texts;
mod trace;

pub use blast::Roots;
pub use closure::Closure;
pub use gates::{GATES, Gate};
pub use generations::Generations;
pub use graph::Graph;
pub use links::{Named, Root, Shown};
pub use nodes::Nodes;
pub use survey::{Stopped, Surveyed, Suspected, survey};
pub use trace::{Options, Trace};
