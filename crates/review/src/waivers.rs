//! Findings that were judged fine, as entries of `toadstone.toml`.

use toadstone_core::{Finding, visible};

use crate::decision::Decision;

/// An entry `[[waivers]]` for each finding, with who judged it, when and why, and the day on which it
/// expires. Text of people is hostile: it is shown escaped and cannot end its line.
pub fn waivers(fine: &[(&Finding, Decision)], expires: &str) -> String {
    let entry = |(finding, decision): &(&Finding, Decision)| {
        let day = decision.at.split('T').next().unwrap_or_default();
        let note = if decision.note.trim().is_empty() { "no note" } else { &decision.note };
        let reason = format!("{} ({}, {day})", visible(note), visible(&decision.who));
        format!(
            "# {}\n[[waivers]]\nfinding = {}\nreason = {}\nexpires = {}\n",
            visible(&finding.title),
            quoted(&finding.id),
            quoted(&reason),
            quoted(expires)
        )
    };
    fine.iter().map(entry).collect::<Vec<_>>().join("\n")
}

/// A basic string of TOML. What it may not hold as it is was made visible before.
fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text).replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\"b\\c\nd\u{202e}"), "\"a\\\"b\\\\c⏎dU+202E\"");
    }
}
