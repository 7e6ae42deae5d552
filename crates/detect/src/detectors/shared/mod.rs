//! What several detectors use.

pub(crate) mod flood;
pub(crate) mod gather;
pub(crate) mod normal;
pub(crate) mod position;
pub(crate) mod sample;
pub(crate) mod score;
pub(crate) mod show;
pub(crate) mod tokens;
