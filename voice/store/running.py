"""What is under way, as far as the store knows: a new version of the line has to do right by it."""

from datetime import datetime

from sqlalchemy import Engine, func, select

from voice.core.call.state import State
from voice.store.database import reading
from voice.store.rows import OPEN, from_json
from voice.store.tables import calls, contacts, written


def versions_of_running_calls(engine: Engine, since: datetime) -> set[str]:
    """The versions of the line that calls under way began with. One not heard of since then is taken for over."""
    query = select(calls.c.record).where(calls.c.state != written(State.OVER), calls.c.updated >= since)
    with reading(engine) as connection:
        return {from_json(record).line for record in connection.execute(query).scalars()}


def open_contacts(engine: Engine) -> list[tuple[str, str | None, str, int]]:
    """(queue, topic, language, how many) of the callers who wait on the line or to be called back."""
    kinds = (contacts.c.queue, contacts.c.intent, contacts.c.language)
    query = select(*kinds, func.count()).where(OPEN).group_by(*kinds).order_by(*kinds)
    with reading(engine) as connection:
        return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]
