"""Core records ↔ rows."""

import json
import types
import typing
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import and_, select

from voice.core.call import Call
from voice.core.requests import ENDS, Kind, Request, Stage
from voice.store.tables import requests

_FIELDS = tuple(f.name for f in fields(Request))
_KIND, _STAGE, _WORDS = (_FIELDS.index(name) for name in ("kind", "stage", "words"))

REQUESTS = select(*(requests.c[name] for name in _FIELDS))
"""The columns of a request in the order of its fields: what `as_request` reads."""

OPEN = and_(*(requests.c.stage != end for end in sorted(ENDS)))
"""Of a request that has not ended."""


def as_request(row: Sequence[Any]) -> Request:
    """The request in a row of `REQUESTS`."""
    values = list(row)
    values[_KIND], values[_STAGE] = Kind(values[_KIND]), Stage(values[_STAGE])
    values[_WORDS] = tuple(json.loads(values[_WORDS]))
    return Request(*values)


def as_row(request: Request) -> dict[str, Any]:
    row = {name: getattr(request, name) for name in _FIELDS}
    return row | {"words": json.dumps(request.words, ensure_ascii=False)}


def to_json(call: Call) -> str:
    """A call as JSON. Fields at their default are left out, so that old rows read well under newer code."""
    written = {f.name: getattr(call, f.name) for f in fields(call) if getattr(call, f.name) != f.default}
    return json.dumps(written, default=_plain, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Call:
    """The call that `to_json` wrote; fields that this version does not know are passed over."""
    written = json.loads(text)
    return Call(**{name: _read(kind, written[name]) for name, kind in _KINDS.items() if name in written})


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a call cannot hold {value!r}")


def _kind(hint: Any) -> Any:
    """The type inside an optional one; a tuple's own, or the type that a tuple of moments is made of."""
    if isinstance(hint, types.UnionType):
        hint = next(kind for kind in typing.get_args(hint) if kind is not types.NoneType)
    if datetime in typing.get_args(hint):
        return MOMENTS
    return typing.get_origin(hint) or hint


MOMENTS = "moments"


_KINDS = {name: _kind(hint) for name, hint in typing.get_type_hints(Call).items()}


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is MOMENTS:
        return tuple(datetime.fromisoformat(moment) for moment in value)
    if kind is tuple or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(value)
    return value
