//! What the elements of one document have in common.

/// A longer mark is not learnt.
const LONGEST_MARK: usize = 256;

/// What an element begins with, learnt from the first two.
#[derive(Debug, Default)]
pub(super) struct Mark {
    /// Separator, bracket and first key.
    pub(super) bytes: Option<Vec<u8>>,
    /// Where in it the element begins.
    skip: usize,
    /// Bytes since the end of the last element; `None` before the first.
    pub(super) gap: Option<Vec<u8>>,
}

impl Mark {
    pub(super) fn passed(&mut self, bytes: &[u8]) {
        if let Some(gap) = &mut self.gap
            && gap.len() <= LONGEST_MARK
        {
            gap.extend_from_slice(&bytes[..bytes.len().min(LONGEST_MARK)]);
        }
    }

    /// Takes note of an element that was cut.
    pub(super) fn learn(&mut self, element: &[u8]) {
        let gap = self.gap.replace(Vec::new());
        let (None, Some(gap)) = (&self.bytes, gap) else { return };
        let head = &element[..element.len().min(LONGEST_MARK)];
        let Some(open) = memchr::memchr(b'"', head) else { return };
        let Some(close) = memchr::memchr2(b'"', b'\\', &head[open + 1..]).map(|at| open + 1 + at) else {
            return;
        };
        let plain =
            head[0] == b'{' && head[1..open].iter().all(u8::is_ascii_whitespace) && head[close] == b'"';
        if plain && !gap.is_empty() && gap.len() <= LONGEST_MARK {
            self.skip = gap.len();
            self.bytes = Some([gap.as_slice(), &head[..=close]].concat());
        }
    }

    /// Where the next element begins behind the start of `bytes`, which is inside of one.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<usize> {
        let mark = self.bytes.as_deref()?;
        memchr::memmem::find(bytes.get(1..)?, mark).map(|at| 1 + at + self.skip)
    }
}
