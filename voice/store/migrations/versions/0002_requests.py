"""Requests with a life, agents, the outbox and the ledger. Callbacks taken before stay open, with their place."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MOMENTS = frozenset({"arrived", "promised", "made", "due"})
KEPT = ("reference", "call_sid", "kind", "queue", "language", "arrived", "number", "intent", "promised", "made")


def upgrade() -> None:
    connection = op.get_bind()
    before = sa.table("requests", *(sa.column(name, MOMENT if name in MOMENTS else None) for name in KEPT))
    rows = [dict(row) for row in connection.execute(sa.select(before)).mappings()]
    op.drop_table("requests")
    _create()
    fresh = {"stage": "waiting", "dialled": "", "words": "[]", "priority": 0, "late": False, "attempt": 0, "tries": 0}
    for row in rows:
        made = row.pop("made")
        row |= fresh | {"due": row["promised"] or made}
        after = sa.table("requests", *(sa.column(name, MOMENT if name in MOMENTS else None) for name in row))
        connection.execute(after.insert(), row)


def _create() -> None:
    op.create_table(
        "requests",
        sa.Column("reference", sa.String(16), primary_key=True),
        sa.Column("call_sid", sa.String(64), sa.ForeignKey("calls.sid"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("arrived", MOMENT, nullable=False),
        sa.Column("dialled", sa.String(32), nullable=False),
        sa.Column("number", sa.String(32)),
        sa.Column("intent", sa.String(64)),
        sa.Column("note", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("leg", sa.String(64)),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("due", MOMENT),
        sa.Column("promised", MOMENT),
        sa.Column("until", MOMENT),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("agent", sa.String(64)),
        sa.Column("agent_call", sa.String(64)),
        sa.Column("deadline", MOMENT),
        sa.Column("served", MOMENT),
        sa.Column("ended", MOMENT),
        sa.Column("told", sa.Integer),
        sa.Column("guess", sa.Integer),
    )
    op.create_index("ix_requests_call_sid", "requests", ["call_sid"])
    op.create_index("ix_requests_number", "requests", ["number"])
    op.create_index("ix_requests_leg", "requests", ["leg"])
    op.create_index("ix_requests_agent_call", "requests", ["agent_call"])
    op.create_index("ix_requests_deadline", "requests", ["deadline"])
    op.create_index("requests_in_line", "requests", ["stage", "arrived"])
    op.create_index("requests_ended", "requests", ["stage", "ended"])
    op.create_table(
        "agents",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("endpoint", sa.String(128), nullable=False, unique=True),
        sa.Column("queues", sa.Text, nullable=False),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("pin", sa.String(160)),
        sa.Column("pin_failures", sa.Integer, nullable=False),
        sa.Column("signed_in", sa.Boolean, nullable=False),
        sa.Column("request", sa.String(16)),
        sa.Column("rest_until", MOMENT),
        sa.Column("idle_since", MOMENT),
        sa.Column("missed", sa.Integer, nullable=False),
    )
    op.create_index("ix_agents_signed_in", "agents", ["signed_in"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reference", sa.String(16), sa.ForeignKey("requests.reference"), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("job", sa.String(16), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent", MOMENT),
        sa.Column("result", sa.Text),
    )
    op.create_index("ix_outbox_reference", "outbox", ["reference"])
    op.create_index("outbox_owed", "outbox", ["state", "due"])
    op.create_index("outbox_pace", "outbox", ["job", "sent"])
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reference", sa.String(16), sa.ForeignKey("requests.reference"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_ledger_reference", "ledger", ["reference"])
