"""What stays quick over the years: indexes of what is open alone, and what a report counts in columns of its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PARTIAL = (
    ("contacts_waiting", "contacts", ["queue", "arrived"], "stage = 'waiting'"),
    ("contacts_open", "contacts", ["arrived", "queue", "language", "intent"], "ended IS NULL"),
    ("contacts_promised", "contacts", ["queue", "promised"], "ended IS NULL"),
    ("contacts_deadline", "contacts", ["deadline"], "deadline IS NOT NULL"),
    ("contacts_answered", "contacts", ["queue", "ended"], "stage = 'answered'"),
    ("presence_last", "presence", ["agent", "at"], "state != 'wrap-up'"),
    ("outbox_owed", "outbox", ["due", "id"], "state = 'owed'"),
    ("outbox_sending", "outbox", ["sent"], "state = 'sending'"),
    ("ledger_assigned", "ledger", ["at"], "what = 'Assigned'"),
)
REPLACED = (
    ("calls_waiting", "calls"),
    ("contacts_in_line", "contacts"),
    ("ix_contacts_deadline", "contacts"),
    ("outbox_owed", "outbox"),
)
OVER = "('answered', 'abandoned', 'unreached', 'withdrawn', 'informed')"
TOOK_BACK = "('no', 'something else', 'back', 'topic', 'likely topic', 'two topics')"
FLAGS = {
    "outbound": "what = 'called back'",
    "passed_on": "what = 'sent on'",
    "corrected": f'what IN {TOOK_BACK} AND detail LIKE \'%"from": "announce"%\'',
}


def upgrade() -> None:
    op.add_column("calls", sa.Column("questions", sa.Integer, nullable=False, server_default="0"))
    for flag in FLAGS:
        op.add_column("calls", sa.Column(flag, sa.Boolean, nullable=False, server_default=sa.false()))
    _fill(op.get_bind())
    for name, table in REPLACED:
        op.drop_index(name, table)
    for name, table, columns, where in PARTIAL:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("calls_updated", "calls", ["updated", "state"])
    op.create_index("calls_arrived", "calls", ["arrived"])
    op.create_index("contacts_arrived", "contacts", ["arrived"])
    op.create_table(
        "marks",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _fill(connection: Any) -> None:
    """Columns of what stood in the record and the journal."""
    asked = "json_extract(record, '$.questions')"
    if connection.dialect.name == "postgresql":
        asked = "(record::json->>'questions')::int"
    op.execute(f"UPDATE calls SET questions = {asked} WHERE {asked} IS NOT NULL")
    for flag, where in FLAGS.items():
        op.execute(
            f"UPDATE calls SET {flag} = {sa.true().compile(connection)} "
            f"WHERE sid IN (SELECT call_sid FROM journal WHERE {where})"
        )
    op.execute(f"UPDATE contacts SET ended = arrived WHERE ended IS NULL AND stage IN {OVER}")
