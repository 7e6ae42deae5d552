//! The threads that requests run on.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::error::StoreError;

/// Requests mostly wait, so two threads serve many of them.
const THREADS: usize = 2;

/// The runtime of this process, made when it is first needed.
pub(crate) fn runtime() -> Result<&'static Runtime, StoreError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        // An error says that this process has a provider already, which does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let threads =
            Builder::new_multi_thread().worker_threads(THREADS).thread_name("store").enable_all().build();
        threads.map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|why| StoreError::Setup(why.clone()))
}

/// Waits for a request.
pub(crate) fn wait<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    runtime()?.block_on(work)
}
