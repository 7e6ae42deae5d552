//! Whether the files are those that were signed, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toadstone_core::Control;

use super::{Expected, Problem, Report, Target, VerifyError};
use crate::digest::Digest;
use crate::files::{File, Hashed, Listing, Odd, hash_all, list};
use crate::manifest::{Manifest, Scope};
use crate::oms::{Resource, Statement};

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file.
    pub name: String,
    /// The system's reason.
    pub why: String,
}

/// Reads every file and compares.
pub(super) fn check(
    target: &Target<'_>,
    data: &Path,
    expected: &Expected,
    threads: usize,
    control: &Control,
    report: &mut Report,
) -> Result<(), VerifyError> {
    let statement = target.bundle().statement();
    let manifest = match target {
        Target::Seal(folder) => Some(&folder.manifest),
        Target::Bundle(..) => None,
    };
    let Some(mut listing) = listing(target, data, manifest, statement)? else {
        let why = format!(
            "{} is not there, or is a file where a folder was signed or the other way round",
            data.display()
        );
        report.problems.push(Problem::Data { why });
        return Ok(());
    };
    listing.files.retain(|file| !allowed(&file.name, expected) || signed(&file.name, statement));
    let digests = digest(&listing.files, threads, control, report)?;
    let compared = Compared { statement, manifest, listing: &listing, digests: &digests };
    compared.signed(report);
    compared.unsigned(expected, report);
    Ok(())
}

/// What is there, with names as they were signed; `None` if it is of another kind.
fn listing(
    target: &Target<'_>,
    data: &Path,
    manifest: Option<&Manifest>,
    statement: &Statement,
) -> Result<Option<Listing>, VerifyError> {
    if manifest.is_some_and(|manifest| manifest.scope == Scope::Files) {
        return Ok(Some(only_signed(data, statement)));
    }
    // A link in place of the data would follow to data of somebody else.
    let Ok(found) = fs::symlink_metadata(data) else { return Ok(None) };
    let single = match manifest {
        Some(manifest) => manifest.scope == Scope::File,
        None => found.is_file(),
    };
    if found.is_symlink() && single || fs::metadata(data).map_or(true, |data| data.is_file() != single) {
        return Ok(None);
    }
    let without = match target {
        // The signature cannot sign itself, whichever way it was named.
        Target::Bundle(_, path) => below(data, path).into_iter().collect(),
        Target::Seal(_) => Vec::new(),
    };
    let mut listing = list(data, &without).map_err(|(path, error)| VerifyError::Read { path, error })?;
    if let ([only], [file]) = (statement.resources.as_slice(), listing.files.as_mut_slice())
        && single
        && only.name == "."
    {
        file.name = ".".to_owned();
    }
    Ok(Some(listing))
}

/// A path as it is found from `data` downwards, if it is there.
fn below(data: &Path, path: &Path) -> Option<PathBuf> {
    let (full, folder) = (fs::canonicalize(path).ok()?, fs::canonicalize(data).ok()?);
    full.strip_prefix(folder).ok().map(|rest| data.join(rest))
}

/// Of the files that are there, those that were signed.
fn only_signed(data: &Path, statement: &Statement) -> Listing {
    let mut listing = Listing::default();
    for Resource { name, .. } in &statement.resources {
        let path = data.join(name);
        let folders = name.match_indices('/').map(|(at, _)| data.join(&name[..at]));
        if folders.into_iter().any(|folder| folder.is_symlink()) {
            listing.odd.push(Odd { name: name.clone(), what: "behind a symbolic link" });
            continue;
        }
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => {
                listing.files.push(File { name: name.clone(), path, bytes: found.len() })
            }
            Ok(_) => listing.odd.push(Odd { name: name.clone(), what: "no regular file" }),
            Err(_) => {}
        }
    }
    listing
}

fn allowed(name: &str, expected: &Expected) -> bool {
    let covers = |path: &String| {
        name.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    expected.unsigned.iter().any(covers)
}

fn signed(name: &str, statement: &Statement) -> bool {
    statement.resources.binary_search_by(|resource| resource.name.as_str().cmp(name)).is_ok()
}

fn digest(
    files: &[File],
    threads: usize,
    control: &Control,
    report: &mut Report,
) -> Result<BTreeMap<String, Hashed>, VerifyError> {
    let wanted: Vec<(&Path, bool)> = files.iter().map(|file| (file.path.as_path(), false)).collect();
    let mut digests = BTreeMap::new();
    for (hashed, file) in hash_all(&wanted, threads, control).into_iter().zip(files) {
        match hashed {
            None => return Err(VerifyError::Interrupted),
            Some(Ok(hashed)) => {
                digests.insert(file.name.clone(), hashed);
            }
            Some(Err(error)) => {
                report.unread.push(Unread { name: file.name.clone(), why: error.to_string() })
            }
        }
    }
    Ok(digests)
}

struct Compared<'c> {
    statement: &'c Statement,
    manifest: Option<&'c Manifest>,
    listing: &'c Listing,
    digests: &'c BTreeMap<String, Hashed>,
}

impl Compared<'_> {
    /// Every file that was signed.
    fn signed(&self, report: &mut Report) {
        for Resource { name, digest, .. } in &self.statement.resources {
            match self.digests.get(name) {
                Some(hashed) if hashed.sha256 == *digest => {
                    report.files += 1;
                    report.bytes += hashed.bytes;
                }
                Some(hashed) => report.problems.push(Problem::Changed {
                    name: name.clone(),
                    expected: *digest,
                    found: hashed.sha256,
                    expected_bytes: self.manifest.and_then(|m| m.file(name)).map(|entry| entry.bytes),
                    bytes: hashed.bytes,
                    same_as: self.signed_as(hashed),
                }),
                None if self.listing.file(name).is_some() => {}
                None => report
                    .problems
                    .push(Problem::Missing { name: name.clone(), renamed: self.renamed(name, digest) }),
            }
        }
    }

    /// The signed file with these bytes; that two files are empty says nothing.
    fn signed_as(&self, hashed: &Hashed) -> Option<String> {
        let mut resources = self.statement.resources.iter().filter(|_| hashed.bytes > 0);
        resources.find(|resource| resource.digest == hashed.sha256).map(|r| r.name.clone())
    }

    /// The unsigned file with the bytes of a missing one, or whose name looks the same.
    fn renamed(&self, name: &str, digest: &Digest) -> Option<String> {
        let same = |(other, hashed): &(&String, &Hashed)| {
            hashed.bytes > 0 && hashed.sha256 == *digest && !signed(other, self.statement)
        };
        let by_content = self.digests.iter().find(same).map(|(other, _)| other.clone());
        by_content.or_else(|| self.listing.lookalike(name).map(str::to_owned))
    }

    /// Everything that is there and was not signed.
    fn unsigned(&self, expected: &Expected, report: &mut Report) {
        let files = self.listing.files.iter().filter(|file| !signed(&file.name, self.statement));
        report.problems.extend(files.map(|file| Problem::Unsigned { name: file.name.clone() }));
        let odd = self.listing.odd.iter().filter(|odd| !allowed(&odd.name, expected));
        report
            .problems
            .extend(odd.map(|odd| Problem::Odd { name: odd.name.clone(), what: odd.what.to_owned() }));
        let signed = self.manifest.map(Manifest::empty_folders).unwrap_or_default();
        let found: BTreeSet<&str> = self.listing.empty.iter().map(String::as_str).collect();
        let more = found.difference(&signed).filter(|name| !allowed(name, expected));
        report.problems.extend(more.map(|name| Problem::EmptyFolder { name: (*name).to_owned() }));
        let fewer = signed.difference(&found);
        report.problems.extend(fewer.map(|name| Problem::MissingFolder { name: (*name).to_owned() }));
        let ignored: Vec<&String> = self
            .statement
            .ignored
            .iter()
            .filter(|name| {
                report
                    .problems
                    .iter()
                    .any(|p| matches!(p, Problem::Unsigned { name: unsigned } if unsigned == *name))
            })
            .collect();
        if let Some(first) = ignored.first() {
            report.notes.push(format!(
                "whoever signed left `{first}` out on purpose; name it as unsigned if you accept that it can be anything"
            ));
        }
    }
}
