//! The part of an address that somebody can buy.

use std::borrow::Cow;
use std::net::IpAddr;

use url::{Host, Url};

/// The registrable domain of an address (`https://www.shop.example.co.uk/x` gives
/// `example.co.uk`), by the Public Suffix List, private suffixes included: two customers of one
/// hosting company are two sources. What has no such domain gives its host (an IP address, a name in
/// a local network), and what has no host is given back as it stands.
///
/// An address without a scheme is read as one of the web. Unicode names come out as Punycode, so that
/// one domain has one name.
pub fn registrable(address: &str) -> Cow<'_, str> {
    let address = address.trim();
    let parsed = match Url::parse(address) {
        Ok(url) if url.has_host() => Some(url),
        // `example.org:8080/x` parses as a scheme, `//example.org/x` and `example.org/x` not at all.
        _ => Url::parse(&format!("http://{}", address.trim_start_matches('/'))).ok(),
    };
    match parsed.as_ref().and_then(Url::host) {
        Some(Host::Domain(host)) => {
            let host = host.trim_end_matches('.');
            let domain = psl::domain_str(host).unwrap_or(host);
            if domain.is_empty() { Cow::Borrowed(address) } else { Cow::Owned(domain.to_owned()) }
        }
        Some(Host::Ipv4(ip)) => Cow::Owned(IpAddr::from(ip).to_string()),
        Some(Host::Ipv6(ip)) => Cow::Owned(IpAddr::from(ip).to_string()),
        None => Cow::Borrowed(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_bought() {
        for (address, domain) in [
            ("https://www.shop.example.co.uk/x?y#z", "example.co.uk"),
            ("http://user:pw@A.Example.COM:8080/", "example.com"),
            ("//cdn.example.org/a", "example.org"),
            ("example.org:8080/a", "example.org"),
            ("sub.example.org", "example.org"),
            ("https://alice.github.io/page", "alice.github.io"),
            ("http://192.0.2.7/x", "192.0.2.7"),
            ("http://[2001:db8::1]/x", "2001:db8::1"),
            ("http://localhost/", "localhost"),
            ("https://b\u{fc}cher.example/", "xn--bcher-kva.example"),
            ("example.org.", "example.org"),
            ("co.uk", "co.uk"),
            ("not an address", "not an address"),
            ("", ""),
        ] {
            assert_eq!(registrable(address), domain, "{address}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in proptest::prelude::any::<String>()) {
            registrable(&text);
        }
    }
}
