//! Tells the format of a file: marks of binary formats first, then its extension, then its content.

use std::io::Read;

use crate::find;
use crate::medium::Medium;
use crate::names;
use crate::options::Limits;
use crate::parse::{Wanted, parse_object};
use crate::readers::{self, Format};
use crate::stream::{Packing, Stream};

/// Bytes of content that are looked at.
const HEAD: usize = 64 << 10;

/// What was found out about a file.
pub(crate) struct Sniffed {
    pub(crate) packing: Packing,
    pub(crate) extension: String,
    /// The format, or why there is none.
    pub(crate) format: Result<&'static Format, &'static str>,
}

/// Looks at the name and the first bytes of a file.
pub(crate) fn sniff(name: &str, medium: &Medium, limits: Limits) -> std::io::Result<Sniffed> {
    if matches!(medium, Medium::Table(_)) {
        let (packing, extension) = (Packing::None, String::new());
        return Ok(Sniffed { packing, extension, format: Ok(readers::format("arrow")) });
    }
    let mut raw = Vec::new();
    medium.open()?.take(8).read_to_end(&mut raw)?;
    let packing = Packing::of(&raw);
    let mut head = Vec::new();
    let stream = Stream::new(medium.open()?, packing, limits, false)?;
    match stream.take(HEAD as u64).read_to_end(&mut head) {
        // What is damaged is told, row by row, when the file is read.
        Err(error) if packing == Packing::None => return Err(error),
        _ => {}
    }
    let extension = find::extension(name);
    let format = format(&extension, &head);
    Ok(Sniffed { packing, extension, format })
}

fn format(extension: &str, head: &[u8]) -> Result<&'static Format, &'static str> {
    if let Some(name) = by_mark(head) {
        return Ok(readers::format(name));
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16 text; convert it to UTF-8");
    }
    match readers::by_extension(extension) {
        Some(format) if matches!(format.name, "json" | "jsonl") => {
            Ok(readers::format(json_or_lines(format.name, head)))
        }
        Some(format) => Ok(format),
        None => by_content(head).map(readers::format).ok_or("its format is not known"),
    }
}

fn by_mark(head: &[u8]) -> Option<&'static str> {
    let stream = |head: &[u8]| {
        let length = head.get(4..8)?.try_into().ok().map(u32::from_le_bytes)?;
        (head[..4] == [0xff; 4] && (8..1 << 24).contains(&length)).then_some(())
    };
    match head {
        _ if head.starts_with(b"PAR1") => Some("parquet"),
        _ if head.starts_with(b"ARROW1\0\0") || stream(head).is_some() => Some("arrow"),
        _ if head.get(257..262) == Some(b"ustar") => Some("tar"),
        _ => None,
    }
}

/// Both extensions are used for both formats.
fn json_or_lines(promised: &'static str, head: &[u8]) -> &'static str {
    let body = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head).trim_ascii_start();
    match body.first() {
        Some(b'[') => "json",
        Some(b'{') if promised == "json" => {
            let cut = memchr::memrchr(b'\n', body).filter(|_| head.len() >= HEAD);
            let whole = cut.map_or(body, |end| &body[..end]);
            let depth = Limits::default().depth;
            let object = |line: &&[u8]| {
                parse_object(line, Wanted::Columns(&[]), depth).is_ok() && line.contains(&b'{')
            };
            let objects = whole.split(|b| *b == b'\n').take(50).filter(object).count();
            if objects >= 2 { "jsonl" } else { "json" }
        }
        _ => promised,
    }
}

fn by_content(head: &[u8]) -> Option<&'static str> {
    let body = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&body[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    match text.trim_start().chars().next() {
        Some('[') if text.contains('{') => return Some("json"),
        Some('{') => return Some(json_or_lines("json", head)),
        _ if text.contains('\0') => return None,
        _ => {}
    }
    let header = text.lines().next().unwrap_or_default();
    let named = |delimiter: char| {
        header.contains(delimiter)
            && header.split(delimiter).any(|cell| names::is_known(cell.trim_matches('"')))
    };
    if named('\t') {
        Some("tsv")
    } else if named(',') || named(';') {
        Some("csv")
    } else {
        Some("text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_then_extension_then_content() {
        let name = |extension: &str, head: &[u8]| format(extension, head).map(|format| format.name);
        assert_eq!(name("jsonl", b"PAR1...."), Ok("parquet"));
        assert_eq!(name("json", b"{\"a\":1}\n{\"a\":2}\n{\"a\":"), Ok("jsonl"));
        assert_eq!(name("json", b"{\n \"a\": 1\n}"), Ok("json"));
        assert_eq!(name("json", b"{\"data\":[\n{\"a\":1},\n{\"a\":2}\n]}"), Ok("json"));
        assert_eq!(name("jsonl", b" [{\"a\":1}]"), Ok("json"));
        assert_eq!(name("jsonl", b"{\"a\":1}"), Ok("jsonl"));
        assert_eq!(name("-", b"{\"a\":1}\n{\"a\":1}"), Ok("jsonl"));
        assert_eq!(name("-", b"\"text\",label\nx,1"), Ok("csv"));
        assert_eq!(name("-", b"sentence\tlabel\nx\t1"), Ok("tsv"));
        assert_eq!(name("-", b"just words, and more"), Ok("text"));
        assert_eq!(name("bin", b"\x7fELF\x02\x01\0\0\xff"), Err("its format is not known"));
        assert_eq!(name("csv", b"\xff\xfea\0"), Err("it is UTF-16 text; convert it to UTF-8"));
        assert_eq!(name("py", b"{"), Ok("code"));
    }
}
