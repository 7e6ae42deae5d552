//! Data in which nothing is planted, made from data that somebody trusts: what a detector finds in
//! it is a false alarm.

use std::sync::atomic::{AtomicU64, Ordering};

use toadstone_core::{
    Batch, BatchBuilder, Control, Observe, Profile, ReadSummary, Record, RecordId, Role, Source, SourceError,
};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// How a null is made from trusted data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Null {
    /// Every second record, drawn at random: as clean as the whole.
    Half,
    /// Every second record, and what records teach (label, answer, which answer is preferred) is
    /// dealt out anew among the records that are read together: nothing can be tied to anything.
    Dealt,
}

impl Null {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Null::Half => "halves",
            Null::Dealt => "halves, dealt anew",
        }
    }
}

/// A source whose records are those of another one, thinned out and perhaps dealt anew.
///
/// Memory: a second copy of the batches on their way.
pub struct NullSource<'a> {
    inner: &'a dyn Source,
    null: Null,
    seed: u64,
}

impl<'a> NullSource<'a> {
    /// The replicate of `inner` that `seed` stands for.
    pub fn new(inner: &'a dyn Source, null: Null, seed: u64) -> NullSource<'a> {
        NullSource { inner, null, seed }
    }

    fn draw(&self, id: RecordId, purpose: u64) -> u64 {
        let place = (u128::from(id.file) << 64 | u128::from(id.row)).to_le_bytes();
        xxh3_64_with_seed(&place, self.seed.wrapping_mul(2).wrapping_add(purpose))
    }

    /// Hands `observe` the replicate of each batch, and counts its records and bytes of text.
    fn wrap<'w>(&'w self, mut observe: Observe<'w>, counts: &'w [AtomicU64; 2]) -> Observe<'w> {
        Box::new(move |batch| {
            let batch = self.replicate(batch);
            counts[0].fetch_add(batch.len() as u64, Ordering::Relaxed);
            counts[1].fetch_add(batch.text_bytes() as u64, Ordering::Relaxed);
            observe(&batch);
        })
    }

    fn replicate(&self, batch: &Batch) -> Batch {
        let kept: Vec<Record<'_>> = batch.records().filter(|r| self.draw(r.id(), 0) & 1 == 0).collect();
        let mut builder = BatchBuilder::new();
        let label = dealt(&kept, Role::Label, |r| self.draw(r.id(), 1));
        let output = dealt(&kept, Role::Output, |r| self.draw(r.id(), 1));
        for (at, record) in kept.iter().enumerate() {
            let swapped = self.draw(record.id(), 1) & 2 == 0 && record.get(Role::Rejected).is_some();
            for role in Role::ALL {
                let from = match (self.null, role) {
                    (Null::Half, _) => record.get(role),
                    (_, Role::Label) => label[at],
                    (_, Role::Output) if swapped => record.get(Role::Rejected),
                    (_, Role::Rejected) if swapped => record.get(Role::Output),
                    (_, Role::Output) if record.get(Role::Rejected).is_none() => output[at],
                    _ => record.get(role),
                };
                if let Some(text) = from {
                    builder.add(role, text);
                }
            }
            builder.finish(record.id(), record.offset(), record.kind());
        }
        builder.take()
    }
}

/// The texts of `role`, in an order that `draw` decides, for the records that have one.
fn dealt<'a>(records: &[Record<'a>], role: Role, draw: impl Fn(&Record<'a>) -> u64) -> Vec<Option<&'a str>> {
    let pairs = role == Role::Output;
    let takes = |r: &Record<'a>| r.get(role).is_some() && !(pairs && r.get(Role::Rejected).is_some());
    let places: Vec<usize> = (0..records.len()).filter(|&at| takes(&records[at])).collect();
    let mut order = places.clone();
    order.sort_by_key(|&at| (draw(&records[at]), at));
    let mut out = vec![None; records.len()];
    for (&to, &from) in places.iter().zip(&order) {
        out[to] = records[from].get(role);
    }
    out
}

impl Source for NullSource<'_> {
    fn profile(&self) -> &Profile {
        self.inner.profile()
    }

    fn read(&self, workers: Vec<Observe<'_>>, control: &Control) -> Result<ReadSummary, SourceError> {
        let counts = [AtomicU64::new(0), AtomicU64::new(0)];
        let workers = workers.into_iter().map(|observe| self.wrap(observe, &counts)).collect();
        let read = self.inner.read(workers, control)?;
        let [records, text_bytes] = counts.map(AtomicU64::into_inner);
        Ok(ReadSummary { records, text_bytes, ..read })
    }
}
