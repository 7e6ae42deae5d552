//! The first reading: what every source brought.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::path::Path;

use ahash::AHashMap;
use toadstone_core::{Batch, Record, RecordId, Role, instant};
use toadstone_sketch::{GroupBy, Totals};
use xxhash_rust::xxh3::Xxh3;

use crate::axis::{Axis, NOBODY};

/// Largest sources that are looked at one by one.
pub(crate) const LOOKED_AT: usize = 4096;
/// Sources with the most suspicious records that are looked at, too, however small they are.
const SUSPECTED: usize = 1024;

/// A source's key and what it brought: records, bytes of text, suspicious records, records with a
/// time, the first and the last of those times.
type Row = [u64; 7];

/// Times as words that sort like them.
fn sortable(seconds: i64) -> u64 {
    seconds.cast_unsigned() ^ (1 << 63)
}

fn seconds(word: u64) -> i64 {
    (word ^ (1 << 63)).cast_signed()
}

fn fold(total: &mut Row, row: &Row) {
    for at in 1..5 {
        total[at] += row[at];
    }
    total[5] = total[5].min(row[5]);
    total[6] = total[6].max(row[6]);
}

/// What one source brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Account {
    pub(crate) key: u64,
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    pub(crate) suspicious: u64,
    pub(crate) duplicates: u64,
    /// Seconds since 1970.
    pub(crate) times: Option<(i64, i64)>,
}

impl Account {
    fn of(row: &Row) -> Account {
        let times = (row[4] > 0).then(|| (seconds(row[5]), seconds(row[6])));
        Account { key: row[0], records: row[1], bytes: row[2], suspicious: row[3], duplicates: 0, times }
    }
}

/// The state of the reading. Totals and digests that outgrow their memory go to temporary files.
pub(crate) struct Accounts<'s> {
    axis: Axis,
    files: &'s [String],
    suspicious: &'s [RecordId],
    totals: Totals<1, 7>,
    /// 128 bits of the content, place, source.
    contents: GroupBy<2, 5>,
}

/// What follows from the first reading.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Sources that are looked at one by one, largest first.
    pub(crate) accounts: Vec<Account>,
    /// Records per source, and how many sources have so many, ascending; without [`NOBODY`].
    pub(crate) sizes: Vec<(u64, u64)>,
    /// Records that name no source.
    pub(crate) nobody: Account,
    /// All records together; its key means nothing.
    pub(crate) all: Account,
}

impl<'s> Accounts<'s> {
    pub(crate) fn new(
        axis: Axis,
        files: &'s [String],
        suspicious: &'s [RecordId],
        memory: usize,
        folder: &Path,
    ) -> Self {
        let totals = Totals::new(memory / 2, folder, fold);
        Accounts { axis, files, suspicious, totals, contents: GroupBy::new(memory / 2, folder) }
    }

    /// What counts as a source, and the names of the files.
    pub(crate) fn counted(&self) -> (Axis, &'s [String]) {
        (self.axis, self.files)
    }

    pub(crate) fn fresh(&self) -> Self {
        Accounts { totals: self.totals.fresh(), contents: self.contents.fresh(), ..*self }
    }

    pub(crate) fn observe(&mut self, batch: &Batch) {
        for record in batch.records() {
            let key = self.axis.key(&record, self.files);
            let (bytes, digest) = content(&record);
            let suspicious = u64::from(self.suspicious.binary_search(&record.id()).is_ok());
            let time = record.get(Role::Created).and_then(instant).map(sortable);
            let (dated, first, last) = time.map_or((0, u64::MAX, 0), |time| (1, time, time));
            self.totals.add([key, 1, bytes, suspicious, dated, first, last]);
            let id = record.id();
            self.contents.push([(digest >> 64) as u64, digest as u64, u64::from(id.file), id.row, key]);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.totals.merge(other.totals);
        self.contents.merge(other.contents);
    }

    /// # Errors
    /// The system's, where temporary files could not be used.
    pub(crate) fn conclude(self) -> io::Result<Books> {
        let mut books = Books::default();
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        let (mut largest, mut suspected) = (Best::new(LOOKED_AT), Best::new(SUSPECTED));
        let mut all: Option<Row> = None;
        self.totals.conclude(|row| {
            let account = Account::of(row);
            match &mut all {
                Some(all) => fold(all, row),
                None => all = Some(*row),
            }
            if account.key == NOBODY {
                books.nobody = account;
                return;
            }
            *sizes.entry(account.records).or_default() += 1;
            largest.offer(account.records, account);
            if account.suspicious > 0 {
                suspected.offer(account.suspicious, account);
            }
        })?;
        books.all = all.map(|row| Account::of(&row)).unwrap_or_default();
        books.sizes = sizes.into_iter().collect();
        books.accounts = largest.kept().chain(suspected.kept()).collect();
        books.accounts.sort_by_key(|account| (Reverse(account.records), account.key));
        books.accounts.dedup_by_key(|account| account.key);
        books.count_duplicates(self.contents)?;
        Ok(books)
    }
}

impl Books {
    /// A record is a duplicate if one before it, in the order of the input, has the same content.
    fn count_duplicates(&mut self, contents: GroupBy<2, 5>) -> io::Result<()> {
        let place: AHashMap<u64, usize> =
            self.accounts.iter().enumerate().map(|(at, account)| (account.key, at)).collect();
        let mut rows = contents.finish()?;
        let mut before = None;
        while let Some(row) = rows.next_row()? {
            if before.replace([row[0], row[1]]) != Some([row[0], row[1]]) {
                continue;
            }
            self.all.duplicates += 1;
            match place.get(&row[4]) {
                Some(&at) => self.accounts[at].duplicates += 1,
                None if row[4] == NOBODY => self.nobody.duplicates += 1,
                None => {}
            }
        }
        Ok(())
    }
}

/// Bytes and digest of what a model would learn from the record.
fn content(record: &Record<'_>) -> (u64, u128) {
    let mut hasher = Xxh3::new();
    let mut bytes = 0;
    for role in [Role::Input, Role::Output, Role::Rejected, Role::Label] {
        let text = record.get(role);
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        hasher.update(&length.to_le_bytes());
        hasher.update(text.unwrap_or("").as_bytes());
        bytes += text.map_or(0, |text| text.len() as u64);
    }
    (bytes, hasher.digest128())
}

/// The accounts with the largest figures; equal figures are told apart by the key.
struct Best {
    most: usize,
    kept: BinaryHeap<Reverse<(u64, u64)>>,
    accounts: AHashMap<u64, Account>,
}

impl Best {
    fn new(most: usize) -> Self {
        Best { most, kept: BinaryHeap::new(), accounts: AHashMap::new() }
    }

    fn offer(&mut self, figure: u64, account: Account) {
        self.kept.push(Reverse((figure, account.key)));
        self.accounts.insert(account.key, account);
        if self.kept.len() > self.most
            && let Some(Reverse((_, key))) = self.kept.pop()
        {
            self.accounts.remove(&key);
        }
    }

    fn kept(self) -> impl Iterator<Item = Account> {
        self.accounts.into_values()
    }
}
