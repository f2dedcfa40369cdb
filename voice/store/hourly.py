"""What the line has begun in this hour of the clock, towards its ceiling (`voice.core.contact.hourly`)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from voice.core.contact.effects import CALLS, Job
from voice.core.contact.hourly import hour_of
from voice.core.contact.state import Kind, Stage
from voice.store.tables import Moment, contacts, outbox, texted, written

_hour = bindparam("hour", type_=Moment)
_ORDERS, _CONTACTS = (select(func.count()).select_from(table) for table in (outbox, contacts))
_GIVEN = (outbox.c.sent >= _hour, outbox.c.state.in_(written(state) for state in ("sending", "done", "unknown")))
"""Given to Twilio, which has not refused: what was taken and came to nothing has rung and cost nobody."""

CALLS_BEGUN = (
    _ORDERS.where(outbox.c.job.in_(CALLS), *_GIVEN).scalar_subquery()
    + _ORDERS.where(outbox.c.job.in_(CALLS), outbox.c.state == written("owed")).scalar_subquery()
    + _CONTACTS.where(contacts.c.stage == Stage.RINGING, contacts.c.kind == Kind.CALLBACK).scalar_subquery()
)
"""Those made, those owed, and of each callback for which an agent is rung the customer's, which comes next."""

TEXTS_BEGUN = (
    _ORDERS.where(outbox.c.job == Job.TEXT, *_GIVEN).scalar_subquery()
    + select(func.count()).select_from(texted).where(texted.c.at >= _hour).scalar_subquery()
)
"""Those sent, and those that were answered to a text."""


def calls_begun(connection: Connection, now: datetime) -> int:
    return int(connection.execute(select(CALLS_BEGUN), {"hour": hour_of(now)}).scalar_one())


def texts_begun(connection: Connection, now: datetime) -> int:
    return int(connection.execute(select(TEXTS_BEGUN), {"hour": hour_of(now)}).scalar_one())
