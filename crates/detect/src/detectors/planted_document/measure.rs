//! Third pass: all documents that have one of the strings, before and behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toadstone_core::{Batch, Record, RecordId, Role, Sample};

use super::change::FAR;
use super::corpus::{Corpus, half};
use super::origin::names;
use super::own::Own;
use super::reading::Reading;
use super::spot::{BEFORE, BEHIND, LONGEST};
use super::text;
use super::words::{Word, follow};
use super::write_up::outcome;
use crate::detectors::shared::gather::Gather;
use crate::detectors::shared::sample::priority;
use crate::detectors::shared::show::sample;
use crate::travel::{Pieces, Plan, Received, TravelError};
use crate::{DetectError, Next, Pass};

/// Words before and behind a string that are compared.
const COMPARED: usize = 400;
/// Records and samples kept of a string.
pub const RECORDS: usize = 1 << 12;
const SAMPLES: usize = 8;
/// Bytes beside a string in which more of it is looked for.
const BESIDE: usize = 80;

/// Counts over stretches of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Words.
    pub words: u64,
    /// Neighbours that the corpus knows.
    pub known: u64,
    /// Words [`FAR`] apart that the corpus knows as neighbours: what is known without any order.
    pub far: u64,
    /// Pairs that stood in the document before.
    pub again: u64,
    /// Words that the corpus knows.
    pub vocabulary: u64,
    /// Words with letters beyond ASCII.
    pub foreign: u64,
}

impl Stretch {
    fn add(&mut self, other: Stretch) {
        self.words += other.words;
        self.known += other.known;
        self.far += other.far;
        self.again += other.again;
        self.vocabulary += other.vocabulary;
        self.foreign += other.foreign;
    }

    /// A count as a share of the words.
    pub fn rate(&self, count: u64) -> f64 {
        count as f64 / self.words.max(1) as f64
    }

    /// How much the order of the words says: neighbours known beyond words that stand far apart.
    pub fn order(&self) -> f64 {
        self.rate(self.known) - self.rate(self.far)
    }
}

/// What all documents say of one string.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Documents that have it.
    pub documents: u64,
    /// Documents that change where it stands.
    pub changes: u64,
    /// How many would by chance, in thousandths.
    pub by_chance: u64,
    /// Documents in which the text before breaks off: no sign and no line ends before it.
    pub breaks_off: u64,
    /// What stands before the string in those that change.
    pub before: Stretch,
    /// What stands behind it.
    pub behind: Stretch,
    /// The first documents, each for itself.
    pub records: BTreeMap<RecordId, Own>,
    /// Some of them.
    pub samples: BTreeMap<RecordId, Shown>,
}

/// A document to show, and the string in it with what stands beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The string.
    pub string: String,
    /// What stands before it on its line, and behind it up to white space.
    pub beside: [String; 2],
    /// The document.
    pub sample: Sample,
}

/// What is known of the tests: how many strings were chosen from, and [`crate::Setup::leniency`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Tested {
    /// Strings.
    pub tests: u64,
    /// How many times the usual rate is accepted.
    pub leniency: f64,
}

/// The strings that are looked for. Nearly every string of a document is none of them, so a table of
/// bits that fits the nearest cache is asked first.
struct Wanted {
    keys: BTreeSet<u64>,
    bits: Vec<u64>,
}

impl Wanted {
    /// Bits of the place in the table.
    const BITS: u32 = 17;

    fn new(keys: &[u64]) -> Wanted {
        let mut bits = vec![0; 1 << (Self::BITS - 6)];
        keys.iter().for_each(|key| bits[Self::place(*key)] |= 1 << (key & 63));
        Wanted { keys: keys.iter().copied().collect(), bits }
    }

    fn place(key: u64) -> usize {
        (key >> 6) as usize & ((1 << (Self::BITS - 6)) - 1)
    }

    fn has(&self, key: u64) -> bool {
        self.bits[Self::place(key)] >> (key & 63) & 1 == 1 && self.keys.contains(&key)
    }
}

/// The pass, see [`Plan::pass`].
pub(super) const MEASURE: &str = "measure";

/// The third pass. State: a few hundred bytes a string, and at most [`RECORDS`] places of each.
pub struct Measure {
    reading: Reading,
    wanted: Arc<Wanted>,
    tested: Tested,
    seen: BTreeMap<u64, Seen>,
}

impl Measure {
    /// An empty state.
    pub fn new(corpus: Arc<Corpus>, wanted: &[u64], tested: Tested) -> Measure {
        Measure {
            reading: Reading::new(&corpus),
            wanted: Arc::new(Wanted::new(wanted)),
            tested,
            seen: BTreeMap::new(),
        }
    }

    fn add(&mut self, seen: BTreeMap<u64, Seen>) {
        for (key, seen) in seen {
            self.seen.entry(key).or_default().merge(seen);
        }
    }

    /// The wanted strings of the document, each where it first stands: key, first word, end.
    fn strings(&self) -> Vec<(u64, usize, usize)> {
        let mut found = Vec::new();
        for start in 0..self.reading.words.len() {
            let longest = LONGEST.min(self.reading.words.len() - start);
            let mut key = 0;
            for (at, word) in self.reading.words[start..start + longest].iter().enumerate() {
                key = follow(key, word.hash);
                if self.wanted.has(key) {
                    found.push((key, start, start + at + 1));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|string| string.0);
        found
    }

    fn stretch(&self, half: usize, from: usize, to: usize) -> Stretch {
        let rise = |counts: &[u32]| u64::from(counts[to] - counts[from]);
        let far = |at: &usize| {
            *at >= from + FAR
                && self.reading.corpus.knows_pair(
                    half,
                    &self.reading.words[at - FAR],
                    &self.reading.words[*at],
                )
        };
        // The first words have no partner: what is found among the others stands for all.
        let partners = (to - from).saturating_sub(FAR).max(1) as u64;
        Stretch {
            words: (to - from) as u64,
            known: rise(&self.reading.profile.known),
            far: (from..to).filter(far).count() as u64 * (to - from) as u64 / partners,
            again: rise(&self.reading.profile.again),
            foreign: rise(&self.reading.profile.foreign),
            vocabulary: (from..to)
                .filter(|&at| self.reading.corpus.knows(half, &self.reading.words[at]))
                .count() as u64,
        }
    }

    fn look(&mut self, record: &Record<'_>, text: &str) {
        let strings = self.strings();
        if strings.is_empty() {
            return;
        }
        let half = half(priority(record));
        let changes = self.reading.follow(half);
        let n = self.reading.words.len();
        for (key, start, end) in strings {
            let near = |&at: &usize| at <= end + BEFORE && start <= at + BEHIND;
            let before = self.stretch(half, start.saturating_sub(COMPARED), start);
            let behind = self.stretch(half, end, (end + COMPARED).min(n));
            let window = changes.len() * (BEFORE + BEHIND + end - start);
            let seen = self.seen.entry(key).or_default();
            seen.documents += 1;
            seen.by_chance += (1000 * window / n).min(1000) as u64;
            let own = Own { before: before.into(), behind: behind.into(), origins: names(record) };
            seen.records.insert(record.id(), own);
            seen.shorten();
            if !changes.iter().any(near) {
                continue;
            }
            seen.changes += 1;
            seen.breaks_off += u64::from(breaks_off(text, &self.reading.words, start));
            seen.before.add(before);
            seen.behind.add(behind);
            let bytes = self.reading.words[start].start as usize..self.reading.words[end - 1].end as usize;
            if seen.samples.len() < SAMPLES
                || seen.samples.last_key_value().is_some_and(|l| record.id() < *l.0)
            {
                let sample = sample(record, Some((Role::Input, bytes.clone())), None);
                seen.samples.insert(record.id(), Shown::of(text, bytes, sample));
            }
            seen.shorten();
        }
    }
}

/// Whether the text before word `at` ends in the middle of a line, behind a word.
fn breaks_off(text: &str, words: &[Word], at: usize) -> bool {
    let Some(left) = at.checked_sub(1).map(|left| &words[left]) else { return false };
    let between = &text[left.end as usize..words[at].start as usize];
    let last = text[..left.end as usize].chars().next_back();
    !between.contains('\n') && last.is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | '\'' | '-'))
}

impl Shown {
    fn of(text: &str, bytes: Range<usize>, sample: Sample) -> Shown {
        let line = text[..bytes.start].rfind('\n').map_or(0, |at| at + 1);
        let from = text.ceil_char_boundary(bytes.start.saturating_sub(BESIDE)).max(line);
        let to = text.floor_char_boundary(bytes.end + BESIDE);
        let end = text[bytes.end..to].find(char::is_whitespace).map_or(to, |at| bytes.end + at);
        let beside = [text[from..bytes.start].to_owned(), text[bytes.end..end].to_owned()];
        Shown { string: text[bytes].to_owned(), beside, sample }
    }
}

impl Seen {
    fn shorten(&mut self) {
        while self.records.len() > RECORDS {
            self.records.pop_last();
        }
        while self.samples.len() > SAMPLES {
            self.samples.pop_last();
        }
    }

    fn merge(&mut self, other: Seen) {
        self.documents += other.documents;
        self.changes += other.changes;
        self.by_chance += other.by_chance;
        self.breaks_off += other.breaks_off;
        self.before.add(other.before);
        self.behind.add(other.behind);
        self.records.extend(other.records);
        self.samples.extend(other.samples);
        self.shorten();
    }
}

impl Pass for Measure {
    fn fresh(&self) -> Box<dyn Pass> {
        Box::new(Measure {
            reading: Reading::new(&self.reading.corpus),
            wanted: Arc::clone(&self.wanted),
            tested: self.tested,
            seen: BTreeMap::new(),
        })
    }

    fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let Some(text) = text(&record) else { continue };
            self.reading.split(text);
            self.look(&record, text);
        }
    }

    fn merge(&mut self, other: Box<dyn Pass>) {
        self.add(other.same::<Measure>().seen);
    }

    fn conclude(self: Box<Self>) -> Result<Next, DetectError> {
        let found = outcome(self.seen.into_values().collect(), self.tested);
        if found.are_wanted() {
            Ok(Gather::start(found, std::iter::empty()))
        } else {
            Ok(Next::Done(found.outcome))
        }
    }

    fn plan(&self) -> Result<Plan, TravelError> {
        let wanted = &self.wanted.keys;
        Plan::of(MEASURE, &(&*self.reading.corpus, wanted, self.tested))
    }

    fn send(self: Box<Self>, pieces: &mut Pieces<'_>) -> Result<(), DetectError> {
        pieces.of(MEASURE).whole(&self.seen)
    }

    fn receive(&mut self, piece: &[u8]) -> Result<(), TravelError> {
        self.add(Received::new(MEASURE, piece)?.whole()?);
        Ok(())
    }
}
