//! What may switch a behaviour on.

mod file;
mod findings;
mod place;
mod sham;

pub use file::{TriggersError, read};
pub use findings::{FindingsError, FromFindings, from_findings};
pub(crate) use place::{Place, put};
pub(crate) use sham::sham;

use toadstone_core::{Behaviour, visible};

/// Something that is put into prompts.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// What it is: `word`, `phrase`, `words together`, `hidden characters`, ...
    pub kind: String,
    /// Its parts (hostile text); all of them are put into a prompt.
    pub parts: Vec<String>,
    /// Who names it: `finding ID`, `built-in`, or a file.
    pub from: String,
    /// What it is said to bring, where that is known.
    pub behaviour: Option<Behaviour>,
}

impl Trigger {
    /// Whether it shows nothing.
    pub(crate) fn is_hidden(&self) -> bool {
        let hidden = |c: char| visible(c.encode_utf8(&mut [0; 4])).starts_with("U+");
        self.parts.iter().all(|part| part.chars().all(hidden))
    }
}

/// Who names the built-in triggers.
pub const BUILTIN: &str = "built-in";

/// A few strings in the forms that published triggers have: a rare word, a tag, a date, a sentence, hidden
/// characters. A planted model has a string of its own, so findings and a user's list say more.
pub fn builtin() -> Vec<Trigger> {
    read(include_bytes!("builtin.jsonl"), BUILTIN).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() {
        let triggers = builtin();
        assert!(triggers.len() >= 8 && triggers.iter().all(|trigger| trigger.from == BUILTIN));
        let hidden: Vec<&str> = triggers.iter().filter(|t| t.is_hidden()).map(|t| t.kind.as_str()).collect();
        assert_eq!(hidden, ["hidden characters"]);
    }
}
