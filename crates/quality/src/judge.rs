//! Judges one record after the other.

use toadstone_core::{Kind, Record, Role};

use crate::{Reader, Rule, Standards, Text, rules};

/// Applies the rules that are on.
pub struct Judge {
    reader: Reader,
    active: Vec<(usize, &'static Rule, f32)>,
}

impl Judge {
    /// A judge by these standards.
    pub fn new(standards: &Standards) -> Self {
        let on = |name: &str| rules().any(|rule| rule.name == name && standards.on(rule));
        let languages = (on("language") || on("stop-words")).then_some(&standards.languages[..]);
        Judge { reader: Reader::new(languages), active: standards.active().collect() }
    }

    /// Judges a text: `each` gets, for every rule that can judge it, the rule's number, the value and
    /// whether it fails.
    pub fn judge(&mut self, text: &str, kind: Kind, mut each: impl FnMut(usize, f32, bool)) -> Text {
        let measured = self.reader.read(text, kind);
        for (number, rule, limit) in self.active.iter().filter(|(_, rule, _)| rule.kinds.contains(&kind)) {
            if let Some(value) = (rule.measure)(&measured) {
                each(*number, value, !rule.bound.holds(value, *limit));
            }
        }
        measured
    }
}

/// The text of a record that a model learns to write or to read: an answer (of a preference pair the
/// chosen one), a document, a file of code, a text to classify. Prompts are not judged, and neither are
/// answers that a model learns to avoid.
pub fn judged_text<'a>(record: &Record<'a>) -> Option<&'a str> {
    let role = match record.kind() {
        Kind::Instruction | Kind::Preference => Role::Output,
        Kind::Document | Kind::Code | Kind::Classification => Role::Input,
    };
    record.get(role)
}
