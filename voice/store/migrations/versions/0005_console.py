"""The console: its users and sessions, what they did, queues opened and closed by hand, when agents were there."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TOLD = ("contacts", "agents", "overrides")
"""The tables whose changes are told to who listens (`voice.store.changes`)."""


def upgrade() -> None:
    op.add_column("agents", sa.Column("not_ready", sa.String(64)))
    op.add_column("agents", sa.Column("since", MOMENT))
    _number_table(
        "presence",
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64)),
    )
    op.create_index("presence_of", "presence", ["at", "agent"])
    _number_table(
        "overrides",
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("opens", sa.Boolean, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
    )
    op.create_index("ix_overrides_until", "overrides", ["until"])
    _number_table(
        "audit",
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64)),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    _users()
    if op.get_bind().dialect.name == "postgresql":
        _tell_of_changes()


def _number_table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, sa.Column("id", sa.Integer, primary_key=True, autoincrement=True), *columns)


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("password", sa.String(255)),
        sa.Column("roles", sa.String(255), nullable=False),
        sa.Column("agent", sa.String(64)),
        sa.Column("language", sa.String(8)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", MOMENT),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
    )


def _tell_of_changes() -> None:
    op.execute(
        "CREATE FUNCTION voice_changed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('voice_changed', TG_TABLE_NAME); RETURN NULL; END $$"
    )
    for table in TOLD:
        op.execute(
            f"CREATE TRIGGER voice_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION voice_changed()"
        )
