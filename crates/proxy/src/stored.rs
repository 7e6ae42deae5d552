//! Models as files.

use std::io::{self, Write};

use crate::{Classifier, Language, Preference};

/// A trained model, as it is kept in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Proxy {
    /// A classifier.
    Classifier {
        /// The model.
        model: Classifier,
        /// What its classes are called, one name for each.
        classes: Vec<String>,
    },
    /// A model of preferences.
    Preference(Preference),
    /// A language model.
    Language(Language),
}

/// Why bytes are no model.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LoadError {
    /// Another kind of file.
    #[error("this is no model of toadstone")]
    Foreign,
    /// A format that this version does not know.
    #[error(
        "the model was written in format {0}, which this version of toadstone does not know; train it again"
    )]
    Version(u32),
    /// Cut off, or changed.
    #[error("the model is damaged ({0}); train it again")]
    Damaged(&'static str),
}

impl Proxy {
    /// Writes the model.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn save(&self, out: &mut impl Write) -> io::Result<()> {
        todo!("{:?} {}", self, out.write(&[])?)
    }

    /// Reads a model. Memory: about the size of `bytes` again, whatever they say.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        todo!("{}", bytes.len())
    }
}
