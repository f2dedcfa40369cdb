"""Contacts that need no person: what the caller was told. Texts may be longer than the key of a prompt."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("informed", sa.String(64)))
    if op.get_bind().dialect.name == "postgresql":  # SQLite minds no length
        op.alter_column("outbox", "what", type_=sa.Text)
