//! How person and machine agree, and people among each other.

use std::collections::BTreeMap;

use serde::Serialize;
use toadstone_core::Run;

use crate::book::{Book, Key};
use crate::decision::{Call, Decision};
use crate::digest::Digest;
use crate::statistics::{kappa, wilson};
use crate::table::Table;

/// Version of the JSON. It grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// How often each was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Poison.
    pub poison: u64,
    /// Fine.
    pub fine: u64,
    /// Neither: the person could not tell.
    pub unsure: u64,
}

impl Calls {
    fn add(&mut self, call: Call) {
        match call {
            Call::Poison => self.poison += 1,
            Call::Fine => self.fine += 1,
            Call::Unsure => self.unsure += 1,
            Call::Withdrawn => {}
        }
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.poison + self.fine + self.unsure
    }

    /// Poison among those that the person could tell: share and Wilson's interval of 95 %.
    fn precision(&self) -> Option<Precision> {
        let told = self.poison + self.fine;
        (told > 0).then(|| Precision {
            share: self.poison as f64 / told as f64,
            interval: wilson(self.poison, told),
        })
    }
}

/// A share of what was judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Precision {
    /// From 0 to 1.
    pub share: f64,
    /// Wilson's interval of 95 %.
    pub interval: [f64; 2],
}

/// One detector against the person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetectorAgreement {
    /// Its name.
    pub detector: String,
    /// Records of its findings that set them aside.
    pub set_aside: u64,
    /// What was said of those, one by one.
    pub records: Calls,
    /// How many of them the person called poison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Its findings.
    pub findings: u64,
    /// What was said of findings as a whole.
    pub findings_judged: Calls,
}

/// Two people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairAgreement {
    /// Their names (hostile text).
    pub people: [String; 2],
    /// Records and findings that both judged on the same content.
    pub both: u64,
    /// Of which they said the same.
    pub same: u64,
    /// Cohen's kappa over poison, fine and unsure; missing where chance says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kappa: Option<f64>,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    schema: u32,
    /// Suspicious records of the run.
    pub suspicious: u64,
    /// Those that findings set aside.
    pub set_aside: u64,
    /// What was said of records that findings set aside, one by one.
    pub of_set_aside: Calls,
    /// What was said of suspicious records that were left in place.
    pub of_left: Calls,
    /// Cohen's kappa of "set aside" against "poison"; only where both kinds of records were judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kappa: Option<f64>,
    /// Findings that were judged as a whole.
    pub findings: Calls,
    /// Detectors with findings, in the run's order.
    pub detectors: Vec<DetectorAgreement>,
    /// Decisions of each person that were not withdrawn, by name (hostile text).
    pub people: BTreeMap<String, u64>,
    /// Every two people who judged something in common.
    pub pairs: Vec<PairAgreement>,
    /// Decisions that do not count, as their content changed; missing where the data was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outdated: Option<u64>,
    /// Decisions on what this run does not have.
    pub elsewhere: u64,
    /// What the figures do not say.
    pub caveats: Vec<&'static str>,
}

const CAVEATS: [&str; 2] = [
    "The figures are about the records that were judged. Unless these were drawn at random, they say little about the others.",
    "Records that no finding names were not shown, so nothing here says what was missed.",
];

/// Compares. `content` gives the digest of what a subject is now, if it is known.
pub(crate) fn agreement(
    run: &Run,
    table: &Table,
    book: &Book,
    content: &dyn Fn(Key) -> Option<Digest>,
) -> Agreement {
    let mut out = Agreement {
        schema: SCHEMA,
        suspicious: table.len() as u64,
        set_aside: table.rows().iter().filter(|row| row.quarantine).count() as u64,
        of_set_aside: Calls::default(),
        of_left: Calls::default(),
        kappa: None,
        findings: Calls::default(),
        detectors: detectors(run, table),
        people: BTreeMap::new(),
        pairs: pairs(book, content),
        outdated: Some(0),
        elsewhere: book.elsewhere,
        caveats: CAVEATS.to_vec(),
    };
    for (key, decision) in book.all() {
        if decision.call == Call::Withdrawn {
            continue;
        }
        if book.holds(key, content(key)).is_none() {
            out.outdated = out.outdated.map(|n| n + 1);
            continue;
        }
        out.count(run, table, key, decision.call);
    }
    for (who, said) in book.people() {
        let standing = said.values().filter(|said| said.call != Call::Withdrawn).count() as u64;
        out.people.insert(who.clone(), standing);
    }
    for detector in &mut out.detectors {
        detector.precision = detector.records.precision();
    }
    let (aside, left) = (out.of_set_aside, out.of_left);
    // With one kind of records only, kappa is no measure of anything.
    if aside.poison + aside.fine > 0 && left.poison + left.fine > 0 {
        out.kappa = kappa(&[[aside.poison, aside.fine], [left.poison, left.fine]]);
    }
    out
}

impl Agreement {
    fn count(&mut self, run: &Run, table: &Table, key: Key, call: Call) {
        let detector = |at: u32| run.findings.get(at as usize).map(|finding| finding.detector.as_str());
        match key {
            Key::Finding(at) => {
                self.findings.add(call);
                let name = detector(at);
                let own = self.detectors.iter_mut().find(|d| Some(d.detector.as_str()) == name);
                if let Some(own) = own {
                    own.findings_judged.add(call);
                }
            }
            Key::Record(number) => {
                let Some(row) = table.get(number) else { return };
                if row.quarantine {
                    self.of_set_aside.add(call)
                } else {
                    self.of_left.add(call)
                }
                for own in &mut self.detectors {
                    let mut marks = table.marks(row).iter().filter(|mark| mark.member);
                    let sets_aside = |at: u32| run.findings.get(at as usize).is_some_and(|f| f.quarantine);
                    if marks.any(|m| detector(m.finding) == Some(&own.detector) && sets_aside(m.finding)) {
                        own.records.add(call);
                    }
                }
            }
        }
    }
}

fn detectors(run: &Run, table: &Table) -> Vec<DetectorAgreement> {
    let with_findings = run.checks.iter().filter(|check| check.findings > 0);
    let agreement = |name: &str| {
        let own = |at: u32| run.findings[at as usize].detector == name;
        let mut records: Vec<u32> = (0..run.findings.len() as u32)
            .filter(|at| own(*at) && run.findings[*at as usize].quarantine)
            .flat_map(|at| table.members(at))
            .collect();
        records.sort_unstable();
        records.dedup();
        DetectorAgreement {
            detector: name.to_owned(),
            set_aside: records.len() as u64,
            records: Calls::default(),
            precision: None,
            findings: run.findings.iter().filter(|finding| finding.detector == name).count() as u64,
            findings_judged: Calls::default(),
        }
    };
    with_findings.map(|check| agreement(&check.detector)).collect()
}

fn pairs(book: &Book, content: &dyn Fn(Key) -> Option<Digest>) -> Vec<PairAgreement> {
    let people: Vec<_> = book.people().iter().collect();
    let mut out = Vec::new();
    for (at, (a, of_a)) in people.iter().enumerate() {
        for (b, of_b) in &people[at + 1..] {
            let place = |said: &Decision| match said.call {
                Call::Poison => Some(0),
                Call::Fine => Some(1),
                Call::Unsure => Some(2),
                Call::Withdrawn => None,
            };
            let mut table = [[0u64; 3]; 3];
            for (key, first) in of_a.iter() {
                let Some(second) = of_b.get(key).filter(|second| second.digest == first.digest) else {
                    continue;
                };
                let current = content(*key).is_none_or(|content| content == first.digest);
                if let (true, Some(i), Some(j)) = (current, place(first), place(second)) {
                    table[i][j] += 1;
                }
            }
            let both = table.iter().flatten().sum();
            let same = (0..3).map(|i| table[i][i]).sum();
            if both > 0 {
                out.push(PairAgreement {
                    people: [(*a).clone(), (*b).clone()],
                    both,
                    same,
                    kappa: kappa(&table),
                });
            }
        }
    }
    out
}
