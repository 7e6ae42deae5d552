//! Facts and tables on a terminal: what stands in columns in the accounts for a person.

use std::io;

use crate::layout::{Ink, Line, Page};

/// Column at which values begin.
pub(crate) const VALUES: usize = 17;

/// A fact: its name, and the value wrapped behind it.
pub(crate) fn field(page: &mut Page<'_>, name: &str, value: &str) -> io::Result<()> {
    page.labelled(VALUES, &Line::default().with(&format!("    {name}"), Ink::Faint), &Line::new(value))
}

/// A row of a table whose first column, `wide` wide, is a label.
pub(crate) fn labelled(
    page: &mut Page<'_>,
    wide: usize,
    label: &Line,
    columns: &[usize],
    cells: &[&str],
    ink: Ink,
) -> io::Result<()> {
    page.unwrapped(wide, label, &aligned(columns, cells, ink))
}

/// A row of a table.
pub(crate) fn row(page: &mut Page<'_>, columns: &[usize], cells: &[&str], ink: Ink) -> io::Result<()> {
    page.unwrapped(0, &Line::default(), &aligned(columns, cells, ink))
}

/// Cells of our own words, each at the right of its column.
pub(crate) fn aligned(columns: &[usize], cells: &[&str], ink: Ink) -> Line {
    let line = columns.iter().zip(cells).map(|(width, cell)| format!("{cell:>width$}")).collect::<String>();
    Line::default().with(line.trim_end(), ink)
}
