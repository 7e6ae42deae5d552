//! From counts to habits.

use toadstone_core::lineage::HabitKind;
use toadstone_core::{RecordId, finding_id};
use toadstone_sketch::chance::binomial_tail;

use super::Candidate;
use super::exact::Counts;
use super::trigger::{COVER, PURITY};
use crate::texts::Known;
use crate::trace::Trace;

/// What the id of a habit begins with.
const HABIT: &str = "generator-habit";
/// Least records behind a trigger, and the most of the others' records behind it that may have the text.
const TRIGGERED: u64 = 8;
const OTHERS: f64 = 0.1;
/// Most records with the text that may have it from what they were made from.
const INHERITED: f64 = 0.25;
/// Level at which a habit is planted or foreign; and the level below which it is none.
const SURE: f64 = 1e-6;
const LEVEL: f64 = 1e-3;

/// Habits, the most pressing first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits(pub(crate) Vec<Habit>);

/// A habit, and its records.
#[derive(Debug, Clone)]
pub(crate) struct Habit {
    pub(crate) account: toadstone_core::lineage::Habit,
    /// Records that added the text, ascending; all of those in the account, not inherited.
    pub(crate) members: Vec<RecordId>,
}

/// Decides for each candidate what it is. A candidate that does not hold in all records is dropped.
pub(super) fn habits(trace: &Trace, known: &Known, found: &[Candidate], counted: Vec<Counts>) -> Habits {
    let each = found.iter().zip(counted);
    let mut habits: Vec<Habit> = each.filter_map(|(one, counts)| habit(trace, known, one, &counts)).collect();
    // Stable: among equals the more surprising one stays first.
    habits.sort_by_key(|habit| habit.account.kind);
    Habits(habits)
}

fn habit(trace: &Trace, known: &Known, one: &Candidate, counts: &Counts) -> Option<Habit> {
    let linked = &trace.linked;
    let of = linked.generators[one.generator as usize];
    let others_of = linked.records - of;
    let added = counts.records - counts.inherited;
    let rate = (counts.others as f64 + 0.5) / (others_of.max(of / 2) as f64 + 1.0);
    let by_whom = (binomial_tail(of as f64, added as f64, rate) * one.tried).min(1.0);
    if by_whom >= LEVEL || counts.inherited as f64 > INHERITED * counts.records as f64 {
        return None;
    }
    let trigger = one.trigger.as_ref().filter(|_| hangs_on_it(counts, added));
    let by_what = trigger.map(|trigger| {
        let share = counts.triggered_of as f64 / of as f64;
        (binomial_tail(added as f64, counts.triggered as f64, share) * trigger.tried).min(1.0)
    });
    let trigger = trigger.filter(|_| by_what.is_some_and(|chance| chance < SURE));
    let chance = trigger.and(by_what).map_or(by_whom, |by_what| by_what.max(by_whom));
    let kind = match trigger {
        Some(trigger) if !trigger.topic => HabitKind::Planted,
        Some(_) => HabitKind::Doubtful,
        None if one.is_odd() && by_whom < SURE => HabitKind::Doubtful,
        None => HabitKind::Style,
    };
    let generator = known.names.get(one.generator as usize).cloned().unwrap_or_default();
    let account = toadstone_core::lineage::Habit {
        id: finding_id(HABIT, [generator.as_str(), &one.shown]),
        kind,
        generator,
        text: one.shown.clone(),
        trigger: trigger.map(|trigger| trigger.shown.clone()),
        of,
        records: counts.records,
        inherited: counts.inherited,
        others_of,
        others: counts.others,
        triggered_of: if trigger.is_some() { counts.triggered_of } else { 0 },
        triggered: if trigger.is_some() { counts.triggered } else { 0 },
        others_triggered_of: if trigger.is_some() { counts.others_triggered_of } else { 0 },
        others_triggered: if trigger.is_some() { counts.others_triggered } else { 0 },
        chance,
        first: Vec::new(),
    };
    let members = counts.members.iter().map(|node| trace.record(*node)).collect();
    Some(Habit { account, members })
}

fn hangs_on_it(counts: &Counts, added: u64) -> bool {
    let share = |part: u64, of: u64| part as f64 / of.max(1) as f64;
    counts.triggered >= TRIGGERED
        && share(counts.triggered, counts.triggered_of) >= PURITY
        && share(counts.triggered, added) >= COVER
        && share(counts.others_triggered, counts.others_triggered_of) <= OTHERS
}
