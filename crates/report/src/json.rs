//! `run.json`, `findings.json`, and both in one object on standard output.

use std::io;

use serde::Serialize;
use toadstone_core::{
    Behaviour, Confidence, Confirmation, Evidence, Finding, Origin, Run, SCHEMA_VERSION, Sample, Severity,
    Span, Trigger,
};

use crate::view::file_name;
use crate::{Context, wire};

/// A sample that names its file, so that the document can be read without the run.
#[derive(Serialize)]
struct SampleOut<'a> {
    file: &'a str,
    row: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    input: &'a str,
    spans: &'a [Span],
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Span]>::is_empty")]
    output_spans: &'a [Span],
}

#[derive(Serialize)]
struct FindingOut<'a> {
    id: &'a str,
    detector: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'a Trigger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behaviour: Option<&'a Behaviour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Origin>,
    evidence: &'a [Evidence],
    records: u64,
    quarantine: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<&'a Confirmation>,
    samples: Vec<SampleOut<'a>>,
}

/// Nothing in here depends on time, threads or memory: equal inputs give equal bytes.
#[derive(Serialize)]
struct FindingsOut<'a> {
    schema: u32,
    findings: Vec<FindingOut<'a>>,
}

#[derive(Serialize)]
struct Whole<'a> {
    run: &'a Run,
    #[serde(flatten)]
    findings: FindingsOut<'a>,
}

/// Writes `run.json`: everything but the findings.
///
/// # Errors
/// Whatever `out` gives.
pub fn write_run(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    wire::write(run, out)
}

/// Writes `findings.json`: equal inputs give equal bytes, whatever the machine.
///
/// # Errors
/// Whatever `out` gives.
pub fn write_findings(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    wire::write(&findings(run), out)
}

/// Any value on one line, inert wherever it is shown, with a line feed at its end.
pub fn line<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // Neither a `Vec` nor a value of ours gives an error.
    let _ = wire::write_line(value, &mut out);
    out
}

/// Both in one object, for standard output.
pub(crate) fn write(run: &Run, _: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    wire::write(&Whole { run, findings: findings(run) }, out)
}

fn findings(run: &Run) -> FindingsOut<'_> {
    let findings = run.findings.iter().map(|f| finding(run, f)).collect();
    FindingsOut { schema: SCHEMA_VERSION, findings }
}

fn finding<'a>(run: &'a Run, f: &'a Finding) -> FindingOut<'a> {
    FindingOut {
        id: &f.id,
        detector: &f.detector,
        title: &f.title,
        severity: f.severity,
        confidence: f.confidence,
        trigger: f.trigger.as_ref(),
        behaviour: f.behaviour.as_ref(),
        origin: f.origin.as_ref(),
        evidence: &f.evidence,
        records: f.records,
        quarantine: f.quarantine,
        confirmation: f.confirmation.as_ref(),
        samples: f.samples.iter().map(|s| sample(run, s)).collect(),
    }
}

fn sample<'a>(run: &'a Run, s: &'a Sample) -> SampleOut<'a> {
    SampleOut {
        file: file_name(run, s.id),
        row: s.id.row,
        offset: s.offset,
        input: &s.input,
        spans: &s.spans,
        output: s.output.as_deref(),
        output_spans: &s.output_spans,
    }
}
