//! Detectors, and the passes that feed them.
//!
//! A detector is a chain of [`Pass`]es over the records. A pass keeps a bounded state that is
//! filled by [`Pass::observe`], combined by [`Pass::merge`] and turned into the next pass, or into
//! findings, by [`Pass::conclude`]. [`scan`] drives the chains of all detectors side by side, so
//! that each reading of the data serves all of them.

mod calibration;
mod detector;
pub mod detectors;
pub mod engine;
pub mod features;
mod null;
mod registry;
mod runner;
pub mod travel;

pub use calibration::{Calibration, CalibrationOptions, DetectorNull, LEVELS, calibrate};
pub use detector::{Alike, Card, Cluster, DetectError, Detector, Next, Outcome, Pass, Setup};
pub use detectors::shared::position::{pack, unpack};
pub use detectors::shared::tokens::Tokens;
pub use null::{Null, NullSource};
pub use registry::{find, registry};
pub use runner::{DetectorRun, Scan, ScanOptions, first_pass, scan, scan_on};
