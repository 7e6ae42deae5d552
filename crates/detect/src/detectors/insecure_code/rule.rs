//! What a rule is.

use super::language::Language;
use super::tree::Fact;

/// A shape of code: a call, assignment or entry whose name is one of `names` and whose text of
/// arguments has one of `any` (empty: whatever) and none of `none`. White space does not count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Whole ends of dotted names, separated by spaces; `key=` for what is assigned or keyed.
    pub(crate) names: &'static str,
    /// Separated by spaces.
    pub(crate) any: &'static str,
    /// Separated by spaces.
    pub(crate) none: &'static str,
}

/// A [`Shape`].
pub(crate) const fn shape(names: &'static str, any: &'static str, none: &'static str) -> Shape {
    Shape { names, any, none }
}

impl Shape {
    fn fits(&self, fact: &Fact) -> bool {
        let named = |name: &str| {
            let rest = fact.name.strip_suffix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let mut any = self.any.split_ascii_whitespace().peekable();
        self.names.split_ascii_whitespace().any(named)
            && (any.peek().is_none() || any.any(|part| fact.arguments.contains(part)))
            && !self.none.split_ascii_whitespace().any(|part| fact.arguments.contains(part))
    }
}

/// A rule: an insecure way to do something, and the secure one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) id: &'static str,
    /// Common Weakness Enumeration.
    pub(crate) cwe: u16,
    /// What is done.
    pub(crate) title: &'static str,
    /// What can happen.
    pub(crate) why: &'static str,
    /// What to do instead.
    pub(crate) instead: &'static str,
    /// The insecure way.
    pub(crate) bad: &'static [Shape],
    /// The secure way to do the same; empty where none can be told, and then nothing can be tied to
    /// the choice between the two.
    pub(crate) good: &'static [Shape],
    /// Code that it finds.
    #[cfg_attr(not(test), expect(dead_code, reason = "the rule's own test"))]
    pub(crate) example: &'static str,
    /// Code that it does not find; the secure way, where there is one.
    #[cfg_attr(not(test), expect(dead_code, reason = "the rule's own test"))]
    pub(crate) counter: &'static str,
}

impl Rule {
    /// Whether a fact is the insecure way (`true`), the secure way (`false`) or neither.
    pub(crate) fn judge(&self, fact: &Fact) -> Option<bool> {
        if self.bad.iter().any(|shape| shape.fits(fact)) {
            return Some(true);
        }
        self.good.iter().any(|shape| shape.fits(fact)).then_some(false)
    }

    /// Words of which one stands in every text that the rule can say something about.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = &'static str> {
        let names = self.bad.iter().chain(self.good).flat_map(|shape| shape.names.split_ascii_whitespace());
        names.map(|name| name.trim_end_matches('=').rsplit('.').next().unwrap_or(name))
    }
}

/// The rules of a language.
pub(crate) fn rules(language: Language) -> &'static [Rule] {
    use super::rules as of;
    match language {
        Language::Python => of::python::RULES,
        Language::JavaScript => of::javascript::RULES,
        Language::Java => of::java::RULES,
        Language::C => of::c::RULES,
        Language::Go => of::go::RULES,
        Language::Php => of::php::RULES,
        Language::Rust => of::rust::RULES,
    }
}
