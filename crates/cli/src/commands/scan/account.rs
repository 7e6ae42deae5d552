//! What a run says of itself.

use std::path::Path;

use toadstone_core::{
    Check, CheckState, Decision, Finding, ReadSummary, Run, SCHEMA_VERSION, Verdict, visible,
};
use toadstone_corpus::Corpus;
use toadstone_store::is_address;

use super::{Args, REPORT};
use crate::terminal::{OPEN, quoted};

/// The account of a run; [`Run::quality`], [`Run::quarantined`] and [`Run::seconds`] are still to be set.
pub fn account(
    args: &Args,
    corpus: &Corpus,
    read: ReadSummary,
    decision: Decision,
    findings: Vec<Finding>,
    checks: Vec<Check>,
) -> Run {
    Run {
        schema: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        verdict: decision.verdict,
        decision,
        inputs: corpus.inputs(),
        records: read.records,
        text_bytes: read.text_bytes,
        rejected: corpus.rejected(),
        quarantined: 0,
        checks,
        quality: None,
        attested: None,
        seconds: 0.0,
        peak_memory: peak_memory(),
        next: commands(args, corpus, &findings),
        findings,
    }
}

/// Turns the account into that of a run that had nothing to look at: no check counts as done.
pub fn nothing(run: &mut Run) {
    run.verdict = Verdict::Review;
    run.decision.verdict = Verdict::Review;
    for check in &mut run.checks {
        if check.state == CheckState::Ran {
            check.state = CheckState::NotRun { why: "there is no record".to_owned() };
        }
    }
    run.next = vec!["toadstone scan --help".to_owned()];
}

/// The next commands, for formats that are not read by a person.
pub fn next(run: &Run) -> String {
    run.next.iter().map(|command| format!("next: {}\n", visible(command))).collect()
}

fn commands(args: &Args, corpus: &Corpus, findings: &[Finding]) -> Vec<String> {
    let mut next = Vec::new();
    let paths: Vec<String> = args.data.paths.iter().map(|p| quoted(Path::new(p))).collect();
    let paths = paths.join(" ");
    let here = args.out.as_ref().filter(|dir| !is_address(&dir.to_string_lossy()));
    match &args.out {
        Some(_) if here.is_none() => {}
        Some(dir) => next.push(format!("{OPEN} {}", quoted(&dir.join(REPORT)))),
        None => next.push(format!("toadstone scan {paths} --out toadstone-run")),
    }
    if let Some(dir) = here.filter(|_| !findings.is_empty()) {
        next.push(format!("toadstone review {}", quoted(dir)));
    }
    if findings.iter().any(|finding| finding.quarantine) {
        if crate::commands::taint::has_lineage(corpus).is_ok() {
            let run = here.map(|dir| format!(" --run {}", quoted(dir))).unwrap_or_default();
            next.push(format!("toadstone taint {paths}{run} --out toadstone-taint"));
        }
        next.push(format!("toadstone clean {paths} --out toadstone-clean"));
    }
    next.extend(findings.first().map(|worst| format!("toadstone explain {}", worst.detector)));
    next
}

/// The most memory that this process ever held, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
