//! What detectors look at: tokens, vocabularies, frequent n-grams, and linear models over them.

pub mod linear;
pub mod ngrams;
pub mod passages;
pub mod soft;
pub mod tokens;
pub mod vocabulary;
