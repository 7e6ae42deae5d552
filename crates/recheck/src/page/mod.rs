//! A page as it was seen once.

pub mod address;
mod decode;
pub mod fingerprint;
mod markup;
mod normal;

pub use address::Key;
pub use fingerprint::Fingerprint;
use sha2::{Digest as _, Sha256};

/// A page as it was seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its address (hostile text).
    pub url: String,
    /// When it was seen, seconds since 1970 (UTC), if that is known.
    pub seen: Option<i64>,
    /// What was seen.
    pub content: Content,
    /// Whether the content ends before its time: a limit, a cut connection.
    pub cut: bool,
}

/// What was seen of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its text.
    Text(Box<Fingerprint>),
    /// Only a digest of its bytes.
    Digest(Digest),
    /// There is no such page (any more).
    Gone(Why),
    /// Nothing was seen.
    Unreachable(Why),
}

impl Content {
    /// The content that these bytes are, with the `Content-Type` that the server named: a text, or of what
    /// is none, such as a picture, the digest.
    pub fn of(bytes: &[u8], content_type: Option<&str>, address: &str) -> Content {
        if is_binary(bytes, content_type.unwrap_or("")) {
            return Content::Digest(Digest::Sha256(Sha256::digest(bytes).into()));
        }
        Content::Text(Box::new(Fingerprint::of_bytes(bytes, content_type, address)))
    }
}

/// By what the server says, and by zero bytes that no text has, unless it is in UTF-16 or UTF-32.
fn is_binary(bytes: &[u8], content_type: &str) -> bool {
    let kind = content_type.trim_start().to_ascii_lowercase();
    let named = [
        "image/",
        "audio/",
        "video/",
        "font/",
        "application/pdf",
        "application/zip",
        "application/octet-stream",
    ];
    let wide =
        bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || kind.contains("utf-16");
    named.iter().any(|named| kind.starts_with(named)) && !kind.starts_with("image/svg")
        || !wide && memchr::memchr(0, &bytes[..bytes.len().min(1024)]).is_some()
}

/// Why there is no content, in words of ours and numbers; never text of the page.
pub type Why = std::borrow::Cow<'static, str>;

/// A digest of the bytes of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// SHA-256.
    Sha256([u8; 32]),
    /// SHA-1, as in indexes of web archives.
    Sha1([u8; 20]),
}

impl Digest {
    /// Reads a digest in hexadecimal or, as web archives write it, base 32, with or without the name of its
    /// algorithm before a colon. `None` for anything else.
    pub fn read(text: &str) -> Option<Digest> {
        let text = text.trim();
        let bare = text.rsplit_once(':').map_or(text, |(_, bare)| bare);
        match bare.len() {
            64 => Some(Digest::Sha256(hex(bare)?.try_into().ok()?)),
            40 => Some(Digest::Sha1(hex(bare)?.try_into().ok()?)),
            32 | 56 => match base32(bare)?.len() {
                20 => Some(Digest::Sha1(base32(bare)?.try_into().ok()?)),
                _ => None,
            },
            52 => Some(Digest::Sha256(base32(bare)?.try_into().ok()?)),
            _ => None,
        }
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| (c as char).to_digit(16);
    text.as_bytes().chunks(2).map(|pair| Some((digit(pair[0])? << 4 | digit(*pair.get(1)?)?) as u8)).collect()
}

/// RFC 4648, section 6.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0u32, 0u32);
    let mut out = Vec::new();
    for c in text.bytes().filter(|c| *c != b'=') {
        let value = match c.to_ascii_uppercase() {
            c @ b'A'..=b'Z' => c - b'A',
            c @ b'2'..=b'7' => c - b'2' + 26,
            _ => return None,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(out)
}

/// What an HTTP status says of a page, if it says that there is no content to look at.
pub fn by_status(status: u16) -> Option<Content> {
    match status {
        200..=299 => None,
        300..=399 => Some(Content::Gone(format!("leads elsewhere (status {status})").into())),
        404 | 410 => Some(Content::Gone(format!("status {status}").into())),
        _ => Some(Content::Unreachable(format!("status {status}").into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_no_texts() {
        let digest = |bytes: &[u8], kind| matches!(Content::of(bytes, kind, ""), Content::Digest(_));
        assert!(
            digest(b"GIF89a\0\x01", None)
                && digest(b"abc", Some("image/png"))
                && digest(b"%PDF", Some("application/pdf"))
        );
        assert!(
            !digest(b"abc", Some("text/html")) && !digest(&[0xff, 0xfe, b'a', 0], None) && !digest(b"", None)
        );
    }

    #[test]
    fn digests_as_they_are_written() {
        let sha1 = [
            0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18, 0x90,
            0xaf, 0xd8, 0x07, 0x09,
        ];
        for text in ["DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"] {
            assert_eq!(Digest::read(text), Some(Digest::Sha1(sha1)), "{text}");
        }
        assert!(matches!(Digest::read(&"0f".repeat(32)), Some(Digest::Sha256(_))));
        for text in
            ["", "abc", "d41d8cd98f00b204e9800998ecf8427e", &"zz".repeat(32), "sha1:", &"é".repeat(20)]
        {
            assert_eq!(Digest::read(text), None, "{text}");
        }
    }
}
