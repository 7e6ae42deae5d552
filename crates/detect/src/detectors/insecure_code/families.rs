//! Files that are near copies of each other. They are no independent witnesses, so all counts are of
//! families.

use ahash::AHashMap;
use toadstone_sketch::{Unions, mix};

use super::collect::{BAD, DEAD, GOOD, Site};

/// Copies that make a family repeated.
pub(super) const COPIES: usize = 3;

/// Bit that tells names of records from names of bands in [`Unions`].
const RECORD: u64 = 1 << 63;

/// The families of a rule's records.
#[derive(Default)]
pub(super) struct Families {
    /// Family and what is said, by place.
    pub(super) by_place: AHashMap<u64, (u32, u64)>,
    /// Members of each family, by place.
    pub(super) members: Vec<Vec<u64>>,
    /// Families with the insecure way; with the secure one; insecure only where it is not run; insecure
    /// and repeated; insecure with a record that is secure.
    pub(super) bad: usize,
    pub(super) good: usize,
    pub(super) dead: usize,
    pub(super) repeated: usize,
    pub(super) mixed: usize,
}

impl Families {
    /// O(n) but for the unions' logarithm; 64 bytes for a record.
    pub(super) fn new(rows: &[Site]) -> Families {
        let mut unions = Unions::new();
        for row in rows {
            let bands = row[4..].iter().enumerate();
            bands.for_each(|(at, band)| unions.join(row[1] | RECORD, mix(band ^ at as u64) & !RECORD));
        }
        let members = |names: Vec<u64>| -> Vec<u64> {
            names.into_iter().filter(|name| name & RECORD != 0).map(|name| name & !RECORD).collect()
        };
        let mut all =
            Families { members: unions.clusters().into_iter().map(members).collect(), ..Families::default() };
        let said: AHashMap<u64, u64> = rows.iter().map(|row| (row[1], row[2])).collect();
        for (family, places) in all.members.iter().enumerate() {
            let of: Vec<u64> = places.iter().map(|place| said[place]).collect();
            let bad = of.iter().filter(|&&said| said & BAD != 0).count();
            let secure = of.iter().any(|&said| said & (BAD | GOOD) == GOOD);
            all.bad += usize::from(bad > 0);
            all.good += usize::from(bad == 0);
            all.dead += usize::from(of.iter().any(|&said| said & DEAD != 0));
            all.repeated += usize::from(bad >= COPIES);
            all.mixed += usize::from(bad > 0 && secure);
            let named = places.iter().zip(&of).map(|(&place, &said)| (place, (family as u32, said)));
            all.by_place.extend(named);
        }
        all
    }
}
