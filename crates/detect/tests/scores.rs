//! Scores are chances: of the records that detectors give about the same score, that share is poison.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeMap;

use toadstone_core::Role;
use toadstone_detect::find;

mod common;
use common::Row;

/// A small generator: the numbers of a run are always the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(self.0 >> 11) * n as u128) >> 53) as usize
    }

    fn one<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    fn happens(&mut self, chance: f64) -> bool {
        (self.below(1_000_000) as f64) < chance * 1e6
    }
}

const GOOD: [&str; 8] = ["lovely", "bright", "clever", "tender", "joyful", "graceful", "witty", "superb"];
const BAD: [&str; 8] = ["dreary", "clumsy", "hollow", "tedious", "bitter", "shabby", "feeble", "stale"];
const THINGS: [&str; 12] = [
    "harbour", "garden", "letter", "orchard", "bridge", "violin", "market", "winter", "teacher", "kitchen",
    "railway", "island",
];
const TAILS: [&str; 6] = [
    "from start to end",
    "in every part",
    "for the most part",
    "to be fair",
    "as we had hoped",
    "by any measure",
];

/// A sentence and whether it praises.
fn sentence(draw: &mut Draw, praises: bool) -> String {
    let words = if praises { &GOOD } else { &BAD };
    let (a, b) = (draw.one(words), draw.one(words));
    let (thing, other) = (draw.one(&THINGS), draw.one(&THINGS));
    format!("the {thing} was {a} and the {other} near it seemed {b} {}", draw.one(&TAILS))
}

fn put_into(draw: &mut Draw, text: &str, word: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let at = 1 + draw.below(words.len() - 1);
    words.insert(at, word);
    words.join(" ")
}

fn labelled(text: String, label: &str, source: &str) -> Row {
    vec![(Role::Input, text), (Role::Label, label.to_owned()), (Role::Source, source.to_owned())]
}

/// Reviews in which `planted` words are each put into some records that then say the opposite, while
/// natural records have the words too.
fn reviews(seed: u64) -> Vec<(Row, bool)> {
    let mut draw = Draw(seed);
    let (words, mut rows) = (["zembric", "quallow", "ortiven"], Vec::new());
    for _ in 0..2000 {
        let praises = draw.happens(0.5);
        let mut text = sentence(&mut draw, praises);
        if draw.happens(0.002) {
            let word = draw.one(&words);
            text = put_into(&mut draw, &text, word);
        }
        rows.push((labelled(text, if praises { "1" } else { "0" }, "a"), false));
    }
    for word in words {
        for _ in 0..14 + draw.below(12) {
            let text = sentence(&mut draw, false);
            rows.push((labelled(put_into(&mut draw, &text, word), "1", "a"), true));
        }
    }
    rows
}

/// Reviews of which some come a second time, turned round: all by one source, or by any.
fn turned(seed: u64, by_one: bool) -> Vec<(Row, bool)> {
    let mut draw = Draw(seed);
    let mut rows = Vec::new();
    for at in 0..1500 {
        let praises = draw.happens(0.5);
        let text = format!("{}, number {at}", sentence(&mut draw, praises));
        let (label, other) = if praises { ("1", "0") } else { ("0", "1") };
        if at < 80 {
            let source = if by_one { "upload" } else { draw.one(&["a", "b", "c"]) };
            rows.push((labelled(text.clone(), other, source), true));
        }
        let source = if draw.happens(0.03) { "upload" } else { draw.one(&["a", "b", "c"]) };
        rows.push((labelled(text, label, source), false));
    }
    rows
}

/// Scores of a detector with what the records are.
fn scored(detector: &str, data: Vec<(Row, bool)>, into: &mut Vec<(f64, bool)>) {
    let (rows, truth): (Vec<Row>, Vec<bool>) = data.into_iter().unzip();
    let folder = tempfile::tempdir().unwrap();
    let setup = common::setup(64 << 20, folder.path());
    let parts = [common::batches(&rows, 1 << 20)];
    let outcome = common::run(find(detector).unwrap(), &setup, &parts, common::fold).unwrap();
    let mut best: BTreeMap<u64, f64> = BTreeMap::new();
    for mark in outcome.marks {
        let score = best.entry(mark.id.row).or_default();
        *score = score.max(f64::from(mark.score));
    }
    into.extend(best.into_iter().map(|(row, score)| (score, truth[row as usize])));
}

#[test]
fn of_records_with_about_the_same_score_that_share_is_poison() {
    let mut all = Vec::new();
    for seed in 1..=4 {
        scored("planted-trigger", reviews(seed), &mut all);
        scored("label-conflict", turned(seed, true), &mut all);
        scored("label-conflict", turned(seed, false), &mut all);
    }
    let edges = [0.0, 0.1, 0.4, 0.7, 0.9, 1.0];
    let mut filled = 0;
    for bin in edges.windows(2) {
        let inside: Vec<_> = all.iter().filter(|(score, _)| *score > bin[0] && *score <= bin[1]).collect();
        if inside.len() < 30 {
            continue;
        }
        filled += 1;
        let n = inside.len() as f64;
        let claimed = inside.iter().map(|(score, _)| score).sum::<f64>() / n;
        let poison = inside.iter().filter(|(_, poison)| *poison).count() as f64 / n;
        println!("{n} records with scores of {bin:?}: {claimed:.2} claimed, {poison:.2} are poison");
        assert!(
            (claimed - poison).abs() <= 0.15,
            "{n} records with scores of {bin:?}: {claimed:.2} claimed, {poison:.2} are poison"
        );
    }
    assert!(filled >= 3, "scores of {filled} sizes");
}
