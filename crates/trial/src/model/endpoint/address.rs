//! Addresses of servers.

use toadstone_core::visible;
use url::Url;

use super::Protocol;
use crate::ModelError;

/// Where a server's interface begins.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Ends with a slash.
    base: Url,
    pub(super) protocol: Protocol,
}

impl Address {
    /// `http://host:8000`, `http://host:8000/v1` or the address of one of the two routes.
    pub(super) fn parse(text: &str, protocol: Protocol) -> Result<Address, ModelError> {
        let wrong = |why: &str| {
            let what = format!("`{}` {why}; write it like http://localhost:8000/v1", visible(text));
            ModelError::Closed(what)
        };
        let mut base = Url::parse(text).map_err(|_| wrong("is no address"))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(wrong("is no address of the web"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            // Not shown: it holds a password.
            let what = "an address must hold no password; put the key into an environment variable";
            return Err(ModelError::Closed(what.to_owned()));
        }
        base.set_query(None);
        base.set_fragment(None);
        let path = base.path().trim_end_matches('/').to_owned();
        let (path, named) = match path.strip_suffix("/completions") {
            Some(chat) if chat.ends_with("/chat") => (chat.trim_end_matches("/chat"), Protocol::Chat),
            Some(rest) => (rest, Protocol::Completion),
            None => (path.as_str(), Protocol::Auto),
        };
        base.set_path(&format!("{}/", if path.is_empty() { "/v1" } else { path }));
        Ok(Address { base, protocol: if protocol == Protocol::Auto { named } else { protocol } })
    }

    /// The address of a route.
    pub(super) fn route(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }

    pub(super) fn shown(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    pub(super) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// Whether nobody on the way can read what is sent.
    pub(super) fn keeps_secrets(&self) -> bool {
        self.base.scheme() == "https" || self.is_local()
    }

    /// Whether the server runs on this machine.
    pub(super) fn is_local(&self) -> bool {
        match self.base.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        for (text, route, protocol) in [
            ("http://localhost:8000", "http://localhost:8000/v1/x", Protocol::Auto),
            ("http://localhost:8000/", "http://localhost:8000/v1/x", Protocol::Auto),
            ("https://api.example/v1/", "https://api.example/v1/x", Protocol::Auto),
            ("https://api.example/v1/chat/completions", "https://api.example/v1/x", Protocol::Chat),
            (
                "http://[::1]:1/openai/v1/completions?a=b#c",
                "http://[::1]:1/openai/v1/x",
                Protocol::Completion,
            ),
        ] {
            let address = Address::parse(text, Protocol::Auto).unwrap();
            assert_eq!((address.route("x").as_str(), address.protocol), (route, protocol));
        }
        for text in ["", "localhost:8000", "ftp://a", "file:///etc/passwd", "http://"] {
            assert!(Address::parse(text, Protocol::Auto).is_err(), "{text}");
        }
        let secret = Address::parse("http://me:s3cret@a.example", Protocol::Auto).unwrap_err();
        assert!(!secret.to_string().contains("s3cret"));
    }

    #[test]
    fn keys_are_kept_from_open_networks() {
        let safe = |text| Address::parse(text, Protocol::Auto).unwrap().keeps_secrets();
        assert!(
            safe("https://a.example")
                && safe("http://127.0.0.1:1")
                && safe("http://[::1]")
                && safe("http://localhost")
        );
        assert!(
            !safe("http://a.example") && !safe("http://10.0.0.1") && !safe("http://localhost.evil.example")
        );
    }
}
