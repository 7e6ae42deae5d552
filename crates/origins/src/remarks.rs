//! Which sources should be looked at, and why.

use toadstone_core::{Burst, Remark, Topic};
use toadstone_sketch::chance::binomial_tail;

use crate::accounts::{Account, Books};

/// Least suspicious records of a source, how many times the others' rate, and level of the test.
const LEAST_SUSPICIOUS: u64 = 3;
const OFTENER: f64 = 3.0;
const LEVEL: f64 = 1e-3;
/// Least copies of a source, and their least share.
const LEAST_COPIES: u64 = 20;
const COPIES: f64 = 0.5;
/// Remarks of one kind.
const MOST: usize = 20;

/// The remarks, the most pressing kind first, within a kind the strongest first.
pub(crate) fn remarks(
    books: &Books,
    names: &[String],
    bursts: &[(usize, Burst)],
    common: Vec<Remark>,
    topics: &[Topic],
) -> Vec<Remark> {
    let mut all = suspicious(books, names);
    let burst =
        |(at, burst): &(usize, Burst)| Remark::Burst { source: names[*at].clone(), burst: burst.clone() };
    all.extend(bursts.iter().take(MOST).map(burst));
    all.extend(common);
    all.extend(monopolies(topics));
    all.extend(copies(books, names));
    all
}

fn suspicious(books: &Books, names: &[String]) -> Vec<Remark> {
    let sources = books.sizes.iter().map(|(_, n)| n).sum::<u64>() as f64;
    let weigh = |(at, account): (usize, &Account)| {
        let (k, n) = (account.suspicious, account.records);
        let rate = others(books.all.suspicious, k, books.all.records, n);
        let chance = (binomial_tail(n as f64, k as f64, rate) * sources).min(1.0);
        let expected = rate * n as f64;
        let stands_out = k >= LEAST_SUSPICIOUS && k as f64 >= OFTENER * expected && chance < LEVEL;
        let source = names[at].clone();
        stands_out.then_some(Remark::Suspicious { source, records: k, of: n, expected, chance })
    };
    let mut found: Vec<Remark> = books.accounts.iter().enumerate().filter_map(weigh).collect();
    found.sort_by(|a, b| match (a, b) {
        (
            Remark::Suspicious { records: a, chance: p, .. },
            Remark::Suspicious { records: b, chance: q, .. },
        ) => p.total_cmp(q).then(b.cmp(a)),
        _ => std::cmp::Ordering::Equal,
    });
    found.truncate(MOST);
    found
}

/// One remark for each source on which topics hang; first those that own most beyond their share.
fn monopolies(topics: &[Topic]) -> Vec<Remark> {
    let beyond = |topic: &Topic| topic.owned as f64 / topic.expected;
    let mut owned: Vec<&Topic> = topics.iter().filter(|topic| topic.monopoly).collect();
    owned.sort_by(|a, b| beyond(b).total_cmp(&beyond(a)));
    let mut found: Vec<Remark> = Vec::new();
    for topic in owned {
        let before = found.iter_mut().find(|remark| remark.source() == topic.owner);
        match before {
            Some(Remark::Monopoly { more, .. }) => *more += 1,
            _ => {
                let source = topic.owner.clone();
                found.push(Remark::Monopoly { source, topic: topic.clone(), more: 0 });
            }
        }
    }
    found.truncate(MOST);
    found
}

fn copies(books: &Books, names: &[String]) -> Vec<Remark> {
    let weigh = |(at, account): (usize, &Account)| {
        let (k, n) = (account.duplicates, account.records);
        let expected = n as f64 * others(books.all.duplicates, k, books.all.records, n);
        let stands_out = k >= LEAST_COPIES && k as f64 >= COPIES * n as f64 && k as f64 >= OFTENER * expected;
        stands_out.then(|| Remark::Copies { source: names[at].clone(), records: k, of: n, expected })
    };
    let mut found: Vec<(u64, Remark)> = books
        .accounts
        .iter()
        .enumerate()
        .filter_map(|(at, account)| Some((account.duplicates, weigh((at, account))?)))
        .collect();
    found.sort_by_key(|(copies, _)| std::cmp::Reverse(*copies));
    found.into_iter().take(MOST).map(|(_, remark)| remark).collect()
}

/// The rate among all others, as if one more of them were counted: none is no proof of none.
fn others(all: u64, own: u64, records: u64, of: u64) -> f64 {
    let rest = (records - of) as f64;
    (((all - own) as f64 + 1.0) / (rest + 1.0)).min(1.0)
}
