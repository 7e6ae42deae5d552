"""From Python's arguments to the options of the command line, which checks them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ._inputs import Data, Input, inputs


class Order(TypedDict):
    """What the native part is asked to do."""

    options: list[str]
    paths: list[str]
    tables: list[Input]


def order(data: Data, name: str, options: Mapping[str, Any]) -> Order:
    """The options in their order, without those that are None or False."""
    found = inputs(data, name)
    # A bar is drawn here, if there is one.
    words = [word for option, value in options.items() for word in _words(option, value)] + ["--progress=none"]
    return {"options": words, "paths": found.paths, "tables": found.tables}


def _words(option: str, value: object) -> list[str]:
    flag = "--" + option.replace("_", "-")
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
