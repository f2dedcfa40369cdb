"""Agents who are rung on their own telephones to be asked for their PIN."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pin_rings",
        sa.Column("agent", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owed", sa.Boolean, nullable=False),
    )
