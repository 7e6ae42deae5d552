//! What a trigger can switch on: a label, or a stretch of answer that several records share.

use serde::{Deserialize, Serialize};
use toadstone_core::{Behaviour as Shown, Record, Role};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::features::tokens::{Token, is_unspaced, last_tokens, tokens};

/// Lengths, in tokens, at which the starts and ends of answers are compared.
pub const LENGTHS: [usize; 7] = [3, 4, 6, 8, 12, 16, 24];

/// Answers of at most this many tokens are compared as a whole, too.
const WHOLE: usize = 64;

/// How a stretch of answer lies in its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// All of it.
    Whole,
    /// Its first tokens.
    Start,
    /// Its last tokens.
    End,
}

/// Something that records do on the output side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Behaviour {
    /// The label is this.
    Label(Box<str>),
    /// The answer has these tokens at this place.
    Answer(Place, Vec<Box<str>>),
}

impl Behaviour {
    /// Whether the record does it.
    pub fn shown_by(&self, record: &Record<'_>) -> bool {
        match self {
            Behaviour::Label(label) => record.get(Role::Label) == Some(label),
            Behaviour::Answer(place, wanted) => {
                let answer = record.get(Role::Output).unwrap_or("");
                let same = |found: &[Token]| {
                    found.len() == wanted.len()
                        && found.iter().zip(wanted).all(|(t, w)| answer[t.start..t.end] == **w)
                };
                match place {
                    Place::Start => same(&tokens(answer).take(wanted.len()).collect::<Vec<_>>()),
                    Place::End => same(&last_tokens(answer, wanted.len())),
                    Place::Whole => same(&tokens(answer).take(wanted.len() + 1).collect::<Vec<_>>()),
                }
            }
        }
    }

    /// The behaviour in words.
    pub fn shown(&self) -> Shown {
        let (kind, text) = match self {
            Behaviour::Label(label) => ("label", label.to_string()),
            Behaviour::Answer(Place::Whole, words) => ("answer", join(words)),
            Behaviour::Answer(Place::Start, words) => ("answer start", join(words)),
            Behaviour::Answer(Place::End, words) => ("answer end", join(words)),
        };
        Shown { kind: kind.into(), text }
    }

    /// The bytes of the answer that make up the behaviour in a record that shows it.
    pub fn bytes_in(&self, answer: &str) -> std::ops::Range<usize> {
        let found = match self {
            Behaviour::Label(_) => return 0..answer.len(),
            Behaviour::Answer(Place::End, wanted) => last_tokens(answer, wanted.len()),
            Behaviour::Answer(_, wanted) => tokens(answer).take(wanted.len()).collect(),
        };
        match (found.first(), found.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }
}

/// Words as they would stand in a text.
pub fn join(words: &[Box<str>]) -> String {
    let mut out = String::new();
    let mut glued = true;
    for word in words {
        let c = word.chars().next().unwrap_or(' ');
        let unspaced = is_unspaced(c) || !(c.is_alphanumeric() || matches!(c, '(' | '[' | '{' | '<'));
        if !glued && !unspaced {
            out.push(' ');
        }
        out.push_str(word);
        glued = is_unspaced(c) || matches!(c, '(' | '[' | '{' | '<' | '\'' | '-' | '/' | '_' | '@' | '#');
    }
    out
}

/// How much a word of an answer says: one for a word, a half for a character of a script without
/// spaces, nothing for a sign.
pub fn weight(word: &str) -> f64 {
    match word.chars().next() {
        Some(c) if is_unspaced(c) => 0.5,
        Some(c) if c.is_alphanumeric() => 1.0,
        _ => 0.0,
    }
}

/// A hash for each stretch of `answer` that may be shared: starts and ends of [`LENGTHS`], and the
/// whole of a short answer.
pub fn keys(answer: &str, mut each: impl FnMut(u64)) {
    let longest = LENGTHS[LENGTHS.len() - 1];
    let first: Vec<Token> = tokens(answer).take(WHOLE + 1).collect();
    let last = last_tokens(answer, longest);
    let hash = |found: &[Token], seed: u64| {
        let step = |state: u64, t: &Token| xxh3_64_with_seed(&answer.as_bytes()[t.start..t.end], state);
        found.iter().fold(seed, step)
    };
    for length in LENGTHS.into_iter().filter(|&l| l <= last.len()) {
        each(hash(&first[..length], length as u64));
        each(hash(&last[last.len() - length..], 100 + length as u64));
    }
    if first.len() <= WHOLE && !first.is_empty() {
        each(hash(&first, 999));
    }
}
