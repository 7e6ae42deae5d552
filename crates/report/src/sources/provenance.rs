//! What a seal vouches for, in words.

use toadstone_core::{Ledger, Provenance, SourceAccount, Standing};

use crate::frameworks::{self, Done, Support, supports};
use crate::words;

/// `seal 3 of series 5f..., signed by 1 trusted key`.
pub(super) fn seal(provenance: &Provenance) -> String {
    let seal = &provenance.seal;
    let signed = match seal.signers {
        Some(n) => format!("signed by {}", words::plural(n, "trusted key")),
        None => "signatures not checked".to_owned(),
    };
    format!("seal {} of series {}, {}; {signed}", seal.sequence, seal.series, seal.created)
}

/// How many records are sealed.
pub(super) fn sealed(ledger: &Ledger, provenance: &Provenance) -> String {
    let share = provenance.all.sealed as f64 / ledger.records.max(1) as f64;
    format!(
        "{} ({}) are in files that are as sealed",
        words::plural(provenance.all.sealed, "record"),
        words::percent(share)
    )
}

/// How many files stand how.
pub(super) fn files(provenance: &Provenance) -> String {
    let seal = &provenance.seal;
    let count = |standing| seal.files.iter().filter(|file| file.standing == standing).count() as u64;
    format!(
        "{} as sealed, {} changed since, {} not sealed; {} with records not in the data",
        words::plural(count(Standing::Sealed), "file"),
        words::count(count(Standing::Changed)),
        words::count(count(Standing::NotSealed)),
        words::plural(seal.missing.len() as u64, "sealed file")
    )
}

/// The files that are not as sealed, each with what is wrong; missing ones at the end.
pub(super) fn odd_files(provenance: &Provenance) -> impl Iterator<Item = (&str, &'static str)> {
    let seal = &provenance.seal;
    let odd = seal.files.iter().filter_map(|file| match file.standing {
        Standing::Sealed => None,
        Standing::Changed => Some((file.file.as_str(), "was changed since it was sealed")),
        Standing::NotSealed => Some((file.file.as_str(), "was not sealed")),
    });
    odd.chain(seal.missing.iter().map(|name| (name.as_str(), "was sealed and is not in the data")))
}

/// A part of the records of a source.
pub(super) fn part(source: &SourceAccount, records: u64) -> String {
    words::percent(records as f64 / source.records.max(1) as f64)
}

/// The evidence that the share of known provenance is.
pub(super) fn evidence(ledger: &Ledger, provenance: &Provenance) -> Vec<Support> {
    let (known, records) = (provenance.all.known, ledger.records);
    let provenance = frameworks::Provenance { known, records, at_least: false };
    supports(&Done { provenance: Some(provenance), ..Done::default() })
}
