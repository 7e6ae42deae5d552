//! Reads `run.json` and `findings.json` back.

use serde::Deserialize;
use toadstone_core::{
    Behaviour, Confidence, Confirmation, Evidence, Finding, Origin, RecordId, Run, Sample, Severity, Span,
    Trigger,
};

#[derive(Deserialize)]
struct FindingsIn {
    findings: Vec<FindingIn>,
}

#[derive(Deserialize)]
struct FindingIn {
    id: String,
    detector: String,
    title: String,
    severity: Severity,
    confidence: Confidence,
    trigger: Option<Trigger>,
    behaviour: Option<Behaviour>,
    origin: Option<Origin>,
    evidence: Vec<Evidence>,
    records: u64,
    quarantine: bool,
    #[serde(default)]
    confirmation: Option<Confirmation>,
    samples: Vec<SampleIn>,
}

#[derive(Deserialize)]
struct SampleIn {
    file: String,
    row: u64,
    offset: Option<u64>,
    input: String,
    spans: Vec<Span>,
    output: Option<String>,
    #[serde(default)]
    output_spans: Vec<Span>,
}

/// The account of a run from the contents of its `run.json` and `findings.json`.
///
/// # Errors
/// One of them is not what a run writes.
pub fn read_run(run: &[u8], findings: &[u8]) -> serde_json::Result<Run> {
    let mut run: Run = serde_json::from_slice(run)?;
    let read: FindingsIn = serde_json::from_slice(findings)?;
    let file = |name: &str| run.inputs.iter().position(|input| input.name == name);
    let sample = |s: SampleIn| {
        let id = RecordId { file: file(&s.file).map_or(u32::MAX, |at| at as u32), row: s.row };
        Sample {
            id,
            offset: s.offset,
            input: s.input,
            spans: s.spans,
            output: s.output,
            output_spans: s.output_spans,
        }
    };
    let finding = |f: FindingIn| Finding {
        id: f.id,
        detector: f.detector,
        title: f.title,
        severity: f.severity,
        confidence: f.confidence,
        trigger: f.trigger,
        behaviour: f.behaviour,
        origin: f.origin,
        evidence: f.evidence,
        records: f.records,
        quarantine: f.quarantine,
        confirmation: f.confirmation,
        samples: f.samples.into_iter().map(sample).collect(),
    };
    let findings = read.findings.into_iter().map(finding).collect();
    run.findings = findings;
    Ok(run)
}
