"""Core records ↔ rows."""

import json
import types
import typing
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import bindparam, or_, select

from voice.core.call.state import Answered, Call
from voice.core.contact.state import LISTED, Contact, Kind, Stage
from voice.core.records import altered
from voice.store.tables import contacts

_FIELDS = tuple(f.name for f in fields(Contact))
_KIND, _STAGE, _WORDS = (_FIELDS.index(name) for name in ("kind", "stage", "words"))

CONTACTS = select(*(contacts.c[name] for name in _FIELDS))
"""The columns of a contact in the order of its fields: what `as_contact` reads."""

OPEN = contacts.c.ended.is_(None)
"""Of a contact that has not ended."""

LISTED_CALLBACK = (OPEN, contacts.c.kind == Kind.CALLBACK, contacts.c.stage.in_(sorted(LISTED)))
"""Of a callback that is still to come: `Contact.listed`."""

KNOWN_OF = (
    CONTACTS.where(contacts.c.number == bindparam("number"))
    .where(or_(OPEN, contacts.c.arrived >= bindparam("since")))
    .order_by(contacts.c.arrived)
)
"""What a number waits for, and what it rang about since then, over or not; oldest first."""


def as_contact(row: Sequence[Any]) -> Contact:
    """The contact in a row of `CONTACTS`."""
    values = list(row)
    values[_KIND], values[_STAGE] = Kind(values[_KIND]), Stage(values[_STAGE])
    values[_WORDS] = tuple(json.loads(values[_WORDS]))
    return Contact(*values)


def as_row(contact: Contact) -> dict[str, Any]:
    row = {name: getattr(contact, name) for name in _FIELDS}
    row["place"] = contact.stands
    return row | {"words": json.dumps(contact.words, ensure_ascii=False)}


def to_json(call: Call) -> str:
    """A call as JSON. Fields at their default are left out, so that old rows read well under newer code."""
    written = {name: value for name, value in vars(call).items() if value != _DEFAULTS[name]}
    return _AS_JSON.encode(written)


def from_json(text: str) -> Call:
    """The call that `to_json` wrote; fields that this version does not know are passed over."""
    written = json.loads(text)
    return altered(_BLANK, {name: _read(_KINDS[name], value) for name, value in written.items() if name in _KINDS})


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a call cannot hold {value!r}")


_DEFAULTS = {f.name: f.default for f in fields(Call)}
_AS_JSON = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))
_BLANK = Call("", "", "", None, datetime.min)
"""What a call is made of that is read: one of scores of fields costs less to copy than to make."""


def _kind(hint: Any) -> Any:
    """The type inside an optional one; a tuple's own, or the type that a tuple of moments or records is made of."""
    if isinstance(hint, types.UnionType):
        hint = next(kind for kind in typing.get_args(hint) if kind is not types.NoneType)
    if Answered in typing.get_args(hint):
        return Answered
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
    if kind is Answered:
        return tuple(Answered(*each) for each in value)
    if kind is MOMENTS:
        return tuple(datetime.fromisoformat(moment) for moment in value)
    if kind is tuple or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(value)
    return value
