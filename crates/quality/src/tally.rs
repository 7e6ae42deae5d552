//! Counts what the rules say.

use std::collections::BTreeMap;

use toadstone_core::{Quality, QualityExample, QualityRule, RecordId};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Standards, rules};

/// Records shown for each rule.
const EXAMPLES: usize = 3;
/// Bytes shown of each.
const SHOWN: usize = 240;

/// A record that is shown. Those with the smallest digests are: a draw that does not depend on the order.
#[derive(Debug, Clone, PartialEq)]
struct Example {
    draw: (u64, RecordId),
    value: f32,
    text: String,
}

#[derive(Debug, Clone, Default)]
struct Count {
    judged: u64,
    failed: u64,
    alone: u64,
    examples: Vec<Example>,
}

impl Count {
    fn show(&mut self, draw: (u64, RecordId), value: f32, text: &str) {
        let at = self.examples.partition_point(|example| example.draw < draw);
        if at < EXAMPLES {
            let text = text[..text.floor_char_boundary(SHOWN)].to_owned();
            self.examples.insert(at, Example { draw, value, text });
            self.examples.truncate(EXAMPLES);
        }
    }
}

/// What was counted so far. Merging is adding up.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    judged: u64,
    failed: u64,
    text_bytes: u64,
    failed_bytes: u64,
    rules: Vec<Count>,
    languages: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Tally { rules: vec![Count::default(); rules().count()], ..Tally::default() }
    }

    /// A rule could judge a record.
    pub(crate) fn judged(&mut self, rule: usize) {
        self.rules[rule].judged += 1;
    }

    /// A record was judged; `failed` are the rules that it fails and the values.
    pub(crate) fn record(&mut self, id: RecordId, text: &str, failed: &[(usize, f32)]) {
        self.judged += 1;
        self.text_bytes += text.len() as u64;
        if failed.is_empty() {
            return;
        }
        self.failed += 1;
        self.failed_bytes += text.len() as u64;
        let draw = (xxh3_64(text.as_bytes()), id);
        for &(rule, value) in failed {
            let count = &mut self.rules[rule];
            count.failed += 1;
            count.alone += u64::from(failed.len() == 1);
            count.show(draw, value, text);
        }
    }

    /// The language of a record was told.
    pub(crate) fn language(&mut self, code: &'static str) {
        *self.languages.entry(code).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: Tally) {
        self.judged += other.judged;
        self.failed += other.failed;
        self.text_bytes += other.text_bytes;
        self.failed_bytes += other.failed_bytes;
        for (code, n) in other.languages {
            *self.languages.entry(code).or_default() += n;
        }
        for (count, other) in self.rules.iter_mut().zip(other.rules) {
            count.judged += other.judged;
            count.failed += other.failed;
            count.alone += other.alone;
            for example in other.examples {
                count.show(example.draw, example.value, &example.text);
            }
        }
    }

    /// The account, with the names of the input files.
    pub(crate) fn conclude(self, standards: &Standards, files: &[String]) -> Quality {
        let example = |example: Example| QualityExample {
            file: files.get(example.draw.1.file as usize).cloned().unwrap_or_default(),
            row: example.draw.1.row,
            value: example.value,
            text: example.text,
        };
        let mut counts = self.rules;
        let on = standards.active().map(|(number, rule, limit)| {
            let count = std::mem::take(&mut counts[number]);
            QualityRule {
                name: rule.name.to_owned(),
                what: rule.what.to_owned(),
                bound: rule.bound,
                limit,
                judged: count.judged,
                failed: count.failed,
                alone: count.alone,
                examples: count.examples.into_iter().map(example).collect(),
            }
        });
        Quality {
            judged: self.judged,
            failed: self.failed,
            text_bytes: self.text_bytes,
            failed_bytes: self.failed_bytes,
            rules: on.collect(),
            off: rules().filter(|rule| !standards.on(rule)).map(|rule| rule.name.to_owned()).collect(),
            languages: self.languages.into_iter().map(|(code, n)| (code.to_owned(), n)).collect(),
        }
    }
}
