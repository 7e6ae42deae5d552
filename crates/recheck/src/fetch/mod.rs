//! Looks at pages anew: politely, within bounds, and so that a killed run can go on.
//!
//! Threads and blocking calls, as the limits on rates leave little to do at once, and a library that needs
//! no runtime builds in a fraction of the time. Nothing is fetched through a proxy: what a name leads to
//! has to be seen here.

mod get;
mod guard;
mod log;
mod pace;
mod robots;
mod visit;

use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use toadstone_core::Control;

use crate::compare::First;
use crate::page::address::parse;
use crate::page::{Content, Page};
use log::Log;
pub use log::LogError;
use pace::{Job, Pace};
use visit::{Outcome, Visitor};

/// The name by which robots.txt can address us.
const AGENT: &str = "toadstone";
/// What servers see.
const USER_AGENT: &str = concat!(
    "toadstone/",
    env!("CARGO_PKG_VERSION"),
    " (checks pages of data sets; +",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

/// How pages are fetched.
#[derive(Debug, Clone)]
pub struct Options {
    /// Requests at one time, to different hosts.
    pub connections: usize,
    /// Time between two requests to one host.
    pub pause: Duration,
    /// Requests a second, to all hosts together.
    pub rate: f64,
    /// Time that one request may take.
    pub timeout: Duration,
    /// Bytes of an answer that are read, before it is unpacked to at most 16 MiB.
    pub size: u64,
    /// Whether addresses of private networks and of this machine may be connected to.
    pub allow_private: bool,
    /// Addresses that may be connected to in any case.
    pub allow: Vec<IpAddr>,
}

/// What a run of the fetcher did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    /// Pages that an earlier run had noted.
    pub before: u64,
    /// Pages that this run noted.
    pub now: u64,
    /// Pages that are left.
    pub left: u64,
}

/// Asks for all pages of a first look that are not in the journal yet, and notes them there as they come.
///
/// A page is noted when it is done; the journal can be read as a second look at any time. Memory: the
/// addresses, and for each connection what one answer holds.
///
/// # Errors
/// [`LogError`] if the journal cannot be used.
pub fn fetch(
    first: &First,
    journal: &Path,
    options: &Options,
    control: &Control,
) -> Result<Fetched, LogError> {
    let log = Log::open(journal)?;
    let todo = first.pages().iter().filter(|known| !log.has(known.key));
    let job = |address: &String| Some(Job { url: parse(address)?, address: address.clone(), tries: 0 });
    let jobs: Vec<Job> = todo.filter_map(|known| job(&known.page.url)).collect();
    let (before, all) = (log.len(), jobs.len() as u64);
    let between = Duration::from_secs_f64(1.0 / options.rate.max(0.01));
    let pace = Pace::new(jobs.into_iter(), options.pause, between);
    let visitor = Visitor::new(options, &pace, control);
    let log = Mutex::new(log);
    let noted = AtomicU64::new(0);
    let work = || -> Result<(), LogError> {
        while let Some(job) = pace.take(control) {
            let outcome = visitor.visit(&job);
            pace.done(&job, matches!(outcome, Outcome::Later));
            if let Outcome::Seen(content, cut) = outcome {
                let result =
                    log.lock().unwrap_or_else(PoisonError::into_inner).add(&page(&job, content, cut));
                if result.is_err() {
                    control.stop();
                }
                result?;
                noted.fetch_add(1, Ordering::Relaxed);
                control.advance(1, 1);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.connections.max(1)).map(|_| scope.spawn(work)).collect();
        let mut ended = workers.into_iter().map(|worker| worker.join());
        ended.try_for_each(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    let now = noted.into_inner();
    Ok(Fetched { before, now, left: all - now })
}

fn page(job: &Job, content: Content, cut: bool) -> Page {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
    Page { url: job.address.clone(), seen: Some(now), content, cut }
}
