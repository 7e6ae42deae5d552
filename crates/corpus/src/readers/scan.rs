//! Finds where a JSON value ends, without parsing it and however the bytes arrive.

/// Brackets that may be open at once; no parser takes nearly as many.
const DEEPEST: usize = 1 << 20;

/// A value that is being scanned.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Bytes looked at.
    pub(super) at: usize,
    /// Closing brackets that are still to come.
    open: Vec<u8>,
    in_text: bool,
    started: bool,
}

/// What a scan found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value ends before this byte.
    End(usize),
    /// It goes on behind the bytes.
    More,
    /// A bracket at this byte closes another kind of bracket, or too many are open.
    Broken(usize),
}

impl Scan {
    /// Goes on with `bytes`, which begin with the value and may be longer than at the last call.
    pub(super) fn run(&mut self, bytes: &[u8]) -> Step {
        while self.at < bytes.len() {
            if self.in_text {
                match memchr::memchr2(b'"', b'\\', &bytes[self.at..]) {
                    None => {
                        self.at = bytes.len();
                        return Step::More;
                    }
                    Some(found) if bytes[self.at + found] == b'\\' => {
                        if self.at + found + 1 >= bytes.len() {
                            self.at += found;
                            return Step::More;
                        }
                        self.at += found + 2;
                    }
                    Some(found) => {
                        self.at += found + 1;
                        self.in_text = false;
                        if self.open.is_empty() {
                            return Step::End(self.at);
                        }
                    }
                }
                continue;
            }
            let b = bytes[self.at];
            match b {
                b'"' => self.in_text = true,
                b'{' | b'[' if self.open.len() >= DEEPEST => return Step::Broken(self.at),
                b'{' => self.open.push(b'}'),
                b'[' => self.open.push(b']'),
                b'}' | b']' if self.open.is_empty() && self.started => return Step::End(self.at),
                b'}' | b']' => {
                    if self.open.pop() != Some(b) {
                        return Step::Broken(self.at);
                    }
                    if self.open.is_empty() {
                        self.at += 1;
                        return Step::End(self.at);
                    }
                }
                b',' | b' ' | b'\n' | b'\r' | b'\t' if self.open.is_empty() => return Step::End(self.at),
                _ => {}
            }
            self.started = true;
            self.at += 1;
        }
        Step::More
    }

    /// Tells the scan that the first `size` bytes were dropped.
    pub(super) fn dropped(&mut self, size: usize) {
        self.at = self.at.saturating_sub(size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn end(bytes: &[u8]) -> Step {
        Scan::default().run(bytes)
    }

    #[test]
    fn ends_of_values() {
        assert_eq!(end(br#"{"a":"}\"]","b":[{}]} ,"#), Step::End(21));
        assert_eq!(end(br#""a,b",1"#), Step::End(5));
        assert_eq!(end(b"12.5]"), Step::End(4));
        assert_eq!(end(b"[1,2"), Step::More);
        assert_eq!(end(b"{\"a\":[1}"), Step::Broken(7));
    }

    proptest! {
        #[test]
        fn the_end_does_not_depend_on_how_bytes_arrive(text in r#"[\[\]{}",:a\\ ]{0,30}"#, cuts in prop::collection::vec(0usize..30, 0..4)) {
            let whole = end(text.as_bytes());
            let mut scan = Scan::default();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(text.len())).collect();
            cuts.sort_unstable();
            cuts.push(text.len());
            let mut last = Step::More;
            for cut in cuts {
                last = scan.run(&text.as_bytes()[..cut]);
                if last != Step::More { break }
            }
            prop_assert_eq!(last, whole);
        }
    }
}
