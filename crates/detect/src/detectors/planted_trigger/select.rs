//! One hypothesis for each poison: the same records show up under many n-grams and stretches.

use std::collections::HashSet;

use super::hypothesis::Hypothesis;

/// A hypothesis adds something if this share of its records is not explained by those before it.
const NEW: f64 = 0.25;

/// The hypotheses that explain records which better ones do not. Better is: strict before
/// companion, more records, more parts and longer behaviour, then in a fixed order. No trigger comes
/// twice with the same behaviour, though several seeds may have grown to it.
pub fn distinct(mut hypotheses: Vec<Hypothesis>) -> Vec<Hypothesis> {
    let words = |h: &Hypothesis| h.parts.iter().map(|p| p.words.len()).sum::<usize>();
    hypotheses.sort_by(|a, b| {
        b.strict
            .cmp(&a.strict)
            .then(b.members.len().cmp(&a.members.len()))
            .then(words(b).cmp(&words(a)))
            .then_with(|| b.behaviour.cmp(&a.behaviour))
            .then_with(|| a.parts.cmp(&b.parts))
    });
    let mut explained: HashSet<u32> = HashSet::new();
    let mut said = HashSet::new();
    hypotheses.retain(|h| {
        if !said.insert((h.parts.clone(), h.behaviour.clone())) {
            return false;
        }
        let fresh = h.members.iter().filter(|m| !explained.contains(m)).count();
        let keeps = fresh as f64 >= NEW * h.members.len() as f64;
        if keeps {
            explained.extend(&h.members);
        }
        keeps
    });
    hypotheses
}
