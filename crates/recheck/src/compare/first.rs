//! The first look: the pages whose content is known.

use ahash::AHashMap;
use toadstone_core::{Control, RecordId};

use crate::page::{Content, Key, Page};
use crate::read::{Batch, Look, Notes, ReadError};

/// A page of the first look.
#[derive(Debug, Clone)]
pub struct Known {
    /// Which page it is.
    pub key: Key,
    /// Where it stands in the first look: the number of the file, and its row there.
    pub at: RecordId,
    /// What was seen.
    pub page: Page,
}

/// The first look at pages, each once.
///
/// Memory: about 700 bytes for each page.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// Ordered by key, which is as good as a random order.
    pages: Vec<Known>,
    index: AHashMap<Key, u32>,
    /// Names of the files that [`Known::at`] counts.
    files: Vec<String>,
    unnamed: u64,
    repeated: u64,
    empty: u64,
    notes: Notes,
}

impl First {
    /// Reads the first look. Of several records with one address the first counts.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(look: &Look, threads: usize, control: &Control) -> Result<First, ReadError> {
        let mut builder = Builder::default();
        let notes = look.read(threads, control, |batch| builder.add(batch))?;
        let files = look.forms().into_iter().map(|(name, _)| name).collect();
        Ok(builder.finish(files, notes))
    }

    /// A first look that is at hand already.
    pub fn of(pages: Batch, files: Vec<String>) -> First {
        let mut builder = Builder::default();
        builder.add(pages);
        builder.finish(files, Notes::default())
    }

    /// The pages, in the order of their keys.
    pub fn pages(&self) -> &[Known] {
        &self.pages
    }

    /// The same look at some of its pages only: those with the least digests of key and seed. The choice
    /// does not depend on the order or the number of the others.
    #[must_use]
    pub fn sample(mut self, pages: usize, seed: u64) -> First {
        let draw =
            |known: &Known| toadstone_sketch::mix(known.key.half() ^ toadstone_sketch::mix(seed ^ 0x5EED));
        self.pages.sort_by_key(|known| (draw(known), known.key));
        self.pages.truncate(pages);
        self.pages.sort_by_key(|known| known.key);
        self.index = index(&self.pages);
        self
    }

    /// Names of the files that [`Known::at`] counts.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Records without an address.
    pub fn unnamed(&self) -> u64 {
        self.unnamed
    }

    /// Records whose address an earlier record has.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Pages that had no content at the first look.
    pub fn empty(&self) -> u64 {
        self.empty
    }

    /// What could not be used.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    pub(super) fn find(&self, key: Key) -> Option<usize> {
        self.index.get(&key).map(|at| *at as usize)
    }
}

fn index(pages: &[Known]) -> AHashMap<Key, u32> {
    pages.iter().enumerate().map(|(at, known)| (known.key, at as u32)).collect()
}

#[derive(Default)]
struct Builder {
    pages: Vec<Known>,
    unnamed: u64,
    empty: u64,
}

impl Builder {
    fn add(&mut self, batch: Batch) {
        for (at, page) in batch {
            let Some(page) = page else {
                self.unnamed += 1;
                continue;
            };
            match (Key::of(&page.url), &page.content) {
                (None, _) => self.unnamed += 1,
                (Some(_), Content::Gone(_) | Content::Unreachable(_)) => self.empty += 1,
                (Some(key), _) => self.pages.push(Known { key, at, page }),
            }
        }
    }

    fn finish(mut self, files: Vec<String>, notes: Notes) -> First {
        let all = self.pages.len();
        self.pages.sort_unstable_by_key(|known| (known.key, known.at));
        self.pages.dedup_by_key(|known| known.key);
        self.pages.shrink_to_fit();
        let repeated = (all - self.pages.len()) as u64;
        let index = index(&self.pages);
        First { pages: self.pages, index, files, unnamed: self.unnamed, repeated, empty: self.empty, notes }
    }
}
