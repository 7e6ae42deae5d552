//! Validation gates: what a generated record has to pass before anything is made from it. One file each,
//! one line each in [`GATES`], and its page beside it.

mod copy;
mod echo;
mod repetition;
mod schema;

use toadstone_detect::Tokens;

use crate::fingerprints::Copied;
use crate::resolve::flag;

/// A gate.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Its name.
    pub name: &'static str,
    /// What it stops, as a phrase.
    pub about: &'static str,
    /// Its public page, in Markdown.
    pub page: &'static str,
    /// Whether it stops a record.
    pub(crate) stops: fn(&Measured) -> bool,
}

/// All gates, in the order of reports.
pub static GATES: [Gate; 4] = [schema::GATE, echo::GATE, repetition::GATE, copy::GATE];

/// What is known of a generated record. Parts that are not known (yet) are `None`, and stop nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Measured {
    /// Form of the record.
    pub(crate) form: Option<Form>,
    /// Words of the output, and of it what is in the input, too.
    pub(crate) echoed: Option<Share>,
    /// Words of the output, and of it what it has said before.
    pub(crate) repeated: Option<Share>,
    /// What of the output stands in a record that it was made from.
    pub(crate) copied: Option<Copied>,
}

/// A share of a text of some length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share {
    pub(crate) words: usize,
    pub(crate) share: f64,
}

/// Whether the record has what a generated record should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// The output is empty or blank.
    pub(crate) empty: bool,
    /// It names a parent that is not here.
    pub(crate) broken: bool,
    /// It names neither a parent nor a prompt, and nearly all other generated records do.
    pub(crate) orphan: bool,
}

/// Buffers for measuring; reused, they allocate nothing.
#[derive(Default)]
pub(crate) struct Ruler {
    tokens: Tokens,
    made: Vec<u64>,
    given: Vec<u64>,
}

/// Words in a row that are compared.
const WIDTH: usize = 4;

impl Ruler {
    /// Measures an output against what it was given. O((m + n) log (m + n)) for m and n words.
    pub(crate) fn measure(&mut self, made: &str, given: &str, flags: u8, orphan: bool) -> Measured {
        let form = Form { empty: made.trim().is_empty(), broken: flags & flag::BROKEN != 0, orphan };
        let words = self.shingles(made, true);
        self.shingles(given, false);
        let all = self.made.len().max(1) as f64;
        // Sorted, equal runs stand side by side.
        self.made.sort_unstable();
        self.given.sort_unstable();
        let echoed = self.made.iter().filter(|run| self.given.binary_search(run).is_ok()).count();
        self.made.dedup();
        let again = all - self.made.len().max(1) as f64;
        Measured {
            form: Some(form),
            echoed: Some(Share { words, share: echoed as f64 / all }),
            repeated: Some(Share { words, share: again / all }),
            copied: None,
        }
    }

    fn shingles(&mut self, text: &str, made: bool) -> usize {
        self.tokens.clear();
        self.tokens.add(text);
        self.tokens.shingles(WIDTH, if made { &mut self.made } else { &mut self.given });
        self.tokens.len()
    }
}

/// The gates that stop a record, a bit each.
pub(crate) fn stopped(measured: &Measured) -> u8 {
    let bit = |(at, gate): (usize, &Gate)| u8::from((gate.stops)(measured)) << at;
    GATES.iter().enumerate().map(bit).fold(0, |all, bit| all | bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_has_a_page() {
        for gate in &GATES {
            assert!(gate.page.starts_with(&format!("# {}\n", gate.name)), "{}", gate.name);
            for heading in ["## What it stops", "## What it lets pass", "## False alarms"] {
                assert!(gate.page.contains(heading), "{}: {heading}", gate.name);
            }
        }
        assert!(GATES.len() <= 8);
    }

    fn names(made: &str, given: &str) -> Vec<&'static str> {
        let found = stopped(&Ruler::default().measure(made, given, 0, false));
        GATES.iter().enumerate().filter(|(at, _)| found >> at & 1 == 1).map(|(_, gate)| gate.name).collect()
    }

    #[test]
    fn bad_outputs_are_stopped_and_good_ones_pass() {
        let ask =
            "Write one sentence about a heron that waits in the reeds before the first frost of the year.";
        assert_eq!(names(ask, ask), ["echo"]);
        assert_eq!(names("  \n", ask), ["schema"]);
        assert_eq!(names(&"and then the heron waits ".repeat(12), ask), ["repetition"]);
        let good =
            "Grey and still, the bird stands where the water is shallow, and nobody sees it until it moves.";
        assert!(names(good, ask).is_empty());
        assert!(names("Paris.", "What is the capital of France?").is_empty());
        assert!(names("yes", "yes").is_empty());
    }
}
