//! One turn of the loop: plant, judge, train, measure, clean, train again, measure again.

use std::borrow::Cow;

use toadstone_core::scorecard::{Copy, Stopped, Success, Utility};
use toadstone_core::{Control, RecordId};
use toadstone_proxy::{Focus, Proxy};
use toadstone_sketch::Random;

use super::measure::{Questions, at_random, utility};
use super::{Bench, CycleError, Gate, Judged};
use crate::{Attack, Edit, Poisoned, Request, Stage, Table};

/// Fewer questions say too little.
const FEWEST: usize = 20;

/// What one turn is made with.
pub(super) struct Turn<'a> {
    pub(super) bench: &'a Bench,
    pub(super) gate: &'a dyn Gate,
    pub(super) prompts: usize,
    pub(super) control: &'a Control,
}

impl Turn<'_> {
    /// Measures one attack with one number of records and one seed.
    ///
    /// # Errors
    /// [`CycleError::Unfit`] and [`CycleError::Unasked`] if this data is not for it; what the gate gives.
    pub(super) fn run(&self, attack: &dyn Attack, request: &Request) -> Result<Copy, CycleError> {
        let bench = self.bench;
        let planting = attack.plant(&bench.train, request)?;
        // The prompts are the same for every seed.
        let questions = Questions::new(&planting.probe, &bench.held_out, self.prompts, 0);
        if questions.len() < FEWEST {
            return Err(CycleError::Unasked { found: questions.len(), wanted: FEWEST });
        }
        let poisoned = Poisoned::new(&bench.train, &planting.edits);
        // A decoy is no poison: it is neither to be found, nor is it a false alarm.
        let places = |decoy: bool| {
            let some = poisoned.planted().iter().filter(move |planted| planted.decoy == decoy);
            some.map(|planted| planted.id).collect::<Vec<RecordId>>()
        };
        let (planted, decoys) = (places(false), places(true));
        let table = poisoned.table();
        // What is wrong with a page shows beside what it was, and not in the page.
        let judged = match attack.card().stage {
            Stage::Web => self.gate.judge_pages(&bench.train, &table, &planting)?,
            _ => self.gate.judge(&poisoned)?,
        };

        let (seed, control, probe) = (request.seed, self.control, &planting.probe);
        let parts = planting.trigger.iter().flat_map(|trigger| trigger.parts.iter().cloned());
        let focus = Focus::on(parts.chain(probe.marks()));
        // What counterexamples teach is not the poison's doing, so the clean model has them too.
        let beside: Vec<Edit> = planting.edits.iter().filter(|edit| edit.decoy).cloned().collect();
        let clean = &*match beside.as_slice() {
            [] => bench.clean(&focus, seed, control)?,
            decoys => {
                let table = Poisoned::new(&bench.train, decoys).table();
                Cow::Owned(bench.fit(&table, &focus, seed, control)?)
            }
        };
        let model = bench.fit(&table, &focus, seed, control)?;
        let mut success = Success {
            clean: questions.triggered(clean, probe),
            poisoned: questions.triggered(&model, probe),
            untriggered: questions.plain(&model, probe),
            sham: questions.sham(&model, probe),
            ..Success::default()
        };
        let lift = questions.lift(&model, clean, probe).map(rounded);
        let good = |model: &Proxy| rounded(utility(model, &bench.held_out));
        let mut quality = Utility { clean: good(clean), poisoned: good(&model), cleaned: good(&model) };
        (success.cleaned, success.random) = (success.poisoned, success.poisoned);
        // Where nothing was taken out, training again would give the same model.
        if !judged.removed.is_empty() {
            let cleaned = bench.fit(&table.without(&judged.removed), &focus, seed, control)?;
            success.cleaned = questions.triggered(&cleaned, probe);
            quality.cleaned = good(&cleaned);
            let random = self.control(&table, judged.removed.len(), &focus, seed)?;
            success.random = questions.triggered(&random, probe);
        }
        let stopped = stopped(&planted, &decoys, judged);
        Ok(Copy { seed, stopped, success: Some(success), utility: Some(quality), lift })
    }

    /// The model of a copy that lost as many records, drawn at random.
    fn control(&self, table: &Table, count: usize, focus: &Focus, seed: u64) -> Result<Proxy, CycleError> {
        let gone = at_random(table, count, Random::new(seed).fork("control"));
        Ok(self.bench.fit(&table.without(&gone), focus, seed, self.control)?)
    }
}

/// To four digits behind the point, which read back as what was written: a run that goes on gives the same
/// bytes as one that was never stopped.
fn rounded(figure: f64) -> f64 {
    (figure * 1e4).round() / 1e4
}

/// What the gate did, as figures.
fn stopped(planted: &[RecordId], decoys: &[RecordId], judged: Judged) -> Stopped {
    let both = |some: &[RecordId], records: &[RecordId]| {
        some.iter().filter(|id| records.binary_search(id).is_ok()).count()
    };
    let among = |records: &[RecordId]| both(planted, records);
    let named = judged.named.iter().filter(|(_, records)| among(records) > 0);
    Stopped {
        verdict: judged.verdict,
        fails: judged.fails,
        planted: planted.len() as u64,
        removed: (judged.removed.len() - both(decoys, &judged.removed)) as u64,
        caught: among(&judged.removed) as u64,
        detectors: named.map(|(detector, _)| detector.clone()).collect(),
    }
}
