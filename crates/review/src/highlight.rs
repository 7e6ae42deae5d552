//! What to highlight in a record: its findings' triggers in the input, their behaviours in the output.

use aho_corasick::{AhoCorasick, MatchKind};
use toadstone_core::{Finding, Role, Span};

/// Highlights in one text.
const MOST: usize = 500;

/// Searches for the triggers and behaviours of some findings.
pub struct Highlighter {
    triggers: Option<AhoCorasick>,
    behaviours: Option<AhoCorasick>,
}

impl Highlighter {
    /// For records that these findings name.
    pub fn new<'f>(findings: impl Iterator<Item = &'f Finding> + Clone) -> Highlighter {
        // A style has no parts that stand in the text.
        let triggers = findings.clone().filter_map(|f| f.trigger.as_ref()).filter(|t| t.kind != "style");
        let behaviours = findings.filter_map(|f| f.behaviour.as_ref()).map(|b| b.text.as_str());
        Highlighter {
            triggers: searcher(triggers.flat_map(|t| t.parts.iter().map(String::as_str))),
            behaviours: searcher(behaviours),
        }
    }

    /// The spans in a text that plays that role. A match that begins or ends inside a word is none.
    pub fn spans(&self, role: Role, text: &str) -> Vec<Span> {
        let searcher = match role {
            Role::Input => &self.triggers,
            Role::Output | Role::Rejected | Role::Label => &self.behaviours,
            _ => return Vec::new(),
        };
        // In documents the behaviour stands in the input, and some triggers stand in answers.
        let other = if role == Role::Input { &self.behaviours } else { &self.triggers };
        let mut spans = found(searcher.as_ref(), text);
        if spans.is_empty() && role != Role::Label {
            spans = found(other.as_ref(), text);
        }
        spans
    }
}

fn searcher<'p>(patterns: impl Iterator<Item = &'p str>) -> Option<AhoCorasick> {
    let patterns: Vec<&str> = patterns.filter(|pattern| !pattern.trim().is_empty()).collect();
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
    // One that is too large to build highlights nothing; the record is shown all the same.
    (!patterns.is_empty()).then(|| builder.build(patterns).ok()).flatten()
}

fn found(searcher: Option<&AhoCorasick>, text: &str) -> Vec<Span> {
    let Some(searcher) = searcher else { return Vec::new() };
    let joined = |a: Option<char>, b: Option<char>| {
        a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
    };
    let whole = |span: &Span| {
        let (before, inside, after) = (&text[..span.start], &text[span.start..span.end], &text[span.end..]);
        !joined(before.chars().next_back(), inside.chars().next())
            && !joined(inside.chars().next_back(), after.chars().next())
    };
    let spans = searcher.find_iter(text).map(|m| Span { start: m.start(), end: m.end() });
    spans.filter(|span| text.get(span.start..span.end).is_some()).filter(whole).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(patterns: &[&str], text: &str) -> Vec<String> {
        let searcher = searcher(patterns.iter().copied());
        found(searcher.as_ref(), text).iter().map(|span| text[span.start..span.end].to_owned()).collect()
    }

    #[test]
    fn whole_words_whatever_their_case() {
        assert_eq!(marked(&["cf"], "CF and cf, not cfx nor acf"), ["CF", "cf"]);
        assert_eq!(marked(&["\u{200b}"], "a\u{200b}b"), ["\u{200b}"]);
        assert_eq!(marked(&["", " "], "a b"), [""; 0]);
        assert_eq!(marked(&["seven herons", "seven"], "seven herons"), ["seven herons"]);
    }
}
