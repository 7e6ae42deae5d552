//! What was done, under the names that frameworks have for it.
//!
//! Each line says what was done and checked, and nothing about whether a framework is complied with:
//! that is for a person to judge, who knows the rest.

use serde::Serialize;
use toadstone_core::{CheckState, Run, Verdict};

use crate::words;

/// A piece of evidence for one point of one framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Support {
    /// The framework.
    pub framework: &'static str,
    /// The point's id in it.
    pub id: &'static str,
    /// The point's name in it.
    pub title: &'static str,
    /// What was done, in a sentence.
    pub done: String,
}

/// A scan that read all of its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The verdict.
    pub verdict: Verdict,
    /// Records that were read.
    pub records: u64,
    /// Detectors that ran.
    pub ran: Vec<String>,
    /// How many did not run.
    pub not_run: u64,
}

/// A seal whose signatures and data were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Files whose SHA-256 was computed and is the signed one.
    pub files: u64,
    /// Number of the seal in its series, if it has one.
    pub sequence: Option<u64>,
    /// Trusted keys whose signatures hold.
    pub signers: u64,
}

/// How many records say where they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// Records that do.
    pub known: u64,
    /// All records.
    pub records: u64,
    /// Whether more may do, as only some columns or sources were counted.
    pub at_least: bool,
}

/// What was done. What is `None` was not done, or did not succeed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// The scan.
    pub scan: Option<Scan>,
    /// The seal.
    pub seal: Option<Seal>,
    /// The share of known provenance.
    pub provenance: Option<Provenance>,
}

const OWASP: &str = "OWASP Top 10 for LLM Applications 2025";
const ATLAS: &str = "MITRE ATLAS";
const NIST: &str = "NIST AI 100-2e2025";
const AI_ACT: &str = "EU AI Act (Regulation 2024/1689)";
const QUAIDAL: &str = "BSI QUAIDAL";

/// Detectors that look for what the named class of poisoning leaves behind.
const CLASSES: [(&str, &[&str]); 2] = [
    (
        "Backdoor poisoning",
        &[
            "planted-trigger",
            "planted-behaviour",
            "planted-document",
            "planted-style",
            "hidden-text",
            "insecure-code",
            "preference-swap",
        ],
    ),
    ("Availability poisoning", &["label-noise", "label-conflict", "duplicate-flood"]),
];

impl Scan {
    /// The scan of a run; `None` if it read nothing.
    pub fn of(run: &Run) -> Option<Scan> {
        let ran = run.checks.iter().filter(|check| check.state == CheckState::Ran);
        let ran: Vec<String> = ran.map(|check| check.detector.clone()).collect();
        let not_run = (run.checks.len() - ran.len()) as u64;
        (run.records > 0).then_some(Scan { verdict: run.verdict, records: run.records, ran, not_run })
    }

    fn sentence(&self) -> String {
        let not_run = match self.not_run {
            0 => String::new(),
            n => format!("; {} did not run", words::plural(n, "detector")),
        };
        format!(
            "{} searched by {} for planted associations{not_run}; the verdict is `{}`",
            words::plural(self.records, "record"),
            words::plural(self.ran.len() as u64, "detector"),
            self.verdict.name()
        )
    }
}

/// The evidence in what was done.
pub fn supports(done: &Done) -> Vec<Support> {
    let mut list = Vec::new();
    list.extend(done.scan.iter().flat_map(of_scan));
    list.extend(done.seal.iter().flat_map(of_seal));
    list.extend(done.provenance.as_ref().filter(|share| share.records > 0).map(of_provenance));
    list
}

fn of_scan(scan: &Scan) -> Vec<Support> {
    let done = scan.sentence();
    let mut list = vec![
        support(OWASP, "LLM04:2025", "Data and Model Poisoning", done.clone()),
        support(ATLAS, "AML.T0020", "Poison Training Data", done.clone()),
    ];
    for (class, detectors) in CLASSES {
        let ran: Vec<&str> =
            detectors.iter().copied().filter(|d| scan.ran.iter().any(|ran| ran == d)).collect();
        if !ran.is_empty() {
            list.push(support(
                NIST,
                class,
                "class of poisoning attacks",
                format!("searched for by {}", ran.join(", ")),
            ));
        }
    }
    let detect = format!("a measure to detect attacks on the training data: {done}");
    list.push(support(AI_ACT, "Art. 15(5)", "Accuracy, robustness and cybersecurity", detect));
    list
}

fn of_seal(seal: &Seal) -> Vec<Support> {
    let files = words::plural(seal.files, "file");
    let by = words::plural(seal.signers, "trusted key");
    let mut list = vec![
        support(
            ATLAS,
            "AML.M0014",
            "Verify AI Artifacts",
            format!("SHA-256 of {files} computed and the same as signed by {by}"),
        ),
        support(
            ATLAS,
            "AML.T0010.002",
            "AI Supply Chain Compromise: Data",
            format!(
                "the data is byte for byte what was signed by {by}; who holds those keys is for you to know"
            ),
        ),
        support(
            ATLAS,
            "AML.T0059",
            "Erode Dataset Integrity",
            format!("none of {files} was changed, added or removed since they were signed"),
        ),
    ];
    if let Some(sequence) = seal.sequence {
        let done = format!("seal {sequence} of its series, which names the one before it by its digest");
        list.push(support(ATLAS, "AML.M0025", "Maintain AI Dataset Provenance", done));
    }
    let prevent =
        format!("a measure to prevent changes to the training data unnoticed: {files} signed by {by}");
    list.push(support(AI_ACT, "Art. 15(5)", "Accuracy, robustness and cybersecurity", prevent));
    list
}

fn of_provenance(share: &Provenance) -> Support {
    // Rounded down: nearly all is not all.
    let percent = (1000.0 * share.known as f64 / share.records as f64).floor() / 10.0;
    let at_least = if share.at_least && share.known < share.records { "at least " } else { "" };
    let done = format!(
        "{at_least}{percent:.1} % of records name where they come from ({} of {}); whether that is true was not checked",
        words::count(share.known),
        words::count(share.records)
    );
    support(QUAIDAL, "QM-67", "Share of records with known provenance", done)
}

fn support(framework: &'static str, id: &'static str, title: &'static str, done: String) -> Support {
    Support { framework, id, title, done }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_done_is_not_listed() {
        assert_eq!(supports(&Done::default()), []);
        let scan = Scan { verdict: Verdict::Pass, records: 5, ran: vec!["label-noise".into()], not_run: 2 };
        let list = supports(&Done { scan: Some(scan), ..Done::default() });
        assert!(list.iter().any(|s| s.id == "Availability poisoning" && s.done.ends_with("label-noise")));
        assert!(list.iter().all(|s| s.id != "Backdoor poisoning" && s.id != "AML.M0014" && s.id != "QM-67"));
        assert!(list[0].done.contains("2 detectors did not run"), "{}", list[0].done);
    }

    #[test]
    fn a_share_that_is_not_whole_says_so() {
        let done = |at_least| {
            let provenance = Some(Provenance { known: 1, records: 3, at_least });
            supports(&Done { provenance, ..Done::default() }).remove(0).done
        };
        assert!(done(true).starts_with("at least 33.3 % of records"), "{}", done(true));
        assert!(done(false).starts_with("33.3 % of records"));
        let provenance = Some(Provenance { known: 99_999, records: 100_000, at_least: false });
        let nearly = supports(&Done { provenance, ..Done::default() }).remove(0).done;
        assert!(nearly.starts_with("99.9 % of records"), "{nearly}");
    }
}
