//! One request.

use std::io::{self, Read};
use std::time::Duration;

use toadstone_core::Control;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use ureq::unversioned::transport::DefaultConnector;
use url::Url;

use super::guard::{Guard, REFUSED};
use super::{Options, USER_AGENT};
use crate::page::Why;
use crate::read::warc::unpacked;

/// Bytes of a header.
const HEADER: usize = 64 << 10;
/// Time without a byte.
const SILENCE: Duration = Duration::from_secs(10);

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    /// Seconds that the server asks us to wait.
    pub(super) retry_after: Option<u64>,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    /// Whether the body ends before its time.
    pub(super) cut: bool,
}

/// Asks for pages.
pub(super) struct Client {
    agent: Agent,
    size: u64,
}

impl Client {
    /// A client that follows no redirect by itself, uses no proxy, and gives up in time.
    pub(super) fn new(options: &Options) -> Client {
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(USER_AGENT)
            .accept("text/html, text/plain;q=0.9, */*;q=0.5")
            .accept_encoding("gzip")
            .max_response_header_size(HEADER)
            .max_idle_connections(options.connections)
            .max_idle_connections_per_host(1)
            .timeout_global(Some(options.timeout))
            .timeout_per_read(Some(SILENCE.min(options.timeout)))
            .build();
        let agent = Agent::with_parts(
            config,
            DefaultConnector::default(),
            Guard::new(options.allow_private, options.allow.clone()),
        );
        Client { agent, size: options.size }
    }

    /// Asks once. A body that breaks off or is too long is kept so far, and marked as cut.
    ///
    /// # Errors
    /// Why there is no answer, in words of ours.
    pub(super) fn get(&self, url: &Url, control: &Control) -> Result<Answer, Why> {
        let response = self.agent.get(url.as_str()).call().map_err(|error| reason(&error))?;
        let text =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (location, content_type, coding) = (text(LOCATION), text(CONTENT_TYPE), text(CONTENT_ENCODING));
        let retry_after = text(RETRY_AFTER).and_then(|value| value.trim().parse().ok());
        let status = response.status().as_u16();
        let mut answer = Answer { status, location, retry_after, content_type, body: Vec::new(), cut: false };
        if (200..300).contains(&status) {
            let mut body = response.into_body();
            let (whole, cut) = read(&mut body.as_reader(), self.size, control);
            let (whole, unpacked_whole) =
                unpacked(whole, coding.as_deref().unwrap_or("")).map_err(Why::from)?;
            (answer.body, answer.cut) = (whole, cut || !unpacked_whole);
        }
        Ok(answer)
    }
}

fn read(body: &mut dyn Read, size: u64, control: &Control) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match body.read(&mut buffer) {
            Ok(0) => return (out, false),
            Ok(n) => out.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return (out, true),
        }
        if out.len() as u64 > size || control.stopped() {
            out.truncate(size as usize);
            return (out, true);
        }
    }
}

/// Errors in a few words of ours: what a server sent may be in the library's.
fn reason(error: &ureq::Error) -> Why {
    match error {
        ureq::Error::Timeout(_) => "it took too long".into(),
        ureq::Error::HostNotFound => "there is no such host".into(),
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => REFUSED.into(),
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => "the connection was refused".into(),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "it took too long".into(),
            _ => "the connection broke".into(),
        },
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => "no secure connection could be made".into(),
        ureq::Error::ConnectionFailed => "no connection could be made".into(),
        _ => "the answer is no HTTP".into(),
    }
}
