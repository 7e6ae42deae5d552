//! What became of each page.

use ahash::AHashMap;
use toadstone_core::Became;

use super::alike::Alike;
use super::left::{Left, Shared, left};
use super::subject::{Site, Subjects};
use super::{First, Second};
use crate::page::address::domain;
use crate::page::{Content, Digest, Fingerprint};

/// Share of a text that is left of an edited page. Unrelated texts share nothing but chance, which three of
/// 128 bins are beyond.
const LEFT: f64 = 0.08;
/// Share of a second text that is in the first, and how much shorter it is, if it is a part of it.
const PART: (f64, f64) = (0.75, 0.8);
/// Words of a placeholder, and pages that show it.
const PLACEHOLDER: (u32, usize) = (80, 3);

/// One page of both looks.
#[derive(Debug, Clone)]
pub(super) struct Fate {
    /// Its place in the first look.
    pub(super) page: usize,
    /// Its place in [`Fates::domains`].
    pub(super) domain: usize,
    pub(super) change: Became,
    /// Share of its text that is left, where both texts are known.
    pub(super) left: Option<f64>,
    /// How much its new text is a stranger's, 0 to 1, where nothing is left.
    pub(super) strange: Option<f64>,
}

/// What became of all pages that the second look has.
pub(super) struct Fates {
    /// By domain, then in the order of the first look.
    pub(super) pages: Vec<Fate>,
    /// Registrable domains (hostile text), by name.
    pub(super) domains: Vec<String>,
    /// Pages whose texts nothing of the first is left in, by what their new texts have in common. The
    /// numbers are places in [`Fates::pages`].
    pub(super) alike: Alike,
}

/// Both texts of a page.
pub(super) fn texts<'f>(second: &'f Second<'_>, page: usize) -> Option<(&'f Fingerprint, &'f Fingerprint)> {
    let first = &second.first.pages()[page].page.content;
    match (first, &second.sights[page].as_ref()?.page.content) {
        (Content::Text(a), Content::Text(b)) => Some((a, b)),
        _ => None,
    }
}

/// Compares all pages.
pub(super) fn fates(second: &Second<'_>) -> Fates {
    let (domains, sites) = sites(second.first);
    let mut pages = Vec::new();
    for (at, site) in sites.iter().enumerate() {
        let shared = shared(second, site);
        let seen = site.iter().filter_map(|page| Some((*page, second.sights[*page].as_deref()?)));
        for (page, sight) in seen {
            let first = &second.first.pages()[page].page.content;
            let (change, left) = match (first, &sight.page.content) {
                (Content::Text(a), Content::Text(b)) => {
                    by_text(a, b, sight.page.cut, [&shared[0], &shared[1]])
                }
                (a, b) => (by_digest(a, b), None),
            };
            pages.push(Fate { page, domain: at, change, left, strange: None });
        }
    }
    let alike = Alike::of(second, &pages);
    judge(second, &sites, &mut pages, &alike);
    Fates { pages, domains, alike }
}

/// The domains of a first look by name, and the pages of each in their order.
fn sites(first: &First) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut by_domain: AHashMap<String, Vec<usize>> = AHashMap::new();
    for (at, known) in first.pages().iter().enumerate() {
        by_domain.entry(domain(&known.page.url)).or_default().push(at);
    }
    let mut sites: Vec<(String, Vec<usize>)> = by_domain.into_iter().collect();
    sites.sort();
    sites.into_iter().unzip()
}

/// What the pages of a site share at the first and at the second look.
fn shared(second: &Second<'_>, site: &[usize]) -> [Shared; 2] {
    let changed = |page: &&usize| texts(second, **page).is_some_and(|(a, b)| a.text != b.text);
    if !site.iter().any(|page| changed(&page)) {
        return [Shared::default(), Shared::default()];
    }
    let both = || site.iter().filter_map(|page| texts(second, *page));
    [Shared::of(both().map(|(a, _)| a)), Shared::of(both().map(|(_, b)| b))]
}

fn by_digest(first: &Content, second: &Content) -> Became {
    let same = match (first, second) {
        (_, Content::Gone(_)) => return Became::Gone,
        (_, Content::Unreachable(_)) => return Became::Unreachable,
        (Content::Text(print), Content::Digest(digest)) | (Content::Digest(digest), Content::Text(print)) => {
            match digest {
                Digest::Sha256(digest) => print.sha256 == *digest,
                Digest::Sha1(digest) => print.sha1 == *digest,
            }
        }
        (Content::Digest(a), Content::Digest(b)) => a == b,
        _ => false,
    };
    if same { Became::Identical } else { Became::Unknown }
}

/// By two texts; where nothing is left, [`judge`] says what that means.
fn by_text(a: &Fingerprint, b: &Fingerprint, cut: bool, shared: [&Shared; 2]) -> (Became, Option<f64>) {
    if a.sha256 == b.sha256 {
        return (Became::Identical, None);
    }
    if a.text == b.text {
        return (Became::ReEncoded, None);
    }
    let Left { own, of_second } = left(a, b, shared);
    let shorter = f64::from(b.length) < PART.1 * f64::from(a.length);
    let change = match () {
        () if shorter && b.length > 0 && of_second >= PART.0 => Became::Truncated,
        () if b.length == 0 && (cut || a.length > 0) => {
            if cut {
                Became::Truncated
            } else {
                Became::Placeholder
            }
        }
        () if own >= LEFT => Became::Edited,
        () => Became::Replaced,
    };
    (change, Some(own))
}

/// Tells a placeholder, a new text on the old subject, and a stranger's text apart.
fn judge(second: &Second<'_>, sites: &[Vec<usize>], pages: &mut [Fate], alike: &Alike) {
    let print = |page: usize| match &second.first.pages()[page].page.content {
        Content::Text(print) => Some(&**print),
        _ => None,
    };
    let firsts: Vec<Site<'_>> =
        sites.iter().map(|site| Site::of(site.iter().filter_map(|page| print(*page)))).collect();
    let subjects = Subjects::measure(&firsts);
    let mut seconds: AHashMap<usize, Site<'_>> = AHashMap::new();
    for (at, fate) in pages.iter_mut().enumerate() {
        if fate.change != Became::Replaced {
            continue;
        }
        let Some((own, new)) = texts(second, fate.page) else { continue };
        let after = seconds.entry(fate.domain).or_insert_with(|| {
            Site::of(sites[fate.domain].iter().filter_map(|page| Some(texts(second, *page)?.1)))
        });
        let strange = subjects.strange(new, own, [&firsts[fate.domain], after]);
        fate.strange = Some(strange);
        if new.length < PLACEHOLDER.0 && alike.size(at) >= PLACEHOLDER.1 {
            fate.change = Became::Placeholder;
        } else if strange < 0.5 {
            fate.change = Became::Rewritten;
        }
    }
}
