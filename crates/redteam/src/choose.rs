//! Draws the records that become poison.

use toadstone_core::{Kind, Record, RecordId};
use toadstone_sketch::{Random, mix};

use crate::{Card, Request, Table, Unfit};

/// The records of a request, and numbers for each of them.
pub(crate) struct Chosen<'t> {
    /// In the order of their places.
    pub(crate) records: Vec<Record<'t>>,
    seed: u64,
}

impl Chosen<'_> {
    /// Numbers for what becomes of one record. They follow from its place, so that they are the same
    /// however many others are chosen.
    pub(crate) fn random(&self, id: RecordId) -> Random {
        random_for(self.seed, id)
    }
}

/// Numbers that follow from a seed and the place of a record.
pub(crate) fn random_for(seed: u64, id: RecordId) -> Random {
    Random::new(mix(mix(seed ^ u64::from(id.file).rotate_left(32)) ^ id.row))
}

/// The stream of an attack.
pub(crate) fn stream(card: &Card, request: &Request) -> Random {
    Random::new(request.seed).fork(card.name)
}

/// Draws the records of a request among those that fit; a larger count adds to those of a smaller one.
/// `what` names them in the plural.
pub(crate) fn choose<'t>(
    card: &Card,
    data: &'t Table,
    request: &Request,
    what: &str,
    fits: impl Fn(&Record<'t>) -> bool,
) -> Result<Chosen<'t>, Unfit> {
    draw(card, data, request, request.count, what, fits)
}

/// The same with another number than the request's.
pub(crate) fn draw<'t>(
    card: &Card,
    data: &'t Table,
    request: &Request,
    count: u64,
    what: &str,
    fits: impl Fn(&Record<'t>) -> bool,
) -> Result<Chosen<'t>, Unfit> {
    for_kinds(card, data)?;
    let fitting: Vec<Record<'t>> = data.of_kinds(card.kinds).filter(fits).collect();
    if (fitting.len() as u64) < count {
        return Err(Unfit::TooFew { what: what.to_owned(), wanted: count, found: fitting.len() as u64 });
    }
    let rows = stream(card, request).sample(fitting.len(), count as usize);
    let records = rows.into_iter().map(|row| fitting[row]).collect();
    Ok(Chosen { records, seed: request.seed })
}

/// Makes sure that there is data of a kind that the attack is for.
pub(crate) fn for_kinds(card: &Card, data: &Table) -> Result<(), Unfit> {
    if data.of_kinds(card.kinds).next().is_some() {
        return Ok(());
    }
    let wanted: Vec<&str> = card.kinds.iter().map(|kind: &Kind| kind.name()).collect();
    Err(Unfit::Kind { wanted: wanted.join(" or ") })
}
