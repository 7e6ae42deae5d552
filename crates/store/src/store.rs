//! A store: finds objects.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::address::{Address, Scheme};
use crate::error::{StoreError, explain};
use crate::hub::Hub;
use crate::object::{Object, Stat, first_byte};
use crate::open;
use crate::runtime::{runtime, wait};

/// How often a whole file is asked for.
const DOWNLOADS: u32 = 5;

/// A bucket, a container, a data set of the Hub, or one file of a web server.
#[derive(Clone)]
pub struct Store {
    pub(crate) client: Arc<dyn ObjectStore>,
    address: Address,
    hub: Option<Arc<Hub>>,
}

/// Without its client, which knows secrets.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.address)
    }
}

impl Store {
    /// Makes ready for requests. For the Hub, asks which commit the revision is.
    ///
    /// # Errors
    /// The environment's settings make no sense, or the Hub does not know the data set.
    pub fn open(address: &Address) -> Result<Store, StoreError> {
        // Sets up TLS, which clients need.
        runtime()?;
        let hub = (address.scheme == Scheme::Hub).then(|| Hub::open(address)).transpose()?;
        let client = match &hub {
            Some(hub) => hub.client()?,
            None => open::client(address)?,
        };
        Ok(Store { client, address: address.clone(), hub: hub.map(Arc::new) })
    }

    /// The address that it was opened for.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The object with a key; for a web server, its file. `None` if there is none.
    ///
    /// # Errors
    /// Why the store does not say.
    pub fn object(&self, key: &str) -> Result<Option<Object>, StoreError> {
        let scheme = self.address.scheme;
        let path = key_path(key)?;
        let stat = match scheme {
            Scheme::Web => first_byte(&self.client, &path, scheme),
            Scheme::Hub => return Ok(self.below(key)?.into_iter().find(|object| object.key() == key)),
            _ => wait(async {
                let meta = self.client.head(&path).await.map_err(|error| explain(&error, scheme))?;
                Ok(Stat::of(&meta))
            }),
        };
        match stat {
            Ok(stat) => Ok(Some(self.known(path, stat))),
            Err(StoreError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All objects whose key is `folder` or begins with it and a slash, in the order of the parts of their
    /// keys: as files of a folder on disk are sorted. The empty text is the whole store.
    ///
    /// Objects that only stand for a folder (without bytes, their key ending with a slash) are left out.
    ///
    /// # Errors
    /// Why the store does not list them.
    pub fn below(&self, folder: &str) -> Result<Vec<Object>, StoreError> {
        let mut objects = match &self.hub {
            Some(hub) => {
                let inside = |key: &str| folder.is_empty() || key == folder || is_below(key, folder);
                let files = hub.files()?.iter().filter(|(key, _)| inside(key));
                files
                    .map(|(key, stat)| Ok(self.known(key_path(key)?, stat.clone())))
                    .collect::<Result<Vec<_>, StoreError>>()?
            }
            None => self.listed(folder)?,
        };
        objects.sort_by(|a, b| a.key().split('/').cmp(b.key().split('/')));
        Ok(objects)
    }

    /// Copies the one file of a web server into a local one, as a whole: for servers that give no parts. A
    /// download that is cut starts anew, a few times.
    ///
    /// # Errors
    /// Why it cannot be had, or written.
    pub fn download(&self, to: &mut File) -> Result<(), StoreError> {
        let local = |error: io::Error| StoreError::Local(error.to_string());
        let path = key_path(self.address.key())?;
        let mut tries = 0;
        loop {
            to.rewind().and_then(|()| to.set_len(0)).map_err(local)?;
            let (size, got) = wait(async {
                let answer = self.client.get(&path).await.map_err(|e| explain(&e, self.address.scheme))?;
                let (size, mut got, mut body) = (answer.meta.size, 0, answer.into_stream());
                while let Some(Ok(part)) = body.next().await {
                    got += part.len() as u64;
                    to.write_all(&part).map_err(local)?;
                }
                Ok((size, got))
            })?;
            tries += 1;
            if got == size {
                return to.flush().map_err(local);
            }
            if tries == DOWNLOADS {
                return Err(StoreError::Cut { tries, at: got });
            }
        }
    }

    fn listed(&self, folder: &str) -> Result<Vec<Object>, StoreError> {
        let scheme = self.address.scheme;
        let prefix = key_path(folder)?;
        let metas: Vec<_> = wait(async {
            let listing = self.client.list(Some(&prefix)).try_collect();
            listing.await.map_err(|error| explain(&error, scheme))
        })?;
        let mut objects = Vec::with_capacity(metas.len());
        for meta in metas {
            let stat = Stat::of(&meta);
            // The library takes the slash from the end of a key, so `x/` looks like `x`.
            if stat.size == 0 && (meta.location == prefix || self.object(meta.location.as_ref())?.is_none()) {
                continue;
            }
            objects.push(self.known(meta.location, stat));
        }
        Ok(objects)
    }

    fn known(&self, path: Path, stat: Stat) -> Object {
        let name = match self.address.scheme {
            Scheme::Web => self.address.to_string(),
            _ => self.address.name_of(path.as_ref()),
        };
        Object::new(Arc::clone(&self.client), self.address.scheme, path, name, stat)
    }
}

pub(crate) fn key_path(key: &str) -> Result<Path, StoreError> {
    Path::parse(key).map_err(|_| StoreError::Name)
}

fn is_below(key: &str, folder: &str) -> bool {
    key.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
