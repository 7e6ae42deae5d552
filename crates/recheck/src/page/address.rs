//! One name for one page.

use sha2::{Digest, Sha256};
use toadstone_core::registrable;
use url::Url;

/// Bytes of an address that are looked at; a longer one is no page.
pub const LONGEST: usize = 8 << 10;

/// Names a page: the same for addresses that lead to the same page.
///
/// A digest, as whoever chooses addresses must not be able to choose two with one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

impl Key {
    /// The key of an address: without scheme, user, default port and fragment, the host in lower case and
    /// Punycode, the path in its normal form (WHATWG URL). `None` for what is no address of the web.
    pub fn of(address: &str) -> Option<Key> {
        let url = parse(address)?;
        let host = url.host_str()?.trim_end_matches('.');
        let port = url.port().filter(|port| !matches!(port, 80 | 443)).map(|port| format!(":{port}"));
        let query = url.query().map(|query| format!("?{query}"));
        let normal =
            [host, port.as_deref().unwrap_or(""), url.path(), query.as_deref().unwrap_or("")].concat();
        let mut key = [0; 16];
        key.copy_from_slice(&Sha256::digest(normal)[..16]);
        Some(Key(u128::from_be_bytes(key)))
    }

    /// The upper half, for sampling: as good as random.
    pub fn half(self) -> u64 {
        (self.0 >> 64) as u64
    }
}

/// An address of the web, with the scheme `http` if it has none.
pub fn parse(address: &str) -> Option<Url> {
    let address = address.trim();
    if address.is_empty() || address.len() > LONGEST {
        return None;
    }
    let web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match Url::parse(address) {
        Ok(url) if web(&url) => Some(url),
        // `example.org:8080/x` parses as a scheme, `example.org/x` not at all.
        _ if has_scheme(address) => None,
        _ => Url::parse(&format!("http://{}", address.trim_start_matches('/'))).ok().filter(web),
    }
}

fn has_scheme(address: &str) -> bool {
    address
        .split_once("://")
        .is_some_and(|(before, _)| before.bytes().all(|c| c.is_ascii_alphanumeric()) && !before.is_empty())
}

/// The registrable domain of an address; empty for what is none.
pub fn domain(address: &str) -> String {
    parse(address).map(|url| registrable(url.as_str()).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_key() {
        let key = Key::of("https://www.Example.org/a/../b?x=1#top").unwrap();
        for same in
            ["http://www.example.org/b?x=1", "www.example.org:80/b?x=1", "//u:p@www.example.org./b?x=1"]
        {
            assert_eq!(Key::of(same), Some(key), "{same}");
        }
        for other in
            ["http://example.org/b?x=1", "http://www.example.org/B?x=1", "http://www.example.org:81/b?x=1"]
        {
            assert_ne!(Key::of(other), Some(key), "{other}");
        }
        for none in ["", "   ", "ftp://example.org/", "javascript:alert(1)", "data:text/plain,x", "http://"] {
            assert_eq!(Key::of(none), None, "{none}");
        }
        assert_eq!(Key::of(&format!("http://a.example/{}", "x".repeat(LONGEST))), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in proptest::prelude::any::<String>()) {
            Key::of(&text);
            domain(&text);
        }
    }
}
