//! The account of two looks.

use std::cmp::Reverse;

use toadstone_core::{
    Audit, Became, DomainDrift, Fate as Count, Hand, PageSample, RECHECK_SCHEMA, Recheck, RecordId, day,
};

use super::domains::{Beyond, Tally, beyond, tallies};
use super::fates::{Fate, Fates, fates};
use super::hands::{hands, short};
use super::score::{Site, score};
use super::{Second, shows};
use crate::page::Content;

/// How strange the new texts of a domain have to be on average. In simulated crawls it is .98 and more where
/// domains were bought, .79 and less where sites were rewritten.
const STRANGE: f64 = 0.85;
/// Pages that are listed as evidence of a domain.
const SAMPLES: usize = 5;
/// Domains that are listed of each kind.
const DOMAINS: usize = 1000;
/// Share of the pages of a parked domain that show a placeholder, and their number.
const PARKED: (f64, u64) = (0.5, 2);

/// A page that is not as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct PageChange {
    /// Its address (hostile text).
    pub url: String,
    /// Its registrable domain (hostile text).
    pub domain: String,
    /// Where it stands in the first look: the number of the file, and its row there.
    pub at: RecordId,
    /// What became of it.
    pub change: Became,
    /// How much it looks like a replacement on purpose, 0 to 1.
    pub score: f32,
    /// Share of its own text that is left, where both texts are known.
    pub left: Option<f64>,
    /// How much its new text is a stranger's, where nothing is left.
    pub strange: Option<f64>,
    /// Why it was not seen, if so.
    pub why: Option<String>,
    /// When it was seen first, seconds since 1970.
    pub first_seen: Option<i64>,
    /// When it was seen again.
    pub second_seen: Option<i64>,
}

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The account.
    pub account: Recheck,
    /// Pages of the second look that are not identical, the highest score first.
    pub changes: Vec<PageChange>,
}

/// Compares two looks. `random` says whether the pages of the second were drawn at random.
///
/// Time O(n log n); memory about 1.5 kB for each page that changed, beside both looks.
pub fn compare(second: &Second<'_>, random: bool) -> Compared {
    let fates = fates(second);
    let tallies = tallies(&fates.pages, fates.domains.len());
    let Named { replaced, rewritten, base, hands } = named(second, &fates, &tallies);
    let named: Vec<usize> = replaced.iter().map(|beyond| beyond.domain).collect();
    let scores = scores(&fates.pages, &tallies, &named);
    let writer = Writer { second, fates: &fates, tallies: &tallies, scores: &scores, hands: &hands };
    let list = |all: &[Beyond]| all.iter().take(DOMAINS).map(|beyond| writer.domain(beyond)).collect();
    let all = Tally { changes: sum(&tallies), ..Tally::default() };
    let seen = all.seen();
    let first = second.first;
    let pages = first.pages().len() as u64;
    let account = Recheck {
        schema: RECHECK_SCHEMA,
        what: "pages",
        unnamed: first.unnamed(),
        repeated: first.repeated(),
        others: second.others,
        audit: Audit {
            pages,
            seen,
            random: random || seen == pages,
            shows: if seen == pages { 0.0 } else { shows(seen) },
        },
        domains: tallies.iter().filter(|tally| tally.seen() > 0).count() as u64,
        base,
        replaced: list(&replaced),
        rewritten: list(&rewritten),
        parked: list(&parked(&tallies)),
        not_checked: not_checked(second, &all, pages),
        fates: counts(&all),
        hands: hands.clone(),
    };
    Compared { account, changes: writer.changes() }
}

/// Domains beyond base drift.
struct Named {
    replaced: Vec<Beyond>,
    rewritten: Vec<Beyond>,
    base: f64,
    /// Groups with a replaced domain.
    hands: Vec<Hand>,
}

fn named(second: &Second<'_>, fates: &Fates, tallies: &[Tally]) -> Named {
    let (mut replaced, base) = beyond(tallies, &[Became::Replaced]);
    replaced.retain(|domain| strange(&fates.pages[tallies[domain.domain].pages.clone()]) >= STRANGE);
    let is_in = |list: &[Beyond], domain: usize| list.iter().any(|beyond| beyond.domain == domain);
    let (mut rewritten, _) = beyond(tallies, &[Became::Replaced, Became::Rewritten]);
    rewritten.retain(|beyond| !is_in(&replaced, beyond.domain));
    let lost: Vec<usize> = replaced.iter().chain(&rewritten).map(|beyond| beyond.domain).collect();
    let mut groups = hands(second, fates, &lost);
    groups.retain(|group| group.members.iter().any(|domain| is_in(&replaced, *domain)));
    // Whose subject happens to be that of the buyer, but who shares the buyer's texts or links, is the buyer's.
    let shared = |beyond: &Beyond| groups.iter().any(|group| group.members.contains(&beyond.domain));
    let (more, rewritten): (Vec<Beyond>, Vec<Beyond>) = rewritten.into_iter().partition(shared);
    replaced.extend(more);
    Named { replaced, rewritten, base, hands: groups.into_iter().map(|group| group.hand).collect() }
}

/// How much the new texts of a domain are a stranger's, on average.
fn strange(pages: &[Fate]) -> f64 {
    let lost = pages.iter().filter(|fate| matches!(fate.change, Became::Replaced | Became::Rewritten));
    let (sum, pages) =
        lost.filter_map(|fate| fate.strange).fold((0.0, 0.0), |(sum, n), s| (sum + s, n + 1.0));
    sum / f64::max(pages, 1.0)
}

fn sum(tallies: &[Tally]) -> Vec<(Became, u64)> {
    let count = |change: Became| (change, tallies.iter().map(|tally| tally.count(change)).sum());
    Became::ALL.map(count).to_vec()
}

fn counts(tally: &Tally) -> Vec<Count> {
    tally
        .changes
        .iter()
        .filter(|(_, pages)| *pages > 0)
        .map(|&(change, pages)| Count { change, pages })
        .collect()
}

fn scores(pages: &[Fate], tallies: &[Tally], named: &[usize]) -> Vec<f32> {
    let mut is_named = vec![false; tallies.len()];
    named.iter().for_each(|domain| is_named[*domain] = true);
    let site = |domain: usize| {
        let tally = &tallies[domain];
        let share = tally.count(Became::Replaced) as f64 / tally.compared.max(1) as f64;
        // One page of one is no sign of anything about its domain.
        let replaced = if tally.count(Became::Replaced) > 1 { share } else { 0.0 };
        Site { named: is_named[domain], replaced }
    };
    pages.iter().map(|fate| score(fate, site(fate.domain))).collect()
}

/// Domains that show placeholders, the largest first.
fn parked(tallies: &[Tally]) -> Vec<Beyond> {
    let parked = |(domain, tally): (usize, &Tally)| {
        let hit = tally.count(Became::Placeholder);
        let most = hit >= PARKED.1 && hit as f64 >= PARKED.0 * tally.compared as f64;
        most.then_some(Beyond { domain, hit, expected: 0.0, chance: 1.0 })
    };
    let mut found: Vec<Beyond> = tallies.iter().enumerate().filter_map(parked).collect();
    found.sort_by_key(|parked| (Reverse(parked.hit), parked.domain));
    found
}

struct Writer<'w> {
    second: &'w Second<'w>,
    fates: &'w Fates,
    tallies: &'w [Tally],
    scores: &'w [f32],
    hands: &'w [Hand],
}

impl Writer<'_> {
    fn domain(&self, beyond: &Beyond) -> DomainDrift {
        let tally = &self.tallies[beyond.domain];
        let name = short(&self.fates.domains[beyond.domain]);
        let lost = |at: &usize| {
            matches!(self.fates.pages[*at].change, Became::Replaced | Became::Rewritten | Became::Placeholder)
        };
        let lost: Vec<usize> = tally.pages.clone().filter(lost).collect();
        let alike = lost.iter().filter(|at| self.fates.alike.cluster(**at).is_some()).count();
        let turns = lost.iter().filter_map(|at| {
            let page = self.fates.pages[*at].page;
            Some(self.second.sights[page].as_ref()?.turn(self.second.first.pages()[page].page.seen))
        });
        let (untils, sinces): (Vec<Option<i64>>, Vec<Option<i64>>) = turns.unzip();
        let since = sinces.into_iter().flatten().min();
        let until =
            untils.into_iter().flatten().filter(|until| since.is_none_or(|since| *until <= since)).max();
        let mut samples = lost.clone();
        samples.sort_by(|a, b| self.scores[*b].total_cmp(&self.scores[*a]).then(a.cmp(b)));
        DomainDrift {
            seen: tally.seen(),
            fates: counts(tally),
            replaced: beyond.hit,
            expected: beyond.expected,
            chance: beyond.chance,
            strange: strange(&self.fates.pages[tally.pages.clone()]),
            alike: alike as f64 / lost.len().max(1) as f64,
            until: until.map(day),
            since: since.map(day),
            hand: self.hands.iter().position(|hand| hand.domains.contains(&name)),
            samples: samples.into_iter().take(SAMPLES).map(|at| self.sample(at)).collect(),
            domain: name,
        }
    }

    fn sample(&self, at: usize) -> PageSample {
        let fate = &self.fates.pages[at];
        let url = short(&self.second.first.pages()[fate.page].page.url);
        PageSample { url, change: fate.change, score: self.scores[at] }
    }

    fn changes(&self) -> Vec<PageChange> {
        let changed =
            (0..self.fates.pages.len()).filter(|at| self.fates.pages[*at].change != Became::Identical);
        let mut changes: Vec<PageChange> = changed.map(|at| self.change(at)).collect();
        changes.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| a.url.cmp(&b.url)).then(a.at.cmp(&b.at))
        });
        changes
    }

    fn change(&self, at: usize) -> PageChange {
        let fate = &self.fates.pages[at];
        let known = &self.second.first.pages()[fate.page];
        let sight = self.second.sights[fate.page].as_ref();
        let why = sight.and_then(|sight| match &sight.page.content {
            Content::Gone(why) | Content::Unreachable(why) => Some(why.to_string()),
            _ => None,
        });
        PageChange {
            url: known.page.url.clone(),
            domain: self.fates.domains[fate.domain].clone(),
            at: known.at,
            change: fate.change,
            score: self.scores[at],
            left: fate.left,
            strange: fate.strange,
            why,
            first_seen: known.page.seen,
            second_seen: sight.and_then(|sight| sight.page.seen),
        }
    }
}

fn not_checked(second: &Second<'_>, all: &Tally, pages: u64) -> Vec<String> {
    let mut out = Vec::new();
    let looked_at: u64 = all.changes.iter().map(|(_, n)| n).sum();
    let mut say = |n: u64, what: &str| {
        if n > 0 {
            out.push(format!("{n} {what}"));
        }
    };
    say(pages - looked_at, "pages that the second look does not have");
    say(all.count(Became::Unreachable), "pages that did not answer, or may not be asked for");
    say(all.count(Became::Unknown), "pages of which only a digest is known, and it is another");
    say(second.first.unnamed(), "records of the first look without an address of the web");
    say(second.first.empty(), "pages that had no content at the first look");
    let both = second.first.notes().phrases().into_iter().map(|phrase| format!("first look: {phrase}"));
    let both: Vec<String> = both
        .chain(second.notes.phrases().into_iter().map(|phrase| format!("second look: {phrase}")))
        .collect();
    out.extend(both);
    out
}
