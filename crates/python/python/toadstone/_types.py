"""The content of `findings.json`, as dictionaries with the fields of the file.

Text of records, file names, triggers and answers are hostile: escape them wherever you show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired

Verdict = Literal["pass", "review", "block"]
Severity = Literal["info", "low", "medium", "high", "critical"]
Confidence = Literal["low", "medium", "high"]


class Trigger(TypedDict):
    """What switches the behaviour on. All parts are needed."""

    kind: str
    parts: list[str]


class Behaviour(TypedDict):
    """What the records teach."""

    kind: str
    text: str


class Origin(TypedDict):
    """The hand that put the records there."""

    kind: str
    value: str
    records: int


class Evidence(TypedDict):
    """One measured reason: what was seen, and what chance or the rest of the data would give."""

    what: str
    observed: float
    expected: float
    test: str
    p: NotRequired[float]
    q: NotRequired[float]


class Span(TypedDict):
    """A range of bytes of a text in UTF-8."""

    start: int
    end: int


class Sample(TypedDict):
    """A record shown with a finding. `row` counts from 0 in its file."""

    file: str
    row: int
    offset: NotRequired[int]
    input: str
    spans: list[Span]
    output: NotRequired[str]
    output_spans: NotRequired[list[Span]]


class Rate(TypedDict):
    """How often something happened, and how often it could have."""

    successes: int
    trials: int


Confirmation = TypedDict(
    "Confirmation",
    {
        "outcome": Literal["confirmed", "unspecific", "not-learnable", "not-tried"],
        "why": str,
        "model": str,
        "members": int,
        "others": int,
        "with": Rate,
        "without": Rate,
        "untriggered": Rate,
        "sham": Rate,
    },
)
"""What training small models with the records of a finding and without them does."""


class Finding(TypedDict):
    """A group of records with evidence, as in `findings.json`."""

    id: str
    detector: str
    title: str
    severity: Severity
    confidence: Confidence
    trigger: NotRequired[Trigger]
    behaviour: NotRequired[Behaviour]
    origin: NotRequired[Origin]
    evidence: list[Evidence]
    records: int
    quarantine: bool
    confirmation: NotRequired[Confirmation]
    samples: list[Sample]
