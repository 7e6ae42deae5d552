//! What detectors look at: tokens, vocabularies, frequent n-grams, and a linear model over them.

pub mod linear;
pub mod ngrams;
pub mod tokens;
pub mod vocabulary;
