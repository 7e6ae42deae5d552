//! Reads a whole source into a state.

use toadstone_core::{Batch, Control, Observe, Source, SourceError};

/// A state that is filled on several threads. What it holds in the end depends neither on how the records
/// were dealt out nor on the order of the merges.
pub(crate) trait State: Send + Sized {
    /// An empty state with the same parameters.
    fn fresh(&self) -> Self;
    /// Takes note of records.
    fn observe(&mut self, batch: &Batch);
    /// Adds what another state has seen.
    fn merge(&mut self, other: Self);
}

/// Fills `state` with all records, on `threads` threads.
///
/// # Errors
/// [`SourceError`].
pub(crate) fn read<S: State>(
    source: &dyn Source,
    threads: usize,
    control: &Control,
    state: S,
) -> Result<S, SourceError> {
    let mut states: Vec<S> = (1..threads).map(|_| state.fresh()).collect();
    states.push(state);
    let workers =
        states.iter_mut().map(|s| Box::new(move |batch: &Batch| s.observe(batch)) as Observe<'_>).collect();
    source.read(workers, control)?;
    let mut whole = states.swap_remove(0);
    states.into_iter().for_each(|state| whole.merge(state));
    Ok(whole)
}
