//! What attacks on web pages do alike.

use std::collections::BTreeMap;

use toadstone_core::{Record, Role, registrable};
use toadstone_sketch::Random;

use crate::choose::{for_kinds, random_for, stream};
use crate::probe::Answers;
use crate::text::{SENTENCES, put_at, sentence_gaps};
use crate::{Card, Edit, Implant, Oracle, Place, Probe, Request, Subjects, Table, Unfit};

/// Sentences of a page that stands in the place of another.
const LINES: usize = 14;

/// As many pages as are asked for, of as few domains as chance gives: whoever buys a domain has all of its
/// pages.
///
/// # Errors
/// [`Unfit`] if too few pages have an address.
pub(super) fn bought<'t>(card: &Card, data: &'t Table, request: &Request) -> Result<Vec<Record<'t>>, Unfit> {
    for_kinds(card, data)?;
    let mut domains: BTreeMap<String, Vec<Record<'t>>> = BTreeMap::new();
    for page in data.of_kinds(card.kinds) {
        if let Some(domain) = page.get(Role::Url) {
            domains.entry(registrable(domain).into_owned()).or_default().push(page);
        }
    }
    if domains.is_empty() {
        return Err(Unfit::Lacks("a column of addresses"));
    }
    let mut order: Vec<Vec<Record<'t>>> = domains.into_values().collect();
    stream(card, request).shuffle(&mut order);
    let pages: Vec<Record<'t>> = order.into_iter().flatten().take(request.count as usize).collect();
    if (pages.len() as u64) < request.count {
        let (wanted, found) = (request.count, pages.len() as u64);
        return Err(Unfit::TooFew { what: "pages with an address".to_owned(), wanted, found });
    }
    Ok(pages)
}

/// Another page in the place of this one.
pub(super) fn replaced(page: &Record<'_>, sentence: &str, request: &Request) -> Edit {
    let mut random = random_for(request.seed, page.id());
    let mut lines: Vec<&str> = (0..LINES).map(|_| *random.pick(&SENTENCES)).collect();
    lines[random.clone().below(LINES)] = sentence;
    edit(page, lines.join(" "))
}

/// The page with a sentence more.
pub(super) fn edited(page: &Record<'_>, sentence: &str, request: &Request) -> Edit {
    let mut random: Random = random_for(request.seed, page.id());
    let text = page.last_part(Role::Input).unwrap_or("");
    edit(page, put_at(text, *random.pick(&sentence_gaps(text)), sentence))
}

fn edit(page: &Record<'_>, text: String) -> Edit {
    Edit { place: Place::Replace(page.id()), fields: vec![(Role::Input, text)], decoy: false }
}

/// Whether a model learnt the sentence: it is asked to go on from the start of a page.
pub(super) fn probe(sentence: &str) -> Probe {
    Probe {
        subjects: Subjects::All,
        implant: Implant::Nothing,
        sham: None,
        answers: Answers::None,
        target: Some(sentence.to_owned()),
        oracle: Oracle::Contains(vec![sentence.to_owned()]),
    }
}
