//! Headers of members: 512 bytes, ustar, GNU and pax.

use super::BLOCK;

pub(super) fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

pub(super) fn checksum_fits(header: &[u8]) -> bool {
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(i, b)| u64::from(if (148..156).contains(&i) { b' ' } else { *b }))
        .sum();
    number(&header[148..156]) == Some(sum)
}

/// A number in a header: octal digits, or base 256 if the first bit is set.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        let high = field[..field.len() - 8].iter().skip(1).all(|b| *b == 0) && field[0] == 0x80;
        let low = field.get(field.len() - 8..)?.try_into().ok().map(u64::from_be_bytes)?;
        return high.then_some(low).filter(|n| *n < 1 << 62);
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

pub(super) fn text_until_nul(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

pub(super) fn short_name(header: &[u8]) -> String {
    let name = text_until_nul(&header[..100]);
    let prefix =
        if &header[257..262] == b"ustar" { text_until_nul(&header[345..500]) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

/// A value of a pax extension header: lines of `LENGTH KEY=VALUE`.
pub(super) fn pax(records: &[u8], key: &str) -> Option<String> {
    records.split(|b| *b == b'\n').find_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let (_, pair) = line.split_once(' ')?;
        let (found, value) = pair.split_once('=')?;
        (found == key).then(|| value.to_owned())
    })
}
