"""What agents and callers agreed: a promise with a date, texted, reminded of, kept or overdue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from voice.core.contact.effects import Job
from voice.core.contact.state import Contact
from voice.store import transitions
from voice.store.database import Source, reading, writing
from voice.store.tables import agreements, contacts, outbox

AGREED, REMINDER = "agreed ", "reminder "
"""What stands before an agreement's number where a text about it is owed."""

MOST_OF_A_NUMBER = 3
"""Agreements that an agent is told of: more are read, not heard."""


_AGREEMENTS = select(agreements, contacts.c.queue).join(contacts, contacts.c.reference == agreements.c.reference)


@dataclass(frozen=True)
class Agreement:
    """`queue` is that of its contact."""

    id: int
    reference: str
    queue: str
    text: str
    due: datetime
    at: datetime
    by: str
    kept: datetime | None = None


class Agreements:
    def __init__(self, source: Source) -> None:
        self.source = source

    def find(self, number: int) -> Agreement | None:
        with reading(self.source) as connection:
            row = connection.execute(_AGREEMENTS.where(agreements.c.id == number)).mappings().first()
        return Agreement(**row) if row else None

    def of(self, reference: str) -> list[Agreement]:
        """Those of a contact, the first due first."""
        query = _AGREEMENTS.where(agreements.c.reference == reference).order_by(agreements.c.due)
        with reading(self.source) as connection:
            return [Agreement(**row) for row in connection.execute(query).mappings()]

    def open_of(self, number: str, since: datetime) -> list[Agreement]:
        """Those of this number that nobody has kept yet, and that were not due before `since`: the first due first."""
        mine = agreements.c.reference.in_(select(contacts.c.reference).where(contacts.c.number == number))
        query = _AGREEMENTS.where(mine, agreements.c.kept.is_(None), agreements.c.due >= since)
        with reading(self.source) as connection:
            found = connection.execute(query.order_by(agreements.c.due).limit(MOST_OF_A_NUMBER)).mappings()
            return [Agreement(**row) for row in found]

    def open(self, limit: int = 200) -> list[Agreement]:
        """Those that nobody has kept yet: what is overdue longest first."""
        query = _AGREEMENTS.where(agreements.c.kept.is_(None)).order_by(agreements.c.due).limit(limit)
        with reading(self.source) as connection:
            return [Agreement(**row) for row in connection.execute(query).mappings()]

    def add(
        self, contact: Contact, text: str, due: datetime, by: str, now: datetime, reminder: datetime | None
    ) -> Agreement:
        """Written into the ledger, texted at once, and once more as a reminder."""
        row = {"reference": contact.reference, "text": text, "due": due, "at": now, "by": by}
        with writing(self.source) as connection:
            number = int(connection.execute(insert(agreements), row).inserted_primary_key[0])  # type: ignore[index]
            transitions.write(connection, contact.reference, "agreed", {"text": text, "until": due, "by": by}, now)
            if contact.number:
                texts = [(f"{AGREED}{number}", now)]
                if reminder:
                    texts.append((f"{REMINDER}{number}", reminder))
                owed = {"reference": contact.reference, "attempt": contact.attempt, "job": Job.TEXT, "state": "owed"}
                rows = [owed | {"what": what, "due": moment, "tries": 0} for what, moment in texts]
                connection.execute(insert(outbox), rows)
        return Agreement(number, contact.reference, contact.queue, text, due, now, by)

    def keep(self, number: int, by: str, now: datetime) -> bool:
        """It was done; nobody is reminded any more. False where it was already, or there is none."""
        which = agreements.c.id == number
        with writing(self.source) as connection:
            done = connection.execute(update(agreements).where(which, agreements.c.kept.is_(None)).values(kept=now))
            if not done.rowcount:
                return False
            reminder = (outbox.c.what == f"{REMINDER}{number}", outbox.c.job == Job.TEXT, outbox.c.state == "owed")
            connection.execute(update(outbox).where(*reminder).values(state="void"))
            reference = connection.execute(select(agreements.c.reference).where(which)).scalar_one()
            transitions.write(connection, reference, "agreement kept", {"number": number, "by": by}, now)
        return True

    def forget(self, before: datetime) -> int:
        """Take out what was due before then: what was said in it is kept no longer than a caller's words."""
        with writing(self.source) as connection:
            return int(connection.execute(delete(agreements).where(agreements.c.due < before)).rowcount)
