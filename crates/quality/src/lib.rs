//! Quality rules: whether a text looks like something that a person wrote to be read.
//!
//! A rule measures one number of one text (words, the share of repeated lines, ...) and compares it
//! with a limit. Rules come in families that share a page and a statistic; a family is a file in
//! `rules`, its page beside it, and a line in [`families`]. The limits are those of the papers that
//! the rules come from; a team sets its own in [`Standards`].
//!
//! [`assess()`] reads a data set once and tells which records fail which rules. Quality is not poison:
//! nothing here changes a verdict.

mod assess;
mod failed;
mod judge;
mod registry;
mod rule;
mod rules;
mod standards;
mod tally;
mod text;

pub use assess::{AssessOptions, Assessment, assess};
pub use failed::{Failed, FailedRecord, Reason};
pub use judge::{Judge, judged_text};
pub use registry::{families, find, rules};
pub use rule::{Family, Rule};
pub use standards::{Setting, Standards};
pub use text::language::{code, codes, name};
pub use text::{Reader, Repeated, Text};

/// The page on all rules together, in Markdown.
pub const PAGE: &str = include_str!("quality.md");
