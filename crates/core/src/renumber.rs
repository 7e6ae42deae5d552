//! The same records in another list of files.

use std::cell::RefCell;

use serde::{Deserialize, Deserializer, de::Error};

use crate::RecordId;

thread_local! {
    /// Where each file of the list that is being read stands here; `None` where the lists are the same.
    static FILES: RefCell<Option<Vec<u32>>> = const { RefCell::new(None) };
}

/// Reads, with `read`, something that was written when file `n` was another one: what is `files[n]` here.
/// Every [`RecordId`] that is deserialised meanwhile on this thread is changed accordingly, and
/// [`renumber`] tells the number of other forms of it.
pub fn renumbered<T>(files: &[u32], read: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also after a panic.
    struct Back(Option<Vec<u32>>);
    impl Drop for Back {
        fn drop(&mut self) {
            FILES.set(self.0.take());
        }
    }
    let _back = Back(FILES.replace(Some(files.to_vec())));
    read()
}

/// The number here of a file that is numbered `file` in what is being read; `None` if it has no such file.
pub fn renumber(file: u32) -> Option<u32> {
    FILES.with_borrow(|files| match files {
        Some(files) => files.get(file as usize).copied(),
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
        let file = renumber(file).ok_or_else(|| D::Error::custom("a record of a file that is not listed"))?;
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
        let moved = renumbered(&[4, 3], || {
            let inner = renumbered(&[9, 9], || read(text).unwrap().file);
            (inner, read(text).unwrap().file, read(r#"{"file":2,"row":0}"#).is_err())
        });
        assert_eq!(moved, (9, 3, true));
        assert_eq!(renumber(5), Some(5));
    }
}
