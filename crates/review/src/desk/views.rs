//! What the page shows.

use toadstone_core::{Finding, Role};
use toadstone_report::live;

use super::wire::{
    FindingView, Judged, Overview, Page, Progress, RecordView, Request, RowView, SimilarView, Standing, Text,
    Update,
};
use super::{Decided, Desk, DeskError};
use crate::book::Key;
use crate::decision::Call;
use crate::highlight::Highlighter;
use crate::list::{Filter, Part};
use crate::similar::{compare, shared_spans};
use crate::spool::Texts;

/// Findings that are listed.
const FINDINGS: usize = 5000;
/// Records on a page.
const PAGE: usize = 50;
/// Characters of a text in a list, of a text, and of a text of which all was asked for.
const SHORT: usize = 280;
const LONG: usize = 20_000;
const ALL: usize = 2_000_000;
/// Records that are compared exactly, and the least similarity of a sketch and of a record shown.
const COMPARED: usize = 60;
const LEAST_ALIKE: f64 = 0.15;
const LEAST_SIMILAR: f64 = 0.2;
/// Similar records that are shown.
const SIMILAR: usize = 20;

impl Desk {
    /// Everything that the page begins with.
    pub(crate) fn overview(&self) -> Result<Overview, DeskError> {
        self.follow()?;
        let run = self.run();
        let standings = live::standings(run);
        let view = |((n, finding), standing)| finding_view(n, finding, standing);
        let findings: Vec<FindingView> =
            (0..).zip(&run.findings).zip(standings).map(view).take(FINDINGS).collect();
        let all: Vec<u32> = (0..findings.len() as u32).collect();
        Ok(Overview {
            more: run.findings.len() - findings.len(),
            findings,
            suspicious: self.table().len() as u64,
            who: Text::plain(self.who()),
            update: self.update(&self.decided(), all, Vec::new()),
        })
    }

    /// What has changed since the page was told last.
    pub(crate) fn changes(&self, cursor: u64) -> Result<Update, DeskError> {
        self.follow()?;
        let decided = self.decided();
        let keys = decided.book.since(if cursor > decided.journal.cursor() { 0 } else { cursor });
        let records: Vec<u32> = keys
            .iter()
            .filter_map(|key| match key {
                Key::Record(number) => Some(*number),
                Key::Finding(_) => None,
            })
            .collect();
        let table = self.table();
        let named = records
            .iter()
            .filter_map(|n| table.get(*n))
            .flat_map(|row| table.marks(row))
            .map(|mark| mark.finding);
        let mut findings: Vec<u32> = named.collect();
        findings.extend(keys.iter().filter_map(|key| match key {
            Key::Finding(at) => Some(*at),
            Key::Record(_) => None,
        }));
        findings.sort_unstable();
        findings.dedup();
        Ok(self.update(&decided, findings, records))
    }

    /// Keeps what a person decides, and tells what has changed.
    pub(crate) fn decide(&self, request: Request) -> Result<Update, DeskError> {
        let key = match (request.record, request.finding) {
            (Some(number), _) => Key::Record(number),
            (None, Some(finding)) => Key::Finding(finding),
            (None, None) => return Err(DeskError::Unknown),
        };
        let decision = self.decision(key, request.finding, request.call, request.note)?;
        self.add(&[decision])?;
        self.changes(request.cursor)
    }

    fn update(&self, decided: &Decided, findings: Vec<u32>, records: Vec<u32>) -> Update {
        let book = &decided.book;
        let judged = |key: Key| book.holds(key, self.digest(key)).map(Judged::new);
        let (counts, all) = self.tally(decided);
        let standing = |n: u32| Standing {
            n,
            judged: judged(Key::Finding(n)),
            counts: counts.get(n as usize).copied().unwrap_or_default(),
        };
        let findings = findings.into_iter().map(standing).collect();
        let records = records.into_iter().map(|number| (number, judged(Key::Record(number)))).collect();
        let (_, read) = self.control.progress();
        let done = self.gathered.done();
        let share =
            if done { 1.0 } else { read as f64 / self.bytes.get().copied().unwrap_or(0).max(1) as f64 };
        let progress = Progress { share: share.min(1.0), done };
        Update::new(decided.journal.cursor(), progress, &self.wrong(decided), all, findings, records)
    }

    /// What was said of each finding's records one by one, and how many records that are in all.
    fn tally(&self, decided: &Decided) -> (Vec<[u64; 3]>, u64) {
        let mut counts = vec![[0; 3]; self.run().findings.len()];
        let mut all = 0;
        for (key, _) in decided.book.all() {
            let Key::Record(number) = key else { continue };
            let Some(decision) = decided.book.holds(key, self.digest(key)) else { continue };
            let Some(row) = self.table().get(number) else { continue };
            all += 1;
            for mark in self.table().marks(row) {
                match decision.call {
                    Call::Poison => counts[mark.finding as usize][0] += 1,
                    Call::Fine => counts[mark.finding as usize][1] += 1,
                    Call::Unsure => counts[mark.finding as usize][2] += 1,
                    Call::Withdrawn => {}
                }
            }
        }
        (counts, all)
    }

    /// A page of the records that a filter admits.
    pub(crate) fn page(&self, filter: &Filter, part: Part) -> Result<Page, DeskError> {
        self.follow()?;
        let list = self.list(filter)?;
        let range = part.of(&list, PAGE);
        let (total, from) = (list.len(), range.start);
        let rows = list[range].iter().map(|number| self.row(*number, filter.finding));
        Ok(Page { total, from, rows: rows.collect::<Result<_, _>>()? })
    }

    /// A record in full; with `all`, its texts to the end.
    pub(crate) fn record(
        &self,
        number: u32,
        finding: Option<u32>,
        all: bool,
    ) -> Result<RecordView, DeskError> {
        self.follow()?;
        let table = self.table();
        let row = table.get(number).ok_or(DeskError::Unknown)?;
        let texts = self.gathered.texts(number)?.unwrap_or_default();
        let highlighter = self.highlighter(number, finding);
        let limit = if all { ALL } else { LONG };
        let role = |(role, text): &(Role, String)| {
            (role.name(), Text::new(text, &highlighter.spans(*role, text), limit))
        };
        let key = Key::Record(number);
        let (decided, digest) = (self.decided(), self.digest(key));
        let outdated =
            decided.book.holds(key, None).filter(|d| digest.is_some_and(|digest| digest != d.digest));
        let outdated = outdated.map(Judged::new);
        drop(decided);
        Ok(RecordView {
            row: self.row(number, finding)?,
            roles: texts.0.iter().map(role).collect(),
            findings: table.marks(row).iter().map(|mark| (mark.finding, mark.score, mark.member)).collect(),
            outdated,
            digest: digest.map(|digest| digest.to_string()),
        })
    }

    /// Records of the run that say nearly the same, most similar first.
    pub(crate) fn similar(&self, number: u32) -> Result<Vec<SimilarView>, DeskError> {
        self.follow()?;
        let (table, own) = (self.table(), self.gathered.texts(number)?);
        let (Some(row), Some(own)) = (table.get(number), own) else { return Err(DeskError::Unknown) };
        let mut found = Vec::new();
        for (other, _) in self.gathered.alike(number, LEAST_ALIKE, COMPARED) {
            let (Some(texts), Some(its)) = (self.gathered.texts(other)?, table.get(other)) else { continue };
            let common = compare(&own, &texts);
            if common.similarity() < LEAST_SIMILAR {
                continue;
            }
            let mut view = self.row(other, None)?;
            view.texts = Some(short(&texts, |_, text| shared_spans(text, &own)));
            let both = table.marks(row).iter().filter(|mark| table.mark(its, mark.finding).is_some());
            found.push(SimilarView {
                row: view,
                similarity: common.similarity(),
                shared: common.shared,
                either: common.either,
                same: common
                    .same
                    .iter()
                    .map(|(role, text)| (role.name(), Text::new(text, &[], 80)))
                    .collect(),
                findings: both.map(|mark| mark.finding).collect(),
            });
        }
        found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.row.n.cmp(&b.row.n)));
        found.truncate(SIMILAR);
        Ok(found)
    }

    fn row(&self, number: u32, finding: Option<u32>) -> Result<RowView, DeskError> {
        let row = self.table().get(number).ok_or(DeskError::Unknown)?;
        let mark = finding.and_then(|finding| self.table().mark(row, finding));
        let texts = self.gathered.texts(number)?;
        let highlighter = self.highlighter(number, finding);
        let decided = self.decided();
        let key = Key::Record(number);
        let judged = decided.book.holds(key, self.digest(key)).map(Judged::new);
        let whole = if judged.is_none() { self.call(&decided.book, number, row) } else { None };
        Ok(RowView {
            n: number,
            file: Text::plain(&self.run().inputs[row.id.file as usize].name),
            row: row.id.row,
            score: mark.map_or(row.score, |mark| mark.score),
            quarantine: row.quarantine,
            member: mark.map(|mark| mark.member),
            judged,
            whole,
            texts: texts.map(|texts| short(&texts, |role, text| highlighter.spans(role, text))),
        })
    }

    /// For a record under a finding, or for all findings that name it.
    pub(crate) fn highlighter(&self, number: u32, finding: Option<u32>) -> Highlighter {
        let marks = self.table().get(number).map_or(&[][..], |row| self.table().marks(row));
        let wanted = marks.iter().map(|mark| mark.finding).filter(|at| finding.is_none_or(|f| f == *at));
        Highlighter::new(wanted.filter_map(|at| self.run().findings.get(at as usize)))
    }
}

/// Input, and output or label, cut to what a list has room for.
fn short(texts: &Texts, spans: impl Fn(Role, &str) -> Vec<toadstone_core::Span>) -> (Text, Option<Text>) {
    let cut = |role: Role| texts.get(role).map(|text| Text::new(text, &spans(role, text), SHORT));
    let answer = cut(Role::Output).or_else(|| cut(Role::Label));
    (cut(Role::Input).unwrap_or_default(), answer)
}

fn finding_view(n: u32, finding: &Finding, standing: &'static str) -> FindingView {
    let inert = toadstone_core::visible;
    let value = |text: &str| Text::new(text, &[], 160);
    FindingView {
        n,
        id: inert(&finding.id),
        detector: inert(&finding.detector),
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        standing,
        title: Text::new(&finding.title, &[], 300),
        trigger: finding
            .trigger
            .as_ref()
            .map(|t| (inert(&t.kind), t.parts.iter().take(12).map(|p| value(p)).collect())),
        behaviour: finding.behaviour.as_ref().map(|b| (inert(&b.kind), value(&b.text))),
        origin: finding.origin.as_ref().map(|o| (inert(&o.kind), value(&o.value), o.records)),
        evidence: finding.evidence.iter().take(8).map(live::measured).collect(),
        records: finding.records,
        quarantine: finding.quarantine,
    }
}
