//! Whether more edits were taken back after a snapshot than at other times.

use std::collections::BTreeMap;

use toadstone_core::{FrontRunner, RECHECK_SCHEMA, Revisions, Window};

use super::History;
use super::history::Edit;
use crate::chance::Drift;

/// Chance, everything tested counted, below which an editor or a snapshot is named.
pub const LEVEL: f64 = 0.01;
/// Edits of an editor that must have been taken back.
const LEAST: u64 = 3;
/// Records that are listed.
const RECORDS: usize = 1000;
/// Moments of other times that must be there for a base rate.
const ENOUGH: usize = 20;

/// What counts as shortly before and shortly after a moment, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Before: an edit this long before a moment, or less.
    pub before: i64,
    /// After: it is taken back this long after the moment, or less.
    pub after: i64,
}

/// What a moment catches: edits by editor, as (made and still in place, taken back after it).
type Caught<'e> = BTreeMap<u32, (u64, Vec<&'e Edit>)>;

/// Tests all editors, and all of them together, at each snapshot against the other times in `history`.
/// O(n log n) for n revisions.
pub fn front_running(history: &mut History, snapshots: &[i64], windows: Windows) -> Revisions {
    let mut edits = history.edits();
    edits.sort_by_key(|edit| edit.from);
    let mut snapshots = snapshots.to_vec();
    snapshots.sort_unstable();
    snapshots.dedup();
    let others = others(&edits, &snapshots, windows);
    // Rates of editors differ, and so do those of moments: each gets the spread of its own kind.
    let counts = |caught: &Caught<'_>| -> Vec<(u64, u64)> {
        caught.values().map(|(n, back)| (*n, back.len() as u64)).collect()
    };
    let by_editor: Vec<(u64, u64)> = others.iter().flat_map(counts).collect();
    let sum = |counts: &[(u64, u64)]| counts.iter().fold((0, 0), |(n, k), (pages, hit)| (n + pages, k + hit));
    let by_moment: Vec<(u64, u64)> = others.iter().map(|caught| sum(&counts(caught))).collect();
    let editors = Drift::of(by_editor.iter().copied());
    let moments = Drift::of(by_moment.iter().copied());
    let own = own_rates(&others);

    let caught: Vec<Caught<'_>> = snapshots.iter().map(|moment| catch(&edits, *moment, windows)).collect();
    let enough = others.len() >= ENOUGH;
    let tested: usize = caught.iter().map(BTreeMap::len).sum();
    let mut front_runners = Vec::new();
    let mut found = Vec::new();
    for (snapshot, caught) in snapshots.iter().zip(&caught) {
        let (n, k) = sum(&counts(caught));
        let chance = if enough { (moments.tail(n, k) * snapshots.len() as f64).min(1.0) } else { 1.0 };
        let all = caught.values().flat_map(|(_, back)| back.iter().copied());
        let records = if chance < LEVEL { records(history, all) } else { Vec::new() };
        found.push(Window {
            snapshot: *snapshot,
            edits: n,
            reverted: k,
            expected: n as f64 * moments.rate,
            chance,
            records,
        });
        for (editor, (n, back)) in caught.iter().filter(|(_, (_, back))| enough && back.len() as u64 >= LEAST)
        {
            // Whose edits are always taken back does nothing special at a snapshot.
            let rate = own.get(editor).copied().unwrap_or(0.0).max(editors.rate);
            let drift = Drift { rate, ..editors };
            let chance = (drift.tail(*n, back.len() as u64) * tested as f64).min(1.0);
            if chance < LEVEL {
                front_runners.push(FrontRunner {
                    editor: history.editors.name(*editor).chars().take(75).collect(),
                    snapshot: *snapshot,
                    edits: *n,
                    reverted: back.len() as u64,
                    expected: *n as f64 * rate,
                    chance,
                    records: records_of(history, back),
                });
            }
        }
    }
    front_runners.sort_by(|a, b| {
        a.chance.total_cmp(&b.chance).then_with(|| (a.snapshot, &a.editor).cmp(&(b.snapshot, &b.editor)))
    });
    Revisions {
        schema: RECHECK_SCHEMA,
        what: "revisions",
        revisions: history.revisions.len() as u64,
        refused: history.refused,
        records: history.records.len(),
        editors: history.editors.len(),
        before: windows.before,
        after: windows.after,
        base: moments.rate,
        windows: others.len() as u64,
        not_checked: not_checked(history, &edits, &found, windows, others.len()),
        snapshots: found,
        front_runners,
    }
}

/// What one moment catches. `edits` are ordered by time.
fn catch(edits: &[Edit], moment: i64, windows: Windows) -> Caught<'_> {
    let from = edits.partition_point(|edit| edit.from <= moment.saturating_sub(windows.before));
    let to = edits.partition_point(|edit| edit.from <= moment);
    let mut caught = Caught::new();
    for edit in edits[from..to].iter().filter(|edit| edit.to > moment) {
        let (n, back) = caught.entry(edit.editor).or_default();
        *n += 1;
        if edit.undone.is_some_and(|at| at <= moment.saturating_add(windows.after)) {
            back.push(edit);
        }
    }
    caught
}

/// What the moments of other times catch: one in each stretch as long as the time before, from the first
/// edit to the last that could still be taken back, and none near a snapshot.
fn others<'e>(edits: &'e [Edit], snapshots: &[i64], windows: Windows) -> Vec<Caught<'e>> {
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return Vec::new() };
    let near = windows.before.saturating_add(windows.after);
    let mut out = Vec::new();
    let mut at = 0;
    // From edit to edit, so that a gap of years, or a time in the year 9000, costs nothing.
    while let Some(edit) = edits.get(at) {
        let stretch = edit.from.saturating_sub(first.from) / windows.before.max(1) + 1;
        let moment = first.from.saturating_add(stretch.saturating_mul(windows.before.max(1)));
        at = edits.partition_point(|edit| edit.from <= moment).max(at + 1);
        if moment.saturating_add(windows.after) > last.from {
            break;
        }
        if !snapshots.iter().any(|snapshot| snapshot.saturating_sub(moment).saturating_abs() <= near) {
            out.push(catch(edits, moment, windows));
        }
    }
    out
}

/// Share of each editor's edits that were taken back at other times, drawn to 0 by five more.
fn own_rates(others: &[Caught<'_>]) -> BTreeMap<u32, f64> {
    let mut sums: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (editor, (n, back)) in others.iter().flatten() {
        let sum = sums.entry(*editor).or_default();
        *sum = (sum.0 + n, sum.1 + back.len() as u64);
    }
    sums.into_iter().map(|(editor, (n, k))| (editor, (k as f64 / (n as f64 + 5.0)).min(0.99))).collect()
}

fn records<'e>(history: &History, edits: impl Iterator<Item = &'e Edit>) -> Vec<String> {
    let mut names: Vec<String> =
        edits.map(|edit| history.records.name(edit.record).chars().take(300).collect()).collect();
    names.sort();
    names.dedup();
    names.truncate(RECORDS);
    names
}

fn records_of(history: &History, edits: &[&Edit]) -> Vec<String> {
    records(history, edits.iter().copied())
}

fn not_checked(
    history: &History,
    edits: &[Edit],
    found: &[Window],
    windows: Windows,
    others: usize,
) -> Vec<String> {
    let mut out = history.reasons.clone();
    if others < ENOUGH {
        out.push(format!(
            "there are {others} moments of other times to compare with, and {ENOUGH} are needed: nothing was tested"
        ));
    }
    let last = edits.last().map_or(i64::MIN, |edit| edit.from);
    for window in found.iter().filter(|window| window.snapshot.saturating_add(windows.after) > last) {
        out.push(format!(
            "the revisions end before what was in the snapshot of {} could be taken back",
            toadstone_core::instant_text(window.snapshot)
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use toadstone_sketch::mix;

    const HOUR: i64 = 3600;
    const WINDOWS: Windows = Windows { before: 24 * HOUR, after: 72 * HOUR };

    /// A year of a wiki: 400 pages, 30,000 edits by 300 editors, of which 6 % are undone within days; some
    /// editors are undone half of the time.
    fn wiki(seed: u64) -> History {
        let mut history = History::default();
        let mut state = seed;
        let mut draw = |n: u64| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            (mix(state) % n) as i64
        };
        for page in 0..400 {
            history.add(&format!("page {page}"), "founder", 0, page);
        }
        for _ in 0..30_000 {
            let (page, editor, time) = (draw(400), draw(300), draw(365 * 24) * HOUR + draw(3600));
            let undone = draw(100) < if editor < 10 { 50 } else { 5 };
            let content = 1000 + draw(u64::MAX >> 2) as u128;
            history.add(&format!("page {page}"), &format!("editor {editor}"), time, content);
            if undone {
                history.add(&format!("page {page}"), "patrol", time + 60 * (1 + draw(5000)), page as u128);
            }
        }
        history
    }

    #[test]
    fn who_edits_before_the_snapshot_and_undoes_it_after_is_named() {
        let mut history = wiki(1);
        let snapshot = 200 * 24 * HOUR;
        for page in 0..12u128 {
            let name = format!("page {}", page * 7);
            history.add(&name, "runner", snapshot - HOUR, 7_000_000 + page);
            history.add(&name, "runner", snapshot + 5 * HOUR, page * 7);
        }
        let found = front_running(&mut history, &[snapshot, 100 * 24 * HOUR], WINDOWS);
        let named: Vec<(&str, u64)> =
            found.front_runners.iter().map(|f| (f.editor.as_str(), f.reverted)).collect();
        assert_eq!(named, [("runner", 12)]);
        assert!(found.front_runners[0].records.contains(&"page 77".to_owned()));
        assert!(found.snapshots[0].chance > LEVEL && found.snapshots[0].edits > 0);
    }

    #[test]
    fn many_names_of_one_runner_show_in_the_snapshot() {
        let mut history = wiki(2);
        let snapshot = 200 * 24 * HOUR;
        for page in 0..40u128 {
            let name = format!("page {}", page * 7);
            history.add(&name, &format!("sock {page}"), snapshot - HOUR, 7_000_000 + page);
            history.add(&name, &format!("sock {page}"), snapshot + 5 * HOUR, page * 7);
        }
        let found = front_running(&mut history, &[snapshot, 100 * 24 * HOUR], WINDOWS);
        assert!(found.front_runners.is_empty());
        let chances: Vec<bool> = found.snapshots.iter().map(|window| window.chance < LEVEL).collect();
        assert_eq!(chances, [false, true], "{:?}", found.snapshots);
        assert!(found.snapshots[1].records.len() >= 40);
    }

    #[test]
    fn nobody_is_named_where_nobody_runs() {
        for seed in 10..40 {
            let snapshots = [100 * 24 * HOUR, 200 * 24 * HOUR, 300 * 24 * HOUR];
            let found = front_running(&mut wiki(seed), &snapshots, WINDOWS);
            assert!(found.front_runners.is_empty(), "{seed}: {:?}", found.front_runners);
            assert!(
                found.snapshots.iter().all(|window| window.chance > LEVEL),
                "{seed}: {:?}",
                found.snapshots
            );
            assert!(found.windows > 300 && found.base > 0.0);
        }
    }

    #[test]
    fn too_little_to_compare_with_is_said() {
        let mut history = History::default();
        history.add("a", "x", 0, 1);
        history.add("a", "y", i64::MAX - 5, 2);
        let found = front_running(&mut history, &[10], WINDOWS);
        assert!(
            found.not_checked.iter().any(|what| what.contains("nothing was tested")),
            "{:?}",
            found.not_checked
        );
    }
}
