"""What must outlive a process: calls, the answers given, contacts, agents, and the journal.

Knows the core's records and SQLAlchemy, nothing of Twilio or the web. The same code runs on SQLite (WAL), the embedded
default, and on PostgreSQL; `tests/store` holds one contract suite for both.

    tables           the tables
    rows             core records ↔ rows
    database         engines, transactions
    schema           which schema the database has, and bringing it to this program's
    deadlines        how long a statement is waited for
    lengths          the lengths of columns, where the database keeps none
    calls            `Store`: one turn of a call is saved in one transaction
    contacts         contacts: who stands in line, whose turn it is
    together         what one transaction writes, sent as one statement
    transitions      what changes a contact, within such a transaction
    callback_limits  whether a callback may be promised, asked again where the promise is written
    queue_status     what is known of a queue at a moment
    agents           who answers
    texted           to which numbers texts were answered of themselves
    outbox           what is owed to the world
    hourly           what the line has begun in this hour
    agreements       what agents and callers agreed
    directory        who is known by number
    notices          what is going on, and who waits to hear that it is over
    overrides        queues opened or closed by hand, until a moment
    learnt           what callers taught the line, day by day
    users            who may use the console, and who is signed in to it
    audit            who did what there
    history          versions of the line, and which was made live when
    day              what a day's figures are counted from
    search           finding contacts
    callers          everything kept of one number, and taking it out
    changes          being told that something changed
    due              is there anything to do?
    processes        the processes of every machine, and the alarms that stand
    gauges           the line at this moment, in numbers
    running          what is under way, for a new version of the line to respect
    inbox            what callers said, as the journal keeps it
    report_data      what a report is made of
    retention        taking callers' words out once nobody needs them
    migrations       Alembic's steps from one schema to the next
"""

from voice.core.contact.dispatch import Agent
from voice.store.callback_limits import NotPromised
from voice.store.calls import Answer, JournalEntry, Store
from voice.store.database import DEFAULT_URL
from voice.store.history import History, Publication
from voice.store.outbox import Order

__all__ = ["DEFAULT_URL", "Agent", "Answer", "History", "JournalEntry", "NotPromised", "Order", "Publication", "Store"]
