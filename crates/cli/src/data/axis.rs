//! What counts as a source.

use toadstone_core::Source;
use toadstone_corpus::Corpus;
use toadstone_origins::Axis;

use crate::failure::Failure;

/// What the user wants to count as a source, or what the data offers first.
///
/// # Errors
/// The data has no such column.
pub fn axis(wanted: Option<Axis>, corpus: &Corpus) -> Result<Axis, Failure> {
    let has = Axis::of(corpus.profile());
    match wanted {
        None => Ok(has[0]),
        Some(axis) if has.contains(&axis) => Ok(axis),
        Some(axis) => {
            let column = axis.role().map_or("", |role| role.name());
            let names: Vec<&str> = has.into_iter().map(Axis::name).collect();
            let what = format!(
                "no column says the {column} of a record, so there is nothing to count by {}",
                axis.name()
            );
            Err(Failure::new(what).help(format!(
                "`--map {column}=COLUMN` names the column; without one, there is --by {}",
                names.join(", --by ")
            )))
        }
    }
}
