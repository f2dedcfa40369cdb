"""What must outlive a process: calls, the answers given, the requests taken, and the journal.

Knows the core's records and SQLAlchemy, nothing of Twilio or the web. The same code runs on SQLite (WAL), the embedded
default, and on PostgreSQL; `tests/store` holds one contract suite for both.

    tables    the tables
    records   core records ↔ rows
    database  engines, transactions, migrations
    calls     `Store`: one turn of a call is one transaction
    changes   what changes a request, within such a transaction
    promising whether a callback may be promised
    desk      requests: who stands in line, whose turn it is
    agents    who answers
    outbox    what is owed to the world
    facts     what is known of a queue at a moment
"""

from voice.store.agents import Agent
from voice.store.calls import Answer, Entry, Store
from voice.store.database import DEFAULT_URL
from voice.store.outbox import Order
from voice.store.promising import NotPromised

__all__ = ["DEFAULT_URL", "Agent", "Answer", "Entry", "NotPromised", "Order", "Store"]
