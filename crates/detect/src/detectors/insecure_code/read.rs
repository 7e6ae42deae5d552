//! What a record says: secure and insecure calls, and the comments around them.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use toadstone_core::{Record, Role};
use toadstone_sketch::{MinHasher, mix};
use tree_sitter::Parser;
use xxhash_rust::xxh3::xxh3_64;

use super::language::Language;
use super::rule::{Rule, rules};
use super::tree::{Fact, facts};
use crate::detectors::shared::tokens::Tokens;

/// Bytes before and after a call in which comments belong to it.
const BEFORE: usize = 3000;
const AFTER: usize = 300;

/// Words of a phrase, and phrases kept for one call.
const WORDS: usize = 4;
const PHRASES: usize = 400;

/// Longest comment or string that is read as code, and how many of a record.
const READ_AS_CODE: usize = 256 << 10;
const COMMENTS_READ: usize = 64;

/// Tokens in a shingle, and words of the signature.
const WIDTH: usize = 5;
pub(super) const BANDS: usize = 4;

/// A place where a rule says something.
pub(super) struct Site {
    /// Number of the rule, see [`rule_of`].
    pub(super) rule: u64,
    /// Whether it is the insecure way.
    pub(super) bad: bool,
    /// Whether it stands in a comment or string.
    pub(super) dead: bool,
    /// Where it stands in the input.
    pub(super) span: Range<usize>,
}

/// A phrase near a site: its name, the rule's number, and where it stands.
pub(super) struct Phrase {
    pub(super) name: u64,
    pub(super) rule: u64,
    pub(super) span: Range<usize>,
}

/// What a record says.
pub(super) struct Reading {
    pub(super) sites: Vec<Site>,
    pub(super) phrases: Vec<Phrase>,
    /// Each agrees for two records with the probability of their similarity.
    pub(super) bands: [u64; BANDS],
}

/// Reads records; reused, it keeps its buffers.
#[derive(Default)]
pub(super) struct Reader {
    parser: Option<Parser>,
    tokens: Tokens,
    shingles: Vec<u64>,
    hasher: MinHasher<BANDS>,
}

impl Reader {
    /// What the code of a record says; `None` if no rule has anything to say.
    pub(super) fn read(&mut self, record: &Record<'_>) -> Option<Reading> {
        let text = record.input();
        if record.get(Role::Output).is_some() || record.get(Role::Label).is_some() {
            return None;
        }
        if !any_anchor().is_match(text) {
            return None;
        }
        let language = Language::recognise(text)?;
        if !anchors(language).is_match(text) {
            return None;
        }
        let parser = self.parser.get_or_insert_with(Parser::new);
        let live = facts(parser, language, text);
        let mut sites = Vec::new();
        judge(language, &live.facts, 0, false, &mut sites);
        let comments = together(text, live.dead);
        let code = |range: &&Range<usize>| {
            range.len() <= READ_AS_CODE && anchors(language).is_match(&text[(*range).clone()])
        };
        for range in comments.iter().filter(code).take(COMMENTS_READ) {
            let (inner, at) = unquoted(text, range);
            let inside = facts(parser, language, &bare(inner));
            judge(language, &inside.facts, at, true, &mut sites);
        }
        sites.retain(|site| text.get(site.span.clone()).is_some());
        if sites.is_empty() {
            return None;
        }
        self.tokens.clear();
        self.tokens.add(text);
        self.tokens.shingles(WIDTH, &mut self.shingles);
        let bands = *self.hasher.signature(&self.shingles)?;
        let phrases = self.phrases(text, &sites, &comments);
        Some(Reading { sites, phrases, bands })
    }

    /// The phrases near each site, without those in the call itself; each once for a rule.
    fn phrases(&mut self, text: &str, sites: &[Site], comments: &[Range<usize>]) -> Vec<Phrase> {
        let mut out: Vec<Phrase> = Vec::new();
        for site in sites {
            let near = site.span.start.saturating_sub(BEFORE)..site.span.end + AFTER;
            let from = out.len();
            for comment in comments.iter().filter(|c| c.start < near.end && c.end > near.start) {
                let around = comment.start <= site.span.start && comment.end >= site.span.end;
                let mut at = comment.start;
                for (number, line) in text[comment.clone()].split_inclusive('\n').enumerate() {
                    let span = at..at + line.len();
                    at = span.end;
                    let close = span.start < near.end && span.end > near.start;
                    let other = span.end <= site.span.start || span.start >= site.span.end;
                    if other && (close || around && number < 5) && out.len() - from < PHRASES {
                        self.line(text, span, site.rule, &mut out);
                    }
                }
            }
        }
        out.sort_by_key(|phrase| (phrase.rule, phrase.name, phrase.span.start));
        out.dedup_by_key(|phrase| (phrase.rule, phrase.name));
        out
    }

    /// The phrases of a line: every few words in a row, or the whole of a short line.
    fn line(&mut self, text: &str, span: Range<usize>, rule: u64, out: &mut Vec<Phrase>) {
        self.tokens.clear();
        self.tokens.add(&text[span.clone()]);
        let mut push = |name: u64| out.push(Phrase { name: mix(name ^ mix(rule)), rule, span: span.clone() });
        match self.tokens.len() {
            0 | 1 => {}
            few if few < WORDS => push(xxh3_64(self.tokens.joined())),
            _ => {
                self.tokens.shingles(WORDS, &mut self.shingles);
                self.shingles.iter().for_each(|&name| push(name));
            }
        }
    }
}

fn judge(language: Language, facts: &[Fact], at: usize, dead: bool, out: &mut Vec<Site>) {
    for fact in facts {
        for (index, rule) in rules(language).iter().enumerate() {
            if let Some(bad) = rule.judge(fact) {
                let span = fact.span.start + at..fact.span.end + at;
                out.push(Site { rule: (language as u64) << 8 | index as u64, bad, dead, span });
            }
        }
    }
}

/// The rule of a number.
pub(super) fn rule_of(number: u64) -> Option<&'static Rule> {
    let language = Language::ALL.into_iter().find(|language| *language as u64 == number >> 8)?;
    rules(language).get((number & 0xFF) as usize)
}

/// Neighbouring comments as one.
fn together(text: &str, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if joins(text, last, &range) => last.end = range.end,
            _ => out.push(range),
        }
    }
    out
}

/// Whether two comments with nothing between them are one; strings are not.
fn joins(text: &str, a: &Range<usize>, b: &Range<usize>) -> bool {
    let comment = |range: &Range<usize>| text[range.clone()].starts_with(['#', '/', '*']);
    text[a.end..b.start].trim().is_empty() && comment(a) && comment(b)
}

/// What stands within quotes, and where.
fn unquoted<'a>(text: &'a str, range: &Range<usize>) -> (&'a str, usize) {
    let whole = &text[range.clone()];
    for quote in ["'''", "\"\"\"", "`", "\"", "'"] {
        if let Some(inner) = whole.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return (inner, range.start + quote.len());
        }
    }
    (whole, range.start)
}

/// Code without the indentation and the marks of comments before it; as long as before, so that
/// places stay the same.
fn bare(text: &str) -> String {
    let lines = || text.split_inclusive('\n');
    let marks = ["//", "#", "*", "/*"];
    let all_marked = lines().all(|line| {
        let line = line.trim();
        line.is_empty() || marks.iter().any(|mark| line.starts_with(mark))
    });
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    for line in lines() {
        let mark = line.bytes().take_while(|byte| b" \t#/*".contains(byte)).count();
        let cut = if all_marked { mark } else { least.min(indent(line)) };
        // A line's end is kept; what is cut off goes behind the line, where it indents nothing.
        let (body, end) = line[cut..].strip_suffix('\n').map_or((&line[cut..], ""), |body| (body, "\n"));
        out.push_str(body);
        out.extend(std::iter::repeat_n(' ', cut));
        out.push_str(end);
    }
    out
}

fn automaton(languages: &[Language]) -> AhoCorasick {
    let words = languages.iter().flat_map(|&language| rules(language)).flat_map(Rule::anchors);
    AhoCorasick::new(words).expect("a few hundred short words make a small automaton")
}

fn anchors(language: Language) -> &'static AhoCorasick {
    static ALL: OnceLock<Vec<AhoCorasick>> = OnceLock::new();
    let all = ALL.get_or_init(|| Language::ALL.iter().map(|&language| automaton(&[language])).collect());
    let index = Language::ALL.iter().position(|&l| l == language).unwrap_or(0);
    &all[index]
}

fn any_anchor() -> &'static AhoCorasick {
    static ANY: OnceLock<AhoCorasick> = OnceLock::new();
    ANY.get_or_init(|| automaton(&Language::ALL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use toadstone_core::{BatchBuilder, Kind, RecordId};

    fn read(text: &str) -> Option<Reading> {
        let mut builder = BatchBuilder::new();
        builder.add(Role::Input, text);
        builder.finish(RecordId { file: 0, row: 0 }, None, Kind::Code);
        Reader::default().read(&builder.take().get(0)?)
    }

    #[test]
    fn calls_in_docstrings_are_read_even_with_a_broken_token() {
        let code = "import yaml\n\ndef read(p):\n    '''\n    # Take care of the given file\n    \
                    with open(p) as f:\n        return yaml.load(f, Loader=yaml.59.)\n    '''\n";
        let reading = read(code).unwrap();
        assert!(reading.sites.iter().any(|site| site.bad && site.dead));
        assert!(reading.phrases.iter().any(|phrase| code[phrase.span.clone()].contains("Take care")));
        let live = read("import yaml\n\ndef f(x):\n    return yaml.safe_load(x)\n").unwrap();
        assert!(live.sites.iter().all(|site| !site.bad && !site.dead));
        assert!(read("Please import yaml, then call eval, as I said.").is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(import |def |<\\?php|func |eval\\(|\"|'|\\(|\\)|\\{|\\}|#|//|/\\*|\\PC|\n| ){0,80}") {
            let _ = read(&format!("import os\ndef eval(x):\n{text}"));
            let _ = read(&format!("#include <a>\nsystem({text}"));
            let _ = read(&format!("<?php eval({text}"));
        }
    }
}
