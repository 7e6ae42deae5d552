//! What the formats say of sources.

use toadstone_core::{Budget, Ledger, Remark, SourceAccount, Topic};

use crate::{shown, words};

/// Planted records that suffice for a backdoor, whatever the size of the model (Souly et al. 2025).
const SUFFICES: u64 = 250;
/// Characters of a name.
pub(super) const NAME: usize = 60;

/// The kind of source, for `n` of them.
pub(super) fn kind(ledger: &Ledger, n: u64) -> String {
    words::plural(n, &ledger.by)
}

/// `12,345 records from 678 domains`.
pub(super) fn extent(ledger: &Ledger) -> String {
    let sources = ledger.concentration.map_or(0, |c| c.sources);
    format!("{} from {}", words::plural(ledger.records, "record"), kind(ledger, sources))
}

/// How concentrated the data is; `None` where nobody is named.
pub(super) fn spread(ledger: &Ledger) -> Option<String> {
    let c = ledger.concentration?;
    Some(format!(
        "as concentrated as if {} equal {}s had brought it all (Herfindahl index {}); the largest has {}; Gini {:.2}",
        words::number(c.effective),
        ledger.by,
        words::number(c.herfindahl),
        words::percent(c.largest),
        c.gini
    ))
}

/// The answer in one sentence: how few sources suffice.
pub(super) fn headline(ledger: &Ledger) -> String {
    let Some(budget) = ledger.budgets.iter().find(|b| b.records == SUFFICES) else { return String::new() };
    match (budget.alone, budget.fewest) {
        (0, None) => format!(
            "All {}s together have fewer than the {SUFFICES} records that suffice for a backdoor.",
            ledger.by
        ),
        (0, Some(fewest)) => format!(
            "No {} alone can plant the {SUFFICES} records that suffice for a backdoor in a model of any size; it takes {}.",
            ledger.by,
            words::count(fewest)
        ),
        (1, _) => format!(
            "One {} alone can plant the {SUFFICES} records that suffice for a backdoor in a model of any size.",
            ledger.by
        ),
        (alone, _) => format!(
            "Each of {} {}s alone can plant the {SUFFICES} records that suffice for a backdoor in a model of any size.",
            words::count(alone),
            ledger.by
        ),
    }
}

/// How few sources have so many records together.
pub(super) fn fewest(budget: &Budget) -> String {
    budget.fewest.map_or_else(|| "all have fewer".to_owned(), words::count)
}

/// Days of the first and the last record.
pub(super) fn days(account: &SourceAccount) -> String {
    match (&account.first, &account.last) {
        (Some(first), Some(last)) if first == last => first.clone(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    }
}

/// A topic's words, made inert.
pub(super) fn topic(topic: &Topic) -> String {
    list(&topic.words)
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| shown::plain(word, 24)).collect::<Vec<_>>().join(", ")
}

/// Why a source should be looked at; the source itself is not named.
pub(super) fn reason(remark: &Remark) -> String {
    match remark {
        Remark::Suspicious { records, of, expected, chance, .. } => format!(
            "{} of its {} are in findings ({} expected at the rate of the others, {})",
            words::count(*records),
            words::plural(*of, "record"),
            words::number(*expected),
            words::chance("q", *chance)
        ),
        Remark::Burst { burst, .. } => format!(
            "{} of its {} came in {} from {} ({} expected when the others came, {})",
            words::count(burst.records),
            words::plural(burst.of, "record"),
            words::plural(burst.days.unsigned_abs(), "day"),
            burst.from,
            words::number(burst.expected),
            words::chance("q", burst.chance)
        ),
        Remark::OwnWords { words: own, records, of, elsewhere, others, .. } => format!(
            "\"{}\" stands in {} of its {} and in {} of all others ({} of the others have such words)",
            list(own),
            words::count(*records),
            words::plural(*of, "record"),
            words::count(*elsewhere),
            words::percent(*others)
        ),
        Remark::Alike { share, median, .. } => format!(
            "its texts are alike: {} of the words of one stand in most of them (the median is {})",
            words::percent(*share),
            words::percent(*median)
        ),
        Remark::Monopoly { topic: about, more, .. } => format!(
            "{} of what there is on \"{}\" comes from it: {} of {} ({} expected){}",
            words::percent(about.owned as f64 / about.records.max(1) as f64),
            topic(about),
            words::count(about.owned),
            words::plural(about.records, "record"),
            words::number(about.expected),
            match more {
                0 => String::new(),
                1 => ", and so does 1 more topic".to_owned(),
                more => format!(", and so do {} more topics", words::count(*more)),
            }
        ),
        Remark::Copies { records, of, expected, .. } => format!(
            "{} of its {} are copies of an earlier one ({} expected)",
            words::count(*records),
            words::plural(*of, "record"),
            words::number(*expected)
        ),
    }
}
