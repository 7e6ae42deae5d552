//! Data that a cluster reads in place of this process.

use toadstone_core::{ReadSummary, RecordId};
use toadstone_corpus::Corpus;
use toadstone_states::apart::{Apart, Ask, Question};

use super::{Data, Found, Settings};
use crate::failure::Failure;

/// Who reads the data, and what stands for it here.
pub struct Elsewhere<'e> {
    /// Rows of all tables, as the cluster counted them.
    pub rows: u64,
    /// The first rows as an Arrow stream. The tables of the request have the same rows.
    pub sample: Vec<u8>,
    /// Records that are left out, ascending.
    pub gone: Vec<RecordId>,
    /// Has the cluster do a job.
    pub ask: Ask<'e>,
}

impl Data {
    /// The same as [`Data::scan`] where a cluster reads; `--memory` is that of each of its processes.
    ///
    /// # Errors
    /// The cluster gives up, or the data is another one each time.
    pub fn scan_elsewhere(
        &self,
        corpus: &Corpus,
        elsewhere: &Elsewhere<'_>,
        settings: &Settings<'_>,
    ) -> Result<(ReadSummary, Found), Failure> {
        let options = self.scan_options(settings.temporary);
        let question = Question {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            tables: settings.files.to_vec(),
            rows: elsewhere.rows,
            sample: elsewhere.sample.clone(),
            map: self.map.clone(),
            gone: elsewhere.gone.clone(),
        };
        let engine = Apart::new(corpus, question, &options, elsewhere.ask);
        self.reading(corpus, settings.control, || self.look_on(&engine, settings, &options))
    }
}
