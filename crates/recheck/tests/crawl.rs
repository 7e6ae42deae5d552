//! The comparison on simulated crawls: bought domains are named, drift is not, and what is missed is known.
//! `examples/crawl.rs` measures the same at full size.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod support;

use std::collections::HashMap;

use support::{Attack, Both, Crawl, Event};
use toadstone_core::{Became, Recheck, RecordId};
use toadstone_recheck::page::{Content, Page};
use toadstone_recheck::{Compared, First, Second, compare};

/// What came of a crawl of 8,000 pages, and the events of its pages.
fn crawl(seed: u64, attack: Attack) -> (Crawl, Compared, HashMap<String, Event>) {
    let crawl = Crawl { pages: 8_000, domains: 250, seed, attack, bought: (3, 100) };
    let (mut first, mut second, mut events) = (Vec::new(), Vec::new(), HashMap::new());
    crawl.run(|both: Both| {
        let id = RecordId { file: 0, row: first.len() as u64 };
        let page = |content| Some(Page { url: both.url.clone(), seen: None, content, cut: false });
        first.push((id, page(Content::of(&both.first, None, &both.url))));
        let content = match &both.second {
            Some((bytes, kind)) => Content::of(bytes, Some(kind), &both.url),
            None => Content::Gone("status 404".into()),
        };
        second.push((id, page(content)));
        events.insert(both.url.clone(), both.event);
    });
    let first = First::of(first, vec!["crawl".to_owned()]);
    // The order in which pages come must not matter.
    let mut look = Second::new(&first);
    second.reverse();
    look.add(second);
    let compared = compare(&look, false);
    (crawl, compared, events)
}

fn named(account: &Recheck) -> Vec<&str> {
    let mut names: Vec<&str> = account.replaced.iter().map(|domain| domain.domain.as_str()).collect();
    names.sort_unstable();
    names
}

fn wanted(crawl: &Crawl) -> Vec<String> {
    let mut names: Vec<String> = crawl.bought().into_iter().map(|site| crawl.domain(site)).collect();
    names.sort();
    names
}

/// Share of poisoned pages above all but `rate` of the others.
fn recall(compared: &Compared, events: &HashMap<String, Event>, rate: f64) -> f64 {
    let score: HashMap<&str, f32> =
        compared.changes.iter().map(|change| (change.url.as_str(), change.score)).collect();
    let of = |poison: bool| -> Vec<f32> {
        let these = events.iter().filter(|(_, event)| (**event == Event::Bought) == poison);
        these.map(|(url, _)| score.get(url.as_str()).copied().unwrap_or(0.0)).collect()
    };
    let (poison, mut fine) = (of(true), of(false));
    fine.sort_by(|a, b| b.total_cmp(a));
    let limit = fine[(fine.len() as f64 * rate) as usize];
    poison.iter().filter(|score| **score > limit).count() as f64 / poison.len() as f64
}

#[test]
fn bought_domains_are_named_with_all_their_pages() {
    for (seed, attack) in [(1, Attack::All), (2, Attack::Third)] {
        let (crawl, compared, events) = crawl(seed, attack);
        assert_eq!(named(&compared.account), wanted(&crawl), "{attack:?}");
        assert!(recall(&compared, &events, 0.01) >= 0.95, "{attack:?}");
        let drifted = compared.changes.iter().filter(|change| events[&change.url] != Event::Bought).count();
        assert!((0.05..0.25).contains(&(drifted as f64 / events.len() as f64)), "{drifted}");
        assert_eq!(compared.account.hands.len(), 1);
        assert_eq!(
            (compared.account.hands[0].domains.len(), compared.account.hands[0].links.as_slice()),
            (3, &["sink.example".to_owned()][..])
        );
    }
}

#[test]
fn nobody_is_named_where_nobody_bought() {
    for seed in 20..26 {
        let (_, compared, _) = crawl(seed, Attack::None);
        assert_eq!(named(&compared.account), [""; 0], "{seed}");
        assert!(compared.changes.iter().all(|change| change.score < 0.9));
    }
}

/// What the page of the threat model says is not found, is not; should that change, so must the page.
#[test]
fn what_is_missed_is_known() {
    let (bought, compared, events) = crawl(3, Attack::OnTopic);
    assert!(named(&compared.account).is_empty());
    let rewritten: Vec<&str> =
        compared.account.rewritten.iter().map(|domain| domain.domain.as_str()).collect();
    assert!(wanted(&bought).iter().all(|name| rewritten.contains(&name.as_str())), "{rewritten:?}");
    assert!(recall(&compared, &events, 0.05) > 0.5);

    let (bought, compared, _) = crawl(4, Attack::Short);
    assert!(named(&compared.account).is_empty());
    let parked: Vec<&str> = compared.account.parked.iter().map(|domain| domain.domain.as_str()).collect();
    assert!(wanted(&bought).iter().all(|name| parked.contains(&name.as_str())), "{parked:?}");

    let (_, compared, events) = crawl(5, Attack::Sentence);
    let edited = compared.changes.iter().filter(|change| events[&change.url] == Event::Bought);
    assert!(edited.filter(|change| change.change == Became::Edited).count() > 90);
    assert!(named(&compared.account).is_empty());
}
