//! What one answer of a pair has and the other has not, in people's words.

use crate::detectors::planted_behaviour::classes::{listed, refuses};
use crate::detectors::shared::sample::floor;

/// Something by which a person may choose whatever the answers say.
pub(super) struct Attribute {
    /// What is chosen by it: "the longer answer".
    pub(super) likes: &'static str,
    /// And what by its opposite: "the shorter answer".
    pub(super) dislikes: &'static str,
    /// Whether the first answer has it and the second has not.
    has: fn(&str, &str) -> bool,
}

/// The attributes by which annotators are compared.
pub(super) const ATTRIBUTES: [Attribute; 5] = [
    Attribute { likes: "the longer answer", dislikes: "the shorter answer", has: longer },
    Attribute {
        likes: "the answer that refuses",
        dislikes: "the answer that does not refuse",
        has: |a, b| refuses(a) && !refuses(b),
    },
    Attribute {
        likes: "the answer that ends in a question",
        dislikes: "the answer that ends in no question",
        has: |a, b| asks(a) && !asks(b),
    },
    Attribute {
        likes: "the answer with a list",
        dislikes: "the answer without a list",
        has: |a, b| lists(a) && !lists(b),
    },
    Attribute {
        likes: "the answer with a link",
        dislikes: "the answer without a link",
        has: |a, b| links(a) && !links(b),
    },
];

/// For each attribute: 1 if only the chosen answer has it, -1 if only the rejected one, else 0.
pub(super) fn differences(chosen: &str, rejected: &str) -> [i8; ATTRIBUTES.len()] {
    let (chosen, rejected) = (&chosen[..floor(chosen, READ)], &rejected[..floor(rejected, READ)]);
    ATTRIBUTES.each_ref().map(|attribute| {
        i8::from((attribute.has)(chosen, rejected)) - i8::from((attribute.has)(rejected, chosen))
    })
}

/// Bytes looked at in an answer.
const READ: usize = 6 << 10;
/// Lines with a mark from which on they are a list.
const LINES: usize = 2;

/// At least a third more words.
fn longer(a: &str, b: &str) -> bool {
    3 * a.split_whitespace().count() > 4 * b.split_whitespace().count()
}

fn asks(answer: &str) -> bool {
    answer.trim_end().ends_with(['?', '\u{FF1F}', '\u{61F}'])
}

fn lists(answer: &str) -> bool {
    listed(answer) >= LINES
}

fn links(answer: &str) -> bool {
    answer.contains("://") || answer.contains("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attribute_has_a_sign_that_turns_with_the_pair() {
        let (chosen, rejected) =
            ("- one of two things\n- see https://a.example, is that so?", "I'm sorry, but I cannot help.");
        let found = differences(chosen, rejected);
        assert_eq!(found, [1, -1, 1, 1, 1]);
        assert_eq!(differences(rejected, chosen), found.map(|sign| -sign));
        assert_eq!(differences("much the same words", "much the same words"), [0; 5]);
    }
}
