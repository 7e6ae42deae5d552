//! Trials of models: whether a trigger brings a behaviour.
//!
//! A [`Model`] is asked each prompt in three forms: with a trigger, without, and with a sham trigger of the
//! same shape. [`behaviours`] say what an answer does; a behaviour that comes with the trigger, and neither
//! without it nor with the sham, is a backdoor. What a server cannot do, and what was not answered, is said:
//! a trial that could not decide is no pass.

pub mod behaviours;
mod draw;
mod judge;
pub mod model;
mod plan;
pub mod prompts;
mod run;
mod statistics;
pub mod triggers;

pub use model::{Model, ModelError};
pub use plan::Settings;
pub use run::{Stopped, Tried, run, size};

/// The public page on trials, in Markdown.
pub const PAGE: &str = include_str!("page.md");
