"""What must outlive a process: calls, the answers given, the requests taken, and the journal.

Knows the core's records and SQLAlchemy, nothing of Twilio or the web. The same code runs on SQLite (WAL), the embedded
default, and on PostgreSQL; `tests/store` holds one contract suite for both.

    tables    the tables
    records   core records ↔ rows
    database  engines, transactions, migrations
    calls     `Store`: one turn of a call is one transaction
"""

from voice.store.calls import Answer, Entry, Store
from voice.store.database import DEFAULT_URL

__all__ = ["DEFAULT_URL", "Answer", "Entry", "Store"]
