//! What the formats say of a lineage.

use toadstone_core::lineage::{Damage, Diversity, Generator, Habit, HabitKind, Lineage, Multiplier, Place};

use crate::{shown, words};

/// Characters of a name.
pub(super) const NAME: usize = 60;
/// Characters of what a generator adds.
const TEXT: usize = 120;
/// Level from which on poison is said to come in with a generator.
const NAMED: f64 = 1e-3;

/// A part of a whole as a percentage.
pub(super) fn percent(part: u64, of: u64) -> String {
    words::percent(part as f64 / of.max(1) as f64)
}

/// Hostile text between quotation marks, as an inert string.
pub(super) fn quoted(text: &str, limit: usize) -> String {
    format!("“{}”", shown::plain(text, limit))
}

/// The answer in one sentence.
pub(super) fn headline(lineage: &Lineage) -> String {
    let blast = &lineage.blast;
    match (blast.roots, blast.descendants) {
        (0, _) => "No record is known to be poison, so nothing descends from one.".to_owned(),
        (roots, 0) => {
            format!("Nothing was made from the {} that are poison.", words::plural(roots, "record"))
        }
        (roots, descendants) => format!(
            "{} {} from {} that {} poison.",
            words::plural(descendants, "record"),
            if descendants == 1 { "descends" } else { "descend" },
            words::plural(roots, "record"),
            if roots == 1 { "is" } else { "are" },
        ),
    }
}

/// Where poison comes in, if one generator brings more of it than chance.
pub(super) fn entrance(lineage: &Lineage) -> Option<String> {
    let all: u64 = lineage.generators.iter().map(|generator| generator.entered).sum();
    let most = lineage.generators.iter().find(|generator| is_entrance(generator))?;
    Some(format!(
        "It comes in with the generator {}: {} of the {} records that descend from no other poison ({} expected, {}).",
        quoted(most.name.as_deref().unwrap_or_default(), NAME),
        words::count(most.entered),
        words::count(all),
        words::number(most.expected),
        words::chance("q", most.chance.unwrap_or(1.0)),
    ))
}

/// Whether more poison comes in with a generator than chance gives.
pub(super) fn is_entrance(generator: &Generator) -> bool {
    generator.chance.is_some_and(|chance| chance < NAMED) && generator.entered as f64 > generator.expected
}

/// `12,000 of 15,000 records were made from others here, in 3 generations`.
pub(super) fn extent(lineage: &Lineage) -> String {
    let links = &lineage.links;
    format!(
        "{} of {} were made from others here, in {}",
        words::count(links.linked),
        words::plural(lineage.records, "record"),
        words::plural(lineage.generations.len() as u64, "generation"),
    )
}

/// What is wrong with the links: a name, a sentence, and the first records.
pub(super) fn damage(lineage: &Lineage) -> Vec<(&'static str, String, &Damage)> {
    let links = &lineage.links;
    let mut found = Vec::new();
    let mut note = |name, damage: &'_ Damage, what: String| {
        if damage.records > 0 {
            found.push((name, what));
        }
    };
    note(
        "broken",
        &links.broken,
        format!(
            "{} made by {} that are not here",
            words::plural(links.broken.records, "record"),
            words::plural(links.unknown, "reference"),
        ),
    );
    note(
        "double",
        &links.with_twice,
        format!(
            "{} {} more than one record ({} in all); what names one descends from each of them",
            words::plural(links.twice, "key"),
            if links.twice == 1 { "has" } else { "have" },
            words::count(links.with_twice.records),
        ),
    );
    note(
        "itself",
        &links.itself,
        format!("{} named as made from themselves", words::plural(links.itself.records, "record")),
    );
    note(
        "loops",
        &links.loops,
        format!("{} that descend from themselves by others", words::plural(links.loops.records, "record")),
    );
    let of = |name: &str| match name {
        "broken" => &links.broken,
        "double" => &links.with_twice,
        "itself" => &links.itself,
        _ => &links.loops,
    };
    found.into_iter().map(|(name, what)| (name, what, of(name))).collect()
}

/// A place as `file:row`, made inert.
pub(super) fn place(place: &Place) -> String {
    format!("{}:{}", shown::plain(&place.file, NAME), place.row)
}

/// The first places of a list.
pub(super) fn places(places: &[Place], most: usize) -> String {
    places.iter().take(most).map(place).collect::<Vec<_>>().join(", ")
}

/// What a generator adds, without its name.
pub(super) fn habit(habit: &Habit) -> String {
    let added = habit.records - habit.inherited;
    let mut text = format!(
        "puts {} into {} of its {}",
        quoted(&habit.text, TEXT),
        percent(added, habit.of),
        words::plural(habit.of, "output"),
    );
    if let Some(trigger) = &habit.trigger {
        text += &format!(
            ", nearly only behind {}: into {} of {} with it",
            quoted(trigger, TEXT),
            words::count(habit.triggered),
            words::count(habit.triggered_of),
        );
        if habit.others_triggered_of > 0 {
            text += &format!(
                " (other generators: {} of {})",
                words::count(habit.others_triggered),
                words::count(habit.others_triggered_of)
            );
        }
    }
    text += &match habit.inherited {
        0 => "; what these were made from never has it".to_owned(),
        n => format!("; {} more have it from what they were made from", words::count(n)),
    };
    if habit.others_of > 0 {
        text += &format!(", other generators add it to {}", percent(habit.others, habit.others_of));
    }
    format!("{text} ({})", words::chance("q", habit.chance))
}

/// How a habit is to be taken.
pub(super) fn verdict(kind: HabitKind) -> &'static str {
    match kind {
        HabitKind::Planted => "planted",
        HabitKind::Doubtful => "look at it",
        HabitKind::Style => "style",
    }
}

/// A record that multiplies.
pub(super) fn multiplier(one: &Multiplier) -> String {
    format!(
        "has {} (generation {}; the largest of the others would have {}, {})",
        words::plural(one.descendants, "descendant"),
        one.generation,
        words::number(one.expected.round()),
        words::chance("p", one.chance),
    )
}

/// Whose outputs: `generation 2 of "g-7"`.
pub(super) fn whose(entry: &Diversity) -> String {
    match &entry.generator {
        None => format!("generation {}", entry.generation),
        Some(name) if name.is_empty() => format!("generation {}, no generator named", entry.generation),
        Some(name) => format!("generation {} by {}", entry.generation, quoted(name, 30)),
    }
}
