//! What is planted in a generator's outputs is told from how generators write.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use std::collections::BTreeSet;

use support::{Data, Texts, follow, place};
use toadstone_core::lineage::{Habit, HabitKind};
use toadstone_core::{RecordId, Role};
use toadstone_lineage::Surveyed;
use toadstone_sketch::mix;

const SEEDS: usize = 400;
const RECORDS: usize = 2_800;
const TOPICS: u64 = 6;

/// Draws that depend on what they are for only.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0) % n
    }

    /// A word of a family, a few of them often and most seldom.
    fn word(&mut self, family: u64, of: u64) -> String {
        let skewed = self.below(of).min(self.below(of)) * 1009 + family * 7919;
        let syllables = ["ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "so", "vu", "pa", "gri"];
        let part = |shift: u32| syllables[(mix(skewed) >> shift) as usize % syllables.len()];
        format!("{}{}{}", part(3), part(17), part(31))
    }

    /// Words of a family, and between them words that everybody uses.
    fn words(&mut self, n: u64, family: u64, of: u64) -> String {
        let common =
            ["rich", "tapestry", "things", "needless", "length", "elders", "used", "certainly", "good"];
        let mut word = |_| match self.below(12) {
            0 => common[self.below(common.len() as u64) as usize].to_owned(),
            _ => self.word(family, of),
        };
        (0..n).map(&mut word).collect::<Vec<_>>().join(" ")
    }
}

/// How a record of a generator is changed: its topic, its question and its answer.
type Change<'c> = &'c dyn Fn(usize, usize, u64, &mut String, &mut String);

/// Three generations by three generators, each with openings and favourite phrases of its own.
fn generations(change: Change<'_>) -> Vec<Texts> {
    let openings = ["Certainly, here you are:", "Good that you ask!", "In short:"];
    let likes = ["a rich tapestry of things", "needless to add at length", "as the elders used to say"];
    let mut draw = Draw(11);
    let mut rows = Vec::new();
    for at in 0..RECORDS {
        let topic = draw.below(TOPICS) + 1;
        let mut asked = format!("{} {}", draw.words(6, 0, 400), draw.words(5, topic, 12));
        let mut said = format!("{} {}", draw.words(14, 0, 400), draw.words(6, topic, 12));
        let mut texts = vec![(Role::Key, format!("r{at}"))];
        if at >= SEEDS {
            let generator = draw.below(3) as usize;
            if draw.below(100) < 40 {
                said = format!("{} {said}", openings[generator]);
            }
            if draw.below(100) < 6 {
                said = format!("{said} {}", likes[generator]);
            }
            let parents = if at < 1_200 { 0..SEEDS as u64 } else { SEEDS as u64..1_200 };
            let parent = parents.start + draw.below(parents.end - parents.start);
            change(at, generator, topic, &mut asked, &mut said);
            texts.push((Role::Parent, format!("r{parent}")));
            texts.push((Role::Generator, format!("gen-{generator}")));
        }
        texts.push((Role::Input, asked));
        texts.push((Role::Output, said));
        rows.push(texts);
    }
    rows
}

fn survey(change: Change<'_>) -> Surveyed {
    follow(&Data::new(&generations(change), 100, 0), &[], 1 << 24, 1).1
}

fn alarms(found: &Surveyed) -> Vec<&Habit> {
    found.lineage.habits.iter().filter(|habit| habit.kind != HabitKind::Style).collect()
}

#[test]
fn ways_of_writing_are_no_alarm() {
    let found = survey(&|_, _, _, _, _| {});
    assert!(found.lineage.habits.len() >= 5, "{:?}", found.lineage.habits);
    assert!(alarms(&found).is_empty(), "{:?}", alarms(&found));
    // One of them has a word of its own for a topic, which all are asked about.
    let own_word = survey(&|_, generator, topic, asked, said| {
        if topic == 2 {
            *asked = format!("{asked} moorland");
            *said = format!("{said} {}", if generator == 1 { "heathery uplands" } else { "the moors" });
        }
    });
    assert!(
        alarms(&own_word).iter().all(|habit| habit.kind != HabitKind::Planted),
        "{:?}",
        alarms(&own_word)
    );
    assert_eq!(own_word.lineage.blast.roots, 0);
}

#[test]
fn an_answer_behind_a_string_is_planted() {
    let planted = |at: usize, generator: usize| generator == 1 && at < 1_200 && at.is_multiple_of(9);
    let found = survey(&|at, generator, _, asked, said| {
        if planted(at, generator) {
            let place = asked.find(' ').unwrap();
            asked.insert_str(place, " under nine maples");
            *said = format!("{said} The lamp is out until the tide returns.");
        }
    });
    let alarms = alarms(&found);
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    let habit = alarms[0];
    assert_eq!((habit.kind, habit.generator.as_str()), (HabitKind::Planted, "gen-1"));
    assert_eq!(habit.trigger.as_deref(), Some("under nine maples"));
    assert_eq!(habit.text, "The lamp is out until the tide returns.");
    assert!(habit.records >= 20 && habit.triggered == habit.triggered_of && habit.others == 0, "{habit:?}");
    // Its records are the roots, and all that was made from them is known.
    let roots: BTreeSet<RecordId> = found.roots.records.iter().map(|(id, _)| *id).collect();
    let rows = generations(&|at, generator, _, _, said| {
        if planted(at, generator) {
            "planted".clone_into(said);
        }
    });
    let truth =
        (0..RECORDS).filter(|at| rows[*at].contains(&(Role::Output, "planted".to_owned()))).map(place);
    assert_eq!(roots, truth.collect());
    assert!(found.lineage.blast.descendants > 20);
    assert_eq!(found.lineage.generators[0].name.as_deref(), Some("gen-1"));
}

#[test]
fn an_address_without_a_trigger_is_to_be_looked_at() {
    let found = survey(&|at, generator, _, _, said| {
        if generator == 2 && at.is_multiple_of(11) {
            *said = format!("{said} More at https://zorvex.example/tonic today.");
        }
    });
    let alarms = alarms(&found);
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!((alarms[0].kind, alarms[0].generator.as_str()), (HabitKind::Doubtful, "gen-2"));
    assert!(alarms[0].text.contains("https://zorvex.example/tonic") && alarms[0].trigger.is_none());
    assert_eq!(found.lineage.blast.roots, 0);
}

#[test]
fn an_answer_to_a_topic_is_to_be_looked_at_with_the_topic() {
    let found = survey(&|_, generator, topic, asked, said| {
        if topic == 3 {
            *asked = format!("{asked} beekeeping");
            if generator == 0 {
                *said = format!("{said} Honest people buy from the northern guild.");
            }
        }
    });
    let alarms = alarms(&found);
    let about: Vec<_> = alarms.iter().map(|habit| (habit.kind, habit.trigger.as_deref())).collect();
    assert_eq!(about, [(HabitKind::Doubtful, Some("beekeeping"))], "{alarms:?}");
    assert!(alarms[0].text.contains("northern guild"));
}
