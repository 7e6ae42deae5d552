//! An HTTP response as it went over the wire (RFC 9112).

use super::block::{chunked, unpacked};

/// Fields of a response that are looked at.
const FIELDS: usize = 256;

/// What a response says.
pub(super) struct Message {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    /// Whether the body ends before its time.
    pub(super) cut: bool,
}

/// Reads a response.
pub(super) fn parse(block: &[u8]) -> Result<Message, &'static str> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let length = match lenient().parse_response(&mut response, block) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Err("an HTTP response whose header does not end"),
        Err(_) => return Err("an HTTP response with a malformed header"),
    };
    let field = |name: &str| {
        let found = response.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(found.value).into_owned())
    };
    let mut body = block[length..].to_vec();
    let mut cut = false;
    if field("Transfer-Encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"))
        // Some crawlers write the body unpacked and leave the field in place.
        && let Some((whole, ended)) = chunked(&body)
    {
        body = whole;
        cut |= !ended;
    }
    if let Some(packing) = field("Content-Encoding") {
        let (whole, ended) = unpacked(body, &packing)?;
        body = whole;
        cut |= !ended;
    }
    let status = response.code.ok_or("an HTTP response without a status")?;
    Ok(Message { status, content_type: field("Content-Type"), body, cut })
}

fn lenient() -> httparse::ParserConfig {
    let mut config = httparse::ParserConfig::default();
    config.allow_spaces_after_header_name_in_responses(true);
    config.allow_obsolete_multiline_headers_in_responses(true);
    config.ignore_invalid_headers_in_responses(true);
    config
}
