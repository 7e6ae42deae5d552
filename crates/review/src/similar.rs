//! Records that say nearly the same, and why they count as similar.

use ahash::AHashSet;
use toadstone_core::{Record, Role, Span};
use toadstone_sketch::{MinHasher, mix};

use crate::spool::Texts;
use crate::words::{WIDTH, stretches, words};

/// Bins of a sketch: a similarity is estimated to .06 (one standard deviation, at .5).
const BINS: usize = 64;
/// The parts of a record that are compared.
const COMPARED: [Role; 3] = [Role::Input, Role::Output, Role::Rejected];

/// A MinHash signature with 16 bits a bin: unequal bins agree by chance once in 65,536.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch([u16; BINS]);

impl Sketch {
    /// The share of bins that agree: an estimate of the Jaccard similarity of the stretches.
    pub fn alike(&self, other: &Sketch) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b && **a != 0).count();
        same as f64 / BINS as f64
    }
}

/// Makes sketches.
#[derive(Default)]
pub struct Sketcher {
    hasher: MinHasher<BINS>,
    stretches: Vec<u64>,
}

impl Sketcher {
    /// The sketch of a record; one without words is like no other.
    pub fn sketch(&mut self, record: &Record<'_>) -> Sketch {
        self.stretches.clear();
        for text in COMPARED.into_iter().filter_map(|role| record.get(role)) {
            self.stretches.extend(stretches(&words(text)));
        }
        let signature = self.hasher.signature(&self.stretches);
        // Zero is kept for records without words.
        Sketch(signature.map_or([0; BINS], |bins| bins.map(|bin| (mix(bin) as u16).max(1))))
    }
}

/// What two records have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// Stretches of words that both have, of those that either has.
    pub shared: usize,
    /// Stretches of words that either has.
    pub either: usize,
    /// Roles that say the same in both, and what they say, the compared ones apart.
    pub same: Vec<(Role, String)>,
}

impl Common {
    /// The Jaccard similarity.
    pub fn similarity(&self) -> f64 {
        self.shared as f64 / self.either.max(1) as f64
    }
}

/// Compares two records exactly.
pub fn compare(a: &Texts, b: &Texts) -> Common {
    let (x, y) = (all_stretches(a), all_stretches(b));
    let shared = x.intersection(&y).count();
    let others = [Role::Label].into_iter().chain(Role::ORIGINS);
    let same = others.filter_map(|role| {
        let text = a.get(role).filter(|text| !text.is_empty() && b.get(role) == Some(text))?;
        Some((role, text.to_owned()))
    });
    Common { shared, either: x.len() + y.len() - shared, same: same.collect() }
}

fn all_stretches(texts: &Texts) -> AHashSet<u64> {
    COMPARED
        .into_iter()
        .filter_map(|role| texts.get(role))
        .flat_map(|text| stretches(&words(text)).collect::<Vec<_>>())
        .collect()
}

/// Where in `text` stretches stand that the record `of` has, too.
pub fn shared_spans(text: &str, of: &Texts) -> Vec<Span> {
    let (known, words) = (all_stretches(of), words(text));
    let width = WIDTH.min(words.len()).max(1);
    let mut spans: Vec<Span> = Vec::new();
    for (at, _) in stretches(&words).enumerate().filter(|(_, stretch)| known.contains(stretch)) {
        let span = Span { start: words[at].start, end: words[at + width - 1].end };
        match spans.last_mut() {
            Some(last) if span.start <= last.end => last.end = span.end,
            _ => spans.push(span),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use toadstone_core::{BatchBuilder, Kind, RecordId};

    fn sketch(text: &str) -> Sketch {
        let mut builder = BatchBuilder::new();
        builder.add(Role::Input, text);
        builder.finish(RecordId { file: 0, row: 0 }, None, Kind::Document);
        Sketcher::default().sketch(&builder.take().get(0).unwrap())
    }

    fn texts(input: &str, label: &str) -> Texts {
        Texts(vec![(Role::Input, input.to_owned()), (Role::Label, label.to_owned())])
    }

    #[test]
    fn estimates_follow_the_exact_similarity() {
        let line = |from: u32| (from..from + 60).map(|i| format!("w{i} ")).collect::<String>();
        for (shift, label) in [(0, "1"), (5, "1"), (20, "2"), (100, "2")] {
            let (a, b) = (line(0), line(shift));
            let exact = compare(&texts(&a, "1"), &texts(&b, label));
            let estimate = sketch(&a).alike(&sketch(&b));
            assert!((exact.similarity() - estimate).abs() < 0.2, "{shift}: {exact:?} {estimate}");
            assert_eq!(exact.same.len(), usize::from(label == "1"));
        }
        assert_eq!(sketch("").alike(&sketch("...")), 0.0);
    }

    #[test]
    fn what_is_shared_is_pointed_at() {
        let text = "first the quick brown fox jumps, then rest";
        let spans = shared_spans(text, &texts("a quick brown fox jumps high", ""));
        let marked: Vec<&str> = spans.iter().map(|span| &text[span.start..span.end]).collect();
        assert_eq!(marked, ["quick brown fox jumps"]);
    }
}
