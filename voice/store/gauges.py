"""The line at this moment, in numbers that Prometheus asks for: of queues, callbacks, agents, orders, processes."""

import math
from datetime import datetime, timedelta

from sqlalchemy import func, select, true

from voice.core.contact.hourly import hour_of
from voice.core.contact.state import Kind, Stage
from voice.store.database import Source, reading
from voice.store.hourly import CALLS_BEGUN, TEXTS_BEGUN
from voice.store.rows import OPEN
from voice.store.tables import agents, alarms, contacts, outbox, processes, written

Sample = tuple[str, tuple[str, ...], float]
"""(name of the gauge, its label's value if it has one, value). Ages are in seconds."""

GAUGES: dict[str, tuple[str, str]] = {
    "voice_waiting": ("Callers waiting on the line.", "queue"),
    "voice_longest_wait_seconds": ("How long ago the first of them rang.", "queue"),
    "voice_callbacks_open": ("Callbacks promised and not yet made.", "queue"),
    "voice_callbacks_overdue": ("Of those, overdue.", "queue"),
    "voice_agents": ("Agents by what they are doing.", "state"),
    "voice_orders_owed": ("Orders that are due and not carried out.", ""),
    "voice_oldest_order_seconds": ("How long the oldest of them is due.", ""),
    "voice_calls_this_hour": ("Calls that the line has begun in this hour of the clock.", ""),
    "voice_texts_this_hour": ("Texts, likewise.", ""),
    "voice_alarm": ("1 while this alarm stands.", "alarm"),
    "voice_dispatcher_seconds": ("How long ago a dispatcher looked for something to do.", ""),
}


def samples(source: Source, now: datetime) -> list[Sample]:
    found: list[Sample] = []
    with reading(source) as connection:
        waiting = (contacts.c.stage == written(Stage.WAITING), contacts.c.kind == Kind.LIVE)
        query = select(contacts.c.queue, func.count(), func.min(contacts.c.arrived)).where(*waiting)
        for queue, many, first in connection.execute(query.group_by(contacts.c.queue)):
            found += [("voice_waiting", (queue,), many), ("voice_longest_wait_seconds", (queue,), _ago(first, now))]
        listed = select(contacts.c.queue, contacts.c.late, func.count()).where(OPEN, contacts.c.kind == Kind.CALLBACK)
        overdue: dict[str, list[int]] = {}
        for queue, late, many in connection.execute(listed.group_by(contacts.c.queue, contacts.c.late)):
            overdue.setdefault(queue, [0, 0])[bool(late)] += many
        for queue, (in_time, late) in overdue.items():
            found += [("voice_callbacks_open", (queue,), in_time + late), ("voice_callbacks_overdue", (queue,), late)]
        found += _agents_by_state(connection, now)
        due = select(func.count(), func.min(outbox.c.due)).where(outbox.c.state == written("owed"), outbox.c.due <= now)
        many, first = connection.execute(due).one()
        found += [("voice_orders_owed", (), many), ("voice_oldest_order_seconds", (), _ago(first or now, now))]
        begun = connection.execute(select(CALLS_BEGUN, TEXTS_BEGUN), {"hour": hour_of(now)}).one()
        found += [("voice_calls_this_hour", (), begun[0]), ("voice_texts_this_hour", (), begun[1])]
        found += [("voice_alarm", (name,), 1) for name in connection.execute(select(alarms.c.name)).scalars()]
        ticked = connection.execute(select(func.max(processes.c.ticked))).scalar()
        found.append(("voice_dispatcher_seconds", (), _ago(ticked, now) if ticked else math.inf))
    return found


def _agents_by_state(source: Source, now: datetime) -> list[Sample]:
    states = dict.fromkeys(("busy", "wrap-up", "not ready", "ready"), 0)
    with reading(source) as connection:
        for one in connection.execute(select(agents).where(agents.c.signed_in == true())).mappings():
            resting = one["wrap_up_until"] is not None and one["wrap_up_until"] > now
            busy = "busy" if one["contact"] else "not ready" if one["not_ready"] else "wrap-up" if resting else "ready"
            states[busy] += 1
    return [("voice_agents", (state,), many) for state, many in states.items()]


def _ago(moment: datetime, now: datetime) -> float:
    return max(now - moment, timedelta(0)).total_seconds()
