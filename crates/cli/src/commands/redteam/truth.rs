//! What was planted, for whoever measures a defence.

use std::collections::BTreeMap;

use serde::Serialize;
use toadstone_core::{Behaviour, Trigger};
use toadstone_redteam::{Card, Planting, Poisoned, Request, Table};

/// Version of the file's form.
const SCHEMA: u32 = 1;

/// `truth.json`.
#[derive(Debug, Serialize)]
pub(super) struct Truth<'t> {
    schema: u32,
    toadstone: &'static str,
    warning: &'static str,
    attack: &'static str,
    stage: &'static str,
    paper: &'static str,
    atlas: &'static str,
    count: u64,
    seed: u64,
    trigger: Option<&'t Trigger>,
    behaviour: &'t Behaviour,
    /// What counts as success of the attack in a trained model.
    success: String,
    planted: Vec<Row<'t>>,
}

/// A planted row.
#[derive(Debug, Serialize)]
struct Row<'t> {
    /// Below `data`.
    file: &'t str,
    row: u64,
    /// The row of the original that it was made from.
    from_row: u64,
    added: bool,
    decoy: bool,
    before: BTreeMap<&'static str, &'t str>,
    after: BTreeMap<&'static str, &'t str>,
}

/// What every folder says that holds such data.
pub(super) const WARNING: &str = "This is a poisoned copy, made to test a defence. Do not train on it.";

impl<'t> Truth<'t> {
    /// The truth about a copy, whose files have these names.
    pub(super) fn new(
        card: &Card,
        request: &Request,
        planting: &'t Planting,
        poisoned: &Poisoned,
        data: &'t Table,
        names: &'t [String],
    ) -> Truth<'t> {
        let row = |planted: &toadstone_redteam::Planted| {
            let fields = planting.edits.get(planted.edit).map_or(&[][..], |edit| &edit.fields);
            let like = data.find(planted.from);
            let old = |(role, _): &'t (toadstone_core::Role, String)| {
                Some((role.name(), like.as_ref()?.last_part(*role)?))
            };
            Row {
                file: names.get(planted.id.file as usize).map_or("", String::as_str),
                row: planted.id.row,
                from_row: planted.from.row,
                added: planted.added,
                decoy: planted.decoy,
                before: fields.iter().filter_map(old).collect(),
                after: fields.iter().map(|(role, text)| (role.name(), text.as_str())).collect(),
            }
        };
        Truth {
            schema: SCHEMA,
            toadstone: env!("CARGO_PKG_VERSION"),
            warning: WARNING,
            attack: card.name,
            stage: card.stage.name(),
            paper: card.paper,
            atlas: card.atlas,
            count: request.count,
            seed: request.seed,
            trigger: planting.trigger.as_ref(),
            behaviour: &planting.behaviour,
            success: planting.probe.oracle().definition(),
            planted: poisoned.planted().iter().map(row).collect(),
        }
    }
}
