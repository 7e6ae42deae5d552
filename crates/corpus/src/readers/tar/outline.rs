//! Where the members of an archive stand, and to which record each belongs.

use super::{Stop, TarReader, classify, padding};
use crate::options::Limits;
use crate::readers::Failure;
use crate::stream::Stream;

/// A member with its headers and its padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    /// Where its first header begins.
    pub(crate) start: u64,
    /// Where the next member begins.
    pub(crate) end: u64,
    /// The row of its record; `None` if it is of none.
    pub(crate) row: Option<u64>,
}

/// The members up to the end of the archive or to its first damage, in order. Members without text
/// (a picture) belong to the record whose key they have if they stand beside it.
///
/// # Errors
/// The system's.
pub(crate) fn outline(stream: Stream, limits: Limits) -> Result<Vec<Member>, Failure> {
    let mut reader = TarReader::over(stream, limits);
    let mut members: Vec<Member> = Vec::new();
    // The last members, if they are of no record yet, and the name that they share.
    let (mut loose, mut loose_stem) = (0, String::new());
    let (mut row, mut key): (Option<u64>, Option<String>) = (None, None);
    loop {
        let start = reader.offset;
        let member = match reader.member() {
            Ok(Some(member)) => member,
            Ok(None) | Err(Stop::Damaged(_)) => break,
            Err(Stop::Io(error)) => return Err(error.into()),
        };
        let text = classify(&member.name).map(|(key, _)| key.to_owned());
        let stem = text.clone().unwrap_or_else(|| stem(&member.name).to_owned());
        if text.is_some() && key != text {
            row = Some(row.map_or(0, |row| row + 1));
            key = text.clone();
        }
        let whole = member.size.saturating_add(padding(member.size));
        let damaged = match reader.skip(whole) {
            Ok(()) => false,
            Err(Stop::Damaged(_)) => true,
            Err(Stop::Io(error)) => return Err(error.into()),
        };
        let of = row.filter(|_| key.as_deref() == Some(&stem));
        if loose_stem != stem {
            (loose, loose_stem) = (0, stem);
        }
        match of {
            // What stood before the text of its record, such as a picture.
            Some(_) => {
                members.iter_mut().rev().take(std::mem::take(&mut loose)).for_each(|m| m.row = of);
            }
            None => loose += 1,
        }
        members.push(Member { start, end: reader.offset, row: of });
        if damaged {
            break;
        }
    }
    Ok(members)
}

/// A name up to the first dot of its last part.
fn stem(name: &str) -> &str {
    let base = name.rfind('/').map_or(0, |slash| slash + 1);
    name[base..].find('.').map_or(name, |dot| &name[..base + dot])
}
