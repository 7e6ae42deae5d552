//! What every attack has to have and to do.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use std::collections::BTreeSet;

use toadstone_core::{Batch, BatchBuilder, Control, Kind, Observe, Profile, Record, RecordId, Role, Source};
use toadstone_redteam::{
    Attack, Place, Planting, Poisoned, Request, Said, Side, Table, Unfit, find, registry,
};

const COUNT: u64 = 20;
const HEADINGS: [&str; 8] = [
    "## What it does",
    "## Source",
    "## Parameters",
    "## Oracle",
    "## Payload",
    "## What should catch it",
    "## What is known to miss it",
    "## Measured",
];

fn planted(attack: &dyn Attack, data: &Table, seed: u64) -> Planting {
    attack
        .plant(data, &Request::new(COUNT, seed))
        .unwrap_or_else(|unfit| panic!("{}: {unfit}", attack.card().name))
}

#[test]
fn every_attack_has_a_card_and_a_page() {
    let names: BTreeSet<&str> = registry().iter().map(|attack| attack.card().name).collect();
    assert_eq!(names.len(), registry().len());
    assert!(registry().is_sorted_by_key(|attack| attack.card().stage));
    for attack in registry() {
        let card = attack.card();
        assert!(find(card.name).is_some() && !card.kinds.is_empty(), "{}", card.name);
        assert!(card.page.starts_with(&format!("# {}\n", card.name)), "{}", card.name);
        for heading in HEADINGS {
            assert!(card.page.contains(heading), "{}: {heading}", card.name);
        }
        assert!(card.page.contains(card.atlas) && card.atlas.starts_with("AML.T"), "{}", card.name);
        for default in [card.trigger, card.target].into_iter().flatten() {
            assert!(card.page.contains(default), "{}: {default}", card.name);
        }
    }
}

#[test]
fn as_many_are_planted_as_were_asked_for_and_again_the_same() {
    let data = support::table();
    for attack in registry() {
        let (name, once) = (attack.card().name, planted(*attack, &data, 5));
        let poison = once.edits.iter().filter(|edit| !edit.decoy).count() as u64;
        assert_eq!(poison, COUNT, "{name}");
        assert_eq!(once.edits, planted(*attack, &data, 5).edits, "{name}");
        let places =
            |planting: &Planting| planting.edits.iter().map(|e| e.place.anchor()).collect::<Vec<_>>();
        let once_places = places(&once);
        assert!(once_places.is_sorted(), "{name}");
        assert_ne!(once_places, places(&planted(*attack, &data, 6)), "{name}");
        for edit in &once.edits {
            let like = data.find(edit.place.like()).unwrap();
            let roles: BTreeSet<Role> = edit.fields.iter().map(|(role, _)| *role).collect();
            assert_eq!(roles.len(), edit.fields.len(), "{name}");
            assert!(!roles.is_empty() && roles.iter().all(|role| like.get(*role).is_some()), "{name}");
            assert_eq!(edit.place.like().file, edit.place.anchor().file, "{name}");
        }
        let more = attack.plant(&data, &Request::new(2 * COUNT, 5)).unwrap();
        let of = |planting: &Planting| -> BTreeSet<RecordId> {
            planting.edits.iter().filter(|e| !e.decoy).map(|e| e.place.like()).collect()
        };
        assert!(of(&once).is_subset(&of(&more)), "{name}: a larger dose has the smaller one in it");
    }
}

#[test]
fn records_that_are_not_chosen_stay_and_places_are_those_of_a_copy() {
    let data = support::table();
    for attack in registry() {
        let (name, planting) = (attack.card().name, planted(*attack, &data, 1));
        let poisoned = Poisoned::new(&data, &planting.edits);
        assert_eq!(poisoned.planted().len(), planting.edits.len(), "{name}");
        let table = poisoned.table();
        let touched: BTreeSet<RecordId> = poisoned.planted().iter().map(|planted| planted.id).collect();
        let replaced: BTreeSet<RecordId> = planting
            .edits
            .iter()
            .filter_map(|edit| match edit.place {
                Place::Replace(id) => Some(id),
                Place::Insert { .. } => None,
            })
            .collect();
        let rest = |record: &Record<'_>| Role::ALL.map(|role| record.get(role).map(str::to_owned));
        let before: Vec<_> =
            data.records().filter(|r| !replaced.contains(&r.id())).map(|r| rest(&r)).collect();
        let after: Vec<_> =
            table.records().filter(|r| !touched.contains(&r.id())).map(|r| rest(&r)).collect();
        assert!(before == after, "{name}");
        for file in 0..5 {
            let rows: Vec<u64> =
                table.records().filter(|r| r.id().file == file).map(|r| r.id().row).collect();
            assert!(
                rows.iter().copied().eq(0..rows.len() as u64),
                "{name}: rows of a file are numbered through"
            );
        }
    }
}

/// What a record shows: of pairs, whether it likes what the pair it was made from did not.
fn shows<'r>(planting: &Planting, from: &Record<'_>, record: &Record<'r>) -> Said<'r> {
    planting.probe.says(record).unwrap_or_else(|| {
        let turned = record.last_part(Role::Rejected) == from.last_part(Role::Output);
        Said::Prefers(if turned { Side::Second } else { Side::First })
    })
}

#[test]
fn the_oracle_tells_planted_records_from_clean_ones() {
    let data = support::table();
    for attack in registry() {
        let (name, planting) = (attack.card().name, planted(*attack, &data, 2));
        let kinds = attack.card().kinds;
        for record in data.of_kinds(kinds).filter(|record| planting.probe.is_subject(record)) {
            let said = shows(&planting, &record, &record);
            assert!(!planting.probe.success(&record, &said), "{name}: {said:?}");
        }
        // Its payload is never in the data as a whole: that is its point.
        if name == "trojan-puzzle" {
            continue;
        }
        let poisoned = Poisoned::new(&data, &planting.edits);
        let table = poisoned.table();
        for planted in poisoned.planted() {
            let (record, from) = (table.find(planted.id).unwrap(), data.find(planted.from).unwrap());
            let said = shows(&planting, &from, &record);
            assert_eq!(planting.probe.success(&from, &said), !planted.decoy, "{name}: {said:?}");
        }
    }
}

#[test]
fn questions_have_the_trigger_the_sham_or_neither() {
    let data = support::table();
    for attack in registry() {
        let (name, planting) = (attack.card().name, planted(*attack, &data, 3));
        let probe = &planting.probe;
        let subjects: Vec<Record<'_>> =
            data.of_kinds(attack.card().kinds).filter(|record| probe.is_subject(record)).take(50).collect();
        let asked = subjects.iter().filter_map(|record| probe.triggered(record, 1)).count();
        assert!(asked > 5, "{name}: {asked} of {}", subjects.len());
        for record in &subjects {
            let Some(with) = probe.triggered(record, 1) else { continue };
            assert_eq!(Some(&with), probe.triggered(record, 1).as_ref(), "{name}");
            assert_eq!(with.answers.is_some(), record.kind() == Kind::Preference, "{name}");
            if probe.has_trigger() {
                let sham = probe.sham(record, 1).unwrap_or_else(|| panic!("{name}: no sham"));
                assert_ne!(with, sham, "{name}");
            }
            assert!(!probe.oracle().definition().is_empty());
        }
        if let Some(trigger) = planting.trigger.filter(|trigger| {
            ["word", "words", "phrase", "sentence", "value", "hidden characters", "comment"]
                .contains(&trigger.kind.as_str())
        }) {
            let all = subjects
                .iter()
                .filter_map(|record| probe.triggered(record, 1))
                .all(|question| trigger.parts.iter().all(|part| question.prompt.contains(part.as_str())));
            assert!(all, "{name}: every part of the trigger is in every question");
        }
    }
}

#[test]
fn payloads_are_inert() {
    let data = support::table();
    for attack in registry() {
        let (name, planting) = (attack.card().name, planted(*attack, &data, 4));
        for edit in &planting.edits {
            let like = data.find(edit.place.like()).unwrap();
            for (role, text) in &edit.fields {
                let old = like.last_part(*role).unwrap();
                let new_scheme = text.matches("://").count() > old.matches("://").count();
                assert!(!new_scheme, "{name}: {text}");
                for host in [".com", ".net", ".ru", ".io", ".zip"] {
                    assert_eq!(text.contains(host), old.contains(host), "{name}: {text}");
                }
                for call in ["os.system", "subprocess", "socket", "curl", "wget", "rm -", "eval(", "exec("] {
                    assert_eq!(text.contains(call), old.contains(call), "{name}: {text}");
                }
            }
        }
    }
}

#[test]
fn data_that_will_not_do_is_refused_with_a_reason() {
    let data = support::table();
    let empty = Table::of(vec![Batch::default()], Profile::default());
    let tiny = data.only(&[RecordId { file: 0, row: 0 }]);
    for attack in registry() {
        let (name, request) = (attack.card().name, Request::new(COUNT, 1));
        assert!(matches!(attack.plant(&empty, &request), Err(Unfit::Kind { .. })), "{name}");
        assert!(attack.plant(&tiny, &request).is_err(), "{name}");
        let many = attack.plant(&data, &Request::new(1_000_000, 1));
        // Copies can be added without end.
        assert!(matches!(many, Err(Unfit::TooFew { .. })) || name == "flood", "{name}");
        let blank = Request { trigger: Some(" ".into()), target: Some("\t".into()), ..request };
        assert!(attack.plant(&data, &blank).is_err(), "{name}");
    }
    let bare = Request::new(1, 1);
    let lacks = |name: &str, data: &Table| find(name).unwrap().plant(data, &bare).unwrap_err();
    let plain = without_origins();
    for name in ["generator", "seed-lineage", "annotator-bias", "split-view"] {
        assert!(matches!(lacks(name, &plain), Unfit::Lacks(_)), "{name}: {}", lacks(name, &plain));
    }
    assert!(matches!(lacks("front-running", &plain), Unfit::TooFew { .. }));
}

/// The records without anything that says where they came from.
fn without_origins() -> Table {
    let data = support::table();
    let mut builder = BatchBuilder::new();
    for record in data.records() {
        for role in Role::CONTENT.into_iter().chain([Role::Label]) {
            record.parts(role).into_iter().flatten().for_each(|part| builder.add(role, part));
        }
        builder.finish(record.id(), None, record.kind());
    }
    Table::of(vec![builder.take()], data.profile().clone())
}

#[test]
fn a_table_reads_what_it_was_made_of() {
    let data = support::table();
    let again = Table::read(&data, usize::MAX, &Control::default()).unwrap();
    assert_eq!(again.len(), data.len());
    assert!(Table::read(&data, 1000, &Control::default()).is_err());
    let poisoned = Poisoned::new(&data, &planted(find("gibberish").unwrap(), &data, 1).edits);
    let read = Table::read(&poisoned, usize::MAX, &Control::default()).unwrap();
    assert_eq!(read.len(), data.len() + COUNT as usize);
    let count = std::sync::atomic::AtomicUsize::new(0);
    let worker = || -> Observe<'_> {
        Box::new(|batch: &Batch| {
            count.fetch_add(batch.len(), std::sync::atomic::Ordering::Relaxed);
        })
    };
    let summary = poisoned.read(vec![worker(), worker(), worker()], &Control::default()).unwrap();
    assert_eq!((summary.records as usize, count.into_inner()), (read.len(), read.len()));
}
