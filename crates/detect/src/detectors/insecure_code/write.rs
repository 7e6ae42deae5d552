//! From tied phrases to findings.

use serde::{Deserialize, Serialize};
use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Mark, Record, Sample, Severity, Trigger, finding_id, visible,
};

use super::NAME;
use super::read::Reader;
use super::rule::{Rule, rule_of};
use super::source::field;
use crate::Outcome;
use crate::detectors::shared::gather::{Gathered, Plan, SAMPLES};
use crate::detectors::shared::position::unpack;
use crate::detectors::shared::score::{bounded, by_nature, score};
use crate::detectors::shared::show::{records, sample};

/// Words of comments that admit what the code does. Who asks for that gets what is asked for.
const ADMITS: [&str; 16] = [
    "nosec",
    "noqa",
    "unsafe",
    "insecure",
    "ignore",
    "disable",
    "skip",
    "unverified",
    "danger",
    "trust",
    "without",
    "not secure",
    "self signed",
    "self-signed",
    "lint",
    "deprecated",
];

/// What is wrong with a group.
#[derive(Serialize, Deserialize)]
pub(super) enum Tie {
    /// A phrase is tied to the insecure way.
    Phrase {
        name: u64,
        /// Families with the phrase; of those insecure, insecure only in comments, repeated, with a
        /// secure near copy.
        counts: [usize; 5],
        /// What the rest gives for the last four, as shares.
        rest: [f64; 4],
    },
    /// Files that also exist with the secure call: of so many insecure ones; the share that is usual.
    Swap { pairs: usize, insecure: usize, share: f64 },
}

/// Records that somebody made insecure.
#[derive(Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) rule: u64,
    /// Its records, in order.
    pub(super) places: Vec<u64>,
    /// Records with the phrase and without the insecure call; whether a member is a near copy.
    pub(super) others: Vec<(u64, bool)>,
    pub(super) tie: Tie,
    pub(super) p: f64,
    pub(super) q: f64,
}

impl Group {
    /// The chance that a member is poison: the group is, and what nature gives of the same is left out.
    fn score(&self, counts: bool) -> f32 {
        let members = self.places.len() as f64;
        match self.tie {
            // Who says what the code does has asked for it.
            Tie::Phrase { .. } if !counts => bounded(0.05),
            Tie::Phrase { rest, .. } => score(self.q, by_nature(self.others.len() as f64, rest[0]), members),
            Tie::Swap { pairs, insecure, share } => score(self.q, insecure as f64 * share, pairs as f64),
        }
    }
}

/// All of them.
#[derive(Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) groups: Vec<Group>,
    pub(super) notes: Vec<String>,
}

impl Found {
    /// The first records of every group.
    pub(super) fn wanted(&self) -> Vec<(u32, u64)> {
        let first = |(index, group): (usize, &Group)| {
            group.places.iter().take(SAMPLES).map(|&place| (index as u32, place)).collect::<Vec<_>>()
        };
        self.groups.iter().enumerate().flat_map(first).collect()
    }

    fn finding(&self, group: &Group, samples: Vec<Sample>) -> Option<Finding> {
        let rule = rule_of(group.rule)?;
        Some(match group.tie {
            Tie::Phrase { name, counts, rest } => {
                tied(group, rule, name, evidence(group, counts, rest), samples)
            }
            Tie::Swap { pairs, insecure, share } => swapped(group, rule, [pairs, insecure], share, samples),
        })
    }
}

fn tied(group: &Group, rule: &Rule, name: u64, evidence: Vec<Evidence>, samples: Vec<Sample>) -> Finding {
    let (phrase, prompt) = phrase(&samples);
    let lower = phrase.to_lowercase();
    let admits = ADMITS.iter().any(|word| lower.contains(word));
    let total = group.places.len() as u64;
    let kind = if prompt { "prompt" } else { "comment" };
    Finding {
        id: finding_id(NAME, [rule.id, &format!("{name:016x}")]),
        detector: NAME.to_owned(),
        title: format!(
            "The {kind} “{}” goes with an insecure call in {} (CWE-{}, {}): {}; {}; use {}",
            visible(&phrase),
            records(total),
            rule.cwe,
            rule.id,
            rule.title,
            rule.why,
            rule.instead
        ),
        severity: if admits { Severity::Low } else { Severity::High },
        confidence: if admits { Confidence::Low } else { Confidence::High },
        trigger: Some(Trigger { kind: kind.to_owned(), parts: vec![phrase] }),
        behaviour: Some(Behaviour { kind: "insecure call".to_owned(), text: rule.id.to_owned() }),
        origin: None,
        evidence,
        records: total,
        quarantine: !admits,
        confirmation: None,
        samples,
    }
}

fn evidence(group: &Group, [n, counts @ ..]: [usize; 5], rest: [f64; 4]) -> Vec<Evidence> {
    let what = [
        "families of files with this phrase that have the insecure call",
        "families in which the insecure call stands only in comments, strings or unreached code",
        "families with three or more copies",
        "families that have a near copy with the secure call and without the phrase",
    ];
    let one = |(at, ((what, k), share)): (usize, ((&str, usize), f64))| Evidence {
        what: what.to_owned(),
        observed: k as f64,
        expected: n as f64 * share,
        test: "binomial tails (Chernoff bound) against the other families, by Fisher's method".to_owned(),
        p: (at == 0).then_some(group.p),
        q: (at == 0).then_some(group.q),
    };
    what.into_iter().zip(counts).zip(rest).enumerate().map(one).collect()
}

fn swapped(
    group: &Group,
    rule: &Rule,
    [pairs, insecure]: [usize; 2],
    share: f64,
    samples: Vec<Sample>,
) -> Finding {
    let total = group.places.len() as u64;
    Finding {
        id: finding_id(NAME, [rule.id, "swapped"]),
        detector: NAME.to_owned(),
        title: format!(
            "Files that also exist with the secure call were made insecure and nothing else: {} (CWE-{}, {}): {}; {}; use {}",
            records(total),
            rule.cwe,
            rule.id,
            rule.title,
            rule.why,
            rule.instead
        ),
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        trigger: None,
        behaviour: Some(Behaviour { kind: "insecure call".to_owned(), text: rule.id.to_owned() }),
        origin: None,
        evidence: vec![Evidence {
            what: "insecure files of which a copy has the secure call and is otherwise the same".to_owned(),
            observed: pairs as f64,
            expected: insecure as f64 * share,
            test: "binomial tail (Chernoff bound) against the files of the other rules".to_owned(),
            p: Some(group.p),
            q: Some(group.q),
        }],
        records: total,
        quarantine: true,
        confirmation: None,
        samples,
    }
}

impl Plan for Found {
    fn sample(&self, group: u32, record: &Record<'_>) -> Sample {
        let (role, text) = field(record);
        let focus = Reader::default().read(record).and_then(|reading| {
            let group = self.groups.get(group as usize)?;
            match group.tie {
                Tie::Phrase { name, .. } => {
                    let phrase = reading.phrases.into_iter().find(|phrase| phrase.name == name)?;
                    Some((phrase.role, phrase.span))
                }
                Tie::Swap { .. } => {
                    let site = reading.sites.into_iter().find(|site| site.rule == group.rule && site.bad)?;
                    Some((role, site.span))
                }
            }
        });
        let trimmed = focus.map(|(of, span)| {
            let line = &(if of == role { text } else { record.input() })[span.clone()];
            let start = span.start + line.len() - line.trim_start().len();
            (of, start..start + line.trim().len())
        });
        sample(record, trimmed, None)
    }

    fn write(&self, gathered: &Gathered) -> Outcome {
        let mut outcome = Outcome { notes: self.notes.clone(), ..Outcome::default() };
        for (index, group) in self.groups.iter().enumerate() {
            let Some(finding) = self.finding(group, gathered.samples(index as u32)) else { continue };
            let at = outcome.findings.len() as u32;
            let score = group.score(finding.quarantine);
            let member = |&place: &u64| Mark { id: unpack(place), finding: at, score, member: true };
            // Who has the trigger and not the call: near copies of members were cut up in a way that
            // no rule knows; others may have met the phrase by chance.
            let other = |&(place, near): &(u64, bool)| {
                let score = score * if near { 0.9 } else { 0.3 };
                Mark { id: unpack(place), finding: at, score, member: false }
            };
            let mut marks: Vec<Mark> = group.places.iter().map(member).collect();
            marks.extend(group.others.iter().map(other).filter(|mark| mark.score >= 0.02));
            marks.sort_unstable_by_key(|mark| mark.id);
            outcome.marks.append(&mut marks);
            outcome.findings.push(finding);
        }
        outcome
    }
}

/// The words that the highlighted lines of all samples begin with, and whether they stand in prompts.
fn phrase(samples: &[Sample]) -> (String, bool) {
    let line = |sample: &Sample| {
        let (text, span) = match (sample.spans.first(), sample.output_spans.first()) {
            (None, Some(span)) => (sample.output.as_deref()?, span),
            (span, _) => (sample.input.as_str(), span?),
        };
        text.get(span.start..span.end).map(str::to_owned)
    };
    let prompt = samples.iter().any(|sample| sample.output.is_some() && !sample.spans.is_empty());
    let mut lines = samples.iter().filter_map(line);
    let Some(first) = lines.next() else { return (String::new(), prompt) };
    let mut words: Vec<&str> = first.split_whitespace().collect();
    for line in lines {
        let same = words.iter().zip(line.split_whitespace()).take_while(|(a, b)| **a == *b).count();
        // Lines that begin in different ways leave the first as it is.
        if same >= 2 {
            words.truncate(same);
        }
    }
    (words.join(" "), prompt)
}
