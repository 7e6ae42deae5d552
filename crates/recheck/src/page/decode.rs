//! From bytes to text: the character set.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Bytes in which a page may name its character set (HTML standard, 13.2.3.2).
const PRESCAN: usize = 1024;
/// Bytes from which an unnamed character set is guessed.
const GUESS: usize = 64 << 10;

/// The text of `bytes`, and the character set that it is in: that of a byte order mark, else the one
/// that the server named in `declared`, else the one that the page names, else UTF-8 if it is valid, else a
/// guess. Malformed parts become U+FFFD.
pub fn decode<'b>(bytes: &'b [u8], declared: Option<&str>) -> (Cow<'b, str>, &'static str) {
    let named = || declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => named().or_else(|| in_page(bytes)).unwrap_or_else(|| guess(bytes)),
    };
    let (text, encoding, _) = encoding.decode(bytes);
    (text, encoding.name())
}

/// `charset=...` in the first bytes of a page, in whatever attribute: hostile pages can lie in any case.
fn in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(PRESCAN)].to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"charset")? + b"charset".len();
    let skip = |c: &u8| matches!(c, b' ' | b'=' | b'"' | b'\'' | b'\t');
    let label: Vec<u8> = head[at..].iter().skip_while(|c| skip(c)).take(40).copied().collect();
    let end = label.iter().position(|c| !(c.is_ascii_alphanumeric() || b"-_:".contains(c)))?;
    Encoding::for_label(&label[..end])
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if simple_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let head = &bytes[..bytes.len().min(GUESS)];
    if !detector.feed(head, true) {
        return WINDOWS_1252;
    }
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether the bytes are UTF-8, of which the last character may be cut.
fn simple_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none()) || std::str::from_utf8(bytes).is_ok()
}

/// The character set in a `Content-Type`.
pub fn charset(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|part| part.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(value.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets_are_told() {
        let text = "Größe, déjà vu: dreißig Übungen für den Gärtner";
        let (latin, ..) = WINDOWS_1252.encode(text);
        assert_eq!(decode(text.as_bytes(), None), (text.into(), "UTF-8"));
        assert_eq!(decode(&latin, None), (text.into(), "windows-1252"));
        assert_eq!(decode(&latin, Some("iso-8859-1")).0, text);
        let page = [b"<meta charset='windows-1252'>", latin.as_ref()].concat();
        assert!(decode(&page, None).0.ends_with(text));
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16, Some("utf-8")), (text.into(), "UTF-16LE"));
        assert_eq!(charset("text/html; Charset=\"utf-8\""), Some("utf-8"));
        assert_eq!(charset("text/html"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            decode(&bytes, None);
        }
    }
}
