//! Puts the account of a lineage together.

use std::collections::BTreeMap;

use toadstone_core::lineage::{
    Damage, GateCount, Generation, Habit, HabitKind, LINEAGE_SCHEMA, Lineage, Links, Multiplier, Place,
};
use toadstone_core::{Control, RecordId, Source, SourceError};

use crate::amplify::{amplify, median};
use crate::blast::{self, Roots};
use crate::closure::Closure;
use crate::diversity::diversity;
use crate::gates::GATES;
use crate::graph::Graph;
use crate::habits::{Habits, LEAST_SEEN, habits};
use crate::links::Shown;
use crate::nodes::NOBODY;
use crate::reading::read;
use crate::resolve::flag;
use crate::sample::{MOST, Sample};
use crate::texts::{Known, NAMED, Texts};
use crate::trace::{Options, Trace};

/// Generators in the account.
const GENERATORS: usize = 1000;
/// Records shown for each gate, and generators.
const SHOWN: usize = 5;

/// A record that a gate stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// The record.
    pub id: RecordId,
    /// The gate.
    pub gate: &'static str,
}

/// What [`survey()`] found out.
#[derive(Debug)]
pub struct Surveyed {
    /// The account.
    pub lineage: Lineage,
    /// The records that are poison by themselves.
    pub roots: Roots,
    /// All that descends from them.
    pub closure: Closure,
    /// Records that gates stop, in the order of the input.
    pub stopped: Vec<Stopped>,
}

/// Surveys a lineage: reads the source once more, and once again where generators have habits. The
/// records of `suspected` habits are roots, too.
///
/// Memory: 12 bytes a record and 4 a link beside those of the [`Trace`], about 150 MB for sampled texts,
/// and what `options` allow for sorting.
///
/// # Errors
/// [`SourceError`].
pub fn survey(
    source: &dyn Source,
    files: &[String],
    trace: &Trace,
    roots: Roots,
    suspected: &Suspected,
    options: &Options,
    control: &Control,
) -> Result<Surveyed, SourceError> {
    let back = trace.linked.resolved.graph.reversed();
    let sample = Sample::choose(trace, &back);
    let threads = options.threads.max(1);
    let texts = Texts::new(trace, &back, &sample, options.memory / threads, &options.temporary);
    let known = read(source, threads, control, texts)?.conclude()?;
    let found = habits(source, trace, (&sample, &known), options, control)?;
    let roots = with_habits(roots, &found, suspected);
    let closure = trace.closure(roots.records.iter().map(|(id, _)| *id));
    let account = Account { trace, files, known: &known };
    let counted = blast::count(trace, &roots, &closure, files);
    let tested = !roots.causes.iter().any(|(cause, _)| cause.starts_with("generator="));
    let (generations, multipliers) = account.multiplied(&counted.generations);
    let lineage = Lineage {
        schema: LINEAGE_SCHEMA,
        records: trace.linked.records,
        links: account.links(&back),
        generators: blast::generators(trace, &counted, &known.names, tested, GENERATORS.min(NAMED)),
        blast: counted.blast,
        generations,
        multipliers,
        habits: account.habits(found),
        diversity: diversity(&sample, &known),
        gates: account.gates(),
        not_checked: account.not_checked(&sample),
    };
    let of = |&(node, bits): &(u32, u8)| {
        let gates = GATES.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1);
        gates.map(move |(_, gate)| Stopped { id: trace.record(node), gate: gate.name })
    };
    let stopped = known.stopped.iter().flat_map(of).collect();
    Ok(Surveyed { lineage, roots, closure, stopped })
}

/// Which habits make their records roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspected {
    /// Those that look planted.
    Planted,
    /// Those with one of these ids.
    Named(Vec<String>),
}

impl Suspected {
    fn has(&self, habit: &Habit) -> bool {
        match self {
            Suspected::Planted => habit.kind == HabitKind::Planted,
            Suspected::Named(ids) => ids.contains(&habit.id),
        }
    }
}

/// The roots, and the records of suspected habits that are no roots yet.
fn with_habits(mut roots: Roots, found: &Habits, suspected: &Suspected) -> Roots {
    for habit in found.0.iter().filter(|habit| suspected.has(&habit.account)) {
        let account = &habit.account;
        let cause = roots.causes.len() as u32;
        roots.records.extend(habit.members.iter().map(|id| (*id, cause)));
        let (generator, text) = (&account.generator, &account.text);
        let behind =
            account.trigger.as_ref().map(|trigger| format!(" behind `{trigger}`")).unwrap_or_default();
        roots
            .causes
            .push((account.id.clone(), format!("the generator `{generator}` puts in `{text}`{behind}")));
    }
    // Findings come first among the causes, and so do their claims on a record.
    roots.records.sort_unstable();
    roots.records.dedup_by_key(|(id, _)| *id);
    roots
}

/// Turns numbers into what a person reads.
struct Account<'a> {
    trace: &'a Trace,
    files: &'a [String],
    known: &'a Known,
}

impl Account<'_> {
    fn place(&self, id: RecordId) -> Place {
        Place { file: self.files.get(id.file as usize).cloned().unwrap_or_default(), row: id.row }
    }

    fn damage(&self, shown: &Shown) -> Damage {
        Damage { records: shown.count, first: shown.first.iter().map(|id| self.place(*id)).collect() }
    }

    fn links(&self, back: &Graph) -> Links {
        let linked = &self.trace.linked;
        let resolved = &linked.resolved;
        let mut loops = Shown::default();
        (0..back.records())
            .filter(|&node| self.trace.generations.in_loop(node))
            .for_each(|node| loops.add(self.trace.record(node)));
        Links {
            keyed: resolved.keyed,
            linked: resolved.flags.iter().filter(|flags| **flags & flag::LINKED != 0).count() as u64,
            edges: resolved.graph.edges() as u64,
            unknown: resolved.unknown,
            broken: self.damage(&resolved.broken),
            prompts_elsewhere: resolved.prompts_elsewhere,
            twice: resolved.twice,
            with_twice: self.damage(&resolved.with_twice),
            itself: self.damage(&linked.itself),
            loops: self.damage(&loops),
        }
    }

    fn multiplied(&self, tainted: &[u64]) -> (Vec<Generation>, Vec<Multiplier>) {
        let (found, listed) = amplify(self.trace);
        let generations = (0..).zip(&found).map(|(generation, of)| Generation {
            generation,
            records: of.records,
            tainted: tainted[generation as usize],
            parents: of.parents,
            children: of.children / of.parents.max(1) as f64,
            median: median(&of.sizes),
            most: of.sizes.last_key_value().map_or(0, |(size, _)| *size),
        });
        let multipliers = listed.iter().map(|one| Multiplier {
            place: self.place(one.id),
            generation: one.generation,
            descendants: one.descendants,
            expected: one.expected,
            chance: one.chance,
        });
        (generations.collect(), multipliers.collect())
    }

    fn habits(&self, found: Habits) -> Vec<Habit> {
        let entry = |habit: crate::habits::Habit| {
            let first = habit.members.iter().take(SHOWN).map(|id| self.place(*id)).collect();
            Habit { first, ..habit.account }
        };
        found.0.into_iter().map(entry).collect()
    }

    fn not_checked(&self, sample: &Sample) -> Vec<String> {
        let linked = &self.trace.linked;
        let mut out = Vec::new();
        let generators = linked.generators.len() - 1;
        if generators == 0 {
            out.push("habits: no column names the generator of a record".to_owned());
        } else {
            let sampled: usize = sample.cells.iter().map(|cell| cell.nodes.len()).sum();
            if (sampled as u64) < linked.records {
                out.push(format!(
                    "habits and variety come from a sample of {sampled} outputs, at most {MOST} for each generator and \
                     generation: what is in fewer than about {LEAST_SEEN} of them is not seen"
                ));
            }
        }
        if !self.trace.has_links() {
            out.push(
                "no record names the key of another one that is here, so there is nothing to follow"
                    .to_owned(),
            );
        }
        out
    }

    fn gates(&self) -> Vec<GateCount> {
        let entry = |(at, gate): (usize, &crate::gates::Gate)| {
            let nodes =
                self.known.stopped.iter().filter(|(_, bits)| bits >> at & 1 == 1).map(|(node, _)| *node);
            let mut by: BTreeMap<u32, u64> = BTreeMap::new();
            nodes
                .clone()
                .for_each(|node| *by.entry(self.trace.linked.generator[node as usize]).or_default() += 1);
            by.remove(&NOBODY);
            let mut generators: Vec<(u32, u64)> = by.into_iter().collect();
            generators.sort_by_key(|(at, n)| (std::cmp::Reverse(*n), *at));
            let name = |at: u32| self.known.names.get(at as usize).cloned().unwrap_or_default();
            GateCount {
                gate: gate.name.to_owned(),
                about: gate.about.to_owned(),
                records: nodes.clone().count() as u64,
                generators: generators.into_iter().take(2 * SHOWN).map(|(at, n)| (name(at), n)).collect(),
                first: nodes.take(SHOWN).map(|node| self.place(self.trace.record(node))).collect(),
            }
        };
        GATES.iter().enumerate().map(entry).collect()
    }
}
