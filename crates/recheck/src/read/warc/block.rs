//! Codings of a body: chunks (RFC 9112, 7.1) and compression, both bounded.

use std::io::Read;

use super::BLOCK;

/// The body that `data` holds in chunks, and whether it has its last one; `None` if it does not begin like
/// a chunked body.
pub(super) fn chunked(data: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::new();
    let mut rest = data;
    let mut first = true;
    loop {
        let Some((size, after)) = size_line(rest) else {
            return if first { None } else { Some((out, false)) };
        };
        first = false;
        if size == 0 {
            return Some((out, true));
        }
        if after.len() < size {
            out.extend_from_slice(after);
            return Some((out, false));
        }
        out.extend_from_slice(&after[..size]);
        rest = &after[size..];
        rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

/// The size of a chunk, and what follows its line.
fn size_line(data: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr::memchr(b'\n', &data[..data.len().min(1024)])?;
    let line = std::str::from_utf8(&data[..end]).ok()?;
    let digits = line.split(';').next()?.trim();
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    Some((usize::from_str_radix(digits, 16).ok()?, &data[end + 1..]))
}

/// The body behind the codings that a `Content-Encoding` lists, and whether it is whole. A body that is
/// not packed at all, though the field says so, is taken as it is: some crawlers unpack and keep the field.
pub(crate) fn unpacked(mut body: Vec<u8>, codings: &str) -> Result<(Vec<u8>, bool), &'static str> {
    let mut whole = true;
    let codings: Vec<String> = codings.split(',').map(|c| c.trim().to_ascii_lowercase()).collect();
    if codings.len() > 4 {
        return Err("a body packed more than four times");
    }
    for coding in codings.iter().rev() {
        let input = body.as_slice();
        let (out, ended) = match coding.as_str() {
            "" | "identity" | "none" => continue,
            "gzip" | "x-gzip" if !input.starts_with(&[0x1f, 0x8b]) => continue,
            "gzip" | "x-gzip" => read(flate2::bufread::MultiGzDecoder::new(input)),
            // Called deflate, it is zlib; some servers send it without its header.
            "deflate" if input.first().is_some_and(|b| b & 0x0f == 8) => {
                read(flate2::bufread::ZlibDecoder::new(input))
            }
            "deflate" => read(flate2::bufread::DeflateDecoder::new(input)),
            "br" => read(brotli_decompressor::Decompressor::new(input, 4096)),
            "zstd" => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)
                    .map_err(|_| "a body that cannot be unpacked")?;
                // RFC 9659: no more than 8 MiB in a browser.
                decoder.window_log_max(23).map_err(|_| "a body that cannot be unpacked")?;
                read(decoder)
            }
            _ => return Err("a body in an unknown coding"),
        };
        if out.is_empty() && !ended && !input.is_empty() {
            return Err("a body that cannot be unpacked");
        }
        whole &= ended;
        body = out;
    }
    Ok((body, whole))
}

/// As much as is looked at; what a damaged body gave before the damage is kept.
fn read(decoder: impl Read) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let read = decoder.take(BLOCK as u64 + 1).read_to_end(&mut out);
    let whole = read.is_ok() && out.len() <= BLOCK;
    out.truncate(BLOCK);
    (out, whole)
}
