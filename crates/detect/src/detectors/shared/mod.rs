//! What several detectors use.

pub(crate) mod gather;
pub(crate) mod position;
pub(crate) mod show;
