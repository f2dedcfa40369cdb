"""Finding contacts: by number, reference, words, queue and time."""

from datetime import datetime

from sqlalchemy import func, or_

from voice.core.contact.state import Contact
from voice.store.database import Source, reading
from voice.store.rows import CONTACTS, OPEN, as_contact
from voice.store.tables import contacts


def search(
    source: Source,
    text: str = "",
    queue: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    open_only: bool = False,
    limit: int = 100,
) -> list[Contact]:
    """The newest first. `text` stands in the words, begins the reference or the CallSid, or is part of the number."""
    query = CONTACTS.order_by(contacts.c.arrived.desc()).limit(limit)
    if text:
        like, digits = _like(text.lower()), "".join(sign for sign in text if sign.isdigit())
        places = [
            func.lower(contacts.c.words).like(f"%{like}%", escape="\\"),
            func.lower(contacts.c.reference).like(f"{like}%", escape="\\"),
            contacts.c.call_sid == text,
        ]
        if len(digits) >= 4:
            places.append(contacts.c.number.like(f"%{digits.removeprefix('00').lstrip('0')}%"))
        query = query.where(or_(*places))
    if queue:
        query = query.where(contacts.c.queue == queue)
    if since:
        query = query.where(contacts.c.arrived >= since)
    if until:
        query = query.where(contacts.c.arrived < until)
    if open_only:
        query = query.where(OPEN)
    with reading(source) as connection:
        return [as_contact(row) for row in connection.execute(query)]


def _like(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return text
