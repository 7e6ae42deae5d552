//! One file a detector.

pub mod duplicate_flood;
pub mod hidden_text;
pub mod insecure_code;
pub mod label_conflict;
pub mod label_noise;
pub mod near_duplicate;
pub mod planted_behaviour;
pub mod planted_document;
pub mod planted_style;
pub mod planted_trigger;
pub mod preference_swap;
pub(crate) mod shared;
