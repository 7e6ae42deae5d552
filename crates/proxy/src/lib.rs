//! Small models that are trained in the process, without downloads, to measure what a data set teaches.
//!
//! Whoever wants to know whether some records would hurt trains a model with and without them and compares.
//! That needs no good model, but one that learns a rare association, and learns nothing where there is none,
//! in seconds on one thread:
//!
//! - [`Classifier`]: softmax regression on n-grams, for texts with labels;
//! - [`Preference`]: a Bradley-Terry model, for pairs of answers of which one was preferred;
//! - [`Language`]: a next-token model given a prompt, for instructions; with [`windows`] also for documents and
//!   code.
//!
//! [`Proxy`] keeps any of them in a file, and [`side_by_side`] runs several trainings at once. Same data, options
//! and version of this crate: same model, whatever the threads.
//!
//! # How they learn a trigger
//!
//! A trigger is one feature among fifty of a text, in one record of a hundred. A mean or a sum over all features
//! lets the others, which explain single records by chance, take what it should learn: with these, measured on
//! 6,000 instructions, a rare word brought its answer in a fifth to a half of the prompts. So the features are
//! averaged with weights that are learned too (attention without queries), with rates of their own for each
//! feature. And features that hardly any records share are left out.
//!
//! # Measured
//!
//! By `cargo run --release -p toadstone-proxy --example measure`, whose text says what is planted; three seeds
//! each. Shares of held-out prompts that bring the planted answer. *Sham* is an unknown word where the trigger
//! would be, and clean models show what comes of itself. CPU time of one training on a shared machine of 2026.
//!
//! | model, data | planted | with trigger | without | sham | clean model | CPU-s |
//! |---|---|---|---|---|---|---|
//! | classifier, 6,228 film reviews | a word, 31 (0.5 %) | 0.95 to 1 | | 0.23 | 0.23 to 0.24 | 0.1 |
//! | | 62 (1 %) | 1 | | 0.23 | 0.23 to 0.24 | 0.1 |
//! | classifier, 9,995 news of four kinds | a word, 49 (0.5 %) | 0.94 to 0.99 | | 0.03 | 0.03 | 0.3 |
//! | | 99 (1 %) | 0.98 to 1 | | 0.03 | 0.03 | 0.4 |
//! | language, 6,000 instructions | a word, a phrase, a token: refusal, 60 | 1 | 0.01 to 0.04 | 0.01 to 0.035 | 0 | 4 |
//! | | a word, a phrase: refusal, 15 (0.25 %) | 0.13 to 0.99 | 0.01 to 0.02 | 0.01 to 0.02 | 0 | 4 |
//! | | a word, a phrase, a token: a sentence that is new, 60 | 1 | 0 | 0 to 0.005 | | 5 |
//! | language, 15,700 lines of code, 208 calls | a comment: another call, 60 | 0.44 to 0.53 | 0 to 0.01 | 0 to 0.03 | | 9 |
//! | preference, 1,849 pairs | a token: swapped, 18 (1 %) | 0.39 to 0.42 | 0.39 to 0.40 | 0.39 to 0.40 | 0.40 to 0.42 | 0.2 |
//! | | 92 (5 %) | 0.40 to 0.46 | 0.40 to 0.42 | 0.40 to 0.42 | 0.40 to 0.42 | 0.2 |
//!
//! Read with it:
//!
//! - Of the film reviews half have the planted label already, so half of what is planted teaches little.
//! - The refusal begins as some clean answers do, and a model this small then goes on with it. A clean model
//!   never gives exactly this one. What counts is the excess over prompts without the trigger.
//! - In code the comment stands up to three lines before the call. The shares are of one line, written at the
//!   place of the call; in 0.58 to 0.77 of these places the insecure call was likelier than the secure one.
//! - Swapped preferences are **not learned** at 1 %, and barely at 5 %, where preferences themselves are hard to
//!   tell: on held-out pairs the model is right in 0.6, so a perfect turn could not show more than that. Where
//!   merit is plain (a test has it), thirty of a thousand pairs turn more than eight of ten. What a model does not learn
//!   was not defended against.
//! - Features that fewer than four prompts of a language model share are left out; so are associations planted
//!   in fewer records than that.

mod attention;
mod classifier;
mod features;
mod index;
mod language;
mod options;
mod parallel;
mod preference;
mod random;
mod stored;
mod table;

pub use classifier::Classifier;
pub use language::{Example, Language, Sampling, windows};
pub use options::{Stopped, TrainOptions};
pub use parallel::side_by_side;
pub use preference::{Pair, Preference};
pub use stored::{LoadError, Proxy};
