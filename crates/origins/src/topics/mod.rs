//! Topics: clusters of the content, named by their words, and who owns them.

mod clusters;
mod model;
mod tally;
mod words;

pub(crate) use model::{Model, Scratch};
pub(crate) use tally::Tally;
pub(crate) use words::words;
