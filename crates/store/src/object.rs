//! An object: what is known of it, and parts of its bytes.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::address::Scheme;
use crate::error::{StoreError, explain};
use crate::runtime::wait;

/// How often a range is asked for again after its body ended early. The library has by then continued it
/// several times itself.
const TRIES: u32 = 16;
/// The pause before the first of these tries; each next one is twice as long, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What tells one version of an object from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// The store's mark of its content, if it has one.
    pub etag: Option<String>,
    /// When it was written, to the second, if the store says so.
    pub modified: Option<SystemTime>,
}

impl Stat {
    pub(crate) fn of(meta: &ObjectMeta) -> Stat {
        // Listings know the fraction of a second and headers do not. The library gives 1970 for "unknown".
        let seconds = u64::try_from(meta.last_modified.timestamp()).ok().filter(|seconds| *seconds > 0);
        let modified =
            seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        Stat { size: meta.size, etag: meta.e_tag.as_deref().map(bare), modified }
    }

    /// Whether both can be of the same version, as far as both say something.
    fn agrees(&self, other: &Stat) -> bool {
        let size = self.size == other.size;
        match (&self.etag, &other.etag) {
            (Some(one), Some(two)) => size && one == two,
            _ => {
                size && (self.modified.is_none()
                    || other.modified.is_none()
                    || self.modified == other.modified)
            }
        }
    }

    /// Whether a server can be asked for this version and no other.
    fn is_strong(&self) -> bool {
        self.etag.as_ref().is_some_and(|etag| !etag.starts_with("W/"))
    }
}

/// An etag without its quotes: listings of Azure leave them out.
fn bare(etag: &str) -> String {
    etag.replace('"', "")
}

/// One version of an object. A clone costs nothing.
#[derive(Clone)]
pub struct Object {
    inner: Arc<Inner>,
    /// Its first bytes, if somebody wants them several times.
    head: Option<Bytes>,
}

/// Without its client, which knows secrets.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("name", &self.inner.name).field("stat", &self.inner.stat).finish()
    }
}

struct Inner {
    store: Arc<dyn ObjectStore>,
    scheme: Scheme,
    path: Path,
    name: String,
    stat: Stat,
    /// What its first answer said: a listing may know less.
    seen: OnceLock<Stat>,
    failed: OnceLock<StoreError>,
}

impl Object {
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        scheme: Scheme,
        path: Path,
        name: String,
        stat: Stat,
    ) -> Object {
        let inner = Inner { store, scheme, path, name, stat, seen: OnceLock::new(), failed: OnceLock::new() };
        Object { inner: Arc::new(inner), head: None }
    }

    /// The full address, without what is secret (hostile text: others choose the names of objects).
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The key in its store.
    pub fn key(&self) -> &str {
        self.inner.path.as_ref()
    }

    /// What is known of it since it was found.
    pub fn stat(&self) -> &Stat {
        &self.inner.stat
    }

    /// Why it could not be read, once that happened: whoever gets only "damaged" from a decoder in between
    /// can ask here.
    pub fn failure(&self) -> Option<&StoreError> {
        self.inner.failed.get()
    }

    /// Looks what is there now, and gives [`Object::stat`] if it is still the same; one request.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if nothing is, or why the store does not say.
    pub fn look(&self) -> Result<Stat, StoreError> {
        // A revision of the Hub is a commit, which never changes.
        if self.inner.scheme == Scheme::Hub {
            return Ok(self.inner.stat.clone());
        }
        let Inner { store, path, scheme, stat, .. } = &*self.inner;
        let now = match scheme {
            Scheme::Web => first_byte(store, path, *scheme)?,
            _ => Stat::of(&wait(async { store.head(path).await.map_err(|e| explain(&e, *scheme)) })?),
        };
        Ok(if now.agrees(stat) && now.agrees(self.version()) { stat.clone() } else { now })
    }

    /// Whether whatever is read of it is of this version for certain, so that nobody has to look again.
    pub fn is_pinned(&self) -> bool {
        self.inner.scheme == Scheme::Hub || self.version().is_strong()
    }

    /// The most that is known of this version.
    fn version(&self) -> &Stat {
        self.inner.seen.get().unwrap_or(&self.inner.stat)
    }

    /// The bytes of a range, which has to lie inside the object. Memory: those bytes.
    ///
    /// # Errors
    /// Why they cannot be had; [`Object::failure`] keeps it.
    pub fn range(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        wait(self.clone().fetch(range))
    }

    /// The same object with its first bytes in memory, for somebody who looks at them several times.
    ///
    /// # Errors
    /// As [`Object::range`].
    pub fn with_head(&self, bytes: u64) -> Result<Object, StoreError> {
        let head = self.range(0..bytes.min(self.inner.stat.size))?;
        Ok(Object { inner: Arc::clone(&self.inner), head: Some(head) })
    }

    /// The same object without them.
    pub fn without_head(&self) -> Object {
        Object { inner: Arc::clone(&self.inner), head: None }
    }

    pub(crate) fn head(&self) -> Option<&Bytes> {
        self.head.as_ref()
    }

    /// As [`Object::range`].
    pub(crate) async fn fetch(self, range: Range<u64>) -> Result<Bytes, StoreError> {
        if let Some(failed) = self.failure() {
            return Err(failed.clone());
        }
        let end = range.end.min(self.inner.stat.size);
        let range = range.start.min(end)..end;
        if let Some(known) = self.head.as_ref().filter(|head| range.end <= head.len() as u64) {
            return Ok(known.slice(range.start as usize..range.end as usize));
        }
        let fetched = self.resuming(range).await;
        fetched.inspect_err(|error| drop(self.inner.failed.set(error.clone())))
    }

    /// Asks until all bytes are there, each time for those that are missing.
    async fn resuming(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let length = usize::try_from(range.end - range.start)
            .map_err(|_| StoreError::Setup("the range is too long".to_owned()))?;
        let mut got = BytesMut::with_capacity(length);
        let mut tries = 0;
        while got.len() < length {
            let start = range.start + got.len() as u64;
            self.append(start..range.end, &mut got).await?;
            if got.len() < length {
                tries += 1;
                if tries > TRIES {
                    return Err(StoreError::Cut { tries, at: range.start + got.len() as u64 });
                }
                tokio::time::sleep((PAUSE * 2u32.pow(tries.min(10))).min(LONGEST_PAUSE)).await;
            }
        }
        Ok(got.freeze())
    }

    /// One request: appends what its body brings before it ends or breaks.
    async fn append(&self, range: Range<u64>, got: &mut BytesMut) -> Result<(), StoreError> {
        let Inner { store, path, scheme, stat, seen, .. } = &*self.inner;
        let version = self.version();
        let length = got.len() + (range.end - range.start) as usize;
        let if_match =
            version.etag.as_ref().filter(|_| version.is_strong()).map(|etag| format!("\"{etag}\""));
        let options = GetOptions { range: Some(GetRange::Bounded(range)), if_match, ..GetOptions::default() };
        let answer = store.get_opts(path, options).await.map_err(|error| match explain(&error, *scheme) {
            StoreError::Missing => StoreError::Changed,
            error => error,
        })?;
        let mut now = Stat::of(&answer.meta);
        if *scheme == Scheme::Hub {
            // A commit never changes, and its files come from several servers, each with marks of its own.
            now = Stat { etag: None, modified: None, ..now };
        }
        if !now.agrees(stat) || !now.agrees(seen.get_or_init(|| now.clone())) {
            return Err(StoreError::Changed);
        }
        let mut body = answer.into_stream();
        while got.len() < length
            && let Some(Ok(part)) = body.next().await
        {
            got.extend_from_slice(&part[..part.len().min(length - got.len())]);
        }
        Ok(())
    }
}

/// What a web server says of a file when it is asked for one byte of it. Many do not answer `HEAD`, and
/// signed addresses allow only one method; and so it is known whether there are ranges.
pub(crate) fn first_byte(
    store: &Arc<dyn ObjectStore>,
    path: &Path,
    scheme: Scheme,
) -> Result<Stat, StoreError> {
    wait(async {
        let options = GetOptions { range: Some(GetRange::Bounded(0..1)), ..GetOptions::default() };
        match store.get_opts(path, options).await {
            Ok(answer) => Ok(Stat::of(&answer.meta)),
            Err(error) => match explain(&error, scheme) {
                // An empty file has no first byte.
                StoreError::Changed => {
                    let meta = store.head(path).await.map_err(|error| explain(&error, scheme))?;
                    Ok(Stat::of(&meta))
                }
                error => Err(error),
            },
        }
    })
}
