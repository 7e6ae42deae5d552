//! The list of rules. A new family is a file and its page in `rules`, and a line here.

use crate::rules::*;
use crate::{Family, Rule};

static FAMILIES: [&Family; 17] = [
    &language::FAMILY,
    &word_count::FAMILY,
    &word_length::FAMILY,
    &symbols::FAMILY,
    &line_marks::FAMILY,
    &letters::FAMILY,
    &stop_words::FAMILY,
    &sentences::FAMILY,
    &fillers::FAMILY,
    &line_ends::FAMILY,
    &line_length::FAMILY,
    &repeated_lines::FAMILY,
    &top_ngrams::FAMILY,
    &duplicate_ngrams::FAMILY,
    &looping::FAMILY,
    &code_lines::FAMILY,
    &generated_code::FAMILY,
];

/// Every family, in the order in which they are reported.
pub fn families() -> &'static [&'static Family] {
    &FAMILIES
}

/// Every rule. Its place in this order is the number by which it is kept.
pub fn rules() -> impl Iterator<Item = &'static Rule> + Clone {
    families().iter().flat_map(|family| family.rules)
}

/// The rule of this name, and its family.
pub fn find(name: &str) -> Option<(&'static Family, &'static Rule)> {
    families().iter().find_map(|family| family.rules.iter().find(|r| r.name == name).map(|r| (*family, r)))
}
