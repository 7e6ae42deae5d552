//! What the detectors find in data that somebody trusts: their null distribution on such data.
//!
//! Every replicate is a random half of the data, whole or with its labels, answers and preferences
//! dealt anew. Each finding there is a false alarm. The limit of a detector is a quantile of the
//! most surprising false alarm of a replicate: if new clean data were exchangeable with the
//! replicates, it would be exceeded with at most the chance asked for (conformal prediction; Vovk,
//! Gammerman and Shafer 2005). Halves of one data set overlap, so this holds for data like it, and
//! is no promise for data of another kind.

use toadstone_core::{Control, Finding, Policy, Source, SourceError, Verdict, decide};

use crate::{Detector, DetectorRun, Null, NullSource, ScanOptions, scan};

/// Chances at which false alarms are counted.
pub const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];

/// How many times the usual false-discovery rate is accepted, to see more of the null distribution.
const LENIENCY: f64 = 100.0;

/// How a calibration is to be done.
#[derive(Debug, Clone)]
pub struct CalibrationOptions {
    /// Replicates of each kind of null, at least 1.
    pub replicates: u32,
    /// Chance that clean data may exceed a limit, between 0 and 1.
    pub rate: f64,
    /// Threads, memory, temporary files and seed of each scan.
    pub scan: ScanOptions,
}

/// What a detector does on trusted data.
#[derive(Debug, Clone)]
pub struct DetectorNull {
    /// Its name.
    pub detector: &'static str,
    /// The surprise ([`Finding::surprise`]) of the most surprising false alarm of each replicate; 0
    /// where there was none. First the halves, then the halves dealt anew.
    pub strongest: Vec<f64>,
    /// Replicates with a false alarm that has no chance beside it, which no limit holds back.
    pub without_chance: u32,
    /// False alarms in the whole of the trusted data.
    pub whole: Vec<Finding>,
    /// What a finding has to exceed; `None` if nothing as surprising as a finding was ever seen.
    pub limit: Option<f64>,
}

impl DetectorNull {
    /// Share of the replicates with a false alarm that claims a chance of at most `level`.
    pub fn obtained(&self, level: f64) -> f64 {
        let least = -libm::log10(level);
        let alarms = self.strongest.iter().filter(|&&s| s >= least).count();
        alarms as f64 / self.strongest.len().max(1) as f64
    }
}

/// What all detectors do on trusted data.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// Replicates, both kinds of null together.
    pub replicates: u32,
    /// Records of the trusted data.
    pub records: u64,
    /// One entry for each detector that can run on such data.
    pub detectors: Vec<DetectorNull>,
    /// The others, with the reason.
    pub refused: Vec<(&'static str, String)>,
}

/// Scans `source`, which the caller trusts, and replicates of it. Costs a scan of the whole and one
/// of a half for each replicate.
///
/// # Errors
/// [`SourceError`] if the data could not be read.
pub fn calibrate(
    source: &dyn Source,
    detectors: &[&'static dyn Detector],
    skip: &dyn Fn(&str) -> Option<String>,
    options: &CalibrationOptions,
    control: &Control,
) -> Result<Calibration, SourceError> {
    let whole = scan(source, detectors, skip, &options.scan, control)?;
    let mut calibration = Calibration {
        replicates: 0,
        records: whole.read.records,
        detectors: Vec::new(),
        refused: Vec::new(),
    };
    for run in whole.runs {
        let detector = run.detector.card().name;
        match run.outcome {
            Err(why) => calibration.refused.push((detector, why)),
            Ok(outcome) => calibration.detectors.push(DetectorNull {
                detector,
                strongest: Vec::new(),
                without_chance: 0,
                whole: outcome.findings.into_iter().filter(counts).collect(),
                limit: None,
            }),
        }
    }
    let lenient = ScanOptions { leniency: LENIENCY, ..options.scan.clone() };
    for null in [Null::Half, Null::Dealt] {
        for replicate in 0..options.replicates {
            let seed = options.scan.seed.wrapping_add(u64::from(replicate) + 1);
            let runs = scan(&NullSource::new(source, null, seed), detectors, skip, &lenient, control)?.runs;
            calibration.replicates += 1;
            calibration.detectors.iter_mut().for_each(|d| d.note(&runs));
        }
    }
    calibration.detectors.iter_mut().for_each(|d| d.limit = limit(d, options.rate));
    Ok(calibration)
}

impl DetectorNull {
    fn note(&mut self, runs: &[DetectorRun]) {
        let run = runs.iter().find(|run| run.detector.card().name == self.detector);
        let findings = run.and_then(|run| run.outcome.as_ref().ok()).map_or(&[][..], |o| &o.findings);
        let alarms = || findings.iter().filter(|f| counts(f));
        self.strongest.push(alarms().filter_map(Finding::surprise).fold(0.0, f64::max));
        self.without_chance += u32::from(alarms().any(|f| f.surprise().is_none()));
    }
}

/// Whether a finding would count under the built-in policy.
fn counts(finding: &Finding) -> bool {
    let decision = decide(std::slice::from_ref(finding), &Policy::default(), "");
    finding.quarantine || decision.verdict != Verdict::Pass
}

/// The surprise that a replicate exceeds with a chance of at most `rate`, and no less than what the
/// whole of the trusted data gives.
fn limit(null: &DetectorNull, rate: f64) -> Option<f64> {
    let mut strongest = null.strongest.clone();
    strongest.sort_by(|a, b| b.total_cmp(a));
    let allowed = (rate * (strongest.len() + 1) as f64).floor() as usize;
    let replicate = strongest.get(allowed.saturating_sub(1)).copied().unwrap_or(0.0);
    let whole = null.whole.iter().filter_map(Finding::surprise).fold(0.0, f64::max);
    let limit = replicate.max(whole);
    // What claims a higher chance than any detector accepts in a scan needs no limit.
    (limit > -libm::log10(LEVELS[0])).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn null(strongest: Vec<f64>) -> DetectorNull {
        DetectorNull { detector: "d", strongest, without_chance: 0, whole: Vec::new(), limit: None }
    }

    #[test]
    fn the_limit_is_exceeded_by_as_many_replicates_as_were_allowed() {
        let of = |n: u32| null((1..=n).map(f64::from).collect());
        assert_eq!(limit(&of(19), 0.05), Some(19.0), "one of twenty may be above the largest of 19");
        assert_eq!(limit(&of(39), 0.05), Some(38.0));
        assert_eq!(limit(&of(99), 0.10), Some(90.0));
        assert_eq!(limit(&null(vec![0.0; 19]), 0.05), None);
    }

    #[test]
    fn alarms_are_counted_by_the_chance_that_they_claim() {
        let null = null(vec![0.0, 1.5, 2.0, 4.0]);
        assert_eq!([0.05, 0.01, 0.001].map(|level| null.obtained(level)), [0.75, 0.5, 0.25]);
    }
}
