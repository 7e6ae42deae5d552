//! The lineage of a data set: the content of `taint.json`.

use serde::Serialize;

/// Version of the JSON that [`Lineage`] gives. It grows when a field changes its meaning or goes away.
pub const LINEAGE_SCHEMA: u32 = 1;

/// Where a record stands, for a reader of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// File, as the user named it (hostile text).
    pub file: String,
    /// Row, counted from 0.
    pub row: u64,
}

/// Records that have something in common, counted, and the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// How many.
    pub records: u64,
    /// The first of them, in the order of the input.
    pub first: Vec<Place>,
}

/// How well the records are linked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Links {
    /// Records that have a key.
    pub keyed: u64,
    /// Records made from a record that is here.
    pub linked: u64,
    /// Links from a record to one that it was made from.
    pub edges: u64,
    /// Parents that are named and not here.
    pub unknown: u64,
    /// Records that name such parents.
    pub broken: Damage,
    /// Prompts that are named and not here: names of groups, which is no mistake.
    pub prompts_elsewhere: u64,
    /// Keys that more than one record has.
    pub twice: u64,
    /// Records with such a key. What names it descends from each of them.
    pub with_twice: Damage,
    /// Records that name themselves as their parent.
    pub itself: Damage,
    /// Records that descend from themselves by others.
    pub loops: Damage,
}

/// How often something is in the records of one generation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Generation {
    /// 0 for records that name no parent here, else one more than the latest parent.
    pub generation: u32,
    /// Records.
    pub records: u64,
    /// Of them, roots and what descends from them.
    pub tainted: u64,
    /// Records of which others were made.
    pub parents: u64,
    /// Records made directly from one of these parents, on average.
    pub children: f64,
    /// Descendants of a record of which others were made, the median.
    pub median: u64,
    /// Descendants of the record that has most.
    pub most: u64,
}

/// A record that has more descendants than others of its generation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Multiplier {
    /// The record.
    #[serde(flatten)]
    pub place: Place,
    /// Its generation.
    pub generation: u32,
    /// All that descends from it.
    pub descendants: u64,
    /// Descendants that the largest of the others would have, by their tail, with even odds.
    pub expected: f64,
    /// Chance that the tail of the others gives so many.
    pub chance: f64,
}

/// What one generator brought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Generator {
    /// Its name (hostile text), at most 300 bytes; `None` for records that name none.
    pub name: Option<String>,
    /// Its records.
    pub records: u64,
    /// Of them, roots: records that are poison by themselves.
    pub roots: u64,
    /// Of the roots, those that descend from no other root: poison enters the data here.
    pub entered: u64,
    /// Records that descend from a root and are none.
    pub descendants: u64,
    /// Roots that would enter with it if all records were equally likely.
    pub expected: f64,
    /// Chance of so many entering with it, all generators counted; `None` for records that name none.
    pub chance: Option<f64>,
}

/// Why some records are roots.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// Id of a finding, or what the user named: `source=...` (hostile text).
    pub cause: String,
    /// A sentence on it (hostile text); empty if there is none.
    pub title: String,
    /// Roots.
    pub roots: u64,
    /// Records whose nearest root is one of them, themselves not counted.
    pub descendants: u64,
}

/// Records by some number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AtDistance {
    /// Steps from the nearest root; 0 for roots.
    pub distance: u32,
    /// Records.
    pub records: u64,
}

/// Tainted records of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfFile {
    /// The file (hostile text).
    pub file: String,
    /// Roots.
    pub roots: u64,
    /// Records that descend from a root and are none.
    pub descendants: u64,
}

/// All that descends from the roots.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Blast {
    /// Records that are flagged, or that the user named.
    pub roots: u64,
    /// Records that descend from them and are none.
    pub descendants: u64,
    /// By steps from the nearest root.
    pub distances: Vec<AtDistance>,
    /// By file; files without any are left out.
    pub files: Vec<OfFile>,
    /// By cause, most descendants first.
    pub causes: Vec<Cause>,
}

/// How a habit of a generator is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HabitKind {
    /// It follows a string of the input and nothing else, and no other generator does it.
    Planted,
    /// It carries words or addresses that nothing else in the data has, or it follows a topic of the input.
    Doubtful,
    /// A way of writing.
    Style,
}

impl HabitKind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            HabitKind::Planted => "planted",
            HabitKind::Doubtful => "doubtful",
            HabitKind::Style => "style",
        }
    }
}

/// Something that a generator puts into its outputs, and that what they were made from does not have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Habit {
    /// A stable name, by which `--from` knows it.
    pub id: String,
    /// How it is to be taken.
    pub kind: HabitKind,
    /// The generator (hostile text).
    pub generator: String,
    /// What it adds (hostile text).
    pub text: String,
    /// The string in the input or the parents behind which it comes (hostile text), if there is one.
    pub trigger: Option<String>,
    /// Records of the generator.
    pub of: u64,
    /// Of them, those with the text.
    pub records: u64,
    /// Of those, records whose parents or own input have it already.
    pub inherited: u64,
    /// Records of the other generators, and of them those that added the text themselves.
    pub others_of: u64,
    /// See there.
    pub others: u64,
    /// Records of the generator with the trigger, and of them those with the text.
    pub triggered_of: u64,
    /// See there.
    pub triggered: u64,
    /// Records of others with the trigger, and of them those with the text.
    pub others_triggered_of: u64,
    /// See there.
    pub others_triggered: u64,
    /// Chance of this if it did not matter who the generator is (or whether the trigger is there), all
    /// that was tried counted.
    pub chance: f64,
    /// Some of the records.
    pub first: Vec<Place>,
}

/// How varied the outputs of a generator are in one generation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diversity {
    /// The generation.
    pub generation: u32,
    /// The generator (hostile text); `None` for all records of the first generation together.
    pub generator: Option<String>,
    /// Outputs that were looked at.
    pub outputs: u64,
    /// Different runs of three words in equally long samples, as a share of all.
    pub distinct: f64,
    /// As how many equally frequent outputs a thousand of these count (from their entropy); near copies are
    /// one output.
    pub effective: f64,
    /// The same two figures for the first generation.
    pub first_distinct: f64,
    /// See there.
    pub first_effective: f64,
    /// Whether it is less varied than the first generation beyond chance.
    pub lost: bool,
}

/// What a validation gate stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GateCount {
    /// Name of the gate.
    pub gate: String,
    /// What it stops, as a phrase.
    pub about: String,
    /// Records.
    pub records: u64,
    /// Records by generator, most first; at most ten.
    pub generators: Vec<(String, u64)>,
    /// The first of them, in the order of the input.
    pub first: Vec<Place>,
}

/// What is known of the lineage of a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lineage {
    /// [`LINEAGE_SCHEMA`].
    pub schema: u32,
    /// Records.
    pub records: u64,
    /// How well they are linked.
    pub links: Links,
    /// All that descends from the roots.
    pub blast: Blast,
    /// Generations, the first one first; the last entry stands for all that follow.
    pub generations: Vec<Generation>,
    /// Generators: those with roots first, then the largest.
    pub generators: Vec<Generator>,
    /// Records that multiply more than others, most descendants first.
    pub multipliers: Vec<Multiplier>,
    /// What generators add, the most pressing first.
    pub habits: Vec<Habit>,
    /// Loss of variety, by generation and generator.
    pub diversity: Vec<Diversity>,
    /// Validation gates, in the registry's order.
    pub gates: Vec<GateCount>,
    /// What was not looked at, and why.
    pub not_checked: Vec<String>,
}
