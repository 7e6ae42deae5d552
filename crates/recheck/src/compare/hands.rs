//! Domains whose replaced pages have something in common: perhaps one hand bought them.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;
use toadstone_core::{Became, Hand};
use toadstone_sketch::Unions;

use super::Second;
use super::fates::{Fate, Fates, texts};

/// Links that are listed of a group.
const LINKS: usize = 20;

/// A group of domains.
pub(super) struct Group {
    pub(super) members: Vec<usize>,
    pub(super) hand: Hand,
}

/// Groups of `named` domains that share new texts, or new links that no page of another domain has.
pub(super) fn hands(second: &Second<'_>, fates: &Fates, named: &[usize]) -> Vec<Group> {
    let is_named: AHashMap<usize, ()> = named.iter().map(|domain| (*domain, ())).collect();
    let lost =
        |fate: &&Fate| matches!(fate.change, Became::Replaced | Became::Rewritten | Became::Placeholder);
    let of_named = || {
        fates.pages.iter().enumerate().filter(|(_, fate)| is_named.contains_key(&fate.domain) && lost(fate))
    };

    let mut texts_of: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
    let mut links_of: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, fate) in of_named() {
        if let Some(cluster) = fates.alike.cluster(at) {
            texts_of.entry(cluster).or_default().insert(fate.domain);
        }
        let Some((old, new)) = texts(second, fate.page) else { continue };
        for link in new.links.iter().filter(|link| !old.links.contains(link)) {
            links_of.entry(link).or_default().insert(fate.domain);
        }
    }
    // A link that others have as well, to a search engine or a shop, says nothing.
    for fate in fates.pages.iter().filter(|fate| !is_named.contains_key(&fate.domain)) {
        let Some((old, new)) = texts(second, fate.page) else { continue };
        for link in old.links.iter().chain(&new.links) {
            links_of.remove(link.as_str());
        }
    }
    let mut unions = Unions::new();
    let shared = texts_of.values().chain(links_of.values()).filter(|domains| domains.len() > 1);
    for domains in shared {
        let mut domains = domains.iter();
        let first = domains.next().copied().unwrap_or_default() as u64;
        domains.for_each(|domain| unions.join(first, *domain as u64));
    }
    let group = |members: Vec<u64>| {
        let member = |domain: &usize| members.contains(&(*domain as u64));
        let together = |domains: &BTreeSet<usize>| domains.len() > 1 && domains.iter().all(member);
        let alike =
            |at: usize| fates.alike.cluster(at).is_some_and(|c| texts_of.get(&c).is_some_and(together));
        let links = links_of.iter().filter(|(_, domains)| together(domains));
        let hand = Hand {
            domains: members.iter().map(|domain| short(&fates.domains[*domain as usize])).collect(),
            alike: of_named().filter(|(at, fate)| member(&fate.domain) && alike(*at)).count() as u64,
            links: links.take(LINKS).map(|(link, _)| short(link)).collect(),
        };
        Group { members: members.into_iter().map(|domain| domain as usize).collect(), hand }
    };
    unions.clusters().into_iter().map(group).collect()
}

/// At most 300 bytes of a name.
pub(super) fn short(name: &str) -> String {
    let mut end = name.len().min(300);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}
