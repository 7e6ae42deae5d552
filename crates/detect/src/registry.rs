//! The list of detectors. A new one is a file, its page and examples beside it, and a line here.

use crate::{Detector, detectors};

/// Every detector, in the order in which they are reported.
pub fn registry() -> &'static [&'static dyn Detector] {
    &[
        &detectors::planted_trigger::PlantedTrigger,
        &detectors::planted_behaviour::PlantedBehaviour,
        &detectors::planted_document::PlantedDocument,
        &detectors::planted_style::PlantedStyle,
        &detectors::hidden_text::HiddenText,
        &detectors::duplicate_flood::DuplicateFlood,
        &detectors::near_duplicate::NearDuplicate,
        &detectors::label_conflict::LabelConflict,
        &detectors::label_noise::LabelNoise,
        &detectors::insecure_code::InsecureCode,
        &detectors::preference_swap::PreferenceSwap,
    ]
}

/// The detector of this name.
pub fn find(name: &str) -> Option<&'static dyn Detector> {
    registry().iter().copied().find(|d| d.card().name == name)
}
