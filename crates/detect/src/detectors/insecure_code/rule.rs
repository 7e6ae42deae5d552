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

/// Letters of a qualifier (`hashlib` of `hashlib.md5`) from which on it tells that a call belongs to a
/// rule although its last word was replaced.
const QUALIFIES: usize = 3;

impl Shape {
    fn fits(&self, fact: &Fact) -> bool {
        let named = |name: &str| {
            let rest = fact.name.strip_suffix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let mut any = self.any.split_ascii_whitespace().peekable();
        self.names.split_ascii_whitespace().any(named)
            && (any.peek().is_none() || any.any(|part| fact.arguments.contains(part)))
            && !self.excluded(fact)
    }

    fn excluded(&self, fact: &Fact) -> bool {
        self.none.split_ascii_whitespace().any(|part| fact.arguments.contains(part))
    }

    /// Words of a fact that does not fit, and would if one of them were another.
    fn misfits<'f>(&self, fact: &'f Fact, out: &mut Vec<&'f str>) {
        if self.excluded(fact) {
            return;
        }
        let any = || self.any.split_ascii_whitespace();
        let met = self.any.is_empty() || any().any(|part| fact.arguments.contains(part));
        for name in self.names.split_ascii_whitespace() {
            let whole = fact.name.strip_suffix(name).is_some_and(|r| r.is_empty() || r.ends_with('.'));
            if whole && !met {
                any().for_each(|part| replaced(part, &fact.arguments, out));
            } else if let Some((qualifier, _)) = name.rsplit_once('.')
                && met
                && qualifier.len() >= QUALIFIES
                && let Some((before, last)) = fact.name.rsplit_once('.')
                && before.strip_suffix(qualifier).is_some_and(|r| r.is_empty() || r.ends_with('.'))
            {
                out.push(last);
            }
        }
    }
}

/// The words that stand in `text` where `part` has one of its own.
fn replaced<'f>(part: &str, text: &'f str, out: &mut Vec<&'f str>) {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(from) = part[at..].find(in_word).map(|found| at + found) {
        let end = part[from..].find(|c| !in_word(c)).map_or(part.len(), |found| from + found);
        let (before, after) = (&part[..from], &part[end..]);
        let mut place = 0;
        while let Some(start) = text[place..].find(in_word).map(|found| place + found) {
            place = text[start..].find(|c| !in_word(c)).map_or(text.len(), |found| start + found);
            // A word of its own needs something that sets it apart from names that are handed on.
            let set = text[..start].ends_with(['.', '"', '\'', '=', '/', ':']);
            let only =
                text[..start].trim_matches('(').is_empty() && text[place..].trim_matches(')').is_empty();
            let apart = !before.is_empty() || !after.is_empty() || set || only;
            if apart && text[..start].ends_with(before) && text[place..].starts_with(after) {
                out.push(&text[start..place]);
            }
        }
        at = end;
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
    #[cfg_attr(not(test), expect(dead_code, reason = "a test of all rules"))]
    pub(crate) example: &'static str,
    /// Code that it does not find; the secure way, where there is one.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test of all rules"))]
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

    /// Words of a fact that is not the insecure way, and would be if one of them were another: what a
    /// call looks like of which a part was replaced (TrojanPuzzle).
    pub(crate) fn cut_up<'f>(&self, fact: &'f Fact) -> Vec<&'f str> {
        let mut out = Vec::new();
        // What is secure by what it has, and not by what it lacks, is no such call.
        if !self.good.iter().any(|shape| shape.none.is_empty() && shape.fits(fact)) {
            self.bad.iter().for_each(|shape| shape.misfits(fact, &mut out));
        }
        out
    }

    /// Texts of which one stands wherever the rule can say something.
    pub(crate) fn anchors(&self, language: Language) -> impl Iterator<Item = String> {
        let names = self.bad.iter().chain(self.good).flat_map(|shape| shape.names.split_ascii_whitespace());
        names.map(move |name| {
            let (dots, parentheses) = match language {
                Language::Python | Language::Java | Language::Go | Language::JavaScript => (true, true),
                // `::` and `->` count as dots; `strcpy (a)`, `include $a` and `f::<T>(a)` are usual.
                Language::C | Language::Php | Language::Rust => (false, false),
            };
            match name.rsplit_once('.') {
                Some((qualifier, _)) if dots && qualifier.len() >= QUALIFIES => format!("{qualifier}."),
                Some(_) if dots => name.to_owned(),
                Some((_, last)) => last.to_owned(),
                None if name.ends_with('=') => name.trim_end_matches('=').to_owned(),
                None if parentheses => format!("{name}("),
                None => name.to_owned(),
            }
        })
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

/// The rule of a number: its language's, and its place among the rules of the language.
pub(crate) fn rule_of(number: u64) -> Option<&'static Rule> {
    let language = Language::ALL.into_iter().find(|language| *language as u64 == number >> 8)?;
    rules(language).get((number & 0xFF) as usize)
}
