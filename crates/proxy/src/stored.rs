//! Models as files.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::{Classifier, Language, Preference};

/// A trained model, as it is kept in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Another kind of file.
    #[error("this is not a proxy model; give a file that toadstone has written")]
    Foreign,
    /// A format that this version does not know.
    #[error(
        "the model is in format {0}, and this version of toadstone reads format {VERSION}; train it again"
    )]
    Version(u32),
    /// Cut off or changed.
    #[error("the model is damaged; train it again")]
    Damaged,
}

const MAGIC: &[u8; 16] = b"toadstone proxy\n";
const VERSION: u32 = 1;

impl Proxy {
    /// Writes the model: a line that says what the file is, the version of the format, and the tables in
    /// [postcard](https://postcard.jamesmunns.com)'s encoding.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn save(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(MAGIC)?;
        out.write_all(&VERSION.to_le_bytes())?;
        let encoded = postcard::to_stdvec(self).map_err(io::Error::other)?;
        out.write_all(&encoded)
    }

    /// Reads a model. What it says of itself is checked before it is used.
    ///
    /// Memory: in proportion to `bytes`, whatever they say.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(LoadError::Foreign)?;
        let (version, encoded) = rest.split_first_chunk().ok_or(LoadError::Damaged)?;
        let version = u32::from_le_bytes(*version);
        if version != VERSION {
            return Err(LoadError::Version(version));
        }
        match postcard::take_from_bytes::<Self>(encoded) {
            Ok((proxy, [])) if proxy.is_sound() => Ok(proxy),
            _ => Err(LoadError::Damaged),
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Proxy::Classifier { model, classes } => model.is_sound() && classes.len() == model.classes(),
            Proxy::Preference(model) => model.is_sound(),
            Proxy::Language(model) => model.is_sound(),
        }
    }
}
