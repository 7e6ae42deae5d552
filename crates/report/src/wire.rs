//! JSON that is inert wherever it is shown.
//!
//! A JSON file is read by programs, but people `cat` it. Characters that are invisible, move others
//! about or control a terminal are written as `\uXXXX`, which any parser reads back as they were.

use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter, Serializer};
use toadstone_core::visible;

/// Writes `value` indented, with a line feed at the end.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Inert(PrettyFormatter::new())))?;
    out.write_all(b"\n")
}

/// Writes `value` on one line, with a line feed at the end.
pub(crate) fn write_line<T: Serialize + ?Sized>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Inert(CompactFormatter)))?;
    out.write_all(b"\n")
}

struct Inert<F>(F);

impl<F: Formatter> Formatter for Inert<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        if text.bytes().all(|b| (b' '..=b'~').contains(&b)) || visible(text) == text {
            return out.write_all(text.as_bytes());
        }
        let mut buffer = [0; 4];
        for c in text.chars() {
            let raw: &str = c.encode_utf8(&mut buffer);
            if visible(raw) == raw {
                out.write_all(raw.as_bytes())?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_back_as_it_was_and_is_inert(text in any::<String>()) {
            let mut out = Vec::new();
            super::write(&text, &mut out).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<String>(&out).unwrap(), &text);
            let mut one_line = Vec::new();
            super::write_line(&vec![&text], &mut one_line).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Vec<String>>(&one_line).unwrap(), vec![text]);
            let line = String::from_utf8(out).unwrap();
            prop_assert_eq!(toadstone_core::visible(line.trim_end_matches('\n')), line.trim_end_matches('\n'));
        }
    }
}
