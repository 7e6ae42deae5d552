//! One file a detector.

pub mod hidden_text;
pub mod planted_trigger;
mod shared;
