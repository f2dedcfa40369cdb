"""Frozen records that change in a few fields, dozens of times in a turn."""

from collections.abc import Mapping
from typing import TypeVar

Record = TypeVar("Record")


def altered(record: Record, changes: Mapping[str, object]) -> Record:
    """As `dataclasses.replace`, at a fifth of its cost: for records whose fields are all there is to them."""
    fields = record.__dict__
    if unknown := changes.keys() - fields.keys():
        raise TypeError(f"{type(record).__name__} has no {', '.join(sorted(unknown))}")
    other = object.__new__(type(record))
    other.__dict__.update(fields)
    other.__dict__.update(changes)
    return other
