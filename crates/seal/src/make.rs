//! Making a seal: list, digest, read records, write down, sign.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toadstone_core::Control;
use toadstone_corpus::{MetaColumns, RowsError, is_table};

use crate::digest::Digest;
use crate::files::{File, Hashed, Listing, Odd, hash_all, list};
use crate::folder::{Folder, PAGES, PREVIOUS, SIGNATURE};
use crate::keys::{Chain, PrivateKey};
use crate::manifest::{Entry, MANIFEST, Manifest, SCHEMA, Scope, SourceCount, root_of};
use crate::names::{self, NameError};
use crate::oms::{OmsError, RecordsClaim, Resource, SealClaim, Statement, sign};
use crate::records::{Earlier, Reading, Records, Sources, grow, open};
use crate::tiles::{TILES, TileWriter};

/// Sources that `seal.json` lists.
const LISTED_SOURCES: usize = 100;

/// Writes fingerprints of web pages to a path; `false` if there is no page.
pub type KeepPages<'k> = dyn Fn(&Path) -> io::Result<bool> + 'k;

/// What to seal, and how.
pub struct Order<'o> {
    /// The folder or file, or the folder that the files are below.
    pub root: &'o Path,
    /// The files, if only some are sealed, below `root`.
    pub files: Option<&'o [PathBuf]>,
    /// The keys that sign, in this order; at least one.
    pub keys: &'o [PrivateKey],
    /// The certificates of the first key.
    pub certificates: Option<&'o Chain>,
    /// Columns that say where a record came from, in place of the one that is recognised.
    pub source_columns: &'o [String],
    /// The column of the label, in place of the one that is recognised.
    pub label_column: Option<&'o str>,
    /// The column that says which part of the data set a record belongs to.
    pub split_column: Option<&'o str>,
    /// The seal before this one, whose signature was checked.
    pub previous: Option<&'o Folder>,
    /// When the seal is made, RFC 3339 in UTC.
    pub created: &'o str,
    /// How fingerprints of web pages are kept, if they are wanted.
    pub pages: Option<&'o KeepPages<'o>>,
    /// Threads.
    pub threads: usize,
    /// Bytes that may be held in memory for sorting.
    pub memory: usize,
    /// An existing folder for temporary files.
    pub temporary: &'o Path,
    /// Stops the work.
    pub control: &'o Control,
}

/// Why a seal cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// A file cannot be read.
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// There is something that no seal can cover.
    #[error("`{name}` is {what}, which a seal cannot cover")]
    Odd {
        /// Its name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A name that cannot be used everywhere.
    #[error("{0}")]
    Name(#[from] NameError),
    /// There is no file.
    #[error("there is no file to seal in {}", .0.display())]
    Nothing(PathBuf),
    /// A file is not what it was a moment ago.
    #[error("`{0}` changed while it was being sealed; seal again when nothing writes to it")]
    Changed(String),
    /// What is to be signed, or the keys, are no good.
    #[error("{0}")]
    Sign(#[from] OmsError),
    /// The seal cannot be written.
    #[error("cannot write the seal: {0}")]
    Write(#[source] io::Error),
}

/// A seal that was made.
pub struct Made {
    /// What it says.
    pub manifest: Manifest,
    /// Files with records that begin with those of the seal before.
    pub extended: u64,
}

/// Makes a seal and writes its files into `into`, an existing empty folder. Memory: `memory`, a block
/// for each thread, and some hundred bytes for each file.
///
/// # Errors
/// [`MakeError`]; what was written is to be thrown away then.
pub fn make(order: &Order<'_>, into: &Path) -> Result<Made, MakeError> {
    let (scope, listing) = listing(order)?;
    let digests = digest(order, &listing.files)?;
    let mut tiles = TileWriter::create(&into.join(TILES)).map_err(MakeError::Write)?;
    let mut sources = Sources::new();
    let mut entries = Vec::with_capacity(listing.files.len());
    for (file, hashed) in listing.files.iter().zip(digests) {
        let (records, whole) = match is_table(&file.name) {
            true => records(order, file, &hashed, &mut tiles, &mut sources)?,
            false => (None, None),
        };
        entries.push(Entry {
            name: file.name.clone(),
            bytes: hashed.bytes,
            sha256: hashed.sha256,
            records,
            whole,
        });
    }
    tiles.finish().map_err(MakeError::Write)?;
    let tiles = keep_tiles(into, &entries).map_err(MakeError::Write)?;
    let pages = keep_pages(order, into).map_err(MakeError::Write)?;
    let manifest = Manifest { pages, ..describe(order, scope, listing.empty, entries, tiles, sources) };
    write(order, &manifest, into)?;
    let extends = |entry: &&Entry| entry.records.as_ref().is_some_and(|records| records.extends.is_some());
    let extended = manifest.files.iter().filter(extends).count() as u64;
    Ok(Made { manifest, extended })
}

fn listing(order: &Order<'_>) -> Result<(Scope, Listing), MakeError> {
    let (scope, listing) = match order.files {
        Some(chosen) => (Scope::Files, chosen_files(order.root, chosen)?),
        None => {
            let scope = if order.root.is_file() { Scope::File } else { Scope::Folder };
            (scope, list(order.root, &[]).map_err(|(path, error)| MakeError::Read { path, error })?)
        }
    };
    if let Some(odd) = listing.odd.first() {
        return Err(MakeError::Odd { name: odd.name.clone(), what: odd.what });
    }
    if listing.files.is_empty() {
        return Err(MakeError::Nothing(order.root.to_owned()));
    }
    let names = || listing.files.iter().map(|file| &file.name).chain(&listing.empty);
    names().try_for_each(|name| names::check(name))?;
    names::check_apart(names().map(String::as_str))?;
    Ok((scope, listing))
}

/// The files that were named, all below `root`.
fn chosen_files(root: &Path, chosen: &[PathBuf]) -> Result<Listing, MakeError> {
    let mut listing = Listing::default();
    for path in chosen {
        let read = |error| MakeError::Read { path: path.clone(), error };
        let found = std::fs::symlink_metadata(path).map_err(read)?;
        let name = path.strip_prefix(root).ok().and_then(Path::to_str);
        let name = name.ok_or_else(|| read(io::Error::other("its name is not UTF-8")))?.to_owned();
        match found.is_file() {
            true => listing.files.push(File { name, path: path.clone(), bytes: found.len() }),
            false => listing.odd.push(Odd { name, what: "no regular file" }),
        }
    }
    listing.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}

fn digest(order: &Order<'_>, files: &[File]) -> Result<Vec<Hashed>, MakeError> {
    let wanted: Vec<(&Path, bool)> =
        files.iter().map(|file| (file.path.as_path(), is_table(&file.name))).collect();
    let hashed = hash_all(&wanted, order.threads, order.control);
    let each = hashed.into_iter().zip(files).map(|(hashed, file)| match hashed {
        None => Err(MakeError::Interrupted),
        Some(Err(error)) => Err(MakeError::Read { path: file.path.clone(), error }),
        Some(Ok(hashed)) => Ok(hashed),
    });
    each.collect()
}

/// The trees of a file that promises records, or the reason why there are none.
fn records(
    order: &Order<'_>,
    file: &File,
    hashed: &Hashed,
    tiles: &mut TileWriter,
    sources: &mut Sources,
) -> Result<(Option<Records>, Option<String>), MakeError> {
    let reading = Reading {
        threads: order.threads,
        memory: order.memory,
        temporary: order.temporary,
        control: order.control,
    };
    let grown = open(&file.path, order.temporary).and_then(|corpus| {
        let columns = corpus.meta_columns(0);
        let columns = columns
            .ok_or_else(|| RowsError::Unreadable(corpus.error_of(0).unwrap_or_default().to_owned()))?;
        let earlier = earlier(order, &file.name, &columns);
        grow(&corpus, choose(order, columns), earlier, &reading, tiles)
    });
    match grown {
        Ok(grown) if Some(grown.digest) != hashed.xxh3 => Err(MakeError::Changed(file.name.clone())),
        Ok(grown) => {
            for (source, count) in grown.sources {
                *sources.entry(source).or_default() += count;
            }
            Ok((Some(grown.records), None))
        }
        Err(RowsError::Unreadable(why)) => Ok((None, Some(why))),
        Err(RowsError::Interrupted) => Err(MakeError::Interrupted),
        Err(RowsError::Io(error)) => Err(MakeError::Read { path: file.path.clone(), error }),
    }
}

/// The tree that the file had in the seal before.
fn earlier(order: &Order<'_>, name: &str, columns: &MetaColumns) -> Earlier {
    let records = order.previous?.manifest.file(name)?.records.as_ref()?;
    // With other columns every leaf is another one.
    (records.columns == choose(order, columns.clone())).then_some((records.count, records.ordered))
}

/// The recognised columns, or those that the user wants.
fn choose(order: &Order<'_>, recognised: MetaColumns) -> MetaColumns {
    let source = match order.source_columns {
        [] => recognised.source,
        chosen => chosen.to_vec(),
    };
    MetaColumns {
        label: order.label_column.map(str::to_owned).or(recognised.label),
        source,
        split: order.split_column.map(str::to_owned).or(recognised.split),
        key: recognised.key,
    }
}

/// The digest of the tiles; without records there is no such file.
fn keep_tiles(into: &Path, entries: &[Entry]) -> io::Result<Option<Digest>> {
    let path = into.join(TILES);
    if entries.iter().all(|entry| entry.records.is_none()) {
        std::fs::remove_file(path)?;
        return Ok(None);
    }
    digest_of(&path).map(Some)
}

/// The digest of the fingerprints of web pages.
fn keep_pages(order: &Order<'_>, into: &Path) -> io::Result<Option<Digest>> {
    let path = into.join(PAGES);
    let Some(keep) = order.pages else { return Ok(None) };
    if keep(&path)? { digest_of(&path).map(Some) } else { Ok(None) }
}

fn digest_of(path: &Path) -> io::Result<Digest> {
    match hash_all(&[(path, false)], 1, &Control::default()).pop().flatten() {
        Some(hashed) => Ok(hashed?.sha256),
        None => Err(io::ErrorKind::Interrupted.into()),
    }
}

fn describe(
    order: &Order<'_>,
    scope: Scope,
    empty_folders: Vec<String>,
    files: Vec<Entry>,
    tiles: Option<Digest>,
    sources: Sources,
) -> Manifest {
    let name = base_name(order.root);
    let root = root_of(&files);
    let begins = || {
        // Made of what the first seal says, so that it is the same on every machine.
        let digest = Digest::of_parts(&[
            b"toadstone/1/series",
            name.as_bytes(),
            &[0],
            &root.0,
            order.created.as_bytes(),
        ]);
        digest.to_string()[..32].to_owned()
    };
    let previous = order.previous.map(|folder| (&folder.manifest, Digest::of(&folder.signature)));
    let mut sources: Vec<SourceCount> =
        sources.into_iter().map(|(source, records)| SourceCount { source, records }).collect();
    sources.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.source.cmp(&b.source)));
    sources.truncate(LISTED_SOURCES);
    Manifest {
        schema: SCHEMA,
        tool: concat!("toadstone ", env!("CARGO_PKG_VERSION")).to_owned(),
        scope,
        series: previous.as_ref().map_or_else(begins, |(manifest, _)| manifest.series.clone()),
        sequence: previous.as_ref().map_or(1, |(manifest, _)| manifest.sequence + 1),
        previous: previous.map(|(_, digest)| digest),
        created: order.created.to_owned(),
        name,
        root,
        tiles,
        pages: None,
        empty_folders,
        files,
        sources,
    }
}

/// The name of a folder or file, also where the path is `.`.
fn base_name(root: &Path) -> String {
    let full = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    full.file_name().map_or_else(|| "data".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn write(order: &Order<'_>, manifest: &Manifest, into: &Path) -> Result<(), MakeError> {
    let bytes = manifest.to_bytes().map_err(|error| MakeError::Write(error.into()))?;
    let claim = SealClaim {
        seal: Digest::of(&bytes),
        root: manifest.root,
        series: manifest.series.clone(),
        sequence: manifest.sequence,
        previous: manifest.previous,
        created: manifest.created.clone(),
    };
    let resource = |entry: &Entry| Resource {
        name: entry.name.clone(),
        digest: entry.sha256,
        records: entry.records.as_ref().map(|records| RecordsClaim {
            records: records.count,
            ordered: records.ordered,
            sorted: records.sorted,
        }),
    };
    let statement = Statement {
        name: manifest.name.clone(),
        resources: manifest.files.iter().map(resource).collect(),
        ignored: Vec::new(),
        claim: Some(claim),
    };
    let signed = sign(&statement, order.keys, order.certificates)?;
    let files: BTreeMap<&str, &[u8]> = [
        (MANIFEST, Some(bytes.as_slice())),
        (SIGNATURE, Some(signed.as_slice())),
        (PREVIOUS, order.previous.map(|previous| previous.signature.as_slice())),
    ]
    .into_iter()
    .filter_map(|(name, bytes)| Some((name, bytes?)))
    .collect();
    let put = |(name, bytes): (&str, &[u8])| {
        let path = into.join(name);
        std::fs::write(&path, bytes)?;
        std::fs::File::open(&path)?.sync_all()
    };
    files.into_iter().try_for_each(put).map_err(MakeError::Write)
}
