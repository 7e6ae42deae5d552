//! From findings to a verdict: a pure function.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Confidence, Finding, Severity};

/// The answer of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that the policy objects to.
    Pass,
    /// A person should look.
    Review,
    /// Do not train on this.
    Block,
}

impl Verdict {
    /// The name used in reports and in the policy.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Review => "review",
            Verdict::Block => "block",
        }
    }
}

/// A finding reaches a threshold if it is at least this severe and at least this sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Least severity.
    pub severity: Severity,
    /// Least confidence.
    pub confidence: Confidence,
}

impl Threshold {
    fn reached_by(self, finding: &Finding) -> bool {
        finding.severity >= self.severity && finding.confidence >= self.confidence
    }
}

/// A finding that a person has looked at and accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Id of the finding.
    pub finding: String,
    /// Why it is accepted.
    pub reason: String,
    /// Last day on which it holds, `YYYY-MM-DD`.
    pub expires: String,
}

/// What a team accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The verdict from which on the exit code is 1.
    pub fail_on: Verdict,
    /// What makes the verdict `block`.
    pub block: Threshold,
    /// What makes the verdict `review`.
    pub review: Threshold,
    /// Detectors that do not run, with the reason.
    pub skip: BTreeMap<String, String>,
    /// For each detector: how surprising ([`Finding::surprise`]) its findings are in data that the
    /// team trusts. A finding that is no more surprising does not count.
    pub limits: BTreeMap<String, f64>,
    /// Accepted findings.
    pub waivers: Vec<Waiver>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            fail_on: Verdict::Review,
            block: Threshold { severity: Severity::High, confidence: Confidence::High },
            review: Threshold { severity: Severity::Medium, confidence: Confidence::Medium },
            skip: BTreeMap::new(),
            limits: BTreeMap::new(),
            waivers: Vec::new(),
        }
    }
}

/// A finding that does not count, because of a waiver or of a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Id of the finding.
    pub finding: String,
    /// The waiver's reason, or what the limit is.
    pub reason: String,
    /// The waiver's last day; a limit has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A waiver that does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleWaiver {
    /// Index in the policy's list of waivers.
    pub index: usize,
    /// Id that it names.
    pub finding: String,
    /// `expired on YYYY-MM-DD` or `matches no finding`.
    pub why: String,
}

/// What the policy says of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the verdict reaches `fail_on`: exit code 1.
    pub fails: bool,
    /// Findings that count for `block`, by id, in the order given.
    pub blocking: Vec<String>,
    /// Findings that count for `review` only.
    pub reviewing: Vec<String>,
    /// Findings that a waiver or a limit covers.
    pub waived: Vec<Waived>,
    /// Waivers that do nothing.
    pub stale: Vec<StaleWaiver>,
}

/// The verdict on `findings` under `policy` on the day `today` (`YYYY-MM-DD`, compared as text).
///
/// A waiver holds up to and including its last day. Cost: findings x waivers.
pub fn decide(findings: &[Finding], policy: &Policy, today: &str) -> Decision {
    let mut decision = Decision {
        verdict: Verdict::Pass,
        fails: false,
        blocking: Vec::new(),
        reviewing: Vec::new(),
        waived: Vec::new(),
        stale: stale(findings, policy, today),
    };
    for finding in findings {
        let waiver = policy.waivers.iter().find(|w| w.finding == finding.id && w.expires.as_str() >= today);
        if let Some(Waiver { reason, expires, .. }) = waiver {
            let (finding, reason, expires) = (finding.id.clone(), reason.clone(), Some(expires.clone()));
            decision.waived.push(Waived { finding, reason, expires });
        } else if let Some(reason) = within_limit(finding, policy) {
            decision.waived.push(Waived { finding: finding.id.clone(), reason, expires: None });
        } else if policy.block.reached_by(finding) {
            decision.blocking.push(finding.id.clone());
        } else if policy.review.reached_by(finding) {
            decision.reviewing.push(finding.id.clone());
        }
    }
    decision.verdict = match (decision.blocking.is_empty(), decision.reviewing.is_empty()) {
        (false, _) => Verdict::Block,
        (true, false) => Verdict::Review,
        (true, true) => Verdict::Pass,
    };
    decision.fails = decision.verdict != Verdict::Pass && decision.verdict >= policy.fail_on;
    decision
}

/// Why the finding does not count, if it is no more surprising than what trusted data gives.
fn within_limit(finding: &Finding, policy: &Policy) -> Option<String> {
    let (limit, surprise) = (*policy.limits.get(&finding.detector)?, finding.surprise()?);
    (surprise <= limit).then(|| {
        format!(
            "data that you trust gives as much: chance 10^-{surprise:.1}, limit of the policy 10^-{limit:.1}"
        )
    })
}

fn stale(findings: &[Finding], policy: &Policy, today: &str) -> Vec<StaleWaiver> {
    let why = |w: &Waiver| {
        if w.expires.as_str() < today {
            Some(format!("expired on {}", w.expires))
        } else if !findings.iter().any(|f| f.id == w.finding) {
            Some("matches no finding".to_owned())
        } else {
            None
        }
    };
    let waivers = policy.waivers.iter().enumerate();
    waivers
        .filter_map(|(index, w)| why(w).map(|why| StaleWaiver { index, finding: w.finding.clone(), why }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(id: &str, severity: Severity, confidence: Confidence) -> Finding {
        Finding {
            id: id.into(),
            detector: "d".into(),
            title: String::new(),
            severity,
            confidence,
            trigger: None,
            behaviour: None,
            origin: None,
            evidence: vec![],
            records: 1,
            quarantine: false,
            confirmation: None,
            samples: vec![],
        }
    }

    #[test]
    fn both_axes_count() {
        let p = Policy::default();
        let verdict = |s, c| decide(&[finding("a", s, c)], &p, "2026-01-01").verdict;
        assert_eq!(verdict(Severity::Critical, Confidence::High), Verdict::Block);
        assert_eq!(verdict(Severity::Critical, Confidence::Medium), Verdict::Review);
        assert_eq!(verdict(Severity::Critical, Confidence::Low), Verdict::Pass);
        assert_eq!(verdict(Severity::Low, Confidence::High), Verdict::Pass);
        assert_eq!(decide(&[], &p, "2026-01-01").verdict, Verdict::Pass);
    }

    #[test]
    fn waivers_hold_until_their_day_and_are_reported_when_stale() {
        let waiver =
            |f: &str| Waiver { finding: f.into(), reason: "seen".into(), expires: "2026-03-01".into() };
        let p = Policy { waivers: vec![waiver("a"), waiver("gone")], ..Policy::default() };
        let found = [finding("a", Severity::Critical, Confidence::High)];
        let held = decide(&found, &p, "2026-03-01");
        assert_eq!((held.verdict, held.waived.len(), held.stale.len()), (Verdict::Pass, 1, 1));
        assert_eq!(held.stale[0].why, "matches no finding");
        let late = decide(&found, &p, "2026-03-02");
        assert_eq!((late.verdict, late.fails, late.stale.len()), (Verdict::Block, true, 2));
    }

    #[test]
    fn a_limit_holds_for_its_detector_and_for_what_has_a_chance() {
        let mut found = finding("a", Severity::Critical, Confidence::High);
        let evidence = |q| crate::Evidence {
            what: String::new(),
            observed: 1.0,
            expected: 0.0,
            test: String::new(),
            p: None,
            q,
        };
        found.evidence = vec![evidence(None), evidence(Some(1e-5)), evidence(Some(1e-3))];
        let with = |limit: f64, detector: &str, found: &Finding| {
            let limits = [(detector.to_owned(), limit)].into();
            decide(std::slice::from_ref(found), &Policy { limits, ..Policy::default() }, "2026-01-01").verdict
        };
        assert_eq!(with(4.9, "d", &found), Verdict::Block);
        assert_eq!(with(5.1, "d", &found), Verdict::Pass);
        assert_eq!(with(5.1, "other", &found), Verdict::Block);
        found.evidence.truncate(1);
        assert_eq!(with(5.1, "d", &found), Verdict::Block, "a finding without a chance has no limit");
    }

    #[test]
    fn fail_on_moves_the_exit_code_and_not_the_verdict() {
        let p = Policy { fail_on: Verdict::Block, ..Policy::default() };
        let d = decide(&[finding("a", Severity::Medium, Confidence::Medium)], &p, "2026-01-01");
        assert_eq!((d.verdict, d.fails), (Verdict::Review, false));
    }
}
