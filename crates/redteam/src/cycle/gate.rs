//! The defence that is measured, as the loop sees it.

use toadstone_core::{RecordId, Source, SourceError, Verdict};

use crate::{Planting, Table};

/// What a gate says of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What the policy makes of the findings.
    pub verdict: Verdict,
    /// Whether a build would stop.
    pub fails: bool,
    /// Records that cleaning takes out, ascending.
    pub removed: Vec<RecordId>,
    /// Records that the findings of each detector name, ascending; detectors by name.
    pub named: Vec<(String, Vec<RecordId>)>,
}

/// Scans and cleans as the user would, with the user's own policy.
pub trait Gate: Sync {
    /// Judges a data set. It is called on several threads at once.
    ///
    /// # Errors
    /// The data cannot be read, or the user asked to stop.
    fn judge(&self, data: &dyn Source) -> Result<Judged, SourceError>;

    /// Judges pages by what they were at an earlier look, and by the edits that an attack wrote beside them.
    ///
    /// # Errors
    /// Temporary files cannot be written, or the user asked to stop.
    fn judge_pages(&self, before: &Table, after: &Table, planting: &Planting) -> Result<Judged, SourceError>;
}
