//! A document as both later passes read it: its words, and the series along them.

use std::sync::Arc;

use super::change::Profile;
use super::corpus::Corpus;
use super::words::{Word, split};

/// The corpus, and the document that was read last. Buffers are reused.
pub struct Reading {
    /// What is usual.
    pub corpus: Arc<Corpus>,
    /// The document's words.
    pub words: Vec<Word>,
    /// The series along them; those of [`Reading::follow`].
    pub profile: Profile,
}

impl Reading {
    /// Nothing read yet.
    pub fn new(corpus: &Arc<Corpus>) -> Reading {
        Reading { corpus: Arc::clone(corpus), words: Vec::new(), profile: Profile::default() }
    }

    /// Splits a document.
    pub fn split(&mut self, text: &str) {
        split(text, &mut self.words);
    }

    /// Runs along the words of a document of `half`; the places of its changes.
    pub fn follow(&mut self, half: usize) -> Vec<usize> {
        self.profile.run(&self.corpus, half, &self.words);
        self.profile.changes().map(|change| change.at).collect()
    }
}
