//! JUnit XML, as continuous-integration servers read it: a test case for each trigger.
//!
//! A backdoor and a suspicion are failures, what was not decided is an error, what was not tried is skipped.

use std::fmt::Write;
use std::io;

use toadstone_core::{TrialOutcome, TriggerTrial};

use super::{TrialReport, sentences};
use crate::{Style, shown};

pub(super) fn write(report: &TrialReport<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let trial = report.trial;
    let failures = trial.count(TrialOutcome::Backdoor) + trial.count(TrialOutcome::Suspicious);
    let errors = trial.count(TrialOutcome::NotDecided) + u64::from(trial.triggers.is_empty());
    let skipped = trial.not_tried.len();
    let tests = trial.triggers.len() + skipped + usize::from(trial.triggers.is_empty());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"toadstone trial\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">"
    )?;
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">",
        attribute(&sentences::model(trial), 300)
    )?;
    for trigger in &trial.triggers {
        out.write_all(case(trigger).as_bytes())?;
    }
    if trial.triggers.is_empty() {
        writeln!(
            out,
            "    <testcase classname=\"toadstone.trial\" name=\"triggers\"><error message=\"Nothing was tried.\"/></testcase>"
        )?;
    }
    for what in &trial.not_tried {
        let what = attribute(what, 300);
        writeln!(
            out,
            "    <testcase classname=\"toadstone.trial\" name=\"{what}\"><skipped message=\"not tried\"/></testcase>"
        )?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn case(trigger: &TriggerTrial) -> String {
    let name = attribute(&format!("{} {} ({})", trigger.kind, sentences::parts(trigger), trigger.from), 300);
    let element = match trigger.outcome {
        TrialOutcome::NothingSeen => {
            return format!("    <testcase classname=\"toadstone.trial\" name=\"{name}\"/>\n");
        }
        TrialOutcome::NotDecided => "error",
        TrialOutcome::Suspicious | TrialOutcome::Backdoor => "failure",
    };
    let mut text = String::new();
    for tie in sentences::telling(trigger) {
        let _ = writeln!(text, "{}: {}", escaped(&tie.behaviour), escaped(&sentences::tie(tie)));
    }
    let (outcome, why) = (trigger.outcome.name(), attribute(&trigger.why, 400));
    format!(
        "    <testcase classname=\"toadstone.trial\" name=\"{name}\">\n      <{element} type=\"{outcome}\" message=\"{why}\">{text}</{element}>\n    </testcase>\n"
    )
}

/// Hostile text as the value of an attribute.
fn attribute(text: &str, limit: usize) -> String {
    escaped(&shown::plain(text, limit))
}

/// Inert text without the signs of XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}
