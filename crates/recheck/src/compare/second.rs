//! The second look: what was seen of the pages of the first, the latest sight of each.

use std::cmp::Reverse;

use toadstone_core::{Control, RecordId};

use super::First;
use crate::page::{Content, Fingerprint, Key, Page};
use crate::read::{Batch, Look, Notes, ReadError};

/// Sights of one page whose times are kept.
const SIGHTS: usize = 64;

/// The latest sight of a page.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    pub(super) page: Page,
    at: RecordId,
    /// Other sights, if there are: when, and the beginning of the digest of their text.
    earlier: Vec<(i64, u64)>,
}

impl Sight {
    /// What decides which of two sights counts: one that saw something, the later, the first in its file.
    fn rank(&self) -> (bool, Option<i64>, Reverse<RecordId>) {
        let saw = !matches!(self.page.content, Content::Unreachable(_));
        (saw, self.page.seen, Reverse(self.at))
    }

    fn print(&self) -> Option<&Fingerprint> {
        match &self.page.content {
            Content::Text(print) => Some(print),
            _ => None,
        }
    }

    fn digest(&self) -> u64 {
        self.print().map_or(0, |p| p.text[..8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte)))
    }

    /// When the page was last seen with another content, and when it was first seen with the one of its
    /// latest sight.
    pub(super) fn turn(&self, first_seen: Option<i64>) -> (Option<i64>, Option<i64>) {
        let digest = self.digest();
        let mut times = self.earlier.clone();
        times.extend(first_seen.map(|time| (time, !digest)));
        times.extend(self.page.seen.map(|time| (time, digest)));
        times.sort_unstable();
        let last_other = times.iter().rposition(|(_, seen)| *seen != digest);
        let until = last_other.map(|at| times[at].0);
        let since = times.get(last_other.map_or(0, |at| at + 1)).map(|(time, _)| *time);
        (until, since)
    }
}

/// The second look at the pages of a first.
pub struct Second<'f> {
    pub(super) first: &'f First,
    pub(super) sights: Vec<Option<Box<Sight>>>,
    pub(super) others: u64,
    pub(super) notes: Notes,
}

impl<'f> Second<'f> {
    /// A second look that has seen nothing yet.
    pub fn new(first: &'f First) -> Self {
        let sights = first.pages().iter().map(|_| None).collect();
        Second { first, sights, others: 0, notes: Notes::default() }
    }

    /// Reads a second look.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(first: &'f First, look: &Look, threads: usize, control: &Control) -> Result<Self, ReadError> {
        let mut second = Second::new(first);
        second.notes = look.read(threads, control, |batch| second.add(batch))?;
        Ok(second)
    }

    /// Takes note of pages. The result does not depend on the order in which they come.
    pub fn add(&mut self, batch: Batch) {
        for (at, page) in batch {
            let Some(page) = page else { continue };
            match Key::of(&page.url).and_then(|key| self.first.find(key)) {
                Some(place) => self.sight(place, Sight { page, at, earlier: Vec::new() }),
                None => self.others += 1,
            }
        }
    }

    fn sight(&mut self, place: usize, new: Sight) {
        let slot = &mut self.sights[place];
        let Some(known) = slot else {
            *slot = Some(Box::new(new));
            return;
        };
        let (mut later, earlier) =
            if new.rank() > known.rank() { (new, &**known) } else { ((**known).clone(), &new) };
        later.earlier.clone_from(&known.earlier);
        later.earlier.extend(earlier.page.seen.map(|time| (time, earlier.digest())));
        later.earlier.sort_unstable_by_key(|sight| Reverse(*sight));
        later.earlier.truncate(SIGHTS);
        *slot = Some(Box::new(later));
    }
}
