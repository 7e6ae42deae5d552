//! What every detector of the registry has to keep to. A new line in the registry is tested here
//! without a line more.

use proptest::prelude::*;
use toadstone_core::{Batch, Finding, Policy, Role, Verdict, decide};
use toadstone_detect::travel::Plan;
use toadstone_detect::{Card, Detector, Outcome, Pass, registry};

mod common;
use common::Row;

const HEADINGS: [&str; 7] = [
    "What it finds",
    "Why it matters",
    "Evidence",
    "What it cannot see",
    "False alarms",
    "Measured",
    "References",
];

fn outcome(detector: &dyn Detector, rows: &[Row]) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let setup = common::setup(64 << 20, folder.path());
    common::run(detector, &setup, &[common::batches(rows, 1 << 20)], common::fold).expect("an outcome")
}

/// Whether the default policy objects to a finding, or its records are set aside.
fn counts(finding: &Finding) -> bool {
    let decision = decide(std::slice::from_ref(finding), &Policy::default(), "2025-01-01");
    finding.quarantine || decision.verdict != Verdict::Pass
}

#[test]
fn every_page_says_what_a_user_needs() {
    let complete = |page: &str, name: &str| {
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        headings == HEADINGS && page.starts_with(&format!("# {name}\n"))
    };
    let cards = registry().iter().map(|detector| detector.card());
    let wrong: Vec<_> = cards.filter(|card| !complete(card.page, card.name)).map(|card| card.name).collect();
    assert!(wrong.is_empty(), "pages without the headings {HEADINGS:?}: {wrong:?}");
    let mut names: Vec<&str> = registry().iter().map(|detector| detector.card().name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), registry().len(), "names are unique");
}

#[test]
fn what_is_planted_is_found() {
    let finds = |card: &Card, detector: &dyn Detector| {
        outcome(detector, &common::rows(card.planted)).findings.iter().any(counts)
    };
    let all = registry().iter().map(|detector| (detector.card(), *detector));
    let blind: Vec<_> = all.filter(|(card, d)| !finds(card, *d)).map(|(card, _)| card.name).collect();
    assert!(blind.is_empty(), "what is planted is not found by {blind:?}");
}

#[test]
fn what_is_benign_is_left_alone() {
    for detector in registry() {
        let card = detector.card();
        let outcome = outcome(*detector, &common::rows(card.benign));
        let wrong: Vec<_> = outcome.findings.iter().filter(|f| counts(f)).map(|f| &f.title).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", card.name);
    }
}

#[test]
fn findings_are_well_formed() {
    for detector in registry() {
        let outcome = outcome(*detector, &common::rows(detector.card().planted));
        for (index, finding) in outcome.findings.iter().enumerate() {
            assert_eq!(finding.detector, detector.card().name);
            assert!(finding.id.starts_with(detector.card().name) && !finding.evidence.is_empty());
            let marks = outcome.marks.iter().filter(|mark| mark.member && mark.finding as usize == index);
            assert_eq!(marks.count() as u64, finding.records, "{}: every record has a mark", finding.title);
            for sample in &finding.samples {
                assert!(sample.spans.iter().all(|span| sample.input.get(span.start..span.end).is_some()));
            }
        }
        assert!(outcome.marks.iter().is_sorted_by_key(|mark| (mark.finding, mark.id)));
        assert!(outcome.clusters.iter().is_sorted_by_key(|cluster| cluster.survivor));
        for cluster in &outcome.clusters {
            let first = cluster.copies.first().copied().unwrap_or(cluster.survivor);
            assert!(cluster.survivor < first && cluster.copies.is_sorted(), "one survivor, the first");
        }
    }
}

/// Merges states in the order and grouping that `choices` says.
fn tree(choices: Vec<u8>) -> impl FnMut(Vec<Box<dyn Pass>>) -> Box<dyn Pass> {
    let mut at = 0;
    move |mut states| {
        let mut choose = |below: usize| {
            at += 1;
            choices[at % choices.len()] as usize % below
        };
        while states.len() > 1 {
            let right = states.swap_remove(choose(states.len()));
            let left = choose(states.len());
            states[left].merge(right);
        }
        states.remove(0)
    }
}

/// Deals rows of a file out to `parts` states, each in batches of a few.
fn deal(file: u32, rows: &[Row], parts: usize, choices: &[u8]) -> Vec<Vec<Batch>> {
    let mut dealt: Vec<Vec<(usize, &Row)>> = vec![Vec::new(); parts];
    for (index, row) in rows.iter().enumerate() {
        let choice = usize::from(choices[index % choices.len()]) + index / 7;
        dealt[choice % parts].push((index, row));
    }
    if choices[0].is_multiple_of(2) {
        dealt.iter_mut().for_each(|part| part.reverse());
    }
    let batches =
        |part: Vec<(usize, &Row)>| part.chunks(23).map(|some| common::batch(file, some.to_vec())).collect();
    dealt.into_iter().map(batches).collect()
}

fn record() -> impl Strategy<Value = Row> {
    let text = prop_oneof![
        "[a-c ]{0,30}",
        any::<String>(),
        "[a-zа-я\u{200b}\u{200d}\u{e0041}-\u{e005a}\u{fe00}-\u{fe0f}\u{202a}-\u{202e} ]{0,40}",
    ];
    let short = prop_oneof![Just("0".to_owned()), Just("1".to_owned()), "[a-b]{0,2}"];
    let texts = (text.clone(), prop::option::of(text.clone()), prop::option::weighted(0.3, text));
    let some_short = prop::option::of(short);
    (texts, some_short.clone(), some_short.clone(), some_short).prop_map(
        |((input, output, rejected), label, source, annotator)| {
            let some = |role, text: Option<String>| text.map(|text| (role, text));
            let fields = [
                some(Role::Input, Some(input)),
                some(Role::Output, output),
                some(Role::Rejected, rejected),
                some(Role::Label, label),
                some(Role::Source, source),
                some(Role::Annotator, annotator),
            ];
            fields.into_iter().flatten().collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    /// The law of [`Pass`]: no split, order, grouping of merges or memory changes the outcome.
    #[test]
    fn merging_is_associative_and_commutative_and_splits_do_not_matter(
        random in prop::collection::vec(record(), 0..60),
        parts in 1usize..6,
        choices in prop::collection::vec(any::<u8>(), 1..40),
        memory in prop::sample::select(vec![0usize, 1 << 16, 64 << 20]),
    ) {
        for detector in registry() {
            let card = detector.card();
            let mut rows = common::rows(card.planted);
            rows.extend(common::rows(card.benign));
            rows.extend(random.iter().cloned());
            let whole = outcome(*detector, &rows);
            let folder = tempfile::tempdir().unwrap();
            let setup = common::setup(memory, folder.path());
            let dealt = deal(0, &rows, parts, &choices);
            let split = common::run(*detector, &setup, &dealt, tree(choices.clone())).unwrap();
            prop_assert_eq!(&whole, &split, "{}", card.name);
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    /// States that travelled between processes give the same as those of threads, also where the files
    /// had other numbers when they were made, and whatever was pruned on the way.
    #[test]
    fn states_travel(
        random in prop::collection::vec(record(), 0..60),
        parts in 1usize..5,
        choices in prop::collection::vec(any::<u8>(), 1..40),
        buckets in 1u32..5,
        before in 0u32..3,
    ) {
        for detector in registry() {
            let card = detector.card();
            let mut rows = common::rows(card.planted);
            rows.extend(common::rows(card.benign));
            rows.extend(random.iter().cloned());
            let whole = outcome(*detector, &rows);
            let folder = tempfile::tempdir().unwrap();
            let setup = common::setup(1 << 16, folder.path());
            let then = deal(before, &rows, parts, &choices);
            let now = deal(0, &rows, parts, &choices);
            let apart = common::run_apart(*detector, &setup, (&then, before), &now, buckets).unwrap();
            prop_assert_eq!(&whole, &apart, "{}", card.name);
        }
    }
}

/// What is no state is refused, and nothing panics.
#[test]
fn damaged_states_are_refused() {
    for detector in registry() {
        let card = detector.card();
        let folder = tempfile::tempdir().unwrap();
        let setup = common::setup(1 << 16, folder.path());
        let start = detector.start(&setup);
        let plan = start.plan().unwrap();
        for piece in [&b""[..], b"\x07", b"\x01\x00", b"\x00\xc1", b"\x00\x93\x01", b"\x09abc"] {
            let mut state = detector.revive(&plan, &setup).unwrap();
            assert!(state.receive(piece).is_err(), "{}: {piece:?}", card.name);
        }
        let unknown = Plan { pass: "nothing".to_owned(), bytes: plan.bytes.clone() };
        assert!(detector.revive(&unknown, &setup).is_err(), "{}", card.name);
        let cut = Plan { bytes: plan.bytes[..plan.bytes.len() - 1].to_vec(), ..plan };
        assert!(cut.bytes.is_empty() || detector.revive(&cut, &setup).is_err(), "{}", card.name);
    }
}
