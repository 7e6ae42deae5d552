"""What a long run shows while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Progress(NamedTuple):
    """How far a run is."""

    #: Records read so far, over all passes.
    records: int
    #: Bytes read so far, over all passes.
    bytes: int
    #: Bytes that one pass over the data reads; 0 if that is not known.
    bytes_per_pass: int
    #: Since the run began.
    seconds: float

    @property
    def passes(self) -> float:
        """Passes over the data so far. How many there will be depends on the data."""
        return self.bytes / self.bytes_per_pass if self.bytes_per_pass else 0.0


#: What the native part calls.
Tell = Callable[[int, int, int, float], object]


@contextmanager
def telling(progress: Callable[[Progress], object] | bool | None) -> Iterator[Tell | None]:
    """What tells `progress`: a function of the user's, or a bar.

    None draws a bar where somebody can see it, True anywhere, False nowhere. The bar is tqdm's; without
    tqdm there is none.
    """
    if callable(progress):
        yield lambda *so_far: progress(Progress(*so_far))
        return
    visible = progress if progress is not None else _somebody_looks()
    bar = _bar() if visible else None
    if bar is None:
        yield None
        return

    def draw(*so_far: Any) -> None:
        now = Progress(*so_far)
        within = now.bytes % now.bytes_per_pass if now.bytes_per_pass else 0
        bar.total, bar.n = now.bytes_per_pass or None, within
        bar.set_description(f"pass {int(now.passes) + 1}, {now.records:,} records", refresh=False)
        bar.refresh()

    try:
        yield draw
    finally:
        bar.close()


def _somebody_looks() -> bool:
    return _in_notebook() or (sys.stderr is not None and sys.stderr.isatty())


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _bar() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(unit="B", unit_scale=True, leave=False)
