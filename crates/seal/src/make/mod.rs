//! Making a seal: list, digest, read records, write down, sign.

mod listing;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use toadstone_core::Control;
use toadstone_corpus::{MetaColumns, RowsError, WriteError, is_table};

use crate::carry::Carrying;
use crate::digest::Digest;
use crate::files::{File, Hashed, hash_all};
use crate::folder::{Folder, PAGES, PREVIOUS, SIGNATURE};
use crate::keys::{Chain, PrivateKey};
use crate::known::{Known, KnownFile, Named, Stamp};
use crate::manifest::{Entry, MANIFEST, Manifest, SCHEMA, Scope, root_of};
use crate::names::NameError;
use crate::oms::{OmsError, RecordsClaim, Resource, SealClaim, Statement, sign};
use crate::records::{Earlier, Reading, Records, grow, open};
use crate::sources::{self, SOURCES, Sources};
use crate::tiles::{TILES, TileWriter};

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
    /// What is known of the files of the seal before: those that nothing touched since are not read then.
    pub known: Option<&'o Known>,
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
    /// What there is to remember of its files.
    pub known: Known,
}

/// Makes a seal and writes its files into `into`, an existing empty folder. Memory: `memory`, a block
/// for each thread, and some hundred bytes for each file.
///
/// # Errors
/// [`MakeError`]; what was written is to be thrown away then.
pub fn make(order: &Order<'_>, into: &Path) -> Result<Made, MakeError> {
    let begun = SystemTime::now();
    let (scope, listing) = listing::of(order)?;
    let stamps: Vec<Option<Stamp>> = listing.files.iter().map(|file| Stamp::of(&file.path, begun)).collect();
    let named = named(order);
    let carrying = Carrying::prepare(order.previous, order.known, &named);
    let untouched = |(file, stamp): (&File, &Option<Stamp>)| carrying.as_ref()?.untouched(&file.name, *stamp);
    let carried: Vec<_> = listing.files.iter().zip(&stamps).map(untouched).collect();
    let read = listing.files.iter().zip(&carried).filter(|(_, carried)| carried.is_none());
    let read: Vec<&File> = read.map(|(file, _)| file).collect();
    let mut digests = digest(order, &read)?.into_iter();
    let mut tiles = TileWriter::create(&into.join(TILES)).map_err(MakeError::Write)?;
    let mut all = Sources::default();
    let mut entries = Vec::with_capacity(listing.files.len());
    let (mut files, mut remembered) = (BTreeMap::new(), 0);
    for ((file, stamp), carried) in listing.files.iter().zip(stamps).zip(carried) {
        let (entry, sources) = match (carried, &carrying) {
            (Some((entry, known)), Some(carrying)) => {
                let over = carrying.over(entry, &mut tiles);
                (over.map_err(|error| MakeError::Read { path: file.path.clone(), error })?, known.sources())
            }
            _ => {
                let hashed = digests.next().ok_or(MakeError::Interrupted)?;
                entry(order, file, &hashed, &mut tiles)?
            }
        };
        all.add(&sources);
        if let Some(known) = stamp.and_then(|stamp| KnownFile::new(stamp, &sources, &mut remembered)) {
            files.insert(file.name.clone(), known);
        }
        entries.push(entry);
    }
    tiles.finish().map_err(MakeError::Write)?;
    let tiles = keep_tiles(into, &entries).map_err(MakeError::Write)?;
    let pages = keep_pages(order, into).map_err(MakeError::Write)?;
    let all_sources = keep_sources(&all, into)?;
    let described = describe(order, scope, listing.empty, entries, &all);
    let manifest = Manifest { tiles, pages, all_sources, ..described };
    let seal = write(order, &manifest, into)?;
    let extends = |entry: &&Entry| entry.records.as_ref().is_some_and(|records| records.extends.is_some());
    let extended = manifest.files.iter().filter(extends).count() as u64;
    Ok(Made { manifest, extended, known: Known::new(seal, named, files) })
}

/// The columns that the user named.
fn named(order: &Order<'_>) -> Named {
    Named {
        source: order.source_columns.to_vec(),
        label: order.label_column.map(str::to_owned),
        split: order.split_column.map(str::to_owned),
    }
}

/// What the seal says of a file that was read, and its records by source.
fn entry(
    order: &Order<'_>,
    file: &File,
    hashed: &Hashed,
    tiles: &mut TileWriter,
) -> Result<(Entry, Sources), MakeError> {
    let mut sources = Sources::default();
    let (records, whole) = match is_table(&file.name) {
        true => records(order, file, hashed, tiles, &mut sources)?,
        false => (None, None),
    };
    let (name, bytes, sha256) = (file.name.clone(), hashed.bytes, hashed.sha256);
    Ok((Entry { name, bytes, sha256, records, read_for: None, whole }, sources))
}

fn digest(order: &Order<'_>, files: &[&File]) -> Result<Vec<Hashed>, MakeError> {
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
            *sources = grown.sources;
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

/// The digest of the table of all sources, if they are more than `seal.json` lists.
fn keep_sources(all: &Sources, into: &Path) -> Result<Option<Digest>, MakeError> {
    let ranked = all.ranked();
    if ranked.len() <= sources::LISTED {
        return Ok(None);
    }
    let path = into.join(SOURCES);
    let failed = |error: WriteError| MakeError::Write(io::Error::other(error));
    sources::write(&path, &ranked).map_err(failed)?;
    digest_of(&path).map(Some).map_err(MakeError::Write)
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
    sources: &Sources,
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
    let mut sources = sources.ranked();
    sources.truncate(sources::LISTED);
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
        tiles: None,
        pages: None,
        empty_folders,
        files,
        sources,
        all_sources: None,
    }
}

/// The name of a folder or file, also where the path is `.`.
fn base_name(root: &Path) -> String {
    let full = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    full.file_name().map_or_else(|| "data".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Writes `seal.json`, of which the digest is given, and what signs it.
fn write(order: &Order<'_>, manifest: &Manifest, into: &Path) -> Result<Digest, MakeError> {
    let bytes = manifest.to_bytes().map_err(|error| MakeError::Write(error.into()))?;
    let seal = Digest::of(&bytes);
    let claim = SealClaim {
        seal,
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
    files.into_iter().try_for_each(put).map_err(MakeError::Write)?;
    Ok(seal)
}
