//! One page: where its address leads, whether it may be asked for, what is there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use toadstone_core::{Control, visible};
use url::Url;

use super::get::{Answer, Client};
use super::pace::{Job, Pace, host};
use super::robots::{LONGEST, Robots};
use super::{AGENT, Options};
use crate::page::address::{LONGEST as LONGEST_ADDRESS, domain};
use crate::page::{Content, Why, by_status};

/// Redirects that are followed.
const HOPS: usize = 5;
/// Times that a page is asked for whose server asks to wait.
const TRIES: u32 = 3;
/// Seconds that a server is waited for when it asks for it without saying how long, and at most.
const WAIT: (u64, u64) = (5, 120);

/// What came of a visit.
pub(super) enum Outcome {
    /// The page, and whether its content is cut.
    Seen(Content, bool),
    /// The server asks to come again later.
    Later,
    /// The run is to stop.
    Stopped,
}

/// The rules of a site, or why it may not be asked at all.
type Rules = Arc<Result<Robots, Why>>;

/// Visits pages; knows the rules of their sites.
pub(super) struct Visitor<'v> {
    client: Client,
    pace: &'v Pace,
    control: &'v Control,
    robots: Mutex<HashMap<String, Rules>>,
}

impl<'v> Visitor<'v> {
    pub(super) fn new(options: &Options, pace: &'v Pace, control: &'v Control) -> Self {
        Visitor { client: Client::new(options), pace, control, robots: Mutex::default() }
    }

    /// Visits a page. Every hop of a redirect is checked like the first address.
    pub(super) fn visit(&self, job: &Job) -> Outcome {
        let mut url = job.url.clone();
        for _ in 0..=HOPS {
            let Some(rules) = self.robots(&url) else { return Outcome::Stopped };
            let robots = match &*rules {
                Ok(robots) => robots,
                Err(why) => return unreachable(why.clone()),
            };
            let query = url.query().map(|query| format!("?{query}"));
            if !robots.allows(&format!("{}{}", url.path(), query.unwrap_or_default())) {
                return unreachable("robots.txt does not allow it");
            }
            if !self.pace.wait(&url, self.control) {
                return Outcome::Stopped;
            }
            let answer = match self.client.get(&url, self.control) {
                _ if self.control.stopped() => return Outcome::Stopped,
                Ok(answer) => answer,
                Err(why) => return unreachable(why),
            };
            match answer.status {
                429 | 503 if job.tries + 1 < TRIES => {
                    let seconds = answer.retry_after.unwrap_or(WAIT.0 << job.tries).clamp(1, WAIT.1);
                    self.pace.rest(&url, Duration::from_secs(seconds));
                    return Outcome::Later;
                }
                301 | 302 | 303 | 307 | 308 => match next(&url, answer.location.as_deref()) {
                    Ok(next) => url = next,
                    Err(why) => return unreachable(why),
                },
                _ => return seen(job, &url, answer),
            }
        }
        unreachable("it leads on and on")
    }

    /// The rules of a site, asked for once; `None` if the run is to stop.
    fn robots(&self, url: &Url) -> Option<Rules> {
        let site = format!("{} {}", url.scheme(), host(url));
        if let Some(known) = self.robots.lock().unwrap_or_else(PoisonError::into_inner).get(&site) {
            return Some(Arc::clone(known));
        }
        let robots = Arc::new(self.ask_robots(url)?);
        if let Ok(Robots { delay: Some(delay), .. }) = *robots {
            self.pace.slow(url, Duration::from_secs_f64(delay));
        }
        self.robots.lock().unwrap_or_else(PoisonError::into_inner).insert(site, Arc::clone(&robots));
        Some(robots)
    }

    /// RFC 9309, 2.3.1: what is not there allows all; what cannot be reached allows nothing.
    fn ask_robots(&self, site: &Url) -> Option<Result<Robots, Why>> {
        let closed = || Err(Why::from("its robots.txt cannot be read"));
        let Ok(mut url) = site.join("/robots.txt") else { return Some(closed()) };
        for _ in 0..=HOPS {
            if !self.pace.wait(&url, self.control) {
                return None;
            }
            let answer = match self.client.get(&url, self.control) {
                Ok(answer) => answer,
                Err(why) => return Some(Err(why)),
            };
            match answer.status {
                200..=299 => {
                    let body = &answer.body[..answer.body.len().min(LONGEST)];
                    return Some(Ok(Robots::read(&String::from_utf8_lossy(body), AGENT)));
                }
                300..=399 => match next(&url, answer.location.as_deref()) {
                    Ok(next) => url = next,
                    Err(_) => break,
                },
                400..=499 if answer.status != 429 => break,
                _ => return Some(closed()),
            }
        }
        Some(Ok(Robots::default()))
    }
}

fn unreachable(why: impl Into<Why>) -> Outcome {
    Outcome::Seen(Content::Unreachable(why.into()), false)
}

/// Where a redirect leads.
fn next(from: &Url, location: Option<&str>) -> Result<Url, &'static str> {
    let to = location.filter(|to| to.len() <= LONGEST_ADDRESS).and_then(|to| from.join(to).ok());
    let to = to.ok_or("it leads nowhere")?;
    if matches!(to.scheme(), "http" | "https") && to.has_host() {
        Ok(to)
    } else {
        Err("it leads out of the web")
    }
}

fn seen(job: &Job, at: &Url, answer: Answer) -> Outcome {
    if let Some(content) = by_status(answer.status) {
        return Outcome::Seen(content, false);
    }
    // A site that was given up often sends everybody to the front page of another, or of its own.
    let (from, to) = (domain(job.url.as_str()), domain(at.as_str()));
    let front = at.path() == "/" && at.query().is_none() && job.url.path() != "/";
    if from != to && front {
        let why = format!("leads to the front page of {}", visible(&to));
        return Outcome::Seen(Content::Gone(why.into()), false);
    }
    Outcome::Seen(Content::of(&answer.body, answer.content_type.as_deref(), &job.address), answer.cut)
}
