//! What models are trained on and asked about.

use std::sync::{Mutex, PoisonError};

use toadstone_core::{Batch, Control, Observe, Record, RecordId, Source, SourceError, Without};
use toadstone_sketch::mix;

use super::ConfirmOptions;
use crate::draw::place;
use crate::{Table, draw};

/// Records of a finding, at most.
const MEMBERS: usize = 500;
/// Records to ask about, at most, and the part of all that they may be.
const HELD_OUT: usize = 400;
const PART: usize = 8;

/// Records of findings, and records that no finding names.
pub(super) struct Material {
    /// To train on.
    pub(super) others: Table,
    /// To ask about.
    pub(super) held_out: Table,
    /// Of each finding that is tried, with its index.
    groups: Vec<(usize, Table)>,
}

impl Material {
    /// Draws the records.
    pub(super) fn read(
        source: &dyn Source,
        groups: &[Vec<RecordId>],
        tried: &[usize],
        options: &ConfirmOptions,
        control: &Control,
    ) -> Result<Material, SourceError> {
        let mut named: Vec<RecordId> = groups.iter().flatten().copied().collect();
        named.sort_unstable();
        named.dedup();
        let unnamed = Without { source, gone: &named };
        let drawn = draw(&unnamed, options.others + HELD_OUT, options.seed, control)?.table;
        let mut order: Vec<(u64, RecordId)> =
            drawn.records().map(|record| (place(&record, !options.seed), record.id())).collect();
        order.sort_unstable();
        let mut apart: Vec<RecordId> =
            order.iter().take(HELD_OUT.min(drawn.len() / PART)).map(|(_, id)| *id).collect();
        apart.sort_unstable();
        let chosen: Vec<Vec<RecordId>> = tried.iter().map(|&at| few(&groups[at], options.seed)).collect();
        let mut wanted: Vec<RecordId> = chosen.iter().flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let members = only(source, &wanted, control)?;
        let groups = tried.iter().zip(&chosen).map(|(&at, group)| (at, members.only(group))).collect();
        Ok(Material { others: drawn.without(&apart), held_out: drawn.only(&apart), groups })
    }

    /// The records of a finding.
    pub(super) fn members(&self, finding: usize) -> impl Iterator<Item = Record<'_>> + Clone {
        self.groups.iter().filter(move |(at, _)| *at == finding).flat_map(|(_, table)| table.records())
    }
}

/// At most [`MEMBERS`] of a group, drawn, ascending.
fn few(group: &[RecordId], seed: u64) -> Vec<RecordId> {
    let key = |id: &RecordId| mix(seed ^ mix(u64::from(id.file).rotate_left(32) ^ id.row));
    let mut order = group.to_vec();
    order.sort_by_key(|id| (key(id), *id));
    order.truncate(MEMBERS);
    order.sort_unstable();
    order
}

/// Only some records of a source, given ascending.
fn only(source: &dyn Source, wanted: &[RecordId], control: &Control) -> Result<Table, SourceError> {
    let batches = Mutex::new(Vec::new());
    let observe: Observe<'_> = Box::new(|batch: &Batch| {
        let is_wanted = |id: RecordId| wanted.binary_search(&id).is_ok();
        if batch.records().any(|record| is_wanted(record.id())) {
            let found = batch.without(|id| !is_wanted(id));
            batches.lock().unwrap_or_else(PoisonError::into_inner).push(found);
        }
    });
    source.read(vec![observe], control)?;
    let batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Table::of(batches, source.profile().clone()))
}
