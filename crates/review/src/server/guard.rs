//! Who is let in: only a page that knows the token, from this machine, under this machine's name.
//!
//! Whoever is not let in gets the same empty 404, whatever was wrong.
//!
//! - The token is in the address of the page, and in a header of everything that its script asks for. A
//!   cookie would go to every other port of this machine, too.
//! - `Host` must be ours: a name that somebody points at this machine (DNS rebinding) is not.
//! - What changes something must come from our own page: `Origin`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

/// The header that the page's script sends the token in.
const TOKEN: HeaderName = HeaderName::from_static("x-toadstone-token");

/// What opens the door.
#[derive(Debug, Clone)]
pub struct Token(String);

impl Token {
    /// 256 random bits.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn random() -> std::io::Result<Token> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(Token(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// Compares without telling by the time it takes how much fits.
    fn is(&self, other: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(other.as_bytes()))
    }

    /// The token as it stands in an address.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What is compared.
#[derive(Debug)]
pub struct Guard {
    token: Token,
    /// What `Host` may say.
    hosts: [String; 3],
    policy: HeaderValue,
}

impl Guard {
    pub fn new(token: Token, address: SocketAddr, policy: &str) -> Guard {
        let port = address.port();
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        // `frame-ancestors` does not count in the page itself.
        let policy = HeaderValue::from_str(&format!("{policy}; frame-ancestors 'none'"));
        Guard { token, hosts, policy: policy.unwrap_or(HeaderValue::from_static("default-src 'none'")) }
    }

    fn admits(&self, request: &Request) -> bool {
        let headers = request.headers();
        let Some(host) =
            only(headers, &header::HOST).filter(|host| self.hosts.iter().any(|ours| ours == host))
        else {
            return false;
        };
        let token = match (request.method(), request.uri().path()) {
            (&Method::GET, "/") => request.uri().query().and_then(|query| query.strip_prefix("token=")),
            _ => only(headers, &TOKEN),
        };
        let origin = only(headers, &header::ORIGIN);
        let ours = match request.method() {
            &Method::GET => {
                !headers.contains_key(header::ORIGIN) || origin == Some(&format!("http://{host}"))
            }
            _ => origin == Some(&format!("http://{host}")),
        };
        token.is_some_and(|token| self.token.is(token)) && ours
    }
}

/// The value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Lets requests in, and puts on every answer what keeps it to this page.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.admits(&request) {
        true => next.run(request).await,
        false => StatusCode::NOT_FOUND.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, guard.policy.clone());
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Request {
        let request = axum::http::Request::builder().method(method).uri(uri);
        headers.iter().fold(request, |r, (name, value)| r.header(*name, *value)).body(Body::empty()).unwrap()
    }

    #[test]
    fn only_those_who_know_the_token_under_our_name() {
        let token = Token::random().unwrap();
        let t = token.text().to_owned();
        let guard = Guard::new(token, ([127, 0, 0, 1], 8123).into(), "default-src 'none'");
        let (host, header) = (("host", "127.0.0.1:8123"), ("x-toadstone-token", t.as_str()));
        let own = ("origin", "http://127.0.0.1:8123");
        let page = format!("/?token={t}");
        let admits =
            |method, uri: &str, headers: &[(&str, &str)]| guard.admits(&request(method, uri, headers));
        assert!(admits("GET", &page, &[host]));
        assert!(admits("GET", &page, &[("host", "localhost:8123")]));
        assert!(admits("GET", "/api/x", &[host, header]));
        assert!(admits("POST", "/api/x", &[host, header, own]));
        for wrong in [
            format!("/?token={}", &t[1..]),
            format!("/?token={t}0"),
            "/?token=".into(),
            "/".into(),
            format!("/?x=1&token={t}"),
        ] {
            assert!(!admits("GET", &wrong, &[host]), "{wrong}");
        }
        for host in ["evil.example:8123", "127.0.0.1", "127.0.0.1:8124", "127.0.0.1:8123.evil.example", ""] {
            assert!(!admits("GET", &page, &[("host", host)]), "{host}");
        }
        assert!(!admits("GET", &page, &[]));
        assert!(!admits("GET", &page, &[host, host]));
        assert!(!admits("GET", &format!("/api/x?token={t}"), &[host]));
        assert!(!admits("POST", "/api/x", &[host, header]));
        assert!(!admits("POST", "/api/x", &[host, header, ("origin", "http://localhost:8123")]));
        assert!(!admits("POST", "/api/x", &[host, header, ("origin", "null")]));
        assert!(!admits("GET", "/api/x", &[host, header, ("origin", "http://evil.example")]));
        assert!(!admits("POST", &page, &[host, own]));
    }
}
