//! Sends files, and tidies up.

use std::fs::File;
use std::io::Read;
use std::path::Path as FilePath;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStoreExt, PutPayload, WriteMultipart};

use crate::address::Scheme;
use crate::error::{StoreError, explain};
use crate::runtime::{runtime, wait};
use crate::store::{Store, key_path};

/// What is sent at once; a larger file goes in parts of this size.
const PART: u64 = 8 << 20;
/// Stores take at most 10,000 parts.
const PARTS: u64 = 9_000;
/// Parts on their way at a time.
const TOGETHER: usize = 4;

impl Store {
    /// Writes an object: it appears whole or not at all, and replaces what was there.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let path = key_path(key)?;
        wait(async {
            let sent = self.client.put(&path, PutPayload::from(bytes)).await;
            sent.map(drop).map_err(|error| explain(&error, self.scheme()))
        })
    }

    /// Sends a file, with [`Store::put`]'s promise. `stopped` is asked between parts.
    ///
    /// # Errors
    /// Why it cannot be sent, or [`StoreError::Interrupted`].
    pub fn send(
        &self,
        key: &str,
        file: &FilePath,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), StoreError> {
        let local = |error: std::io::Error| StoreError::Local(error.to_string());
        let mut file = File::open(file).map_err(local)?;
        let size = file.metadata().map_err(local)?.len();
        if stopped() {
            return Err(StoreError::Interrupted);
        }
        if size <= PART {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(local)?;
            return self.put(key, bytes);
        }
        self.send_parts(key, &mut file, PART.max(size / PARTS), stopped)
    }

    fn send_parts(
        &self,
        key: &str,
        file: &mut File,
        part: u64,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), StoreError> {
        let path = key_path(key)?;
        let failed = |error: object_store::Error| explain(&error, self.scheme());
        // Parts are sent by tasks that it spawns.
        let _inside = runtime()?.enter();
        let upload = wait(async { self.client.put_multipart(&path).await.map_err(failed) })?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, part as usize);
        let sent = loop {
            let mut bytes = Vec::new();
            match file.take(part).read_to_end(&mut bytes) {
                Err(error) => break Err(StoreError::Local(error.to_string())),
                Ok(0) => break Ok(()),
                Ok(_) if stopped() => break Err(StoreError::Interrupted),
                Ok(_) => {}
            }
            if let Err(error) = wait(async { upload.wait_for_capacity(TOGETHER).await.map_err(failed) }) {
                break Err(error);
            }
            upload.put(bytes.into());
        };
        match sent {
            Ok(()) => wait(async { upload.finish().await.map(drop).map_err(failed) }),
            Err(error) => {
                // Parts that stay behind would be paid for. What went wrong first is the error all the same.
                let _ = wait(async { upload.abort().await.map_err(failed) });
                Err(error)
            }
        }
    }

    /// Copies an object inside the store.
    ///
    /// # Errors
    /// Why it cannot be copied.
    pub fn copy(&self, from: &str, to: &str) -> Result<(), StoreError> {
        let (from, to) = (key_path(from)?, key_path(to)?);
        wait(async { self.client.copy(&from, &to).await.map_err(|error| explain(&error, self.scheme())) })
    }

    /// Deletes objects. That one is not there is no error.
    ///
    /// # Errors
    /// Why one cannot be deleted.
    pub fn delete(&self, keys: &[String]) -> Result<(), StoreError> {
        let paths: Vec<_> = keys.iter().map(|key| key_path(key)).collect::<Result<_, _>>()?;
        wait(async {
            let paths = stream::iter(paths.into_iter().map(Ok)).boxed();
            let deleted = self.client.delete_stream(paths).filter_map(async |done| match done {
                Err(object_store::Error::NotFound { .. }) | Ok(_) => None,
                Err(error) => Some(Err::<(), _>(explain(&error, self.scheme()))),
            });
            deleted.try_collect::<Vec<()>>().await.map(drop)
        })
    }

    fn scheme(&self) -> Scheme {
        self.address().scheme
    }
}
