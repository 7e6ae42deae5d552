//! The text of suspicious records, put aside as it is read, so that each can be looked at again at once
//! whatever the format and compression of its file.
//!
//! The file is a temporary one without a name that others could open, and as large as those texts.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use toadstone_core::{Record, Role};

/// The texts of a record, in the order of [`Role::ALL`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<(Role, String)>);

impl Texts {
    /// The text of a role.
    pub fn get(&self, role: Role) -> Option<&str> {
        self.0.iter().find(|(r, _)| *r == role).map(|(_, text)| text.as_str())
    }
}

/// Where a record's texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub(crate) at: u64,
    length: u32,
}

/// The file.
#[derive(Debug)]
pub struct Spool {
    file: File,
    end: u64,
    buffer: Vec<u8>,
}

impl Spool {
    /// An empty file in `folder`.
    pub fn new(folder: &Path) -> io::Result<Spool> {
        Ok(Spool { file: tempfile::tempfile_in(folder)?, end: 0, buffer: Vec::new() })
    }

    /// Puts the texts of a record aside.
    pub fn put(&mut self, record: &Record<'_>) -> io::Result<Place> {
        self.buffer.clear();
        for (at, role) in Role::ALL.into_iter().enumerate() {
            if let Some(text) = record.get(role) {
                self.buffer.push(at as u8);
                self.buffer.extend((text.len() as u32).to_le_bytes());
                self.buffer.extend(text.as_bytes());
            }
        }
        let place = Place { at: self.end, length: self.buffer.len() as u32 };
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&self.buffer)?;
        self.end += self.buffer.len() as u64;
        Ok(place)
    }

    /// The texts of a record as bytes.
    pub fn sections(&mut self, place: Place) -> io::Result<Sections<'_>> {
        self.buffer.resize(place.length as usize, 0);
        self.file.seek(SeekFrom::Start(place.at))?;
        self.file.read_exact(&mut self.buffer)?;
        Ok(Sections(&self.buffer))
    }

    /// The texts of a record.
    pub fn get(&mut self, place: Place) -> io::Result<Texts> {
        let texts =
            self.sections(place)?.map(|(role, text)| Some((role, String::from_utf8(text.to_vec()).ok()?)));
        let damaged = || io::Error::other("the temporary file was changed");
        texts.collect::<Option<_>>().map(Texts).ok_or_else(damaged)
    }
}

/// The texts of a record, with the parts that they play.
#[derive(Debug, Clone, Copy)]
pub struct Sections<'s>(&'s [u8]);

impl<'s> Iterator for Sections<'s> {
    type Item = (Role, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[role, a, b, c, d], rest) = self.0.split_first_chunk::<5>()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes([a, b, c, d]) as usize)?;
        self.0 = rest;
        Some((*Role::ALL.get(usize::from(role))?, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toadstone_core::{BatchBuilder, Kind, RecordId};

    #[test]
    fn what_was_put_aside_comes_back() {
        let mut spool = Spool::new(&std::env::temp_dir()).unwrap();
        let mut places = Vec::new();
        for row in 0..50u64 {
            let mut builder = BatchBuilder::new();
            builder.add(Role::Input, &"é".repeat(row as usize));
            if row % 2 == 0 {
                builder.add(Role::Label, "");
            }
            builder.finish(RecordId { file: 0, row }, None, Kind::Document);
            places.push(spool.put(&builder.take().get(0).unwrap()).unwrap());
        }
        for (row, place) in places.into_iter().enumerate().rev() {
            let texts = spool.get(place).unwrap();
            assert_eq!(texts.get(Role::Input), Some("é".repeat(row).as_str()));
            assert_eq!(texts.get(Role::Label), (row % 2 == 0).then_some(""));
            assert_eq!(texts.get(Role::Output), None);
        }
    }
}
