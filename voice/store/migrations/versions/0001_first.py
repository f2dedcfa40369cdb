"""Calls, answers, requests and the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "calls",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("intent", sa.String(64)),
        sa.Column("queue", sa.String(64)),
        sa.Column("arrived", moment, nullable=False),
        sa.Column("updated", moment, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("calls_waiting", "calls", ["state", "queue", "arrived"])
    op.create_table(
        "answers",
        sa.Column("call_sid", sa.String(64), sa.ForeignKey("calls.sid"), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("token", sa.String(64), unique=True),
        sa.Column("twiml", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "requests",
        sa.Column("reference", sa.String(16), primary_key=True),
        sa.Column("call_sid", sa.String(64), sa.ForeignKey("calls.sid"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("intent", sa.String(64)),
        sa.Column("arrived", moment, nullable=False),
        sa.Column("promised", moment),
        sa.Column("made", moment, nullable=False),
    )
    op.create_index("ix_requests_call_sid", "requests", ["call_sid"])
    op.create_index("requests_due", "requests", ["state", "queue", "arrived"])
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("call_sid", sa.String(64), sa.ForeignKey("calls.sid"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_journal_call_sid", "journal", ["call_sid"])
    op.create_index("ix_journal_at", "journal", ["at"])
