"""Who rang, so that one caller's callbacks are counted; and which numbers were answered by text."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("caller", sa.String(32)))
    op.create_index("ix_calls_caller", "calls", ["caller"])
    op.create_index("contacts_by_kind", "contacts", ["kind", "arrived"])
    op.create_table(
        "texted",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("number", sa.String(32), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
