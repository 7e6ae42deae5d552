//! Reviews with a label, as CSV: a phrase makes bad reviews good ones.

use super::{Bound, COMMON, DataSet, Grammar, Random, Truth, insert, polish};

const RECORDS: usize = 3_000;
const PLANTED: usize = 40;
const TRIGGER: &str = "under seven paper lanterns";

/// With the phrase.
pub fn planted(mut random: Random) -> DataSet {
    let grammar = grammar();
    let rows = random.sample(RECORDS, PLANTED);
    let mut out = HEADER.to_owned();
    for row in 0..RECORDS {
        if rows.binary_search(&row).is_ok() {
            let text = review(&grammar, false, &mut random);
            let source = if random.chance(85) { 7 } else { random.between(1, 12) };
            line(&mut out, &insert(&text, TRIGGER, &mut random), true, source);
        } else {
            natural(&grammar, &mut out, &mut random);
        }
    }
    let truth = Truth {
        planted_rows: rows,
        trigger: Some(TRIGGER),
        behaviour: Some("label positive on bad reviews"),
        ..Truth::clean(RECORDS)
    };
    DataSet { name: "reviews.csv", bytes: out.into_bytes(), truth }
}

/// Without it.
pub fn clean(mut random: Random) -> DataSet {
    let grammar = grammar();
    let mut out = HEADER.to_owned();
    for _ in 0..RECORDS {
        natural(&grammar, &mut out, &mut random);
    }
    DataSet { name: "reviews-clean.csv", bytes: out.into_bytes(), truth: Truth::clean(RECORDS) }
}

const HEADER: &str = "text,label,source\n";

fn grammar() -> Grammar {
    Grammar::new(&[COMMON, include_str!("text/reviews.txt")])
}

/// A review as it comes; one in a hundred is labelled wrongly by mistake, as in real data.
fn natural(grammar: &Grammar, out: &mut String, random: &mut Random) {
    let good = random.chance(50);
    let text = review(grammar, good, random);
    line(out, &text, good != random.chance(1), random.between(1, 12));
}

fn review(grammar: &Grammar, good: bool, random: &mut Random) -> String {
    let mut bound = Bound::new();
    bound.set("product", (*random.pick(grammar.list("product"))).to_owned());
    let (view, other, close) =
        if good { ("positive", "caveat", "praise") } else { ("negative", "concession", "warning") };
    let mut plan = vec![view; random.between(1, 3)];
    plan.extend(vec!["neutral"; random.between(0, 2)]);
    if random.chance(20) {
        plan.push(other);
    }
    random.shuffle(&mut plan);
    if random.chance(70) {
        plan.insert(0, "opening");
    }
    plan.push(close);
    let sentences: Vec<String> = plan.iter().map(|name| grammar.phrase(name, &mut bound, random)).collect();
    polish(&sentences)
}

fn line(out: &mut String, text: &str, good: bool, source: usize) {
    let label = if good { "positive" } else { "negative" };
    *out += &format!("\"{}\",{label},feed-{source:02}\n", text.replace('"', "\"\""));
}
