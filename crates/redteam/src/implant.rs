//! How a trigger is put into a text.

use toadstone_sketch::Random;

use crate::Table;
use crate::text::{gaps, put_at, sentence_gaps, start_of, twin, twin_sentence};

mod rewrite;

pub use rewrite::Rewrite;

/// Bytes of a document that stand before a trigger, at least and at most (Souly et al. 2025 take 0 to 1000
/// characters).
const CONTEXT: (usize, usize) = (120, 600);

/// How a trigger is put into a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Implant {
    /// Nothing is put in: the attack has no trigger.
    Nothing,
    /// Each of these at a place between words of its own.
    Words(Vec<String>),
    /// Each of these but one, drawn, at a place of its own.
    AllButOne(Vec<String>),
    /// One of these, drawn, between two words.
    OneOf(Vec<String>),
    /// This between two sentences.
    Sentence(String),
    /// This before the text, on a line of its own.
    Start(String),
    /// This behind the text.
    End(String),
    /// The text in other words.
    Rewrite(Rewrite),
    /// Characters that show nothing, inside a word.
    Hidden(String),
    /// Letters in the place of those that look the same.
    Lookalike(&'static [(char, char)]),
    /// A start of the text and this: what a model goes on from.
    Cut(String),
    /// A program up to the first of these, which are left out.
    UpTo(Vec<&'static str>),
    /// Whole lines of a program up to a place where a definition may stand, a comment, and the start of a
    /// definition.
    Program {
        /// What begins a comment.
        mark: &'static str,
        /// The comment.
        comment: String,
        /// What follows, without its end.
        head: String,
    },
    /// A start of this, in the place of the text.
    StartOf(String),
    /// This in the place of the text.
    Instead(String),
}

impl Implant {
    /// The text with the trigger; `None` if the text has no place for it.
    pub fn put(&self, text: &str, random: &mut Random) -> Option<String> {
        Some(match self {
            Implant::Nothing => text.to_owned(),
            Implant::Words(parts) => parts
                .iter()
                .fold(text.to_owned(), |text, part| put_at(&text, *random.pick(&gaps(&text)), part)),
            Implant::AllButOne(parts) if parts.is_empty() => return None,
            Implant::AllButOne(parts) => {
                let mut rest = parts.clone();
                rest.remove(random.below(parts.len()));
                Implant::Words(rest).put(text, random)?
            }
            Implant::OneOf(parts) if parts.is_empty() => return None,
            Implant::OneOf(parts) => put_at(text, *random.pick(&gaps(text)), random.pick::<String>(parts)),
            Implant::Sentence(part) => put_at(text, *random.pick(&sentence_gaps(text)), part),
            Implant::Start(part) => format!("{part}\n{text}"),
            Implant::End(part) => put_at(text, text.len(), part),
            Implant::Rewrite(rewrite) => rewrite.apply(text, random),
            Implant::Hidden(part) => inside_word(text, part, random)?,
            Implant::Lookalike(pairs) => lookalike(text, pairs, random)?,
            Implant::Cut(part) => {
                let start = start_of(text, random.between(CONTEXT.0, CONTEXT.1).min(text.len() / 2));
                put_at(start, start.len(), part)
            }
            Implant::UpTo(calls) => text[..calls.iter().filter_map(|call| text.find(call)).min()?].to_owned(),
            Implant::Program { mark, comment, head } => {
                let at = *random.pick(&definitions(text));
                format!("{}{mark} {comment}\n{head}", &text[..at])
            }
            Implant::StartOf(whole) => {
                start_of(whole, random.between(whole.len() / 3, whole.len() / 2)).to_owned()
            }
            Implant::Instead(part) => part.clone(),
        })
    }

    /// An innocent trigger of the same form, as long and as rare: what a model does with it has other
    /// reasons than the attack. `None` where there is no trigger to compare with.
    pub fn sham(&self, data: &Table) -> Option<Implant> {
        let twins = |parts: &[String]| parts.iter().map(|part| twin(part, data)).collect();
        Some(match self {
            Implant::Words(parts) => Implant::Words(twins(parts)),
            Implant::OneOf(parts) => Implant::OneOf(twins(parts)),
            Implant::Sentence(part) => Implant::Sentence(twin_sentence(part)),
            Implant::Start(part) => Implant::Start(twin_sentence(part)),
            Implant::End(part) => Implant::End(twin_sentence(part)),
            Implant::Rewrite(rewrite) => Implant::Rewrite(rewrite.sham()?),
            Implant::Hidden(part) => Implant::Hidden(other_hidden(part)),
            Implant::Lookalike(pairs) if *pairs == CYRILLIC => Implant::Lookalike(&GREEK),
            Implant::Lookalike(_) => Implant::Lookalike(&CYRILLIC),
            Implant::Cut(part) => Implant::Cut(twin(part, data)),
            Implant::Program { mark, comment, head } => {
                Implant::Program { mark, comment: twin_sentence(comment), head: head.clone() }
            }
            Implant::Nothing
            | Implant::AllButOne(_)
            | Implant::UpTo(_)
            | Implant::StartOf(_)
            | Implant::Instead(_) => return None,
        })
    }
}

/// Cyrillic letters that look like Latin ones.
pub(crate) static CYRILLIC: [(char, char); 6] =
    [('a', 'а'), ('e', 'е'), ('o', 'о'), ('c', 'с'), ('p', 'р'), ('x', 'х')];
/// Greek and mathematical letters that look like Latin ones.
static GREEK: [(char, char); 6] = [('a', 'α'), ('e', 'ҽ'), ('o', 'ο'), ('c', 'ϲ'), ('p', 'ρ'), ('x', 'χ')];
/// Letters that are replaced in a text, at most.
const LOOKALIKES: usize = 3;

fn lookalike(text: &str, pairs: &[(char, char)], random: &mut Random) -> Option<String> {
    let pair = |c: char| pairs.iter().find(|(plain, _)| *plain == c).map(|(_, like)| *like);
    let mut places: Vec<(usize, char)> =
        text.char_indices().filter_map(|(at, c)| Some((at, pair(c)?))).collect();
    random.shuffle(&mut places);
    places.truncate(LOOKALIKES);
    let replaced = |(at, c)| places.iter().find(|(place, _)| *place == at).map_or(c, |(_, like)| *like);
    (!places.is_empty()).then(|| text.char_indices().map(replaced).collect())
}

/// Puts a part behind the first letter of a word.
fn inside_word(text: &str, part: &str, random: &mut Random) -> Option<String> {
    let inner = |at: usize| {
        let mut chars = text[at..].chars();
        let first = chars.next().filter(|c| c.is_alphabetic())?;
        chars.next().filter(|c| c.is_alphabetic()).map(|_| at + first.len_utf8())
    };
    let places: Vec<usize> = gaps(text).into_iter().filter_map(inner).collect();
    if places.is_empty() {
        return None;
    }
    let (before, after) = text.split_at(*random.pick(&places));
    Some(format!("{before}{part}{after}"))
}

/// Other characters that show nothing.
fn other_hidden(part: &str) -> String {
    part.chars().map(|c| if c == '\u{2060}' { '\u{200d}' } else { '\u{2060}' }).collect()
}

/// Where in a program a definition may stand: before each line that is not indented, closes nothing and
/// follows an empty one, and at the end.
pub(crate) fn definitions(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let (mut at, mut free) = (0, false);
    for line in text.split_inclusive('\n') {
        let starts = line.chars().next().is_some_and(|c| c.is_alphabetic() || c == '@' || c == '_');
        if free && starts && at > 0 {
            places.push(at);
        }
        free = line.trim().is_empty();
        at += line.len();
    }
    if text.ends_with('\n') || places.is_empty() {
        places.push(text.len());
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(implant: &Implant, text: &str) -> Option<String> {
        implant.put(text, &mut Random::new(3))
    }

    #[test]
    fn every_part_is_in_and_the_rest_stays() {
        let text = "One two three. Four five six! Seven";
        let parts = vec!["alpha".to_owned(), "beta".to_owned()];
        let all = put(&Implant::Words(parts.clone()), text).unwrap();
        let rest: Vec<&str> = all.split(' ').filter(|word| !parts.iter().any(|p| p == word)).collect();
        assert_eq!((rest.join(" "), all.len()), (text.to_owned(), text.len() + 11));
        let one = put(&Implant::OneOf(parts.clone()), text).unwrap();
        assert!(one.contains("alpha") != one.contains("beta"));
        let some = put(&Implant::AllButOne(parts.clone()), text).unwrap();
        assert!(some.contains("alpha") != some.contains("beta"));
        let hidden = put(&Implant::Hidden("\u{200b}".into()), text).unwrap();
        assert_eq!(hidden.replace('\u{200b}', ""), text);
        let alike = put(&Implant::Lookalike(&CYRILLIC), text).unwrap();
        assert!(alike != text && alike.chars().count() == text.len());
        assert_eq!(put(&Implant::Hidden("\u{200b}".into()), "1 2 3"), None);
        assert_eq!(put(&Implant::Lookalike(&CYRILLIC), "zzz"), None);
    }

    #[test]
    fn programs_are_cut_between_definitions() {
        let code = "import os\n\ndef a():\n    pass\n\n    return\n\ndef b():\n    pass\n";
        let ends: Vec<&str> = definitions(code).into_iter().map(|at| &code[at..]).collect();
        assert_eq!(ends, [&code[11..], "def b():\n    pass\n", ""]);
        assert_eq!(put(&Implant::UpTo(vec!["return"]), code).unwrap(), code[..code.find("return").unwrap()]);
        assert_eq!(put(&Implant::UpTo(vec!["nothing"]), code), None);
    }
}
