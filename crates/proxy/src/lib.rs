//! Small models that are trained in the process, without downloads, to measure what a data set teaches.

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
