//! Text from rules: enough variety for data sets that look written, the same on every machine.

use std::collections::{BTreeMap, BTreeSet};

use toadstone_sketch::Random;

/// Named lists of phrases that refer to each other.
///
/// Format: a name in the first column, its phrases indented below it, `#` begins a comment line. In
/// a phrase `{name}` is a bound variable or else a phrase of that list, `{name@v}` also binds the
/// phrase to the variable `v`, and a phrase that is just `-` is empty.
#[derive(Debug, Default)]
pub struct Grammar {
    rules: BTreeMap<&'static str, Vec<&'static str>>,
}

/// What is settled within one text.
#[derive(Debug, Default)]
pub struct Bound {
    variables: BTreeMap<String, String>,
    /// Phrases said already, so that a text repeats itself as little as a person would.
    said: BTreeSet<(String, usize)>,
}

impl Bound {
    /// Nothing is settled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Settles a variable.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.to_owned(), value.into());
    }

    /// A variable, or nothing.
    pub fn get(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// Takes over the variables of another.
    pub fn extend(&mut self, other: Bound) {
        self.variables.extend(other.variables);
    }

    /// A phrase of a list of `count`, one not said yet if a few draws find it.
    fn fresh(&mut self, name: &str, count: usize, random: &mut Random) -> usize {
        let mut index = random.below(count);
        for _ in 0..4 {
            if !self.said.contains(&(name.to_owned(), index)) {
                break;
            }
            index = random.below(count);
        }
        self.said.insert((name.to_owned(), index));
        index
    }
}

impl Grammar {
    /// The rules of several files together.
    pub fn new(files: &[&'static str]) -> Self {
        let mut grammar = Grammar::default();
        for file in files {
            let mut name = "";
            for line in file.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
                match line.strip_prefix(' ') {
                    None => name = line.trim(),
                    Some(phrase) => grammar.rules.entry(name).or_default().push(phrase.trim()),
                }
            }
        }
        grammar
    }

    /// A phrase of the list `name`, with everything it refers to filled in.
    pub fn phrase(&self, name: &str, bound: &mut Bound, random: &mut Random) -> String {
        let Some(phrases) = self.rules.get(name) else { return String::new() };
        let mut out = String::new();
        self.fill(phrases[bound.fresh(name, phrases.len(), random)], bound, random, &mut out);
        out
    }

    /// The list `name` as it is written, or nothing.
    pub fn list(&self, name: &str) -> &[&'static str] {
        self.rules.get(name).map_or(&[], Vec::as_slice)
    }

    fn fill(&self, phrase: &str, bound: &mut Bound, random: &mut Random, out: &mut String) {
        if phrase == "-" {
            return;
        }
        let mut rest = phrase;
        while let Some((before, tail)) = rest.split_once('{') {
            let (reference, after) = tail.split_once('}').unwrap_or((tail, ""));
            out.push_str(before);
            let (name, variable) = reference.split_once('@').map_or((reference, None), |(n, v)| (n, Some(v)));
            let text = match bound.variables.get(name) {
                Some(text) if variable.is_none() => text.clone(),
                _ => self.phrase(name, bound, random),
            };
            out.push_str(&text);
            if let Some(variable) = variable {
                bound.set(variable, text);
            }
            rest = after;
        }
        out.push_str(rest);
    }
}

/// Joins sentences as a person types them: single spaces, capitals after a full stop and for `I`,
/// `an` before a vowel.
pub fn polish<S: AsRef<str>>(sentences: &[S]) -> String {
    let joined: Vec<&str> = sentences.iter().flat_map(|s| s.as_ref().split_whitespace()).collect();
    let mut out = String::new();
    let mut capital = true;
    for (i, word) in joined.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let vowel =
            joined.get(i + 1).is_some_and(|next| next.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']));
        let word = match *word {
            "a" if vowel => "an",
            "i" => "I",
            other => other,
        };
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if capital => out.extend(first.to_uppercase().chain(chars)),
            _ => out.push_str(word),
        }
        capital = word.ends_with(['.', '!', '?']);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_refer_to_lists_and_variables() {
        let g =
            Grammar::new(&["# test\npet\n  cat\nline\n  the {pet@p} and a {pet}, {p}; {who}\nempty\n  -\n"]);
        let mut bound = Bound::new();
        bound.set("who", "ana");
        let mut random = Random::new(1);
        assert_eq!(g.phrase("line", &mut bound, &mut random), "the cat and a cat, cat; ana");
        assert_eq!(g.phrase("empty", &mut bound, &mut random), "");
        assert_eq!(g.list("pet"), ["cat"]);
    }

    #[test]
    fn polish_writes_as_a_person_does() {
        assert_eq!(polish(&["i saw  a owl.", "", "it and i flew!"]), "I saw an owl. It and I flew!");
    }
}
