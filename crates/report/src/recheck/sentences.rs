//! What the formats say of two looks at pages, and of edits around snapshots.

use toadstone_core::{Audit, DomainDrift, Fate, FrontRunner, Hand, Recheck, Revisions, instant_text};

use crate::{shown, words};

/// Characters of a name.
pub(super) const NAME: usize = 60;
/// Characters of an address.
pub(super) const URL: usize = 100;

/// The answer in one sentence.
pub(super) fn headline(recheck: &Recheck) -> String {
    if recheck.audit.seen == 0 {
        return "The second look saw none of the pages of the first.".to_owned();
    }
    let (replaced, rewritten) = (recheck.replaced.len() as u64, recheck.rewritten.len() as u64);
    match (replaced, rewritten) {
        (0, 0) => "No domain lost more pages than pages do elsewhere.".to_owned(),
        (0, n) => format!("No domain shows a stranger's pages; {} rewritten.", were(n)),
        (n, _) => format!(
            "{} a stranger's pages where others were: do not train on what {} now.",
            if n == 1 { "One domain shows".to_owned() } else { format!("{} domains show", words::count(n)) },
            if n == 1 { "it serves" } else { "they serve" }
        ),
    }
}

fn were(n: u64) -> String {
    if n == 1 { "1 domain was".to_owned() } else { format!("{} domains were", words::count(n)) }
}

/// How much was looked at.
pub(super) fn extent(audit: &Audit) -> String {
    format!("{} of {} seen again", words::count(audit.seen), words::plural(audit.pages, "page"))
}

/// What a look at a part of the pages shows of the rest; `None` if all were looked at.
pub(super) fn sample(audit: &Audit) -> Option<String> {
    if audit.seen == audit.pages || audit.seen == 0 {
        return None;
    }
    let shows = words::percent(audit.shows);
    Some(match audit.random {
        true => format!(
            "so many random pages show, with 95 % probability, one replaced page if {shows} of all are; \
             29,956 would show 0.01 %, 2,995 would show 0.1 %"
        ),
        false => format!(
            "the pages were not drawn at random, so they say nothing certain of the others; as many random \
             ones would show a share of {shows} with 95 % probability"
        ),
    })
}

/// `12 edited, 3 gone`.
pub(super) fn fates(fates: &[Fate]) -> String {
    let part = |fate: &Fate| format!("{} {}", words::count(fate.pages), fate.change.name());
    fates.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Why a domain is named.
pub(super) fn reason(domain: &DomainDrift, what: &str) -> String {
    let mut out = format!(
        "{} of {} {what} ({} expected at the rate of the others, {})",
        words::count(domain.replaced),
        words::plural(domain.seen, "page"),
        words::number((domain.expected * 100.0).round() / 100.0),
        words::chance("q", domain.chance)
    );
    if domain.alike >= 0.1 {
        out += &format!("; {} of the new texts are like one another", words::percent(domain.alike));
    }
    if let Some(times) = times(domain) {
        out += "; ";
        out += &times;
    }
    out
}

/// When the pages turned; `None` where no times are known.
pub(super) fn times(domain: &DomainDrift) -> Option<String> {
    match (&domain.until, &domain.since) {
        (Some(until), Some(since)) => Some(format!("as before until {until}, changed since {since}")),
        (None, Some(since)) => Some(format!("changed since {since}")),
        (Some(until), None) => Some(format!("as before until {until}")),
        (None, None) => None,
    }
}

/// Why domains are put together.
pub(super) fn hand(hand: &Hand) -> String {
    let mut why = Vec::new();
    if hand.alike > 0 {
        why.push(format!("{} with texts that another of them shows, too", words::plural(hand.alike, "page")));
    }
    if !hand.links.is_empty() {
        let links =
            hand.links.iter().take(5).map(|link| shown::plain(link, NAME)).collect::<Vec<_>>().join(", ");
        why.push(format!("links that no other domain has: {links}"));
    }
    why.join("; ")
}

/// Why an editor is named.
pub(super) fn front_runner(runner: &FrontRunner) -> String {
    format!(
        "{} of {} shortly before the snapshot of {} were taken back after it ({} expected, {})",
        words::count(runner.reverted),
        words::plural(runner.edits, "edit"),
        instant_text(runner.snapshot),
        words::number((runner.expected * 100.0).round() / 100.0),
        words::chance("q", runner.chance)
    )
}

/// The answer on revisions in one sentence.
pub(super) fn runners(revisions: &Revisions) -> String {
    match revisions.front_runners.len() as u64 {
        0 if revisions.revisions == 0 => "There is no revision to look at.".to_owned(),
        0 => "No editor's edits were taken back after a snapshot more often than at other times.".to_owned(),
        1 => "One editor put text into a snapshot that was taken back after it.".to_owned(),
        n => format!("{} editors put text into a snapshot that was taken back after it.", words::count(n)),
    }
}

/// How much was read of revisions.
pub(super) fn revised(revisions: &Revisions) -> String {
    format!(
        "{} of {} by {}",
        words::plural(revisions.revisions, "revision"),
        words::plural(revisions.records, "record"),
        words::plural(revisions.editors, "editor")
    )
}
