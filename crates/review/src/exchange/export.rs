//! Rows for people elsewhere.

use std::io;

use toadstone_core::{Role, Span, excerpt, visible};

use super::{Layout, Row, csv, jsonl};
use crate::book::Key;
use crate::decision::Call;
use crate::desk::Desk;

/// Characters of a text in an excerpt.
const EXCERPT: usize = 400;

/// Writes a row for each finding and for each suspicious record, with what the person at the desk decided
/// so far, and nothing of what others did: who judges should not know. The data has to be read before.
///
/// # Errors
/// The system's reason, for `out`, for the decisions or for a temporary file.
pub fn export(desk: &Desk, layout: Layout, out: &mut dyn io::Write) -> io::Result<u64> {
    desk.follow().map_err(io::Error::other)?;
    let mut count = 0;
    let findings = (0..desk.run().findings.len() as u32).map(|at| Ok(finding_row(desk, at)));
    let records = (0..desk.table().len() as u32).map(|number| record_row(desk, number));
    let rows = findings.chain(records).inspect(|row| count += u64::from(row.is_ok()));
    match layout {
        Layout::JsonLines => jsonl::write(out, rows)?,
        Layout::Csv => csv::write(out, rows)?,
    }
    Ok(count)
}

fn finding_row(desk: &Desk, at: u32) -> Row {
    let finding = &desk.run().findings[at as usize];
    let row = Row {
        finding: finding.id.clone(),
        detector: finding.detector.clone(),
        excerpt: visible(&finding.title),
        ..Row::default()
    };
    decided(desk, Key::Finding(at), row)
}

fn record_row(desk: &Desk, number: u32) -> io::Result<Row> {
    let (table, run) = (desk.table(), desk.run());
    let Some(record) = table.get(number) else { return Ok(Row::default()) };
    let worst = table.marks(record).first().and_then(|mark| run.findings.get(mark.finding as usize));
    let texts = desk.gathered().texts(number)?.unwrap_or_default();
    let highlighter = desk.highlighter(number, None);
    let shown = |role: Role| {
        let text = texts.get(role)?;
        let focus = highlighter.spans(role, text).first().copied().unwrap_or(Span { start: 0, end: 0 });
        Some(visible(&excerpt(text, focus.start..focus.end, EXCERPT).0))
    };
    let parts = [Role::Input, Role::Output, Role::Rejected, Role::Label];
    let parts: Vec<String> = parts.into_iter().filter_map(shown).collect();
    let row = Row {
        file: visible(&run.inputs[record.id.file as usize].name),
        row: Some(record.id.row),
        finding: worst.map(|finding| finding.id.clone()).unwrap_or_default(),
        detector: worst.map(|finding| finding.detector.clone()).unwrap_or_default(),
        score: Some(record.score),
        excerpt: parts.join(" → "),
        ..Row::default()
    };
    Ok(decided(desk, Key::Record(number), row))
}

/// The row with its digest, and with what the person at the desk decided.
fn decided(desk: &Desk, key: Key, mut row: Row) -> Row {
    let digest = desk.digest(key);
    row.digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
    let own = desk.last_by(desk.who(), key).filter(|d| d.call != Call::Withdrawn && Some(d.digest) == digest);
    if let Some(own) = own {
        row.decision = own.call.name().to_owned();
        row.note = visible(&own.note);
        row.who = visible(&own.who);
    }
    row
}
