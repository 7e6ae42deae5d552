//! Reads bytes with a reader alone, for its tests.

use super::{Setup, Sink, format};
use crate::medium::Medium;
use crate::options::Limits;
use crate::parse::Wanted;
use crate::rejected::{Place, Rejected};
use crate::stream::Packing;
use crate::value::Fields;

/// Everything that a reader gave.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Out {
    /// Rows, as JSON.
    pub(crate) rows: Vec<(Place, String)>,
    pub(crate) rejected: Vec<Rejected>,
}

impl Sink for Out {
    fn row(&mut self, place: Place, fields: &Fields<'_>, _: Option<&[u8]>) {
        self.rows.push((place, serde_json::to_string(fields).unwrap()));
    }
    fn reject(&mut self, rejected: Rejected) {
        self.rejected.push(rejected);
    }
    fn full(&self) -> bool {
        false
    }
}

/// Reads with a chunk size.
pub(crate) fn read(name: &str, bytes: &[u8], chunk: usize) -> Out {
    rows(name, bytes, chunk, 16 << 20)
}

/// Reads with a chunk size and a limit for records.
pub(crate) fn rows(name: &str, bytes: &[u8], chunk: usize, record: usize) -> Out {
    packed(name, bytes, Packing::None, Limits { chunk, record, ..Limits::default() })
}

/// Reads compressed bytes.
pub(crate) fn packed(name: &str, bytes: &[u8], packing: Packing, limits: Limits) -> Out {
    let medium = Medium::Memory(bytes::Bytes::copy_from_slice(bytes));
    let format = format(name);
    let setup =
        Setup { medium: &medium, packing, limits, named: &[], extension: format.extensions[0], digest: true };
    let mut out = Out::default();
    let Ok(mut reader) = (format.open)(&setup) else { return out };
    while let Ok(Some(chunk)) = reader.next() {
        out.rejected.extend(chunk.rejected);
        if let Some(work) = chunk.work {
            work.parse(Wanted::All, &limits, &mut out);
        }
    }
    assert_eq!(reader.finish().unwrap(), Some(xxhash_rust::xxh3::xxh3_128(bytes)));
    out.rejected.sort_by_key(|r| (r.row.unwrap_or(u64::MAX), r.offset));
    out
}
