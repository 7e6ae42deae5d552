//! The list of attacks. A new one is a file, its page beside it, and a line here.

use crate::{Attack, attacks};

/// Every attack, by stage.
pub fn registry() -> &'static [&'static dyn Attack] {
    &[&attacks::rare_word::RareWord]
}

/// The attack of this name.
pub fn find(name: &str) -> Option<&'static dyn Attack> {
    registry().iter().copied().find(|attack| attack.card().name == name)
}
