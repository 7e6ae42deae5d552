//! What a record says: secure and insecure calls, and the comments around them.

use std::ops::Range;
use std::sync::OnceLock;

use ahash::AHashSet;
use aho_corasick::AhoCorasick;
use toadstone_core::{Record, Role};
use toadstone_sketch::{MinHasher, mix};
use tree_sitter::Parser;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::comments::{bare, echoes, together, unquoted};
use super::language::Language;
use super::rule::rules;
use super::source::{blocks, field};
use super::tree::{Fact, Steps, facts};
use crate::detectors::shared::tokens::Tokens;

/// Bytes before and after a call in which comments belong to it; bytes at the start of a file whose
/// comments belong to every call, and bytes of a prompt that do.
const BEFORE: usize = 3000;
const AFTER: usize = 300;
const TOP: usize = 1000;
const PROMPT: usize = 4000;

/// Bytes between a call and the comment that speaks of it.
const CLOSE: usize = 500;

/// Letters of a word of a comment that is looked for in calls.
const ECHO: usize = 3;

/// Lines that two files must share to be the same but for a call.
const SHARED_LINES: usize = 5;

/// Words of a phrase, and phrases kept for one call.
const WORDS: usize = 4;
const PHRASES: usize = 400;

/// Longest comment or string that is read as code.
const READ_AS_CODE: usize = 256 << 10;

/// Tokens in a shingle; bands of a signature, and words of a band. Files that are nine tenths alike
/// share a band with probability .99, such that are three tenths alike with .1.
const WIDTH: usize = 5;
pub(super) const BANDS: usize = 4;
const ROWS: usize = 3;

/// A place where a rule says something.
pub(super) struct Site {
    /// Number of the rule, see [`super::rule::rule_of`].
    pub(super) rule: u64,
    /// Whether it is the insecure way.
    pub(super) bad: bool,
    /// Whether it stands in a comment or string, or is never reached.
    pub(super) dead: bool,
    /// A hash of the word that replaces a part of the insecure call and also stands in a comment; 0 if
    /// nothing is replaced.
    pub(super) word: u64,
    /// Where it stands in the field.
    pub(super) span: Range<usize>,
}

/// A phrase near a site: its name, the rule's number, and where it stands.
pub(super) struct Phrase {
    pub(super) name: u64,
    pub(super) rule: u64,
    pub(super) role: Role,
    /// Whether it stands beside the call, around it, or in the prompt.
    pub(super) close: bool,
    pub(super) span: Range<usize>,
}

/// What a record says.
pub(super) struct Reading<'a> {
    /// The field with the code.
    text: &'a str,
    pub(super) sites: Vec<Site>,
    pub(super) phrases: Vec<Phrase>,
    /// Records that share one are near copies.
    pub(super) bands: [u64; BANDS],
}

/// Reads records; reused, it keeps its buffers.
#[derive(Default)]
pub(super) struct Reader {
    parser: Option<Parser>,
    tokens: Tokens,
    shingles: Vec<u64>,
    hasher: MinHasher<{ BANDS * ROWS }>,
}

impl Reader {
    /// What the code of a record says; `None` if no rule has anything to say.
    pub(super) fn read<'a>(&mut self, record: &Record<'a>) -> Option<Reading<'a>> {
        let (role, text) = field(record);
        if !any_anchor().is_match(text) {
            return None;
        }
        let mut steps = Steps::of(text);
        let (mut sites, mut comments) = (Vec::new(), Vec::new());
        for block in blocks(text) {
            let code = &text[block.span.clone()];
            if anchors(block.language).is_match(code) {
                let from = sites.len();
                let mut inside = self.block(block.language, code, &mut steps, &mut sites);
                let moved = |range: &mut Range<usize>| {
                    *range = range.start + block.span.start..range.end + block.span.start
                };
                inside.iter_mut().for_each(moved);
                sites[from..].iter_mut().for_each(|site| moved(&mut site.span));
                comments.append(&mut inside);
            }
        }
        if sites.is_empty() {
            return None;
        }
        self.tokens.clear();
        self.tokens.add(text);
        self.tokens.shingles(WIDTH, &mut self.shingles);
        let signature = self.hasher.signature(&self.shingles)?;
        let mut bands = [0; BANDS];
        let keys = MinHasher::bands(signature, ROWS);
        bands.iter_mut().zip(keys).for_each(|(band, key)| *band = key);
        let mut phrases = self.phrases(role, text, &sites, &comments);
        if role != Role::Input {
            self.prompt(record.input(), &sites, &mut phrases);
        }
        phrases
            .sort_by_key(|phrase| (phrase.rule, phrase.name, !phrase.close, phrase.role, phrase.span.start));
        phrases.dedup_by_key(|phrase| (phrase.rule, phrase.name));
        Some(Reading { text, sites, phrases, bands })
    }

    /// The sites of a block of code; its comments and strings.
    fn block(
        &mut self,
        language: Language,
        text: &str,
        steps: &mut Steps,
        sites: &mut Vec<Site>,
    ) -> Vec<Range<usize>> {
        let parser = self.parser.get_or_insert_with(Parser::new);
        let live = facts(parser, language, text, steps);
        let comments = together(text, live.dead);
        let words = words(text, &comments);
        let mut judge = |facts: &[Fact], at: usize, dead: bool| {
            for fact in facts {
                let span = fact.span.start + at..fact.span.end + at;
                if text.get(span.clone()).is_some() {
                    let echo = |word: &&str| {
                        let near = span.start.saturating_sub(BEFORE)..span.end + AFTER;
                        words.contains(*word) && echoes(text, &comments, &near, &span, word)
                    };
                    judge(language, fact, &span, dead, echo, sites);
                }
            }
        };
        judge(&live.facts, 0, false);
        let code = |range: &&Range<usize>| {
            range.len() <= READ_AS_CODE && anchors(language).is_match(&text[(*range).clone()])
        };
        for range in comments.iter().filter(code) {
            let (inner, at) = unquoted(text, range);
            let inside = facts(parser, language, &bare(inner), steps).with_loose(inner);
            judge(&inside.facts, at, true);
        }
        comments
    }

    /// The phrases near each site, without those in the call itself, the nearest first.
    fn phrases(&mut self, role: Role, text: &str, sites: &[Site], comments: &[Range<usize>]) -> Vec<Phrase> {
        let mut out: Vec<Phrase> = Vec::new();
        for site in sites {
            let near = site.span.start.saturating_sub(BEFORE)..site.span.end + AFTER;
            let from = out.len();
            let last = comments.partition_point(|comment| comment.start < near.end);
            let first = comments.partition_point(|comment| comment.end <= near.start);
            let top = comments.partition_point(|comment| comment.start < TOP).min(first);
            for comment in comments[first..last].iter().rev().chain(&comments[..top]) {
                let around = comment.start <= site.span.start && comment.end >= site.span.end;
                let mut at = comment.start;
                for (number, line) in text[comment.clone()].split_inclusive('\n').enumerate() {
                    let span = at..at + line.len();
                    at = span.end;
                    let within = span.start < near.end && (span.end > near.start || span.start < TOP);
                    let other = span.end <= site.span.start || span.start >= site.span.end;
                    if other && (within || around && number < 5) && out.len() - from < PHRASES {
                        let close = span.start < site.span.end + CLOSE && span.end + CLOSE > site.span.start;
                        self.line((role, text), span, site.rule, close || around, &mut out);
                    }
                }
            }
        }
        out
    }

    /// The phrases of a prompt whose answer has sites.
    fn prompt(&mut self, text: &str, sites: &[Site], out: &mut Vec<Phrase>) {
        let mut rules: Vec<u64> = sites.iter().map(|site| site.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            let (mut at, from) = (0, out.len());
            for line in text[..text.floor_char_boundary(PROMPT)].split_inclusive('\n') {
                if out.len() - from < PHRASES {
                    self.line((Role::Input, text), at..at + line.len(), rule, true, out);
                }
                at += line.len();
            }
        }
    }

    /// The phrases of a line: every few words in a row, or the whole of a short line.
    fn line(
        &mut self,
        (role, text): (Role, &str),
        span: Range<usize>,
        rule: u64,
        close: bool,
        out: &mut Vec<Phrase>,
    ) {
        self.tokens.clear();
        self.tokens.add(&text[span.clone()]);
        let salt = mix(rule << 4 | role as u64);
        let mut push =
            |name: u64| out.push(Phrase { name: mix(name ^ salt), rule, role, close, span: span.clone() });
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

impl Reading<'_> {
    /// A hash of all lines without the sites of a rule and without imports: equal for two files that
    /// differ only in these calls. `None` if there are too few lines to tell.
    pub(super) fn without(&self, rule: u64) -> Option<u64> {
        let mut spans: Vec<_> = self.sites.iter().filter(|site| site.rule == rule).map(|s| &s.span).collect();
        spans.sort_unstable_by_key(|span| span.start);
        let (mut at, mut next, mut hash, mut lines) = (0, 0, 0, 0);
        for line in self.text.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            while spans.get(next).is_some_and(|span| span.end <= start) {
                next += 1;
            }
            let line = line.trim();
            let call = spans.get(next).is_some_and(|span| span.start < end);
            let import = ["import ", "from ", "use ", "#include"].iter().any(|word| line.starts_with(word));
            if !call && !import && !line.is_empty() {
                hash = xxh3_64_with_seed(line.as_bytes(), hash);
                lines += 1;
            }
        }
        (lines >= SHARED_LINES).then_some(hash | 1)
    }
}

/// The words of comments, of three letters or more.
fn words<'a>(text: &'a str, comments: &[Range<usize>]) -> AHashSet<&'a str> {
    let of =
        |range: &Range<usize>| text[range.clone()].split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    comments.iter().flat_map(of).filter(|word| word.len() >= ECHO).collect()
}

fn judge(
    language: Language,
    fact: &Fact,
    span: &Range<usize>,
    dead: bool,
    echo: impl Fn(&&str) -> bool,
    out: &mut Vec<Site>,
) {
    for (index, rule) in rules(language).iter().enumerate() {
        let verdict = rule.judge(fact);
        let word = match verdict {
            Some(true) => None,
            _ => rule.cut_up(fact).into_iter().find(&echo).map(|word| xxh3_64(word.as_bytes()) | 1),
        };
        if verdict.is_some() || word.is_some() {
            out.push(Site {
                rule: (language as u64) << 8 | index as u64,
                bad: verdict == Some(true) || word.is_some(),
                dead: dead || fact.unreached,
                word: word.unwrap_or(0),
                span: span.clone(),
            });
        }
    }
}

fn automaton(languages: &[Language]) -> AhoCorasick {
    let of = |&language: &Language| rules(language).iter().flat_map(move |rule| rule.anchors(language));
    let mut words: Vec<String> = languages.iter().flat_map(of).collect();
    words.sort_unstable();
    words.dedup();
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
