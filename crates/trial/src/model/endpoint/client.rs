//! Requests: bounded, tried again where that may help, and stopped where nothing helps.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use toadstone_core::{Control, visible};
use ureq::Agent;
use ureq::config::Config;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};

use super::address::Address;
use super::budget::Budget;
use super::response::{Reply, parse};
use super::{Key, Options, retry};
use crate::ModelError;
use crate::draw::Draw;

/// What servers see.
const USER_AGENT: &str = concat!("toadstone/", env!("CARGO_PKG_VERSION"));
/// Bytes of an answer that are read.
const SIZE: u64 = 8 << 20;
/// Bytes of a header.
const HEADER: usize = 64 << 10;
/// Questions in a row that may go unanswered, all tries made, before no further one is asked.
const PATIENCE: u64 = 5;
/// Between two looks whether the user wants to stop.
const NAP: Duration = Duration::from_millis(20);
/// Characters of what a server says of an error.
const SAID: usize = 200;

/// Why a request has no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The server does not take such a request; what it says, made inert.
    Status(u16, String),
    /// All other reasons.
    Error(ModelError),
}

impl Refusal {
    pub(super) fn into_error(self) -> ModelError {
        match self {
            Refusal::Status(status, _) => ModelError::Failed(format!("status {status}")),
            Refusal::Error(error) => error,
        }
    }
}

/// One try.
enum Try {
    Reply(Reply),
    /// May work later.
    Again(String, Option<Duration>),
    /// Will not.
    Never(Refusal),
}

/// Asks one server.
pub(super) struct Client {
    agent: Agent,
    key: Option<Key>,
    budget: Budget,
    tries: u32,
    backoff: Duration,
    seed: u64,
    /// When the server may be asked again (Retry-After holds for all threads).
    rest: Mutex<Option<Instant>>,
    /// Questions in a row that went unanswered, and the questions that were answered.
    unanswered: AtomicU64,
    answered: AtomicU64,
}

impl Client {
    /// A client that follows no redirect: a key must not go where it leads.
    pub(super) fn new(options: &Options, address: &Address) -> Client {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(USER_AGENT)
            .accept("application/json")
            .max_response_header_size(HEADER)
            .max_idle_connections(options.at_once)
            .max_idle_connections_per_host(options.at_once)
            .timeout_global(Some(options.timeout));
        let config = if address.is_local() { config.proxy(None) } else { config };
        Client {
            agent: config.build().into(),
            key: options.key.clone(),
            budget: Budget::new(options.requests, options.tokens),
            tries: options.tries.max(1),
            backoff: options.backoff,
            seed: options.seed,
            rest: Mutex::new(None),
            unanswered: 0.into(),
            answered: 0.into(),
        }
    }

    pub(super) fn requests(&self) -> u64 {
        self.budget.made()
    }

    /// Sends a question to a route, as often as it takes and is allowed.
    pub(super) fn post(
        &self,
        address: &Address,
        route: &str,
        body: &str,
        control: &Control,
    ) -> Result<Reply, Refusal> {
        let mut draw = Draw::new(self.seed, &[body]);
        let mut last = String::new();
        for number in 1..=self.tries {
            self.wait(control).map_err(Refusal::Error)?;
            if self.unanswered.load(Ordering::Relaxed) >= PATIENCE {
                return Err(Refusal::Error(self.given_up(&last)));
            }
            if !self.budget.take() {
                return Err(Refusal::Error(ModelError::Budget));
            }
            match self.once(&address.route(route), body, control) {
                Try::Reply(reply) => {
                    self.unanswered.store(0, Ordering::Relaxed);
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    let letters = (body.len() + reply.text.len()) as u64;
                    self.budget.spend(reply.cost.unwrap_or(letters / 4));
                    return Ok(reply);
                }
                Try::Never(refusal) => return Err(refusal),
                Try::Again(why, asked) => {
                    let wait = retry::wait(number, self.backoff, asked, &mut draw);
                    if number < self.tries {
                        self.pause(wait, asked.is_some(), control).map_err(Refusal::Error)?;
                    }
                    last = why;
                }
            }
        }
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        Err(Refusal::Error(ModelError::Failed(last)))
    }

    fn given_up(&self, last: &str) -> ModelError {
        let last = if last.is_empty() { String::new() } else { format!(" ({last})") };
        let answered = self.answered.load(Ordering::Relaxed);
        ModelError::Closed(format!(
            "the server no longer answers{last}; {answered} questions were answered before"
        ))
    }

    /// Looks at a route; only its body is wanted.
    pub(super) fn get(&self, address: &Address, route: &str, control: &Control) -> Option<Vec<u8>> {
        if !self.budget.take() {
            return None;
        }
        let mut request = self.agent.get(address.route(route));
        if let Some(Key(key)) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        let response = request.call().ok()?;
        let fine = response.status().as_u16() == 200;
        fine.then(|| read(&mut response.into_body().as_reader(), control).ok()).flatten()
    }

    fn once(&self, url: &str, body: &str, control: &Control) -> Try {
        let mut request = self.agent.post(url).header(CONTENT_TYPE, "application/json");
        if let Some(Key(key)) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        let response = match request.send(body) {
            Ok(response) => response,
            Err(error) => return failed(&error),
        };
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let asked = header.and_then(retry::asked);
        let bytes = read(&mut response.into_body().as_reader(), control);
        match (status, bytes) {
            (200, Ok(bytes)) => match parse(&bytes) {
                Ok(reply) => Try::Reply(Reply { text: self.redacted(reply.text), ..reply }),
                Err(why) => Try::Again(why.to_string(), None),
            },
            (200, Err(Broken::Cut)) => Try::Again("the answer broke off".into(), None),
            (200, Err(Broken::Long)) => {
                Try::Never(Refusal::Error(ModelError::Failed("the answer is too long".into())))
            }
            (408 | 429 | 500 | 502 | 503 | 504 | 529, _) => Try::Again(format!("status {status}"), asked),
            (401 | 403, _) => {
                let what = format!("the server refuses the key, or wants one (status {status})");
                Try::Never(Refusal::Error(ModelError::Closed(what)))
            }
            (_, bytes) => {
                let said = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
                let said: String = visible(&self.redacted(said)).chars().take(SAID).collect();
                Try::Never(Refusal::Status(status, said))
            }
        }
    }

    /// Text of a server without our key, in case that it sends it back.
    fn redacted(&self, text: String) -> String {
        match &self.key {
            Some(Key(key)) if text.contains(key.as_str()) => text.replace(key.as_str(), "[key]"),
            _ => text,
        }
    }

    /// Waits until the server may be asked.
    fn wait(&self, control: &Control) -> Result<(), ModelError> {
        let until = *self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        until.map_or(Ok(()), |until| sleep(until, control))
    }

    fn pause(&self, wait: Duration, for_all: bool, control: &Control) -> Result<(), ModelError> {
        let until = Instant::now() + wait;
        if for_all {
            let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
            *rest = rest.map_or(Some(until), |rest| Some(rest.max(until)));
        }
        sleep(until, control)
    }
}

fn sleep(until: Instant, control: &Control) -> Result<(), ModelError> {
    loop {
        if control.stopped() {
            return Err(ModelError::Stopped);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(NAP));
    }
}

enum Broken {
    Cut,
    Long,
}

fn read(body: &mut dyn Read, control: &Control) -> Result<Vec<u8>, Broken> {
    let mut out = Vec::new();
    let mut buffer = vec![0; 16 << 10];
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return Ok(out),
            Ok(n) => out.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Broken::Cut),
        }
        if out.len() as u64 > SIZE {
            return Err(Broken::Long);
        }
        if control.stopped() {
            return Err(Broken::Cut);
        }
    }
}

/// Errors in words of ours: what a server sent may be in the library's.
fn failed(error: &ureq::Error) -> Try {
    let again = |why: &str| Try::Again(why.to_owned(), None);
    let closed = |why: &str| Try::Never(Refusal::Error(ModelError::Closed(why.to_owned())));
    match error {
        ureq::Error::Timeout(_) => again("it took too long"),
        ureq::Error::HostNotFound => closed("there is no such host"),
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => again("the connection was refused"),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => again("it took too long"),
            _ => again("the connection broke"),
        },
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => closed("no secure connection could be made"),
        ureq::Error::ConnectionFailed => again("no connection could be made"),
        _ => again("the answer is no HTTP"),
    }
}
