//! From tied phrases to findings.

use toadstone_core::{
    Behaviour, Confidence, Evidence, Finding, Mark, Record, Role, Sample, Severity, Trigger, finding_id,
    visible,
};

use super::NAME;
use super::read::{Reader, rule_of};
use crate::Outcome;
use crate::detectors::shared::gather::{Gathered, Plan, SAMPLES};
use crate::detectors::shared::position::unpack;
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

/// A phrase that is tied to the insecure way.
pub(super) struct Group {
    pub(super) name: u64,
    pub(super) rule: u64,
    /// Its records, in order.
    pub(super) places: Vec<u64>,
    /// Families with the phrase; of those insecure, insecure only in comments, repeated, with a
    /// secure near copy.
    pub(super) counts: [usize; 5],
    /// What the rest gives for the last four, as shares.
    pub(super) rest: [f64; 4],
    pub(super) p: f64,
    pub(super) q: f64,
}

/// All of them.
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
        let phrase = phrase(&samples);
        let lower = phrase.to_lowercase();
        let admits = ADMITS.iter().any(|word| lower.contains(word));
        let [n, counts @ ..] = group.counts;
        let what = [
            "families of files with this comment that have the insecure call",
            "families in which the insecure call stands only in comments or strings",
            "families with three or more copies",
            "families that have a near copy with the secure call and without the comment",
        ];
        let evidence = what.iter().zip(counts).zip(group.rest).enumerate().map(|(at, ((what, k), share))| {
            let first = at == 0;
            Evidence {
                what: (*what).to_owned(),
                observed: k as f64,
                expected: n as f64 * share,
                test: "binomial tails (Chernoff bound) against the other families, by Fisher's method"
                    .to_owned(),
                p: first.then_some(group.p),
                q: first.then_some(group.q),
            }
        });
        let total = group.places.len() as u64;
        Some(Finding {
            id: finding_id(NAME, [rule.id, &format!("{:016x}", group.name)]),
            detector: NAME.to_owned(),
            title: format!(
                "The comment “{}” goes with an insecure call in {} (CWE-{}, {}): {}; {}; use {}",
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
            trigger: Some(Trigger { kind: "comment".to_owned(), parts: vec![phrase] }),
            behaviour: Some(Behaviour { kind: "insecure call".to_owned(), text: rule.id.to_owned() }),
            origin: None,
            evidence: evidence.collect(),
            records: total,
            quarantine: !admits,
            samples,
        })
    }
}

impl Plan for Found {
    fn sample(&self, group: u32, record: &Record<'_>) -> Sample {
        let reading = Reader::default().read(record);
        let name = self.groups.get(group as usize).map(|group| group.name);
        let phrases = reading.into_iter().flat_map(|reading| reading.phrases);
        let span = phrases.into_iter().find(|phrase| Some(phrase.name) == name).map(|phrase| phrase.span);
        let trimmed = span.map(|span| {
            let line = &record.input()[span.clone()];
            let start = span.start + line.len() - line.trim_start().len();
            (Role::Input, start..span.start + line.trim_end().len())
        });
        sample(record, trimmed, None)
    }

    fn write(&self, gathered: &Gathered) -> Outcome {
        let mut outcome = Outcome { notes: self.notes.clone(), ..Outcome::default() };
        for (index, group) in self.groups.iter().enumerate() {
            let Some(finding) = self.finding(group, gathered.samples(index as u32)) else { continue };
            let at = outcome.findings.len() as u32;
            // Beyond the level every record is as likely planted as the group is.
            let score = if finding.quarantine { (1.0 - group.q as f32).min(0.99) } else { 0.05 };
            let mark = |&place: &u64| Mark { id: unpack(place), finding: at, score, member: true };
            outcome.marks.extend(group.places.iter().map(mark));
            outcome.findings.push(finding);
        }
        outcome
    }
}

/// The words that the highlighted lines of all samples begin with.
fn phrase(samples: &[Sample]) -> String {
    let line = |sample: &Sample| {
        let span = sample.spans.first()?;
        sample.input.get(span.start..span.end).map(str::to_owned)
    };
    let mut lines = samples.iter().filter_map(line);
    let Some(first) = lines.next() else { return String::new() };
    let mut words: Vec<&str> = first.split_whitespace().collect();
    for line in lines {
        let same = words.iter().zip(line.split_whitespace()).take_while(|(a, b)| **a == *b).count();
        // Lines that begin in different ways leave the first as it is.
        if same >= 2 {
            words.truncate(same);
        }
    }
    words.join(" ")
}
