"""From Python's arguments to the options of the command line, which checks them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from ._inputs import Data, Input, Path, inputs


class Order(TypedDict):
    """What the native part is asked to do."""

    options: list[str]
    paths: list[str]
    tables: list[Input]


def order(data: Data, name: str, options: Mapping[str, Any]) -> Order:
    """The order for data that may be tables; one is called `name`."""
    paths, tables = inputs(data, name)
    return {"options": words(options), "paths": paths, "tables": tables}


def of_files(paths: Path | Sequence[Path], options: Mapping[str, Any]) -> Order:
    """The order for files."""
    several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return {"options": words(options), "paths": [os.fsdecode(path) for path in several], "tables": []}


def words(options: Mapping[str, Any]) -> list[str]:
    """The options in their order, without those that are None or False."""
    given = [word for option, value in options.items() for word in _words(option, value)]
    # A bar is drawn here, if there is one.
    return [*given, "--progress=none"]


def _words(option: str, value: object) -> list[str]:
    flag = f"--{option}"
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    if isinstance(value, Mapping):
        return [f"{flag}={key}={of}" for key, of in value.items()]
    if isinstance(value, (str, bytes, os.PathLike)):
        return [f"{flag}={os.fsdecode(value)}"]
    if isinstance(value, Iterable):
        return [word for each in value for word in _words(option, each)]
    return [f"{flag}={value}"]
