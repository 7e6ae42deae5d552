//! Form: an output, and parents that are here.

use super::Gate;

pub(super) const GATE: Gate = Gate {
    name: "schema",
    about: "without an output, or without the parent that they should have",
    page: include_str!("schema.md"),
    stops: |measured| measured.form.is_some_and(|form| form.empty || form.broken || form.orphan),
};
