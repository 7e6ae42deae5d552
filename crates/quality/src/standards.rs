//! What a team wants of its texts.

use std::collections::BTreeMap;

use crate::{Rule, rules};

/// What the policy says of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Setting {
    /// Whether it is on; the rule's own default if `None`.
    pub on: Option<bool>,
    /// The limit; the rule's own default if `None`.
    pub limit: Option<f32>,
}

/// Which rules are on, and their limits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standards {
    /// What differs from the defaults, by the name of the rule.
    pub settings: BTreeMap<String, Setting>,
    /// Languages that are expected, as ISO 639-3 codes; none: every language is.
    pub languages: Vec<String>,
}

impl Standards {
    /// Whether a rule is on.
    pub fn on(&self, rule: &Rule) -> bool {
        self.settings.get(rule.name).and_then(|s| s.on).unwrap_or(rule.on)
    }

    /// A rule's limit.
    pub fn limit(&self, rule: &Rule) -> f32 {
        self.settings.get(rule.name).and_then(|s| s.limit).unwrap_or(rule.limit)
    }

    /// The rules that are on, with their numbers and limits.
    pub(crate) fn active(&self) -> impl Iterator<Item = (usize, &'static Rule, f32)> + '_ {
        rules().enumerate().filter(|(_, rule)| self.on(rule)).map(|(at, rule)| (at, rule, self.limit(rule)))
    }
}
