//! The same records in another list of files.

use std::cell::RefCell;
use std::ops::Range;

use serde::{Deserialize, Deserializer, de::Error};

use crate::RecordId;

/// Files that stood elsewhere in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    from: Range<u32>,
    to: u32,
}

thread_local! {
    /// Where the files of what is being read stood; `None` where they stand there still.
    static MOVED: RefCell<Option<Moved>> = const { RefCell::new(None) };
}

/// Reads, with `read`, something that was written when its files stood at `from` in the list; they begin at
/// `to` now. Every [`RecordId`] that is deserialised meanwhile on this thread is changed accordingly, and
/// [`renumber`] does the same for other forms of it.
pub fn renumbered<T>(from: Range<u32>, to: u32, read: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also after a panic.
    struct Back(Option<Moved>);
    impl Drop for Back {
        fn drop(&mut self) {
            MOVED.set(self.0.take());
        }
    }
    let _back = Back(MOVED.replace(Some(Moved { from, to })));
    read()
}

/// The number now of a file that is numbered `file` in what is being read; `None` if it has no such file.
pub fn renumber(file: u32) -> Option<u32> {
    MOVED.with_borrow(|moved| match moved {
        Some(Moved { from, to }) => from.contains(&file).then(|| to + (file - from.start)),
        None => Some(file),
    })
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "RecordId")]
        struct Written {
            file: u32,
            row: u64,
        }
        let Written { file, row } = Written::deserialize(from)?;
        let file = renumber(file).ok_or_else(|| D::Error::custom("a record of a file that is not there"))?;
        Ok(RecordId { file, row })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RecordId, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn records_get_the_numbers_of_another_list() {
        let text = r#"{"file":1,"row":7}"#;
        assert_eq!(read(text).unwrap(), RecordId { file: 1, row: 7 });
        let moved = renumbered(0..2, 4, || {
            let inner = renumbered(1..2, 9, || read(text).unwrap().file);
            (inner, read(text).unwrap().file, read(r#"{"file":2,"row":0}"#).is_err())
        });
        assert_eq!(moved, (9, 5, true));
        assert_eq!(renumber(5), Some(5));
    }
}
