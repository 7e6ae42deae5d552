//! Records in memory, dealt out in one of many ways.
#![allow(dead_code, reason = "every test binary uses some of it")]

use toadstone_core::{
    Batch, BatchBuilder, Control, Kind, Observe, Profile, ReadSummary, RecordId, Role, Source, SourceError,
};
use toadstone_lineage::{Named, Options, Roots, Surveyed, Suspected, Trace, survey};

/// The texts of a record, each with its role.
pub type Texts = Vec<(Role, String)>;

/// A data set of two files.
pub struct Data {
    batches: Vec<Batch>,
    profile: Profile,
    seed: usize,
}

impl Data {
    /// `batch` records are read together; `seed` decides which worker gets them, and when.
    pub fn new(rows: &[Texts], batch: usize, seed: usize) -> Data {
        let mut all: Vec<usize> = (0..rows.len()).collect();
        if seed % 2 == 1 {
            all.reverse();
        }
        let mut batches = Vec::new();
        for some in all.chunks(batch) {
            let mut builder = BatchBuilder::new();
            for &at in some {
                rows[at].iter().for_each(|(role, text)| builder.add(*role, text));
                assert!(builder.finish(place(at), None, Kind::Instruction));
            }
            batches.push(builder.take());
        }
        Data { batches, profile: Profile::default(), seed }
    }
}

/// Every second record is in the second file.
pub fn place(at: usize) -> RecordId {
    RecordId { file: (at % 2) as u32, row: (at / 2) as u64 }
}

impl Source for Data {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn read(&self, mut workers: Vec<Observe<'_>>, _: &Control) -> Result<ReadSummary, SourceError> {
        let n = workers.len();
        for (at, batch) in self.batches.iter().enumerate() {
            workers[(at * 7 + self.seed) % n](batch);
        }
        Ok(ReadSummary::default())
    }
}

/// Reads and surveys the data on so many threads.
pub fn follow(data: &Data, roots: &[usize], memory: usize, threads: usize) -> (Trace, Surveyed) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { threads, memory, temporary: folder.path().to_owned() };
    let control = Control::default();
    let trace = Trace::read(data, 2, &Named::default(), &options, &control).unwrap();
    let mut records: Vec<(RecordId, u32)> = roots.iter().map(|&at| (place(at), 0)).collect();
    records.sort_unstable();
    records.dedup();
    let roots = Roots { records, causes: vec![("test".to_owned(), String::new())] };
    let files = ["a".to_owned(), "b".to_owned()];
    let found = survey(data, &files, &trace, roots, &Suspected::Planted, &options, &control).unwrap();
    (trace, found)
}
