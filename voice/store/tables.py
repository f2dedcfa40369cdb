"""The tables. Moments are UTC; what only the dialogue reads is one JSON column, so that its records may grow freely."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect

metadata = MetaData()


def written(value: str) -> ColumnElement[Any]:
    """A name of ours in the text of a statement: a database takes a partial index only where it sees that it fits, and
    of a value that is handed over it sees nothing."""
    return literal_column(f"'{value}'")


def partial(name: str, *columns: str, where: str) -> Index:
    """An index of some rows alone. It stays as small as what it holds, however many rows come after."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. SQLite keeps no zone, so a naive one is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("intent", String(64)),
    Column("queue", String(64)),
    Column("arrived", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("record", Text, nullable=False),
    Column("caller", String(32), index=True),
    Column("questions", Integer, nullable=False, server_default="0"),
    Column("corrected", Boolean, nullable=False, server_default=false()),
    Column("passed_on", Boolean, nullable=False, server_default=false()),
    Column("outbound", Boolean, nullable=False, server_default=false()),
    Index("calls_arrived", "arrived"),
    Index("calls_updated", "updated", "state"),
)

answers = Table(
    "answers",
    metadata,
    Column("call_sid", String(64), ForeignKey("calls.sid"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("token", String(64), unique=True),
    Column("twiml", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
"""What was answered to which webhook. A webhook that comes twice finds its answer here, whichever process gets it."""

contacts = Table(
    "contacts",
    metadata,
    Column("reference", String(16), primary_key=True),
    Column("call_sid", String(64), ForeignKey("calls.sid"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("queue", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("arrived", Moment, nullable=False),
    Column("dialled", String(32), nullable=False),
    Column("number", String(32), index=True),
    Column("intent", String(64)),
    Column("note", Text),
    Column("words", Text, nullable=False),
    Column("leg", String(64), index=True),
    Column("priority", Integer, nullable=False),
    Column("due", Moment),
    Column("promised", Moment),
    Column("until", Moment),
    Column("late", Boolean, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("agent", String(64)),
    Column("agent_call", String(64), index=True),
    Column("deadline", Moment),
    Column("served", Moment),
    Column("ended", Moment),
    Column("told", Integer, key="announced"),
    Column("guess", Integer),
    Column("informed", String(64)),
    Column("place", Moment),
    Column("tier", String(64)),
    Column("own_agent", String(64)),
    Column("own_until", Moment),
    Column("earlier", String(16)),
    Column("identity", String(32)),
    Column("identity_kind", String(32)),
    Column("identity_checked", Boolean, nullable=False, server_default=false()),
    partial("contacts_waiting", "queue", "place", where="stage = 'waiting'"),
    partial("contacts_open", "arrived", "queue", "language", "intent", where="ended IS NULL"),
    partial("contacts_promised", "queue", "promised", where="ended IS NULL"),
    partial("contacts_deadline", "deadline", where="deadline IS NOT NULL"),
    partial("contacts_answered", "queue", "ended", where="stage = 'answered'"),
    Index("contacts_arrived", "arrived"),
    Index("contacts_by_kind", "kind", "arrived"),
    Index("contacts_ended", "stage", "ended"),
)
"""One row for each caller in need, waiting on the line or to be called back (`voice.core.contact.state.Contact`)."""

agents = Table(
    "agents",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("endpoint", String(128), nullable=False, unique=True),
    Column("queues", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("pin", String(255)),
    Column("pin_failures", Integer, nullable=False),
    Column("signed_in", Boolean, nullable=False, index=True),
    Column("contact", String(16)),
    Column("rest_until", Moment, key="wrap_up_until"),
    Column("idle_since", Moment),
    Column("missed", Integer, nullable=False),
    Column("not_ready", String(64)),
    Column("since", Moment),
)
"""Who answers. `contact` is what they are busy with; `missed` counts the rings in a row that they did not answer;
`not_ready` is why they take nobody just now, and `since` when they last signed in or out, or said so."""

pin_rings = Table(
    "pin_rings",
    metadata,
    Column("agent", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("owed", Boolean, nullable=False),
)
"""Agents who are rung on their own telephone to be asked for their PIN: when that was wanted, and whether it is owed
still."""

presence = Table(
    "presence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("agent", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Index("presence_of", "at", "agent"),
    partial("presence_last", "agent", "at", where="state != 'wrap-up'"),
)
"""When agents signed in and out, and were ready or not; rows are added, never changed. What they were busy with
meanwhile stands in the ledger."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reference", String(16), ForeignKey("contacts.reference"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("job", String(16), nullable=False),
    Column("what", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent", Moment),
    Column("result", Text),
    partial("outbox_owed", "due", "id", where="state = 'owed'"),
    partial("outbox_sending", "sent", where="state = 'sending'"),
    Index("outbox_pace", "job", "sent"),
)
"""What is owed to the world: saved with the change that owes it, performed by a worker afterwards."""

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reference", String(16), ForeignKey("contacts.reference"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("what", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ledger_at", "at"),
)
"""What was promised and what happened to each contact; rows are added, never changed."""

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_sid", String(64), ForeignKey("calls.sid"), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("detail", Text, nullable=False),
)
"""What happened, in order; rows are added, never changed."""

texted = Table(
    "texted",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Index("texted_at", "at"),
)
"""To which numbers a text was answered of itself, and when: so that no two machines text each other for ever."""

settled = Table(
    "settled",
    metadata,
    Column("language", String(8), primary_key=True),
    Column("text", String(512), primary_key=True),
    Column("how", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("intent", String(64)),
)
"""What callers said that an operator has dealt with: folded, at most 512 characters, accepted or dismissed. `intent` is
that of the phrase which was written for it."""

learnt = Table(
    "learnt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("language", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("callers", Integer, nullable=False),
    Column("aside", Integer, nullable=False),
    Column("counts", Text, nullable=False),
    Index("learnt_at", "language", "at", unique=True),
)
"""What callers of a language taught until then, as counts alone (`voice.understanding.learning`); rows are added, never
changed. Nobody's words, and nobody's number."""

overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("queue", String(64), nullable=False),
    Column("opens", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
    Column("by", String(64), nullable=False),
    Column("why", String(200), nullable=False),
)
"""A queue opened or closed out of its hours, until then. The newest that holds at a moment counts; one that was taken
back ends at that moment."""

directory = Table(
    "directory",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("until", Moment, index=True),
    Column("name", String(128)),
    Column("language", String(8)),
    Column("tier", String(64)),
    Column("account", String(64)),
    Column("queue", String(64)),
    Column("agent", String(64)),
    Column("area", String(64)),
)
"""Who is known by number (`voice.core.caller.KnownCaller`): a row for each number, from the operator's file, or from
their service until a moment."""

agreements = Table(
    "agreements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("reference", String(16), ForeignKey("contacts.reference"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("due", Moment, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", String(64), nullable=False),
    Column("kept", Moment),
)
"""What an agent and a caller agreed, and by when; `kept` once somebody says that it was done."""

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("texts", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("area", String(64)),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
    Column("by", String(64), nullable=False),
    Column("ended", Moment),
    Column("ended_by", String(64)),
)
"""What is going on (`voice.core.notice.Notice`), said until then unless somebody ended it before."""

users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("password", String(255)),
    Column("roles", String(255), nullable=False),
    Column("agent", String(64)),
    Column("language", String(8)),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
)
"""Who may use the console. `password` is a salted hash, none for who comes through the helpdesk's own sign-in; `agent`
is the agent they are; `failures` counts wrong passwords in a row."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("user", String(64), ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("began", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)
"""Who is signed in to the console, by the hash of the cookie."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("user", String(64), nullable=False),
    Column("what", String(32), nullable=False),
    Column("about", String(64)),
    Column("detail", Text, nullable=False),
)
"""Who looked at what, and did what, in the console; rows are added, never changed."""

file_texts = Table(
    "file_texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("text", LargeBinary, nullable=False),
)
"""What stands or stood in the operator's files, compressed (zlib), by its SHA-256."""

line_versions = Table(
    "line_versions",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("files", Text, nullable=False),
)
"""Versions of the line that were live, or were kept when an older one was put back. `files`: path → digest."""

publications = Table(
    "publications",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("version", String(16), ForeignKey("line_versions.version"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", String(64), nullable=False),
    Column("how", String(16), nullable=False),
    Column("changed", Text, nullable=False),
)
"""Which version was made live when, by whom, and how it came about; rows are added, never changed."""


marks = Table(
    "marks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
"""Up to which moment something was done for good, so that nobody looks at what is older again."""

processes = Table(
    "processes",
    metadata,
    Column("machine", String(128), primary_key=True),
    Column("pid", Integer, primary_key=True, autoincrement=False),
    Column("what", String(16), nullable=False),
    Column("version", String(16), nullable=False),
    Column("trained", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("ticked", Moment),
)
"""Who serves the line, on every machine (`voice.store.processes`)."""

alarms = Table(
    "alarms",
    metadata,
    Column("name", String(16), primary_key=True),
)
"""What is wrong now, and was told (`voice.core.alarms`)."""
