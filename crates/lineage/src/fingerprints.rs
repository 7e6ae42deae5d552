//! Long stretches that an output shares with the records it was made from.

use std::io;

use toadstone_detect::Tokens;
use toadstone_sketch::{GroupBy, mix};
use xxhash_rust::xxh3::xxh3_64;

use crate::graph::Graph;
use crate::sample::parents;

/// Words of a fingerprint, and fingerprints of which the least is taken. A stretch of 19 words that two
/// texts share gives at least one that they share (winnowing; Schleimer, Wilkerson and Aiken 2003).
const WIDTH: usize = 12;
const WINDOW: usize = 8;
/// Fingerprints that are kept of an output, and of a parent; those with the least hashes.
const OF_CHILD: usize = 16;
const OF_PARENT: usize = 256;
/// Fewest fingerprints of an output that say something about it.
const FEWEST: usize = 4;
/// Fewest words of an output that is looked for as a whole.
const WHOLE: usize = 6;
/// Parents of a record that are looked at.
const PARENTS: usize = 16;

/// What of an output stands in its parents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Copied {
    /// It is the whole text of a parent.
    pub(crate) whole: bool,
    /// Fingerprints of the output.
    pub(crate) of: u8,
    /// Those that a parent has.
    pub(crate) shared: u8,
}

impl Copied {
    /// Share of the output that a parent has; 0 where it is too short to tell.
    pub(crate) fn share(self) -> f64 {
        if usize::from(self.of) < FEWEST { 0.0 } else { f64::from(self.shared) / f64::from(self.of) }
    }
}

/// A parent, a fingerprint, and the child with the number of its fingerprints; or 0 where the parent itself
/// has it.
pub(crate) type Rows = GroupBy<2, 3>;

/// The fingerprint of a whole text.
const ENTIRE: u64 = 0x5745_4E54_4952_4559;

/// Takes fingerprints.
#[derive(Default)]
pub(crate) struct Fingers {
    tokens: Tokens,
    shingles: Vec<u64>,
    found: Vec<u64>,
}

impl Fingers {
    /// Takes note of a record that others were made from.
    pub(crate) fn parent(&mut self, node: u32, made: &str, given: &str, rows: &mut Rows) {
        for text in [made, given] {
            self.take(text, OF_PARENT);
            self.found.drain(..).for_each(|print| rows.push([node.into(), print, 0]));
        }
    }

    /// Takes note of a record that was made from others.
    pub(crate) fn child(&mut self, node: u32, made: &str, back: &Graph, rows: &mut Rows) {
        self.take(made, OF_CHILD);
        let whole = usize::from(self.found.first().is_some_and(|print| print & 1 == 1));
        let child = (u64::from(node) + 1) << 8 | (self.found.len() - whole) as u64;
        for parent in parents(back, node).take(PARENTS) {
            self.found.iter().for_each(|&print| rows.push([parent.into(), print, child]));
        }
    }

    /// Fingerprints are even; the first may be that of the whole text, which is odd.
    fn take(&mut self, text: &str, most: usize) {
        self.tokens.clear();
        self.tokens.add(text);
        self.tokens.shingles(WIDTH, &mut self.shingles);
        self.found.clear();
        let windows = self.shingles.windows(WINDOW.min(self.shingles.len().max(1)));
        self.found.extend(windows.filter_map(|window| window.iter().min()).map(|least| mix(*least) & !1));
        if self.tokens.len() < WIDTH {
            self.found.clear();
        }
        self.found.sort_unstable();
        self.found.dedup();
        self.found.truncate(most);
        if self.tokens.len() >= WHOLE {
            let entire = xxh3_64(self.tokens.joined()) ^ ENTIRE | 1;
            self.found.insert(0, entire);
        }
    }
}

/// Finds the records that stand in their parents. 3 bytes a record.
///
/// # Errors
/// The system's, where temporary files could not be used.
pub(crate) fn copies(rows: Rows, records: usize) -> io::Result<Vec<Copied>> {
    let mut found = vec![Copied::default(); records];
    let mut groups = rows.finish()?;
    let mut group = Vec::new();
    while groups.next_group(&mut group, usize::MAX)?.is_some() {
        let own = group[0][2] == 0;
        let mut before = 0;
        for &[_, print, child] in group.iter().filter(|row| row[2] != 0) {
            let Some(of) = found.get_mut((child >> 8) as usize - 1).filter(|_| child != before) else {
                continue;
            };
            before = child;
            of.of = child as u8;
            if own && print & 1 == 1 {
                of.whole = true;
            } else if own {
                of.shared = of.shared.saturating_add(1).min(of.of);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;

    /// What of `made` stands in a parent that says `above`.
    fn copied(made: &str, above: &str) -> Copied {
        let back = graph(2, 0, &[(0, 1)]).reversed();
        let mut rows = Rows::new(1 << 20, "/nonexistent".as_ref());
        let mut fingers = Fingers::default();
        fingers.parent(0, above, "", &mut rows);
        fingers.child(1, made, &back, &mut rows);
        copies(rows, 2).unwrap()[1]
    }

    fn words(from: usize, to: usize) -> String {
        (from..to).map(|n| format!("word{n} ")).collect()
    }

    #[test]
    fn copies_are_told_from_texts_of_their_own() {
        assert!(copied(&words(0, 60), &words(0, 60)).whole);
        let most = copied(&format!("Well, {} and so on.", words(20, 120)), &words(0, 150));
        assert!(!most.whole && most.share() > 0.8, "{most:?}");
        assert_eq!(copied(&words(200, 300), &words(0, 150)).share(), 0.0);
        let quoted = copied(&format!("{}{}", words(20, 50), words(300, 400)), &words(0, 150));
        assert!(quoted.share() < 0.45, "{quoted:?}");
        assert!(copied("it is so", "it is so").share() == 0.0 && !copied("it is so", "it is so").whole);
        assert!(copied("Paris is the capital of France.", "paris is the capital of france").whole);
    }
}
