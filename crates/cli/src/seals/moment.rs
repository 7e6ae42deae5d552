//! The time that is written into what is signed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use toadstone_seal::time;

use crate::failure::Failure;

/// `SOURCE_DATE_EPOCH`, so that the same input gives the same bytes, else the time that it is. RFC 3339.
///
/// # Errors
/// The variable is no number of seconds.
pub fn now() -> Result<String, Failure> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(time::format(SystemTime::now())) };
    let seconds = text.parse().map_err(|_| Failure::new("SOURCE_DATE_EPOCH is not a number of seconds"))?;
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    time.map(time::format).ok_or_else(|| Failure::new("SOURCE_DATE_EPOCH is too large"))
}
