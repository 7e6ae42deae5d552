//! SARIF 2.1.0, for code scanning.
//!
//! GitHub takes a subset and refuses the whole file over one result that is not in it: every result needs a
//! place with the address of a file and a line, and its limits are those of `docs.github.com`, "SARIF support
//! for code scanning". Severity is told by `level`, result by result: `security-severity` belongs to a rule,
//! and one detector gives findings of every severity.

use std::io;

use serde_json::{Map, Value, json};
use toadstone_core::{Check, Finding, InputFile, Run, Sample, Severity, visible};

use crate::view::{Standing, View, file_name, line};
use crate::{Context, Pages, shown, wire, words};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Findings that are told: more are refused or not shown (25,000 and 5,000).
const RESULTS: usize = 5000;
/// Records named beside the first one, of 1,000 that may be.
const RELATED: usize = 9;
/// Findings whose other records are told with their text: 10 MB, packed, is all that is taken.
const TOLD: usize = 500;
/// Characters of a sample's text.
const SNIPPET: usize = 300;
/// Characters of a rule's description.
const DESCRIPTION: usize = 1000;
/// Files that are listed; results name theirs anyway.
const ARTIFACTS: usize = 10_000;

pub(crate) fn write(run: &Run, context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let view = View::new(run);
    let driver = json!({
        "name": "toadstone",
        "version": visible(&run.version),
        "informationUri": "https://github.com/toadstone/toadstone",
        "rules": run.checks.iter().map(|c| rule(c, context.pages)).collect::<Vec<_>>(),
        "notifications": [
            descriptor("not-run", "A detector did not run. This is not a pass."),
            descriptor("rejected", "Records were refused and not checked."),
            descriptor("unreadable", "A file could not be read."),
            descriptor("stale-waiver", "A waiver of the policy does nothing."),
            descriptor("left-out", "Findings are left out, because code scanning would refuse them."),
        ],
    });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "invocations": [invocation(&view)],
            "artifacts": run.inputs.iter().take(ARTIFACTS).map(artifact).collect::<Vec<_>>(),
            "results": results(&view),
            "properties": {
                "verdict": words::verdict_word(&view),
                "sentence": words::verdict(&view),
                "records": run.records,
                "quarantined": run.quarantined,
            },
        }],
    });
    wire::write(&log, out)
}

/// The worst findings; they come in that order.
fn results(view: &View<'_>) -> Vec<Value> {
    let worst = view.run.findings.iter().take(RESULTS).enumerate();
    worst.map(|(i, finding)| result(view, finding, i < TOLD)).collect()
}

fn descriptor(id: &str, text: &str) -> Value {
    json!({ "id": id, "shortDescription": { "text": text } })
}

fn rule(check: &Check, pages: Pages<'_>) -> Value {
    let title = filled(&check.title, &check.detector);
    let mut rule = json!({
        "id": visible(&check.detector),
        "shortDescription": { "text": title },
        "fullDescription": { "text": title },
        "help": { "text": title },
        "properties": { "tags": ["security", "data-poisoning"] },
    });
    if let Some(page) = pages(&check.detector).filter(|p| !p.is_empty()) {
        rule["help"] = json!({ "text": page, "markdown": page });
    }
    rule
}

/// Messages must not be empty.
fn filled(text: &str, instead: &str) -> String {
    let text = shown::plain(text, DESCRIPTION);
    if text.trim().is_empty() { visible(instead) } else { text }
}

fn artifact(input: &InputFile) -> Value {
    let mut artifact = json!({
        "location": { "uri": uri(&input.name) },
        "length": input.bytes,
        "roles": ["analysisTarget"],
        "properties": { "format": visible(&input.format), "kind": visible(&input.kind), "records": input.records },
    });
    if !input.digest.is_empty() {
        artifact["hashes"] = json!({ "xxh3-128": visible(&input.digest) });
    }
    artifact
}

fn invocation(view: &View<'_>) -> Value {
    let mut execution = Vec::new();
    for (check, why) in view.not_run() {
        let text = format!("{} did not run: {}", check.detector, why);
        let mut note = notification("not-run", "warning", &text);
        note["associatedRule"] = json!({ "id": visible(&check.detector) });
        execution.push(note);
    }
    for (name, why) in view.unreadable() {
        let mut note = notification("unreadable", "error", &format!("cannot read {name}: {why}"));
        note["locations"] = json!([{ "physicalLocation": { "artifactLocation": { "uri": uri(name) } } }]);
        execution.push(note);
    }
    for r in &view.run.rejected {
        let text = format!("{} refused: {}", words::plural(r.records, "record"), r.reason);
        execution.push(notification("rejected", "warning", &text));
    }
    let left_out = view.run.findings.len().saturating_sub(RESULTS) as u64;
    if left_out > 0 {
        let text = format!("{} left out here: findings.json has all", words::plural(left_out, "finding"));
        execution.push(notification("left-out", "warning", &text));
    }
    let stale = view.run.decision.stale.iter().map(|s| {
        notification("stale-waiver", "note", &format!("waiver {} ({}): {}", s.index + 1, s.finding, s.why))
    });
    json!({
        "executionSuccessful": view.scanned() && view.unreadable().next().is_none(),
        "toolExecutionNotifications": execution,
        "toolConfigurationNotifications": stale.collect::<Vec<_>>(),
    })
}

fn notification(id: &str, level: &str, text: &str) -> Value {
    json!({ "descriptor": { "id": id }, "level": level, "message": { "text": shown::plain(text, 1000) } })
}

/// One finding; `told` says whether the text of all its records is given, and not of the first alone.
fn result(view: &View<'_>, f: &Finding, told: bool) -> Value {
    let mut result = json!({
        "ruleId": visible(&f.detector),
        "level": level(f.severity),
        "message": { "text": message(f) },
        // Code scanning follows an alert by this one only, and would take a digest of the line without it.
        "partialFingerprints": { "primaryLocationLineHash": visible(&f.id), "toadstoneFinding/v1": visible(&f.id) },
        "properties": properties(view, f),
    });
    if let Some(index) = view.run.checks.iter().position(|c| c.detector == f.detector) {
        result["ruleIndex"] = json!(index);
    }
    let mut places =
        f.samples.iter().take(1 + RELATED).enumerate().map(|(i, s)| location(view.run, s, told || i == 0));
    result["locations"] = json!([places.next().unwrap_or_else(|| somewhere(view.run))]);
    let related: Vec<Value> = places.collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    // SARIF wants the property on all results of a run or on none.
    if !view.run.decision.waived.is_empty() {
        result["suppressions"] = match view.standing(f) {
            Standing::Waived { reason, expires } => json!([{
                "kind": "external",
                "status": "accepted",
                "justification": match expires {
                    Some(day) => format!("{} (until {})", shown::plain(reason, 1000), visible(day)),
                    None => shown::plain(reason, 1000),
                },
            }]),
            _ => json!([]),
        };
    }
    result
}

fn message(f: &Finding) -> String {
    let mut text = format!("{} ({}", filled(&f.title, &f.detector), words::plural(f.records, "record"));
    if let Some(e) = f.evidence.first() {
        text.push_str(&format!("; {}: {}", shown::plain(&e.what, 300), words::against(e)));
    }
    text.push(')');
    text
}

fn properties(view: &View<'_>, f: &Finding) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("severity".into(), f.severity.name().into());
    map.insert("confidence".into(), f.confidence.name().into());
    map.insert("policy".into(), view.standing(f).word().into());
    map.insert("records".into(), f.records.into());
    map.insert("quarantine".into(), f.quarantine.into());
    if let Some(t) = &f.trigger {
        let parts: Vec<String> = t.parts.iter().map(|p| shown::plain(p, SNIPPET)).collect();
        map.insert("trigger".into(), json!({ "kind": visible(&t.kind), "parts": parts }));
    }
    if let Some(b) = &f.behaviour {
        map.insert(
            "behaviour".into(),
            json!({ "kind": visible(&b.kind), "text": shown::plain(&b.text, SNIPPET) }),
        );
    }
    if let Some(c) = &f.confirmation {
        map.insert("proof".into(), json!({ "outcome": c.outcome.name(), "text": words::confirmation(c) }));
    }
    if let Some(q) = f.evidence.first().and_then(|e| e.q) {
        map.insert("q".into(), json!(q));
    }
    map
}

/// Readers of SARIF keep numbers in 64 bits with a sign.
fn in_range(n: &u64) -> bool {
    i64::try_from(*n).is_ok()
}

/// Where a record stands. A file whose rows are not lines is named with its first line, as code scanning
/// refuses a place without one; the row is told in words, and as a property.
fn location(run: &Run, s: &Sample, told: bool) -> Value {
    let line = line(run, s.id).filter(in_range);
    let mut region = Map::new();
    region.insert("startLine".into(), line.unwrap_or(1).into());
    if let Some(offset) = s.offset.filter(in_range).filter(|_| line.is_some()) {
        region.insert("byteOffset".into(), offset.into());
    }
    let mut physical = json!({ "artifactLocation": { "uri": uri(file_name(run, s.id)) } });
    if (s.id.file as usize) < run.inputs.len().min(ARTIFACTS) {
        physical["artifactLocation"]["index"] = s.id.file.into();
    }
    let row = format!("row {}", s.id.row);
    let mut said = row.clone();
    if told {
        let text = shown::bracketed(&s.input, &s.spans, SNIPPET);
        said += &format!(": {text}");
        if line.is_some() {
            region.insert("snippet".into(), json!({ "text": text }));
        }
    }
    physical["region"] = Value::Object(region);
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{ "name": row, "kind": "element" }],
        "message": { "text": said },
        "properties": { "row": s.id.row },
    })
}

/// The place of a finding that names no record: code scanning refuses a file over a result without a place.
fn somewhere(run: &Run) -> Value {
    let name = run.inputs.first().map_or("(no file)", |input| input.name.as_str());
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(name) }, "region": { "startLine": 1 } } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A file name as a URI reference. Object-store addresses keep their scheme, absolute paths get one.
fn uri(name: &str) -> String {
    let is_scheme = |s: &str| {
        s.len() > 1
            && s.starts_with(|c: char| c.is_ascii_alphabetic())
            && s.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let (prefix, rest) = match name.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (format!("{scheme}://"), rest),
        _ if name.starts_with('/') => ("file://".to_owned(), name),
        _ => (String::new(), name.strip_prefix("./").unwrap_or(name)),
    };
    let mut out = prefix;
    for b in rest.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(b as char),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn names_become_uris() {
        assert_eq!(uri("./data/a b#1.jsonl"), "data/a%20b%231.jsonl");
        assert_eq!(uri("/srv/größe.csv"), "file:///srv/gr%C3%B6%C3%9Fe.csv");
        assert_eq!(uri("s3://bucket/x?y"), "s3://bucket/x%3Fy");
        assert_eq!(uri("javascript:alert(1)"), "javascript%3Aalert%281%29");
        assert_eq!(uri("C:\\x"), "C%3A%5Cx");
    }
}
