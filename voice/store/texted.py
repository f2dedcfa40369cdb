"""To which numbers texts were answered of themselves."""

from datetime import datetime

from sqlalchemy import func, insert, select

from voice.store.database import Source, reading, writing
from voice.store.hourly import texts_begun
from voice.store.tables import contacts, texted


class Texted:
    def __init__(self, source: Source) -> None:
        self.source = source

    def knows(self, number: str) -> bool:
        """Whether there is a contact of this number."""
        with reading(self.source) as connection:
            found = select(contacts.c.reference).where(contacts.c.number == number).limit(1)
            return connection.execute(found).first() is not None

    def since(self, number: str, moment: datetime | None) -> int:
        """How often it was answered since then; None: ever."""
        query = select(func.count()).where(texted.c.number == number)
        with reading(self.source) as connection:
            return int(connection.execute(query.where(texted.c.at >= moment) if moment else query).scalar_one())

    def this_hour(self, now: datetime) -> int:
        """How many texts the line has sent, answered or not, in this hour of the clock."""
        with reading(self.source) as connection:
            return texts_begun(connection, now)

    def add(self, number: str, now: datetime) -> None:
        with writing(self.source) as connection:
            connection.execute(insert(texted), {"number": number, "at": now})
