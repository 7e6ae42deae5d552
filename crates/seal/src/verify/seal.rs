//! Whether the parts of a seal are what was signed, and fit together.

use toadstone_core::Control;

use super::{Expected, Identity, Problem, Report, VerifyError};
use crate::digest::Digest;
use crate::files::hash_all;
use crate::folder::{Folder, PAGES};
use crate::manifest::{Entry, MANIFEST, Manifest};
use crate::oms::{Bundle, RecordsClaim, SealClaim, Statement};
use crate::sources::SOURCES;
use crate::tiles::{self, TILES};
use crate::time;
use crate::tree::consistency;

/// A bundle that is looked at alone.
pub(super) fn check_bundle(bundle: &Bundle, expected: &Expected, report: &mut Report) {
    let Some(claim) = &bundle.statement().claim else {
        let demanded = expected.least_sequence.is_some() || expected.longest_age.is_some();
        if demanded {
            report
                .problems
                .push(differs("the bundle", "it has neither number nor date, which were demanded"));
        }
        report
            .notes
            .push("the signature says nothing about records, empty folders, number and date".to_owned());
        return;
    };
    report.records = bundle.statement().resources.iter().filter_map(|r| r.records).map(|r| r.records).sum();
    report.notes.push("seal.json was not looked at".to_owned());
    check_age(claim, expected, report);
}

/// A seal with all its parts.
pub(super) fn check(
    folder: &Folder,
    expected: &Expected,
    control: &Control,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let statement = folder.bundle.statement();
    let Some(claim) = &statement.claim else {
        report.problems.push(differs(MANIFEST, "the signature does not mention it"));
        return Ok(());
    };
    report.seal = Some(Identity {
        series: claim.series.clone(),
        sequence: claim.sequence,
        created: claim.created.clone(),
        digest: Digest::of(&folder.bundle.signed().signed_bytes()),
    });
    report.records = folder.manifest.records();
    if Digest::of(&folder.manifest_bytes) != claim.seal {
        report.problems.push(differs(MANIFEST, "its digest is another one"));
        return Ok(());
    }
    check_fit(&folder.manifest, statement, claim, report);
    check_age(claim, expected, report);
    check_tiles(folder, control, report)?;
    is_as_signed(folder, PAGES, folder.manifest.pages, control, report)?;
    is_as_signed(folder, SOURCES, folder.manifest.all_sources, control, report)?;
    check_previous(folder, report)
}

fn differs(part: &str, why: &str) -> Problem {
    Problem::Seal { part: part.to_owned(), why: why.to_owned() }
}

/// The signer signed both, so a difference is the signer's; what it means nobody knows.
fn check_fit(manifest: &Manifest, statement: &Statement, claim: &SealClaim, report: &mut Report) {
    let same = (&manifest.series, manifest.sequence, manifest.previous, &manifest.created, manifest.root)
        == (&claim.series, claim.sequence, claim.previous, &claim.created, claim.root);
    if !same {
        report.problems.push(differs(MANIFEST, "number, date or root differ from the signature's"));
    }
    let claimed = |entry: &Entry| {
        entry.records.as_ref().map(|records| RecordsClaim {
            records: records.count,
            ordered: records.ordered,
            sorted: records.sorted,
        })
    };
    let ours = manifest.files.iter().map(|entry| (entry.name.as_str(), entry.sha256, claimed(entry)));
    let theirs = statement
        .resources
        .iter()
        .map(|resource| (resource.name.as_str(), resource.digest, resource.records));
    if !ours.eq(theirs) {
        report.problems.push(differs(MANIFEST, "its files differ from the signature's"));
    }
}

fn check_age(claim: &SealClaim, expected: &Expected, report: &mut Report) {
    if let Some(least) = expected.least_sequence.filter(|least| claim.sequence < *least) {
        report.problems.push(Problem::Sequence { sequence: claim.sequence, least });
    }
    let Some(made) = time::parse(&claim.created) else {
        report.problems.push(differs("the date", "it is not in RFC 3339"));
        return;
    };
    let oldest = expected.longest_age.and_then(|age| expected.at.checked_sub(age));
    if oldest.is_some_and(|oldest| made < oldest) {
        report.problems.push(Problem::Age { created: claim.created.clone() });
    }
}

fn check_tiles(folder: &Folder, control: &Control, report: &mut Report) -> Result<(), VerifyError> {
    if !is_as_signed(folder, TILES, folder.manifest.tiles, control, report)? {
        return Ok(());
    }
    let path = folder.path.join(TILES);
    for entry in &folder.manifest.files {
        let Some(records) = &entry.records else { continue };
        let fit = tiles::read(&path, records.tiles, records.count)
            .is_ok_and(|tiles| tiles.fit(records.count, &records.ordered, &records.sorted));
        if !fit {
            report.problems.push(differs(TILES, &format!("they do not fit the roots of `{}`", entry.name)));
        }
    }
    Ok(())
}

/// Whether a file of the seal has the digest that `seal.json` gives it, or is as absent as it says.
fn is_as_signed(
    folder: &Folder,
    part: &str,
    signed: Option<Digest>,
    control: &Control,
    report: &mut Report,
) -> Result<bool, VerifyError> {
    let path = folder.path.join(part);
    let found = match path.exists() {
        false => None,
        true => match hash_all(&[(&path, false)], 1, control).pop().flatten() {
            None => return Err(VerifyError::Interrupted),
            Some(hashed) => {
                Some(hashed.map_err(|error| VerifyError::Read { path: path.clone(), error })?.sha256)
            }
        },
    };
    let why = match (found, signed) {
        _ if found == signed => return Ok(true),
        (None, _) => "the file is missing",
        (_, None) => "there was no such file",
        _ => "its digest is another one",
    };
    report.problems.push(differs(part, why));
    Ok(false)
}

fn check_previous(folder: &Folder, report: &mut Report) -> Result<(), VerifyError> {
    let part = crate::folder::PREVIOUS;
    let (signed, found) = (folder.manifest.previous, folder.previous()?);
    let (signed, bytes) = match (signed, found) {
        (None, None) => return Ok(()),
        (None, Some(_)) => {
            report.problems.push(differs(part, "there was no seal before this one"));
            return Ok(());
        }
        (Some(_), None) => {
            report.problems.push(differs(part, "the file is missing"));
            return Ok(());
        }
        (Some(signed), Some(bytes)) => (signed, bytes),
    };
    if Digest::of(&bytes) != signed {
        report.problems.push(differs(part, "its digest is another one"));
        return Ok(());
    }
    match Bundle::from_bytes(&bytes) {
        Err(error) => report.problems.push(differs(part, &error.to_string())),
        Ok(previous) => check_extensions(&folder.manifest, previous.statement(), report),
    }
    Ok(())
}

/// That it follows the seal before, and that files which are said to have only grown did.
fn check_extensions(manifest: &Manifest, previous: &Statement, report: &mut Report) {
    let part = crate::folder::PREVIOUS;
    let follows = previous.claim.as_ref().is_some_and(|claim| {
        claim.series == manifest.series && claim.sequence.checked_add(1) == Some(manifest.sequence)
    });
    if !follows {
        report.problems.push(differs(part, "it is not the one before this in the series"));
        return;
    }
    for entry in &manifest.files {
        let Some(records) = &entry.records else { continue };
        let Some(extends) = &records.extends else { continue };
        let before = previous.resources.iter().find(|r| r.name == entry.name).and_then(|r| r.records);
        let same = before.is_some_and(|b| (b.records, b.ordered) == (extends.count, extends.ordered));
        let holds = consistency::check(
            extends.count,
            records.count,
            &extends.ordered,
            &records.ordered,
            &extends.proof,
        );
        if !same || holds.is_err() {
            let why = format!("the proof that `{}` only grew does not hold", entry.name);
            report.problems.push(differs(MANIFEST, &why));
        }
    }
}
