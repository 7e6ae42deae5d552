//! What a run says of itself.

use std::path::Path;

use toadstone_core::{
    Check, CheckState, Decision, Finding, ReadSummary, Run, SCHEMA_VERSION, Verdict, visible,
};
use toadstone_corpus::Corpus;
use toadstone_store::is_address;

use super::{Args, REPORT};
use crate::terminal::{OPEN, quoted};

/// The account of a run; [`Run::quality`], [`Run::quarantined`], [`Run::next`] and [`Run::seconds`] are still to
/// be set.
pub fn account(
    read: ReadSummary,
    decision: Decision,
    findings: Vec<Finding>,
    checks: Vec<Check>,
    corpus: &Corpus,
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
        next: Vec::new(),
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

/// What to type next, where the files of the run are in `out`.
pub fn commands(args: &Args, out: Option<&Path>, corpus: &Corpus, run: &Run) -> Vec<String> {
    let mut next = Vec::new();
    let here = out.filter(|dir| !is_address(&dir.to_string_lossy()));
    next.extend(here.map(|dir| format!("{OPEN} {}", quoted(&dir.join(REPORT)))));
    // Tables of a program have no name on a command line.
    if args.data.tables.is_empty() {
        next.extend(commands_on_files(args, out, corpus, run));
    }
    next.extend(run.findings.first().map(|worst| format!("toadstone explain {}", worst.detector)));
    let low = run.quality.as_ref().is_some_and(|quality| quality.failed > 0);
    next.extend(low.then(|| "toadstone explain quality".to_owned()));
    next
}

/// The commands that read the data or the run again.
fn commands_on_files(args: &Args, out: Option<&Path>, corpus: &Corpus, run: &Run) -> Vec<String> {
    let mut next = Vec::new();
    let paths: Vec<String> = args.data.paths.iter().map(|p| quoted(Path::new(p))).collect();
    let paths = paths.join(" ");
    if out.is_none() {
        next.push(format!("toadstone scan {paths} --out toadstone-run"));
    }
    let here = out.filter(|dir| !is_address(&dir.to_string_lossy()));
    if let Some(dir) = here.filter(|_| !run.findings.is_empty()) {
        next.push(format!("toadstone review {}", quoted(dir)));
    }
    if run.findings.iter().any(|finding| finding.quarantine) {
        if crate::commands::taint::has_lineage(corpus).is_ok() {
            let run = here.map(|dir| format!(" --run {}", quoted(dir))).unwrap_or_default();
            next.push(format!("toadstone taint {paths}{run} --out toadstone-taint"));
        }
        next.push(format!("toadstone clean {paths} --out toadstone-clean"));
    }
    next
}

/// The most memory that this process ever held, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
