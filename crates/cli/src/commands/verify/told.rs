//! What was found out, for a person.

use std::path::Path;

use toadstone_core::visible;
use toadstone_report::frameworks::{Done, Provenance, Scan, Seal, Support, supports};
use toadstone_seal::attest::{Attested, ScanProblem, ScanReport};
use toadstone_seal::folder::Folder;
use toadstone_seal::manifest::Manifest;
use toadstone_seal::verify::{Problem, Report};

use crate::Exit;
use crate::data::grouped;
use crate::terminal::quoted;

/// How checking ended.
pub struct Outcome<'o> {
    /// The seal and the data.
    pub report: &'o Report,
    /// The attestations, if they were asked for.
    pub scan: Option<&'o ScanReport>,
    /// What was done, under the names of frameworks.
    pub evidence: &'o [Support],
    /// The exit code.
    pub exit: Exit,
}

/// The evidence in what was found out: nothing of a seal or a scan that is no good.
pub fn evidence(report: &Report, scan: Option<&ScanReport>, folder: Option<&Folder>) -> Vec<Support> {
    if !report.problems.is_empty() || !report.unread.is_empty() {
        return Vec::new();
    }
    let attested = scan.filter(|scan| scan.problems.is_empty()).and_then(|scan| scan.newest.as_ref());
    let scan = |newest: &Attested| Scan {
        verdict: newest.verdict,
        records: newest.records,
        ran: newest.detectors.ran.iter().map(|ran| ran.name.clone()).collect(),
        not_run: newest.detectors.not_run.len() as u64,
    };
    supports(&Done {
        scan: attested.map(scan),
        seal: Some(Seal {
            files: report.files,
            sequence: report.seal.as_ref().map(|seal| seal.sequence),
            signers: report.signers.len() as u64,
        }),
        provenance: folder.map(|folder| provenance(&folder.manifest)),
    })
}

/// A seal counts the records of the largest sources, by the columns that say the source.
fn provenance(manifest: &Manifest) -> Provenance {
    let known = manifest.sources.iter().map(|source| source.records).sum();
    Provenance { known, records: manifest.records(), at_least: true }
}

impl Outcome<'_> {
    /// The text.
    pub fn human(&self, seal: &Path, color: bool) -> String {
        let mut text = self.headline(color) + &self.problems() + &self.facts();
        if let Some(scan) = self.scan.and_then(|scan| scan.newest.as_ref()) {
            text += &attested(scan);
        }
        for note in self.report.notes.iter().chain(self.scan.iter().flat_map(|scan| &scan.notes)) {
            text += &format!("    note       {}\n", visible(note));
        }
        text += &self.frameworks();
        text + &self.next(seal)
    }

    fn headline(&self, color: bool) -> String {
        let (paint, off) = match (color, self.exit) {
            (false, _) => ("", ""),
            (true, Exit::Pass) => ("\x1b[1;32m", "\x1b[0m"),
            (true, _) => ("\x1b[1;31m", "\x1b[0m"),
        };
        let word = |word: &str| format!("{paint}{word}{off}");
        match (self.exit, self.scan) {
            (Exit::Pass, None) => format!("{}  The data is what was sealed.\n\n", word("VALID")),
            (Exit::Pass, Some(_)) => {
                format!("{}  The data is what was sealed, and a scan of it is attested.\n\n", word("VALID"))
            }
            (Exit::PolicySaysNo, scan) => {
                let n = self.report.problems.len() + scan.map_or(0, |scan| scan.problems.len());
                let s = if n == 1 { "" } else { "s" };
                format!("{}  {} problem{s}.\n\n", word("NOT VALID"), grouped(n as u64))
            }
            _ => format!("{}  Some files cannot be read.\n\n", word("NOT CHECKED")),
        }
    }

    fn problems(&self) -> String {
        let mut lines: Vec<String> = self
            .report
            .problems
            .iter()
            .map(|problem| format!("  ✗ {}\n", visible(&problem.to_string())))
            .collect();
        let scan = self.scan.iter().flat_map(|scan| &scan.problems);
        lines.extend(scan.map(|problem| format!("  ✗ {}\n", visible(&problem.to_string()))));
        let unread = self.report.unread.iter();
        lines.extend(
            unread.map(|unread| format!("  ? {}: {}\n", visible(&unread.name), visible(&unread.why))),
        );
        if !lines.is_empty() {
            lines.push("\n".to_owned());
        }
        lines.concat()
    }

    fn facts(&self) -> String {
        let report = self.report;
        let mut text = String::new();
        if let Some(seal) = &report.seal {
            let (series, created) = (visible(&seal.series), visible(&seal.created));
            text += &format!("    seal       {} of series {series}, {created}\n", seal.sequence);
        }
        for signer in &report.signers {
            let certificate =
                signer.certificate.as_ref().map(|who| format!(", certificate of {}", visible(who)));
            text += &format!("    signed by  key {}{}\n", signer.key, certificate.unwrap_or_default());
        }
        if matches!(report.problems.as_slice(), [Problem::Broken { .. }]) {
            return text;
        }
        text += &format!(
            "    as sealed  {} files, {} bytes, all of them read again",
            grouped(report.files),
            grouped(report.bytes)
        );
        text + &match report.records {
            0 => "\n".to_owned(),
            records => format!("; the seal covers {} records\n", grouped(records)),
        }
    }

    fn frameworks(&self) -> String {
        if self.evidence.is_empty() {
            return String::new();
        }
        let mut text =
            "\n    evidence for frameworks: what was done, and no statement of compliance\n".to_owned();
        for support in self.evidence {
            text += &format!("      {} {}: {}\n", support.framework, support.id, visible(&support.done));
        }
        text
    }

    /// If the seal is sound and the scan is not: the command that makes one, or that shows what it found.
    fn next(&self, seal: &Path) -> String {
        let sound = self.report.problems.is_empty() && self.report.unread.is_empty();
        let Some(scan) = self.scan.filter(|scan| sound && !scan.problems.is_empty()) else {
            return String::new();
        };
        match scan.problems.as_slice() {
            [ScanProblem::Verdict { .. }] => {
                "\nnext:\n  toadstone scan DATA --out toadstone-run\n".to_owned()
            }
            _ => format!("\nnext:\n  toadstone scan DATA --seal {} --key KEY\n", quoted(seal)),
        }
    }
}

/// The scan that is attested. What did not run stands beside what did.
fn attested(scan: &Attested) -> String {
    let (ran, not_run) = (&scan.detectors.ran, &scan.detectors.not_run);
    let mut text = format!(
        "    scan       {} of {} by {}: verdict `{}`, {} findings in {} records of {} files\n",
        scan.number,
        visible(&scan.created),
        visible(&scan.tool),
        scan.verdict.name(),
        grouped(scan.findings.total),
        grouped(scan.records),
        grouped(scan.files)
    );
    let names: Vec<&str> = ran.iter().map(|ran| ran.name.as_str()).collect();
    text += &format!("    ran        {}\n", visible(&names.join(", ")));
    for detector in not_run {
        text += &format!("    not run    {}: {}\n", visible(&detector.name), visible(&detector.why));
    }
    text + &format!("    policy     {}\n", scan.policy)
}
