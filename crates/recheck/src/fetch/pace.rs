//! Who may be asked when: one page at a time of each host, with a pause between two, and a limit on all
//! requests together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use toadstone_core::Control;
use url::Url;

/// How often a sleeper looks whether it is to stop.
const NAP: Duration = Duration::from_millis(50);

/// A page to ask for.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) url: Url,
    /// As it stands in the list.
    pub(super) address: String,
    /// How often it was asked for.
    pub(super) tries: u32,
}

#[derive(Debug)]
struct Host {
    jobs: VecDeque<Job>,
    next: Instant,
    pause: Duration,
}

#[derive(Debug, Default)]
struct State {
    hosts: BTreeMap<String, Host>,
    /// Hosts with jobs that nobody works on, by when they may be asked.
    waiting: BTreeSet<(Instant, String)>,
    /// Jobs that are being worked on.
    busy: usize,
    /// When the next request of all may be made.
    next: Option<Instant>,
}

/// Deals out jobs.
pub(super) struct Pace {
    state: Mutex<State>,
    changed: Condvar,
    pause: Duration,
    between: Duration,
}

impl Pace {
    /// Jobs in the order in which they are given, with a pause at each host and between any two requests.
    pub(super) fn new(jobs: impl Iterator<Item = Job>, pause: Duration, between: Duration) -> Pace {
        let mut state = State::default();
        let now = Instant::now();
        for job in jobs {
            let host = state.hosts.entry(host(&job.url));
            host.or_insert_with(|| Host { jobs: VecDeque::new(), next: now, pause }).jobs.push_back(job);
        }
        state.waiting = state.hosts.keys().map(|host| (now, host.clone())).collect();
        Pace { state: Mutex::new(state), changed: Condvar::new(), pause, between }
    }

    /// The next job, as soon as its host may be asked; `None` when there is none left.
    pub(super) fn take(&self, control: &Control) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if control.stopped() || state.waiting.is_empty() && state.busy == 0 {
                self.changed.notify_all();
                return None;
            }
            let now = Instant::now();
            let first = state.waiting.first().cloned();
            match first.filter(|(when, _)| *when <= now) {
                Some((when, name)) => {
                    state.waiting.remove(&(when, name.clone()));
                    let job = state.hosts.get_mut(&name).and_then(|host| host.jobs.pop_front());
                    if job.is_some() {
                        state.busy += 1;
                        return job;
                    }
                }
                None => {
                    let nap = state.waiting.first().map_or(NAP, |(when, _)| (*when - now).min(NAP));
                    state = self.changed.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    /// Gives a job back: it is done, or is to be tried again.
    pub(super) fn done(&self, job: &Job, again: bool) {
        let mut state = self.lock();
        state.busy -= 1;
        let name = host(&job.url);
        if let Some(host) = state.hosts.get_mut(&name) {
            if again {
                host.jobs.push_back(Job { tries: job.tries + 1, ..job.clone() });
            }
            if !host.jobs.is_empty() {
                let next = host.next;
                state.waiting.insert((next, name));
            }
        }
        self.changed.notify_all();
    }

    /// Waits until a request to this host may be made, whoever made the last one. `false` if the run is to
    /// stop.
    pub(super) fn wait(&self, url: &Url, control: &Control) -> bool {
        let when = {
            let mut state = self.lock();
            let now = Instant::now();
            let pause = self.pause;
            let all = state.next.unwrap_or(now).max(now);
            let host = state.hosts.entry(host(url));
            let host = host.or_insert_with(|| Host { jobs: VecDeque::new(), next: now, pause });
            let when = host.next.max(all);
            host.next = when + host.pause;
            state.next = Some(all + self.between);
            when
        };
        while Instant::now() < when && !control.stopped() {
            std::thread::sleep(NAP.min(when.saturating_duration_since(Instant::now())));
        }
        !control.stopped()
    }

    /// Makes the pause at a host longer, from now on (robots.txt).
    pub(super) fn slow(&self, url: &Url, pause: Duration) {
        if let Some(host) = self.lock().hosts.get_mut(&host(url)) {
            host.pause = host.pause.max(pause);
            host.next = host.next.max(Instant::now() + pause);
        }
    }

    /// Leaves a host alone for a while, once (Retry-After).
    pub(super) fn rest(&self, url: &Url, pause: Duration) {
        if let Some(host) = self.lock().hosts.get_mut(&host(url)) {
            host.next = host.next.max(Instant::now() + pause);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Name and port.
pub(super) fn host(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}
